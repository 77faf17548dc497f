package trace

import (
	"fmt"

	"github.com/coldtrail/coldtrail/casefile"
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
		k.c.NoAnswer(err)
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

// amountOf gives a meaning to an amount that must be of an asset.
func (k *checker) amountOf(asset money.Asset, a casefile.Amount) (money.Amount, error) {
	n, of, err := k.l.Amount(a)
	if err == nil && of.ID != asset.ID {
		err = fmt.Errorf("the amount stated is of %s, not of %s", of.Name(), asset.Name())
	}
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
		want, err := k.amountOf(asset, part.Amount)
		if err != nil {
			return err
		}
		k.c.Amount(part.Part, asset, want, got[part.Part], within)
	}
	return nil
}
