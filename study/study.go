package study

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/money"
)

// Schema is the form of a study in JSON.
const Schema = "coldtrail/study/v1"

// TopN is the length of the rankings.
const TopN = 10

// ErrTooLarge marks an amount that no heist had: above 2^53 cents.
var ErrTooLarge = errors.New("amount too large")

// DefaultActor is whom the study is about unless asked otherwise.
const DefaultActor = "dprk"

// coincheck is the disputed incident that the front page names.
const coincheck = "2018-01-coincheck"

// builder holds what the parts of a study share.
type builder struct {
	*reading
	s    *Study
	rows []Row // in scope, every year, by id
	in   []Row // of them in the policy's period
	nums map[string]bool
}

// empty makes lists of nothing of those that are nil, here and in all that is within:
// JSON then has [] for them, and never null, which readers in other languages would
// have to tell apart.
func empty(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			empty(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				empty(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			empty(v.Index(i))
		}
	}
}

// Build computes a study of a register under a policy about an actor; the blank
// actor is DefaultActor.
func Build(reg *heist.Register, pol *heist.Policy, actor string) (*Study, error) {
	if actor == "" {
		actor = DefaultActor
	}
	if reg.Actor(actor) == nil {
		return nil, fmt.Errorf("the register has no actor %q", actor)
	}
	b, err := gatherRows(reg, pol, actor)
	if err != nil {
		return nil, err
	}
	b.header()
	for _, part := range []func() error{b.front, b.tops, b.years, b.deeds, b.splits, b.lags, b.recoveries, b.falls, b.sizes, b.evidence, b.disputes,
		b.grid, b.leaveOut, b.sweep, b.vintages} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	b.s.Rows = b.ranked(b.in, b.basis())
	sort.Slice(b.s.Numbers, func(i, j int) bool { return b.s.Numbers[i].ID < b.s.Numbers[j].ID })
	empty(reflect.ValueOf(b.s))
	return b.s, nil
}

func gatherRows(reg *heist.Register, pol *heist.Policy, actor string) (*builder, error) {
	r, err := newReading(reg, pol, actor)
	if err != nil {
		return nil, err
	}
	b := &builder{reading: r, s: &Study{}, nums: map[string]bool{}}
	for _, i := range reg.Incidents {
		if why := r.leftOut(i); why != "" {
			b.s.Excluded = append(b.s.Excluded, Out{i.ID, i.Title, why})
			continue
		}
		row, err := r.row(i)
		if err != nil {
			return nil, err
		}
		for _, a := range row.Amounts {
			if !a.High.cents.Less(money.Units(1 << 53)) {
				return nil, fmt.Errorf("%s: %s: %w", i.ID, a.Value.terms.Basis, ErrTooLarge)
			}
		}
		b.rows = append(b.rows, row)
		switch {
		case r.inPeriod(i):
			b.in = append(b.in, row)
		case row.Year == 0:
			b.s.Excluded = append(b.s.Excluded, Out{i.ID, i.Title, "began on no known day: in no period"})
		default:
			b.s.Excluded = append(b.s.Excluded, Out{i.ID, i.Title, "outside " + period(pol.Period.From.String(), pol.Period.To.String()) + "; counted in the yearly table"})
		}
		if !row.On(Basis(heist.LeftCtrl)).Known && !row.On("attempted").Known {
			b.s.Excluded = append(b.s.Excluded, Out{i.ID, i.Title, "no dollar amount under this valuation: counted as an incident, adds nothing to sums"})
		}
	}
	return b, nil
}

// basis is the policy's basis; a mixed one reads each row on its own.
func (b *builder) basis() Basis { return Basis(b.pol.Basis) }

// on is a row's amount on a basis, mixed ones by the policy's list.
func (b *builder) on(row *Row, basis Basis) Amount {
	if basis != Mixed {
		return row.On(basis)
	}
	pick, by := Basis("attempted"), ""
	for _, m := range b.pol.Mixed {
		if m.Incident == row.ID {
			pick, by = Basis(m.Basis), m.Claim
		}
	}
	a := row.On(pick)
	if by != "" {
		a = b.byClaim(row.ID, by)
	}
	a.Value.terms, a.Low.terms, a.High.terms = b.terms(Mixed), b.terms(Mixed), b.terms(Mixed)
	return a
}

// byClaim reads an amount by a claim that the policy names; not by one that was not
// yet known.
func (b *builder) byClaim(incident, id string) (a Amount) {
	cl := b.reg.Incident(incident).Claim(id)
	if !b.reg.Sees(cl, b.q) {
		return a
	}
	cents, ok := cl.Amount()
	low, high, _ := cl.Range()
	a.Known, a.Claims = ok, []string{cl.GlobalID()}
	a.Value.cents, a.Low.cents, a.High.cents = cents, low, high
	return a
}

func (b *builder) header() {
	p := b.pol
	runs, seed := b.runs()
	h := Header{Schema: Schema, Policy: p.ID, PolicyTitle: p.Title, RegisterHash: Hash(b.reg), Incidents: len(b.reg.Incidents),
		Terms: b.terms(b.basis()), Now: b.q.AsKnownOn.IsZero(), Scope: joined(p.Scope), Sectors: joined(p.Sectors),
		From: p.Period.From.String(), To: p.Period.To.String(), MinConfidence: string(p.Attribution.MinConfidence),
		MinStatus: string(p.Attribution.MinStatus), Disputed: p.Attribution.Disputed, MinGrade: string(p.MinGrade),
		TieBreak: strings.Join(p.TieBreak, ", "), Independence: p.Independence, Prices: p.Prices, Runs: runs, Seed: seed, ReviewedOnly: p.Reviewed}
	for _, i := range b.reg.Incidents {
		h.Claims += len(i.Claims)
	}
	for n := range b.in {
		if b.in[n].Draft {
			h.Drafts++
		}
		switch a := b.in[n].On(Basis(heist.LeftCtrl)); {
		case a.Priced:
			h.Revalued++
		case a.Known && h.Terms.Valuation != string(heist.AsBooked):
			h.AsBooked++
		}
	}
	b.s.Header = h
}

func joined[T ~string](words []T) string {
	var out []string
	for _, w := range words {
		out = append(out, string(w))
	}
	return strings.Join(out, ", ")
}

// Hash is the SHA-256 of all incidents, claims, sources and actors, wherever their
// files lie: two registers of one content have one hash.
func Hash(reg *heist.Register) string {
	h := sha256.New()
	put := func(v any) {
		data, err := json.Marshal(v)
		if err != nil {
			panic(err) // the types hold only texts
		}
		h.Write(append(data, '\n'))
	}
	for _, i := range reg.Incidents {
		c := *i
		c.Place, c.Claims = heist.Place{}, nil
		put(c)
		for _, cl := range i.Claims {
			c := *cl
			c.Place = heist.Place{}
			put(c)
		}
	}
	for _, s := range reg.Sources {
		c := *s
		c.Place = heist.Place{}
		put(c)
	}
	for _, a := range reg.Actors {
		c := *a
		c.Place = heist.Place{}
		put(c)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ranked sorts by the policy's tie-breaks: value, then date, then id. The rows are
// copied.
func (b *builder) ranked(rows []Row, basis Basis) []Row {
	out := append([]Row{}, rows...)
	sort.SliceStable(out, func(x, y int) bool {
		p, q := b.on(&out[x], basis).Value.cents, b.on(&out[y], basis).Value.cents
		if p != q {
			return q.Less(p)
		}
		if out[x].Occurred != out[y].Occurred {
			return out[x].Occurred < out[y].Occurred
		}
		return out[x].ID < out[y].ID
	})
	return out
}

// total adds rows up on the three bases that are never shown apart.
func (b *builder) total(rows []Row, id, what string) Total { return b.addUp(rows, id, what, nil) }

// theirs is the total of rows chosen by who did it: the attributions stand behind
// it too.
func (b *builder) theirs(rows []Row, id, what string) Total {
	_, who := behind(rows, func(row *Row) []string { return append(slices.Clone(row.Claimed.Claims), row.Claimed.Against...) })
	return b.addUp(rows, id, what, who)
}

// behind lists rows and the claims of each that a number is computed from.
func behind(rows []Row, of func(*Row) []string) (ids, claims []string) {
	for n := range rows {
		ids, claims = append(ids, rows[n].ID), append(claims, of(&rows[n])...)
	}
	return ids, claims
}

// amountAndActor are the claims behind a row's amount and its attribution.
func (b *builder) amountAndActor(basis Basis) func(*Row) []string {
	return func(row *Row) []string {
		return append(append(slices.Clone(b.on(row, basis).Claims), row.Claimed.Claims...), row.Claimed.Against...)
	}
}

func (b *builder) addUp(rows []Row, id, what string, claims []string) Total {
	t := Total{Attempted: b.value(money.Zero, "attempted"), Left: b.value(money.Zero, Basis(heist.LeftCtrl)), Net: b.value(money.Zero, Net), Number: id}
	for n := range rows {
		row := &rows[n]
		t.Rows = append(t.Rows, row.ID)
		known := false
		for _, to := range []*Value{&t.Attempted, &t.Left, &t.Net} {
			a := row.On(to.terms.Basis)
			to.cents = to.cents.Add(a.Value.cents)
			known = known || a.Known
			claims = append(claims, a.Claims...)
		}
		if known {
			t.N++
			if row.Draft {
				t.Drafts++
			}
		}
	}
	b.number(id, what, fmt.Sprintf("attempted %s; left_control %s; net %s; %d incidents", t.Attempted, t.Left, t.Net, t.N), t.Rows, claims)
	return t
}

// number records a number of the study under a stable id; a blank id is not shown.
func (b *builder) number(id, what, text string, rows, claims []string) {
	if id == "" || b.nums[id] {
		return
	}
	b.nums[id] = true
	seen := map[string]bool{}
	n := Number{ID: id, What: what, Text: text, Rows: rows}
	for _, cl := range claims {
		if !seen[cl] {
			seen[cl] = true
			n.Claims = append(n.Claims, cl)
		}
	}
	b.s.Numbers = append(b.s.Numbers, n)
}

// pick copies the rows that a test takes.
func pick(rows []Row, take func(*Row) bool) (out []Row) {
	for n := range rows {
		if take(&rows[n]) {
			out = append(out, rows[n])
		}
	}
	return out
}

func (b *builder) disputed(row *Row) bool { return row.Claimed.Verdict == Disputed }

// runs and seed of the policy; 20000 and 1 when it names none.
func (b *builder) runs() (int, uint64) {
	runs, err := strconv.Atoi(b.pol.Interval.Runs)
	if err != nil || runs < 1 {
		runs = 20000
	}
	seed, err := strconv.ParseUint(b.pol.Interval.Seed, 10, 64)
	if err != nil {
		seed = 1
	}
	return min(runs, heist.MaxRuns), seed
}
