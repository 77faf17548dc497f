package trace

import (
	"fmt"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Verdict is an expect line of a case after the check.
type Verdict = casefile.Verdict

// Check checks every expect line of a case against its ledger and the trail, in
// the order of the file. A line that cannot be computed is a mismatch that says
// why: an expectation is never skipped.
func Check(l *casefile.Loaded, t *Trail) []Verdict {
	var out []Verdict
	for _, e := range l.Case.Expect {
		v, done := l.Check(e)
		if !done {
			v = checkTrail(l, t, e)
		}
		out = append(out, v)
	}
	return out
}

func checkTrail(l *casefile.Loaded, t *Trail, e casefile.Expect) Verdict {
	k := checker{l: l, t: t}
	var err error
	switch x := e.Test.(type) {
	case casefile.Place:
		err = k.place(x)
	case casefile.Bound:
		err = k.bound(x)
	case casefile.Spread:
		err = k.spread(x)
	case casefile.Totals:
		err = k.totals(x)
	case casefile.Untouched:
		err = k.untouched(x)
	case casefile.Unobserved:
		err = k.unobserved(x)
	default:
		err = fmt.Errorf("no check of the kind %T", x)
	}
	if err != nil {
		k.c.Wrong("cannot be computed: " + err.Error())
	}
	return k.c.Verdict(e)
}

// checker compares one expect line with the trail.
type checker struct {
	l *casefile.Loaded
	t *Trail
	c casefile.Comparison
}

// view finds the view of a theft: the only one, or the union, where the case
// names none.
func (k *checker) view(theft string) (int, error) {
	if theft == "" {
		if len(k.t.Views) == 1 {
			return 0, nil
		}
		theft = "any"
	}
	if v := k.t.View(theft); v >= 0 {
		return v, nil
	}
	if theft == "any" {
		return 0, fmt.Errorf("there are %d thefts and no union of them: name the theft", len(k.t.Views))
	}
	return 0, fmt.Errorf("no theft is called %q", theft)
}

// optional gives a meaning to an amount that may be absent.
func (k *checker) optional(a *casefile.Amount) (money.Amount, error) {
	if a == nil {
		return money.Zero, nil
	}
	n, _, err := k.l.Amount(*a)
	return n, err
}

// find returns the figures of a place or group in a view: of several places of
// one name the sum of the amounts, and the exact bound only where it is one.
func (k *checker) find(x casefile.Target, asset money.Asset) (sum []money.Amount, bound *Bound, found int, err error) {
	v, err := k.view(x.Theft)
	if err != nil {
		return nil, nil, 0, err
	}
	if x.Asset.Text != "" {
		if asset, err = k.l.Asset(x.Asset); err != nil {
			return nil, nil, 0, err
		}
	}
	sum = make([]money.Amount, len(k.t.Policies))
	add := func(f Figures) {
		for i, a := range f.Amounts {
			sum[i] = sum[i].Add(a)
		}
		bound = f.Bound
		found++
	}
	if x.Place != "" {
		for _, p := range k.t.Place(k.name(x.Place)) {
			if p.Asset.ID == asset.ID {
				add(p.Figures[v])
			}
		}
		return sum, bound, found, nil
	}
	declared := false
	for _, g := range k.l.Case.Groups {
		declared = declared || g.Name == x.Group
	}
	if !declared {
		return nil, nil, 0, fmt.Errorf("no group is called %q", x.Group)
	}
	for _, g := range k.t.Groups {
		if g.Name == x.Group && g.Asset.ID == asset.ID {
			add(g.Figures[v])
		}
	}
	return sum, bound, found, nil
}

// name is a place as the trail writes it: accounts in canonical form.
func (k *checker) name(s string) string {
	if a, err := k.l.Account(casefile.Word{Text: s}); err == nil {
		return string(a)
	}
	return s
}

func (k *checker) place(x casefile.Place) error {
	within, err := k.optional(x.Within)
	if err != nil {
		return err
	}
	for _, pa := range x.Amounts {
		p, err := k.policy(pa.Policy)
		if err != nil {
			return err
		}
		want, asset, err := k.l.Amount(pa.Amount)
		if err != nil {
			return err
		}
		sum, _, _, err := k.find(x.Target, asset)
		if err != nil {
			return err
		}
		k.c.Amount(pa.Policy.Text, asset, want, sum[p], within)
	}
	return nil
}

func (k *checker) policy(w casefile.Word) (int, error) {
	if i := k.t.Policy(Policy(w.Text)); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("policy %q was not computed", w.Text)
}

func (k *checker) bound(x casefile.Bound) error {
	within, err := k.optional(x.Within)
	if err != nil {
		return err
	}
	for _, side := range []struct {
		name string
		want *casefile.Amount
		of   func(*Bound) money.Amount
	}{{"L", x.Lower, func(b *Bound) money.Amount { return b.L }}, {"U", x.Upper, func(b *Bound) money.Amount { return b.U }}} {
		if side.want == nil {
			continue
		}
		want, asset, err := k.l.Amount(*side.want)
		if err != nil {
			return err
		}
		_, b, found, err := k.find(x.Target, asset)
		switch {
		case err != nil:
			return err
		case found == 0:
			b = &Bound{} // no way leads there
		case found > 1:
			return fmt.Errorf("%d places have this name, and bounds do not add: make a group of them", found)
		case b == nil:
			return fmt.Errorf("no exact bound was computed there")
		}
		k.c.Amount(side.name, asset, want, side.of(b), within)
	}
	return nil
}

// percentParts is how many parts of 100 % a percentage is counted in: six
// decimals.
const percentParts = 100_000_000

func (k *checker) spread(x casefile.Spread) error {
	v, err := k.view(x.Theft)
	if err != nil {
		return err
	}
	limit, err := money.ParseDecimal(x.Percent.Text, 6)
	if err != nil {
		return err
	}
	var policies []int
	for _, w := range x.Policies {
		p, err := k.policy(w)
		if err != nil {
			return err
		}
		policies = append(policies, p)
	}
	places, err := k.places(x)
	if err != nil {
		return err
	}
	sets := places
	if x.Total {
		if sets, err = k.totalled(places, v); err != nil {
			return err
		}
		v = 0
	}
	var worst money.Amount
	name := "nowhere"
	for _, p := range sets {
		least, most := money.Max, money.Zero
		for _, i := range policies {
			a := p.Figures[v].Amounts[i]
			least = least.Min(a)
			if most.Less(a) {
				most = a
			}
		}
		if most.IsZero() {
			continue
		}
		// rounded up, so that what is shown as within the limit is within it
		apart, rem := most.Sub(least).MulDiv(money.Units(percentParts), most)
		if !rem.IsZero() {
			apart = apart.Add(money.Units(1))
		}
		if worst.Less(apart) {
			worst, name = apart, p.Name
		}
	}
	got := fmt.Sprintf("%s %% (%s) over %d places", worst.Decimal(6), name, len(places))
	k.c.Put("", fmt.Sprintf("at most %s %%", x.Percent.Text), got, len(places) > 0 && !limit.Less(worst))
	return nil
}

// places lists the places of an asset, or those of a group.
func (k *checker) places(x casefile.Spread) ([]*Place, error) {
	all := k.t.Places
	if x.Group != "" {
		all = nil
		for _, g := range k.t.Groups {
			if g.Name == x.Group {
				all = append(all, g.Places...)
			}
		}
	}
	if x.Asset.Text == "" {
		return all, nil
	}
	asset, err := k.l.Asset(x.Asset)
	if err != nil {
		return nil, err
	}
	var out []*Place
	for _, p := range all {
		if p.Asset.ID == asset.ID {
			out = append(out, p)
		}
	}
	return out, nil
}

// totalled adds places of one asset up to one.
func (k *checker) totalled(places []*Place, v int) ([]*Place, error) {
	sum := &Place{Name: "the total", Figures: []Figures{{Amounts: make([]money.Amount, len(k.t.Policies))}}}
	for i, p := range places {
		if i > 0 && p.Asset.ID != places[0].Asset.ID {
			return nil, fmt.Errorf("the places hold several assets, which are not added: name the asset")
		}
		for j, a := range p.Figures[v].Amounts {
			sum.Figures[0].Amounts[j] = sum.Figures[0].Amounts[j].Add(a)
		}
	}
	return []*Place{sum}, nil
}

func (k *checker) totals(x casefile.Totals) error {
	v, err := k.view(x.Theft)
	if err != nil {
		return err
	}
	asset, err := k.l.Asset(x.Asset)
	if err != nil {
		return err
	}
	policy := x.Policy
	if policy.Text == "" {
		policy.Text = string(FIFO)
	}
	p, err := k.policy(policy)
	if err != nil {
		return err
	}
	within, err := k.optional(x.Within)
	if err != nil {
		return err
	}
	var have Totals
	for _, a := range k.t.Views[v].Assets {
		if a.Asset.ID == asset.ID {
			have = a.ByPolicy[p]
		}
	}
	got := map[string]money.Amount{
		"seeded": have.Seeded, "converted_in": have.ConvertedIn, "exits": have.Exits, "held": have.Held, "edge": have.Edge, "fees": have.Fees,
		"burnt": have.Burnt, "debts": have.Debts, "converted": have.Converted, "elsewhere": have.Elsewhere,
	}
	for _, part := range x.Parts {
		want, asset, err := k.l.Amount(part.Amount)
		if err != nil {
			return err
		}
		k.c.Amount(part.Part, asset, want, got[part.Part], within)
	}
	return nil
}

// untouched looks at hops and places: what no policy and no bound reaches
// stands in neither.
func (k *checker) untouched(x casefile.Untouched) error {
	assets := map[money.AssetID]bool{}
	for _, w := range x.Assets {
		a, err := k.l.Asset(w)
		if err != nil {
			return err
		}
		assets[a.ID] = true
	}
	accounts := map[ledger.Account]bool{}
	for _, w := range x.Accounts {
		a, err := k.l.Account(w)
		if err != nil {
			return err
		}
		accounts[a] = true
	}
	hops, places := 0, 0
	for _, h := range k.t.Hops {
		if assets[h.Asset.ID] || accounts[h.From] || accounts[h.To] {
			hops++
		}
	}
	for _, p := range k.t.Places {
		if assets[p.Asset.ID] || anyAccount(p, func(a ledger.Account) bool { return accounts[a] }) {
			places++
		}
	}
	k.c.Count("hops", 0, hops)
	k.c.Count("places", 0, places)
	return nil
}

func (k *checker) unobserved(x casefile.Unobserved) error {
	asset, err := k.l.Asset(x.Asset)
	if err != nil {
		return err
	}
	accounts := map[ledger.Account]bool{}
	for _, w := range x.Accounts {
		a, err := k.l.Account(w)
		if err != nil {
			return err
		}
		accounts[a] = true
	}
	n, sum, least, most := 0, money.Zero, money.Max, money.Zero
	for _, u := range k.t.Unobserved {
		if u.Asset.ID != asset.ID || len(accounts) > 0 && !accounts[u.Pool.Account] || x.Label != "" && !k.l.Carries(u.Pool.Ledger, u.Pool.Account, x.Label, "") {
			continue
		}
		n++
		sum, least = sum.Add(u.Amount), least.Min(u.Amount)
		if most.Less(u.Amount) {
			most = u.Amount
		}
	}
	if n == 0 {
		least = money.Zero
	}
	k.c.Count("accounts", x.Count, n)
	within, err := k.optional(x.Within)
	if err != nil {
		return err
	}
	for _, side := range []struct {
		name string
		want *casefile.Amount
		got  money.Amount
	}{{"sum", x.Sum, sum}, {"least", x.Min, least}, {"most", x.Max, most}} {
		if side.want == nil {
			continue
		}
		want, asset, err := k.l.Amount(*side.want)
		if err != nil {
			return err
		}
		k.c.Amount(side.name, asset, want, side.got, within)
	}
	return nil
}
