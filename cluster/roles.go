package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Role is what a wallet seems to be for.
type Role string

// The roles. RoleUnknown is the answer whenever the data has gaps.
const (
	RoleUnknown Role = "unknown"
	RoleDeposit Role = "deposit"
	RoleHot     Role = "hot"
	RoleCold    Role = "cold"
)

// Entity is what the operator, or a tag, says of the wallets around an account.
type Entity struct {
	// Members are all its accounts, Mains those that gather deposits, Deposits
	// those known to be deposit addresses.
	Members, Mains, Deposits map[ledger.Account]bool
	// Declared roles always win.
	Declared map[ledger.Account]Role
	// Held is what the entity holds at the end of the window, in atomic units.
	Held money.Amount
	// Guarded says that an account is a multisig or contract; nil is "not known".
	Guarded func(ledger.Account) bool
}

// Window is the time that a role is inferred from: From up to, not including,
// To.
type Window struct{ From, To time.Time }

// Feature is one condition of a role. The first of a role must be met for the
// role to be given at all.
type Feature struct {
	Role Role   `json:"role"`
	Name string `json:"name"`
	Met  bool   `json:"met"`
	// Value is what was measured, in words.
	Value string `json:"value"`
}

// Inferred is a role with what drove it.
type Inferred struct {
	Account ledger.Account
	Role    Role
	// Confidence is the share of the role's conditions that are met, of 100. It
	// is no probability: no labelled set stands behind it yet.
	Confidence int
	Declared   bool
	Window     Window
	// Gap says why the data is not enough, or is empty.
	Gap      string
	Features []Feature
}

// ErrWindow: a window that holds no time.
var ErrWindow = errors.New("bad window")

// roleAt is the least share of conditions for a role, of 100.
const roleAt = 75

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// InferRole judges an account of an account ledger by its transfers in a
// window. It infers nothing, and says so, where the completeness of the account
// is not given: silence can be missing data.
func InferRole(g graph.Graph, p graph.Pool, e Entity, w Window) (Inferred, error) {
	out := Inferred{Account: p.Account, Role: RoleUnknown, Window: w}
	if !w.From.Before(w.To) {
		return out, fmt.Errorf("from %s to %s: %w", w.From, w.To, ErrWindow)
	}
	if r, ok := e.Declared[p.Account]; ok {
		out.Role, out.Confidence, out.Declared = r, 100, true
		return out, nil
	}
	if c := g.Completeness(p.Ledger, p.Account); c != (ledger.Completeness{}) {
		out.Gap = fmt.Sprintf("external %s, internal %s, tokens %s, opening %s", c.External, c.Internal, c.Tokens, c.Opening)
		return out, nil
	}
	h, err := readHistory(g, p, w)
	if err != nil || h.gap != "" {
		out.Gap = h.gap
		return out, err
	}
	out.Features = slices.Concat(h.deposit(e), h.hot(e), h.cold(e))
	best, tied := 0, false
	for _, r := range []Role{RoleDeposit, RoleHot, RoleCold} {
		met, all, lacks := 0, 0, false
		for _, f := range out.Features {
			if f.Role == r {
				all++
				if f.Met {
					met++
				}
				lacks = lacks || all == 1 && !f.Met // the first is what the role means
			}
		}
		if lacks {
			continue
		}
		switch share := 100 * met / all; {
		case share > best:
			best, tied = share, false
			out.Role, out.Confidence = r, share
		case share == best:
			tied = true
		}
	}
	if best < roleAt || tied {
		out.Role, out.Confidence = RoleUnknown, 0
	}
	return out, nil
}

// movement is value that came to the account or left it.
type movement struct {
	at     time.Time
	in     bool
	other  ledger.Account
	amount *big.Int
}

// history is what happened to an account in a window.
type history struct {
	account        ledger.Account
	w              Window
	moves          []movement
	inflow, outgo  *big.Int
	opening, final *big.Int
	gap            string
}

func readHistory(g graph.Graph, p graph.Pool, w Window) (*history, error) {
	h := &history{account: p.Account, w: w, inflow: new(big.Int), outgo: new(big.Int), opening: new(big.Int), final: new(big.Int)}
	ids, err := g.Events(p)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		t, err := g.Entry(id)
		if err != nil {
			return nil, err
		}
		if t.Time.IsZero() {
			h.gap = "a transfer without a time: " + t.ID
			return h, nil
		}
		if !t.Time.Before(w.To) {
			break
		}
		h.take(&t, p.Account)
		if h.final.Sign() < 0 {
			h.gap = "pays more than it has at " + t.ID
			return h, nil
		}
	}
	return h, nil
}

// take adds a transfer to the balance, and its value, without the fee, to the flows
// when it is in the window. A debit holds the fee; that of a failed transfer is the
// fee alone.
func (h *history) take(t *graph.Entry, account ledger.Account) {
	e := graph.EffectOn(ledger.Accounts, t.Transfer, account)
	in, out, paid := e.In.Big(), e.Out.Big(), e.Out.Monus(e.Fee).Big()
	h.final.Add(h.final, in).Sub(h.final, out)
	if t.Time.Before(h.w.From) {
		h.opening.Set(h.final)
		return
	}
	if in.Sign() > 0 {
		h.inflow.Add(h.inflow, in)
		h.moves = append(h.moves, movement{t.Time, true, t.From(), in})
	}
	if paid.Sign() > 0 {
		h.outgo.Add(h.outgo, paid)
		h.moves = append(h.moves, movement{t.Time, false, t.To(), paid})
	}
}

// atLeast reports part/whole >= percent/100, false for nothing.
func atLeast(part, whole *big.Int, percent int64) bool {
	l := new(big.Int).Mul(part, big.NewInt(100))
	return whole.Sign() > 0 && l.Cmp(new(big.Int).Mul(whole, big.NewInt(percent))) >= 0
}

func share(part, whole *big.Int) string {
	if whole.Sign() == 0 {
		return "nothing"
	}
	return new(big.Rat).SetFrac(new(big.Int).Mul(part, big.NewInt(100)), whole).FloatString(1) + " %"
}

// stay is a part of an inflow, how long it stayed, and where it went.
type stay struct {
	amount *big.Int
	time   time.Duration
	to     ledger.Account
}

// stays matches outflows with inflows, first in, first out.
func (h *history) stays() []stay {
	type lot struct {
		at   time.Time
		left *big.Int
	}
	queue := []lot{}
	if h.opening.Sign() > 0 {
		queue = append(queue, lot{h.w.From, new(big.Int).Set(h.opening)})
	}
	var out []stay
	for _, m := range h.moves {
		if m.in {
			queue = append(queue, lot{m.at, new(big.Int).Set(m.amount)})
			continue
		}
		left := new(big.Int).Set(m.amount)
		for left.Sign() > 0 && len(queue) > 0 {
			part := new(big.Int).Set(left)
			if queue[0].left.Cmp(part) < 0 {
				part.Set(queue[0].left)
			}
			out = append(out, stay{part, m.at.Sub(queue[0].at), m.other})
			left.Sub(left, part)
			if queue[0].left.Sub(queue[0].left, part).Sign() == 0 {
				queue = queue[1:]
			}
		}
	}
	return out
}

// deposit: 80 % of the outflow to one main address within a day, a median stay
// under six hours, under 1 % of the inflow left, three unrelated payers or more.
func (h *history) deposit(e Entity) []Feature {
	stays := h.stays()
	to := map[ledger.Account]*big.Int{}
	top, total := new(big.Int), new(big.Int)
	for _, s := range stays {
		total.Add(total, s.amount)
		if !e.Mains[s.to] || s.time > day {
			continue
		}
		if to[s.to] == nil {
			to[s.to] = new(big.Int)
		}
		if to[s.to].Add(to[s.to], s.amount); to[s.to].Cmp(top) > 0 {
			top = to[s.to]
		}
	}
	slices.SortFunc(stays, func(a, b stay) int { return cmp.Compare(a.time, b.time) })
	median, sum := time.Duration(-1), new(big.Int)
	for _, s := range stays {
		if sum.Add(sum, s.amount); atLeast(sum, total, 50) {
			median = s.time
			break
		}
	}
	payers := map[ledger.Account]bool{}
	for _, m := range h.moves {
		if m.in && !e.Members[m.other] {
			payers[m.other] = true
		}
	}
	rest := new(big.Int).Mul(h.final, big.NewInt(100))
	return []Feature{
		{RoleDeposit, "to one main address within 24 h", atLeast(top, h.outgo, 80), share(top, h.outgo)},
		{RoleDeposit, "median stay under 6 h", median >= 0 && median < 6*time.Hour, median.String()},
		{RoleDeposit, "under 1 % of inflow left", h.inflow.Sign() > 0 && rest.Cmp(h.inflow) < 0, share(h.final, h.inflow)},
		{RoleDeposit, "3 or more unrelated payers", len(payers) >= 3, fmt.Sprint(len(payers))},
	}
}

// hot: 50 recipients a day on average, inflow mostly from deposit addresses, a
// week's turnover above 1, activity in 20 hours of the day.
func (h *history) hot(e Entity) []Feature {
	type dayOf struct {
		day int64
		to  ledger.Account
	}
	recipients, hours := map[dayOf]bool{}, map[int]bool{}
	fromDeposits := new(big.Int)
	for _, m := range h.moves {
		hours[m.at.UTC().Hour()] = true
		if !m.in {
			recipients[dayOf{int64(m.at.Sub(h.w.From) / day), m.other}] = true
		} else if e.Deposits[m.other] {
			fromDeposits.Add(fromDeposits, m.amount)
		}
	}
	days := max(1, int((h.w.To.Sub(h.w.From)+day-1)/day))
	turnover := h.turnover(week)
	return []Feature{
		{RoleHot, "50 or more recipients a day", len(recipients) >= 50*days, fmt.Sprintf("%d in %d days", len(recipients), days)},
		{RoleHot, "inflow mostly from deposit addresses", atLeast(fromDeposits, h.inflow, 50), share(fromDeposits, h.inflow)},
		{RoleHot, "7-day turnover above 1", turnover != nil && turnover.Cmp(big.NewRat(1, 1)) > 0, ratio(turnover)},
		{RoleHot, "active in 20 hours of the day", len(hours) >= 20, fmt.Sprint(len(hours))},
	}
}

// cold: at most 5 transactions a week, a fifth of what the entity holds, 95 % of
// counterparties inside it, a month's turnover under 0.2, a multisig or contract.
func (h *history) cold(e Entity) []Feature {
	inside, all := map[ledger.Account]bool{}, map[ledger.Account]bool{}
	for _, m := range h.moves {
		all[m.other] = true
		if e.Members[m.other] {
			inside[m.other] = true
		}
	}
	turnover := h.turnover(30 * day)
	rate := big.NewRat(int64(len(h.moves))*int64(week/time.Second), max(1, int64(h.w.To.Sub(h.w.From)/time.Second)))
	out := []Feature{
		{RoleCold, "30-day turnover under 0.2", turnover != nil && turnover.Cmp(big.NewRat(1, 5)) < 0, ratio(turnover)},
		{RoleCold, "5 or fewer transactions a week", rate.Cmp(big.NewRat(5, 1)) <= 0, rate.FloatString(1)},
		{RoleCold, "20 % of the entity's balance", atLeast(h.final, e.Held.Big(), 20), share(h.final, e.Held.Big())},
		{RoleCold, "95 % of counterparties inside the entity", len(all) > 0 && 100*len(inside) >= 95*len(all), fmt.Sprintf("%d of %d", len(inside), len(all))},
	}
	if e.Guarded != nil {
		out = append(out, Feature{RoleCold, "multisig or contract", e.Guarded(h.account), ""})
	}
	return out
}

func ratio(r *big.Rat) string {
	if r == nil {
		return "no balance"
	}
	return r.FloatString(3)
}

// turnover is the outflow of the last part of the window over the mean balance
// in it, weighted by time; nil without a balance.
func (h *history) turnover(last time.Duration) *big.Rat {
	from := h.w.To.Add(-last)
	if from.Before(h.w.From) {
		from = h.w.From
	}
	balance, at := new(big.Int).Set(h.opening), from
	area, out := new(big.Int), new(big.Int)
	spread := func(until time.Time) {
		if until.After(at) {
			area.Add(area, new(big.Int).Mul(balance, big.NewInt(int64(until.Sub(at)/time.Second))))
			at = until
		}
	}
	for _, m := range h.moves {
		spread(m.at)
		if m.in {
			balance.Add(balance, m.amount)
			continue
		}
		balance.Sub(balance, m.amount)
		if !m.at.Before(from) {
			out.Add(out, m.amount)
		}
	}
	spread(h.w.To)
	if area.Sign() <= 0 {
		return nil
	}
	out.Mul(out, big.NewInt(int64(h.w.To.Sub(from)/time.Second)))
	return new(big.Rat).SetFrac(out, area)
}
