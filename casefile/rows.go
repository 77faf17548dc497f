package casefile

import (
	"fmt"
	"slices"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// row is a selected transfer: who paid, who of the selection was paid, and what.
type row struct {
	id                 graph.ID
	t                  *ledger.Transfer
	amount             money.Amount
	senders, receivers []ledger.Account
}

// selection is a Where with its names given meaning.
type selection struct {
	base       graph.Filter // what the graph can apply itself
	from, to   map[ledger.Account]bool
	assets     map[money.AssetID]bool
	min, max   *money.Amount
	step, rest money.Amount
	stepped    bool
}

func (l *Loaded) selection(w Where) (selection, error) {
	var s selection
	var err error
	if s.base, err = l.Filter(w); err != nil {
		return s, err
	}
	if s.from, err = l.accountSet(w.From); err != nil {
		return s, err
	}
	if s.to, err = l.accountSet(w.To); err != nil {
		return s, err
	}
	for _, a := range w.Assets {
		asset, err := l.Asset(a)
		if err != nil {
			return s, err
		}
		if s.assets == nil {
			s.assets = map[money.AssetID]bool{}
		}
		s.assets[asset.ID] = true
	}
	if s.min, err = l.optional(w.Min); err != nil {
		return s, err
	}
	if s.max, err = l.optional(w.Max); err != nil {
		return s, err
	}
	if w.Step == nil {
		return s, nil
	}
	if s.step, _, err = l.Amount(*w.Step); err != nil {
		return s, err
	}
	if s.step.IsZero() {
		return s, l.fail(w.Step.Line, "", ErrValue, "step must not be zero")
	}
	s.stepped = true
	if s.rest, _, err = l.Amount(*w.Rest); err == nil && !s.rest.Less(s.step) {
		err = l.fail(w.Line, "", ErrValue, "rest must be less than step")
	}
	return s, err
}

func (l *Loaded) accountSet(words []Word) (map[ledger.Account]bool, error) {
	var set map[ledger.Account]bool
	for _, w := range words {
		a, err := l.Account(w)
		if err != nil {
			return nil, err
		}
		if set == nil {
			set = map[ledger.Account]bool{}
		}
		set[a] = true
	}
	return set, nil
}

func (l *Loaded) optional(a *Amount) (*money.Amount, error) {
	if a == nil {
		return nil, nil
	}
	n, _, err := l.Amount(*a)
	return &n, err
}

// rows lists, in order, the transfers of a selection that moved value.
func (l *Loaded) rows(w Where) ([]row, error) {
	s, err := l.selection(w)
	if err != nil {
		return nil, err
	}
	ids, err := graph.Select(l.Graph, s.base)
	if err != nil {
		return nil, err
	}
	var out []row
	for _, id := range ids {
		e, err := l.Graph.Entry(id)
		if err != nil {
			return nil, err
		}
		if r, ok := s.row(id, e.Transfer); ok {
			out = append(out, r)
		}
	}
	return out, nil
}

// row applies the rest of a selection to a transfer. Of a transfer with several
// credits, the amount is of those to the accounts asked for.
func (s selection) row(id graph.ID, t *ledger.Transfer) (row, bool) {
	r := row{id: id, t: t}
	if s.assets != nil && !s.assets[t.Asset] {
		return r, false
	}
	paid := s.from == nil
	for _, d := range t.Debits {
		paid = paid || s.from[d.Account]
		r.senders = once(r.senders, d.Account)
	}
	for _, c := range t.Credits {
		if s.to == nil || s.to[c.Account] {
			r.receivers = once(r.receivers, c.Account)
			r.amount = r.amount.Add(c.Amount) // fits: the boundary checked the sum of all credits
		}
	}
	if !paid || r.amount.IsZero() || s.min != nil && r.amount.Less(*s.min) || s.max != nil && s.max.Less(r.amount) {
		return r, false
	}
	if s.stepped {
		if _, rem := r.amount.MulDiv(money.Units(1), s.step); rem != s.rest {
			return r, false
		}
	}
	return r, true
}

// once adds an account to a short list. Outside is nobody.
func once(list []ledger.Account, a ledger.Account) []ledger.Account {
	if a == ledger.Outside || slices.Contains(list, a) {
		return list
	}
	return append(list, a)
}

// figures are what a selection adds up to.
type figures struct {
	count                  int
	asset                  money.Asset
	assets                 map[money.AssetID]bool
	sum, smallest, largest money.Amount
	senders, receivers     map[ledger.Account]bool
	times, days            map[time.Time]bool
	first, last            time.Time
	sendersOf, receiversOf map[ledger.Account]map[ledger.Account]bool // by the other side
	rowsTo                 map[ledger.Account]int
	lastCredit, firstDebit map[ledger.Account]time.Time
}

// add sums rows of one asset; several are an error as soon as a sum is asked.
func (l *Loaded) add(rows []row) (figures, error) {
	f := figures{
		count: len(rows), assets: map[money.AssetID]bool{}, senders: map[ledger.Account]bool{}, receivers: map[ledger.Account]bool{},
		times: map[time.Time]bool{}, days: map[time.Time]bool{}, sendersOf: map[ledger.Account]map[ledger.Account]bool{},
		receiversOf: map[ledger.Account]map[ledger.Account]bool{}, rowsTo: map[ledger.Account]int{},
		lastCredit: map[ledger.Account]time.Time{}, firstDebit: map[ledger.Account]time.Time{},
	}
	for i, r := range rows {
		f.assets[r.t.Asset] = true
		f.asset = l.Graph.Info().Asset(r.t.Asset)
		if len(f.assets) == 1 {
			sum, ok := f.sum.CheckedAdd(r.amount)
			if !ok {
				return f, fmt.Errorf("%s: sum of the selection: %w", r.t.Evidence, money.ErrOverflow)
			}
			f.sum = sum
		}
		if i == 0 || r.amount.Less(f.smallest) {
			f.smallest = r.amount
		}
		if f.largest.Less(r.amount) {
			f.largest = r.amount
		}
		f.time(r)
		f.people(r)
	}
	return f, nil
}

func (f *figures) time(r row) {
	at := r.t.Time
	if at.IsZero() {
		return
	}
	if f.first.IsZero() || at.Before(f.first) {
		f.first = at
	}
	if at.After(f.last) {
		f.last = at
	}
	f.times[at] = true
	f.days[at.Truncate(24*time.Hour)] = true
	for _, a := range r.receivers {
		if at.After(f.lastCredit[a]) {
			f.lastCredit[a] = at
		}
	}
	for _, a := range r.senders {
		if was, ok := f.firstDebit[a]; !ok || at.Before(was) {
			f.firstDebit[a] = at
		}
	}
}

func (f *figures) people(r row) {
	for _, to := range r.receivers {
		f.receivers[to] = true
		f.rowsTo[to]++
		for _, from := range r.senders {
			join(f.sendersOf, to, from)
			join(f.receiversOf, from, to)
		}
	}
	for _, from := range r.senders {
		f.senders[from] = true
	}
}

func join(m map[ledger.Account]map[ledger.Account]bool, key, value ledger.Account) {
	if m[key] == nil {
		m[key] = map[ledger.Account]bool{}
	}
	m[key][value] = true
}

// shape names how the senders and receivers are joined.
func (f *figures) shape() string {
	fan, merge := false, false
	for _, to := range f.receiversOf {
		fan = fan || len(to) > 1
	}
	for _, from := range f.sendersOf {
		merge = merge || len(from) > 1
	}
	switch {
	case fan && merge:
		return "mixed"
	case fan:
		return "fan-out"
	case merge:
		return "consolidation"
	}
	return "one-to-one"
}

func sorted(set map[ledger.Account]bool) []ledger.Account {
	out := make([]ledger.Account, 0, len(set))
	for a := range set {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}
