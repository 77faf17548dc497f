package trace

import (
	"fmt"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// The checks that look over many places at once.

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
	worst, name := widest(sets, v, policies)
	got := fmt.Sprintf("%s %% over %d places", worst.Decimal(6), len(places))
	if !worst.IsZero() {
		got += ", widest at " + name
	}
	k.c.Put("", fmt.Sprintf("at most %s %%", x.Percent.Text), got, len(places) > 0 && !limit.Less(worst))
	return nil
}

// widest finds the place where policies differ most, in parts of the largest.
func widest(places []*Place, v int, policies []int) (worst money.Amount, name string) {
	for _, p := range places {
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
	return worst, name
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
		want, err := k.amountOf(asset, *side.want)
		if err != nil {
			return err
		}
		k.c.Amount(side.name, asset, want, side.got, within)
	}
	return nil
}
