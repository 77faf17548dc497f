package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// TestFlowPictureGolden holds the data of the page's pictures. Read the difference,
// then write it with -update.
func TestFlowPictureGolden(t *testing.T) {
	for _, story := range []string{"five", "thefts", "coins", "edge"} {
		d := document(t, story)
		golden(t, story+".picture.json", indented(t, flowOf(t, d, PictureOptions{})))
		g, err := GraphPicture(d, PictureOptions{})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, story+".graph.json", indented(t, g))
	}
}

func indented(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func flowOf(t testing.TB, d *Document, o PictureOptions) *LaidOut {
	t.Helper()
	p, err := FlowPicture(d, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// everything folds nothing but the accounts of a service, and leaves nothing out.
var everything = PictureOptions{Limit: pictureMost, Unfold: []string{foldPeel, foldDust}}

// drawOptions draws filters, limits and folds.
func drawOptions(t *rapid.T, s scope) PictureOptions {
	o := PictureOptions{View: s.viewName(), Asset: string(s.asset().ID)}
	o.Limit = rapid.SampledFrom([]int{0, 30, 40, 300}).Draw(t, "limit")
	o.Hops = rapid.IntRange(0, 6).Draw(t, "hops")
	o.Dust = rapid.SampledFrom([]uint64{0, 10, 1000}).Draw(t, "dust")
	for _, why := range []string{foldPeel, foldService, foldDust} {
		if rapid.Bool().Draw(t, why+" unfolded") {
			o.Unfold = append(o.Unfold, why)
		}
	}
	for _, g := range groups {
		if rapid.IntRange(0, 3).Draw(t, string(g.Kind)) == 3 {
			o.Kinds = append(o.Kinds, string(g.Kind))
		}
	}
	if rapid.Bool().Draw(t, "some least") {
		entered := s.base(s.policy)
		o.Min, _ = entered.MulDiv(money.Units(1), money.Units(rapid.Uint64Range(1, 1000).Draw(t, "least part")))
	}
	if times := s.hopTimes(); len(times) > 0 && rapid.Bool().Draw(t, "brush") {
		a, b := rapid.SampledFrom(times).Draw(t, "from"), rapid.SampledFrom(times).Draw(t, "until")
		if b.Before(a) {
			a, b = b, a
		}
		o.From, o.Until = a, b
	}
	return o
}

func (s scope) hopTimes() (out []time.Time) {
	for _, h := range s.t.Hops {
		if !h.Time.IsZero() {
			out = append(out, h.Time)
		}
	}
	return out
}

// TestFlowPictureHolds checks, on random ledgers under random filters, limits and
// folds: nothing is lost, nothing overlaps, and a bar keeps its name.
func TestFlowPictureHolds(t *testing.T) {
	drawn := 0
	rapid.Check(t, func(t *rapid.T) {
		d := random(rapid.Uint64Range(0, 4000).Draw(t, "seed"))
		if d == nil {
			return
		}
		scopes, err := d.scopes(Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range scopes {
			if !s.on(s.policy) {
				continue
			}
			drawn++
			o := drawOptions(t, s)
			p, err := FlowPicture(d, o)
			if err != nil {
				t.Fatal(err)
			}
			whole := everything
			whole.View, whole.Asset = o.View, o.Asset
			all, err := FlowPicture(d, whole)
			if err != nil {
				t.Fatal(err)
			}
			for _, check := range []func() error{
				func() error { return complete(s, o, p) }, func() error { return complete(s, whole, all) },
				func() error { return standsFree(p) }, func() error { return standsFree(all) },
				func() error { return flows(all, s) },
				func() error { return sameNames(all, p) },
				func() error { return limited(o, p) },
			} {
				if err := check(); err != nil {
					t.Fatalf("view %s, asset %s, %+v: %v", o.View, o.Asset, o, err)
				}
			}
		}
	})
	// How many there are is the draw's own chance; none at all is not.
	if drawn == 0 {
		t.Error("no picture was drawn: the test shows nothing")
	}
}

// complete checks that what is shown and what is hidden is all there was: amounts
// by policy, places, and movements.
func complete(s scope, o PictureOptions, p *LaidOut) error {
	sum := slices.Clone(p.Hidden.Amounts)
	places, moves := p.Hidden.Places, p.Hidden.Flows+p.Within.Flows
	for _, n := range p.Nodes {
		if !n.Ends {
			continue
		}
		addTo(sum, n.Amounts)
		if n.Folded != nil {
			places += n.Folded.N
		} else {
			places++
		}
	}
	for i, a := range sum {
		if p.Conserves[i] && a != p.Entered[i] {
			return fmt.Errorf("%s: %s is shown or hidden, %s entered", p.Policies[i], a, p.Entered[i])
		}
	}
	if want := len(s.places()); places != want && o.folds(foldService) {
		return fmt.Errorf("%d places are shown or hidden of %d", places, want)
	}
	for _, l := range p.Links {
		moves += l.N
	}
	want := 0
	for _, m := range s.movements() {
		if !nothing(pick(s.t.Hops[m.hop].Figures[s.view].Amounts, s.existing())) {
			want++
		}
	}
	if moves != want {
		return fmt.Errorf("%d movements are shown or hidden of %d", moves, want)
	}
	return nil
}

// standsFree checks that slots of a column do not overlap, bars stand in their
// slots, and ribbons on their bars, side by side, under every policy.
func standsFree(p *LaidOut) error {
	byID := map[string]*PictureNode{}
	for i := range p.Nodes {
		n := &p.Nodes[i]
		if byID[n.ID] != nil {
			return fmt.Errorf("two bars are called %s", n.ID)
		}
		byID[n.ID] = n
		if n.X < 0 || n.X+n.W > p.Right || n.Y < 0 || n.Y+n.Slot > p.Height {
			return fmt.Errorf("%s stands outside the picture", n.Label)
		}
		for k := range n.H {
			if n.Top[k] < n.Y || n.Top[k]+n.H[k] > n.Y+n.Slot {
				return fmt.Errorf("the bar of %s is not in its slot under %s", n.Label, p.Policies[k])
			}
			if (n.H[k] == 0) != n.Amounts[k].IsZero() && p.Conserves[k] && p.Bounded {
				return fmt.Errorf("%s is %d high for %s", n.Label, n.H[k], n.Amounts[k])
			}
		}
		for _, o := range p.Nodes[:i] {
			if o.X == n.X && o.Y < n.Y+n.Slot && n.Y < o.Y+o.Slot {
				return fmt.Errorf("%s and %s overlap", n.Label, o.Label)
			}
		}
	}
	type edge struct {
		at    string
		right bool
	}
	for k := range p.Policies {
		on := map[edge][][2]int{}
		for _, l := range p.Links {
			from, to := byID[l.From], byID[l.To]
			if from == nil || to == nil {
				return fmt.Errorf("ribbon %s has an end that is not there", l.ID)
			}
			if l.Back != (to.Column <= from.Column) {
				return fmt.Errorf("ribbon %s to %s leads back: %v", from.Label, to.Label, l.Back)
			}
			for e, y := range map[edge]int{{l.From, true}: l.Y0[k], {l.To, false}: l.Y1[k]} {
				bar := byID[e.at]
				if y < bar.Top[k] || y+l.H[k] > bar.Top[k]+bar.H[k] {
					return fmt.Errorf("%s: a ribbon lies beside the bar of %s", p.Policies[k], bar.Label)
				}
				for _, o := range on[e] {
					if o[0] < y+l.H[k] && y < o[0]+o[1] {
						return fmt.Errorf("%s: ribbons overlap at %s", p.Policies[k], bar.Label)
					}
				}
				on[e] = append(on[e], [2]int{y, l.H[k]})
			}
		}
	}
	return nil
}

// flows checks that of a whole picture what comes into an account goes out.
func flows(p *LaidOut, s scope) error {
	in, out := map[string][]money.Amount{}, map[string][]money.Amount{}
	for _, l := range p.Links {
		for at, id := range map[*map[string][]money.Amount]string{&in: l.To, &out: l.From} {
			if (*at)[id] == nil {
				(*at)[id] = make([]money.Amount, len(p.Policies))
			}
			addTo((*at)[id], l.Amounts)
		}
	}
	for _, n := range p.Nodes {
		if n.Folded != nil || n.Kind != "account" && n.Kind != "entity" || !p.Bounded || in[n.ID] == nil || out[n.ID] == nil {
			continue
		}
		for k := range p.Policies {
			if p.Conserves[k] && in[n.ID][k] != out[n.ID][k] {
				return fmt.Errorf("%s takes in %s and gives out %s under %s", n.Label, in[n.ID][k], out[n.ID][k], p.Policies[k])
			}
		}
	}
	return nil
}

// sameNames checks that a bar of one picture is called the same in the other.
func sameNames(all, some *LaidOut) error {
	ids := map[string]string{}
	for _, n := range all.Nodes {
		ids[n.ID] = n.Kind + " " + n.Label + " " + n.Place
	}
	for _, n := range some.Nodes {
		part := n.Ends && n.Lower == nil // of a service that is opened
		if n.Folded == nil && !part && ids[n.ID] != n.Kind+" "+n.Label+" "+n.Place && len(all.Folds) == 0 {
			return fmt.Errorf("%s is %q here and %q in the whole picture", n.ID, n.Kind+" "+n.Label, ids[n.ID])
		}
	}
	return nil
}

func limited(o PictureOptions, p *LaidOut) error {
	limit := o.Limit
	if limit == 0 {
		limit = pictureNodes
	}
	if len(p.Nodes) > limit {
		return fmt.Errorf("%d bars, %d were allowed", len(p.Nodes), limit)
	}
	for _, n := range p.Nodes {
		if o.Hops > 0 && n.Hop > o.Hops {
			return fmt.Errorf("%s is %d hops away", n.Label, n.Hop)
		}
		if n.Ends && len(o.Kinds) > 0 && !slices.Contains(o.Kinds, n.Kind) {
			return fmt.Errorf("%s is of kind %s", n.Label, n.Kind)
		}
	}
	return nil
}

// TestPictureIDsStayUnderPolicies asks the same question under one policy and
// under several: whatever stands in both pictures is called the same.
func TestPictureIDsStayUnderPolicies(t *testing.T) {
	both := 0
	for _, story := range []string{"five", "thefts", "edge", "hundreds"} {
		d := document(t, story)
		ids := map[string]string{}
		for _, n := range flowOf(t, d, everything).Nodes {
			ids[n.Label+n.Kind+n.Place] = n.ID
		}
		one := *d.Trail
		one.Policies = []trace.Policy{trace.LIFO}
		lifo := d.Trail.Policy(trace.LIFO)
		only := func(fs []trace.Figures) (out []trace.Figures) {
			for _, f := range fs {
				f.Amounts = []money.Amount{f.Amounts[lifo]}
				out = append(out, f)
			}
			return out
		}
		one.Hops, one.Places, one.Views = slices.Clone(one.Hops), nil, nil
		for i := range one.Hops {
			one.Hops[i].Figures = only(one.Hops[i].Figures)
		}
		for _, p := range d.Trail.Places {
			q := *p
			q.Figures = only(p.Figures)
			one.Places = append(one.Places, &q)
		}
		for _, v := range d.Trail.Views {
			v.Assets = slices.Clone(v.Assets)
			for i := range v.Assets {
				v.Assets[i].ByPolicy = []trace.Totals{v.Assets[i].ByPolicy[lifo]}
			}
			one.Views = append(one.Views, v)
		}
		lone := *d
		lone.Trail = &one
		for _, n := range flowOf(t, &lone, everything).Nodes {
			if id, ok := ids[n.Label+n.Kind+n.Place]; ok && n.Folded == nil {
				both++
				if id != n.ID {
					t.Errorf("%s: %s is %s under all policies and %s under one", story, n.Label, id, n.ID)
				}
			}
		}
	}
	if both < 60 {
		t.Errorf("only %d bars stand in both pictures", both)
	}
}

func TestFlowPictureNotHere(t *testing.T) {
	d := document(t, "thefts")
	for _, o := range []PictureOptions{{View: "Gamma"}, {Asset: "DOGE"}, {Kinds: []string{"exits"}}} {
		if _, err := FlowPicture(d, o); !errors.Is(err, ErrNotHere) {
			t.Errorf("%+v: %v", o, err)
		}
		if _, err := GraphPicture(d, o); !errors.Is(err, ErrNotHere) {
			t.Errorf("graph, %+v: %v", o, err)
		}
	}
	empty := &Document{Trail: &trace.Trail{Policies: []trace.Policy{trace.FIFO}, Views: []trace.View{{Name: "A"}}}}
	if _, err := FlowPicture(empty, PictureOptions{}); !errors.Is(err, ErrNotHere) {
		t.Errorf("an empty trail: %v", err)
	}
}

func TestFlowPictureSameBytes(t *testing.T) {
	for _, story := range []string{"thefts", "coins", "hundreds"} {
		a, b := indented(t, flowOf(t, document(t, story), PictureOptions{})), indented(t, flowOf(t, document(t, story), PictureOptions{}))
		if a != b {
			t.Errorf("%s: two runs differ", story)
		}
	}
}
