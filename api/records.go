package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/trace"
)

// Scope narrows records to a view and an asset.
type Scope struct {
	View  string `query:"view" maxLength:"16384" doc:"one theft, or any for the union; absent: every view"`
	Asset string `query:"asset" maxLength:"16384" doc:"id or symbol; absent: every asset"`
}

// records makes the records of a trail under a scope.
func (t *trail) scoped(s Scope) (*report.Records, error) {
	if s == (Scope{}) {
		return t.records, nil
	}
	return report.NewRecords(t.doc, report.Options{View: s.View, Asset: s.Asset})
}

// placesIn asks for places.
type placesIn struct {
	TrailPath
	Scope
	Kind   []string `query:"kind" maxItems:"8" doc:"exit, held, edge, fee, burn, converted, debt, elsewhere"`
	Text   string   `query:"text" maxLength:"200" doc:"in the name, an account, or a tag"`
	Min    string   `query:"min" maxLength:"60" doc:"least amount under the policy, in atomic units"`
	From   string   `query:"from" maxLength:"40" doc:"reached at or after this time"`
	Until  string   `query:"until" maxLength:"40" doc:"reached before this time"`
	Hops   int      `query:"hops" minimum:"-1" maximum:"100000" default:"-1" doc:"at most so many movements from the theft; -1: any"`
	Policy string   `query:"policy" maxLength:"40" doc:"that min and sort look at; absent: the first"`
	Sort   string   `query:"sort" enum:"amount,upper,lower,value,name,first,last,hops,order" doc:"absent: the order of the trail. Amounts and times: largest first; name and hops: smallest first"`
	Paging
}

// PlaceRow is a place with how near it is to the theft.
type PlaceRow struct {
	report.PlaceRecord
	Hops int `json:"hops" doc:"least number of movements from the theft to it, that of the theft included; -1: not known"`
}

// flowsIn asks for movements.
type flowsIn struct {
	TrailPath
	Scope
	Place    string `query:"place" maxLength:"16384" doc:"id of the place where they end"`
	Account  string `query:"account" maxLength:"16384" doc:"that pays or is paid"`
	Transfer string `query:"transfer" maxLength:"200"`
	From     string `query:"from" maxLength:"40" doc:"at or after this time"`
	Until    string `query:"until" maxLength:"40" doc:"before this time"`
	Seed     bool   `query:"seed" doc:"only those with which stolen value enters"`
	Paging
}

// boundsIn asks for bounds.
type boundsIn struct {
	TrailPath
	Scope
	Of string `query:"of" enum:"place,group"`
	ID string `query:"id" maxLength:"16384" doc:"of the place, or name of the group"`
	Paging
}

// conversionsIn asks for conversions.
type conversionsIn struct {
	TrailPath
	Scope
	Paging
}

// Conversions are the swaps on a trail, with the exchanges that are none.
type Conversions struct {
	Page[report.ConversionRecord]
	Unclear     []report.UnclearRecord `json:"unclear" doc:"exchanges on the trail that were not recognised as conversions, with why; the first 1000"`
	MoreUnclear int                    `json:"more_unclear" doc:"further ones that are not shown"`
}

func (s *Server) recordRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "places", Method: http.MethodGet, Path: Prefix + "/trails/{trail}/places",
		Summary: "Where value ended: the place records of the command", Tags: []string{"trails"},
	}, func(ctx context.Context, in *placesIn) (*struct{ Body Page[PlaceRow] }, error) {
		t, err := s.ready(ctx, in.Trail)
		if err != nil {
			return nil, err
		}
		p, err := t.places(in)
		return &struct{ Body Page[PlaceRow] }{p}, err
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "flows", Method: http.MethodGet, Path: Prefix + "/trails/{trail}/flows",
		Summary: "The movements, in order: the flow records of the command", Tags: []string{"trails"},
	}, func(ctx context.Context, in *flowsIn) (*struct{ Body Page[report.FlowRecord] }, error) {
		t, err := s.ready(ctx, in.Trail)
		if err != nil {
			return nil, err
		}
		p, err := t.flows(in)
		return &struct{ Body Page[report.FlowRecord] }{p}, err
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "bounds", Method: http.MethodGet, Path: Prefix + "/trails/{trail}/bounds",
		Summary: "The exact bounds with the cuts that prove them: the bound records of the command", Tags: []string{"trails"},
	}, func(ctx context.Context, in *boundsIn) (*struct{ Body Page[report.BoundRecord] }, error) {
		t, err := s.ready(ctx, in.Trail)
		if err != nil {
			return nil, err
		}
		p, err := t.bounds(in)
		return &struct{ Body Page[report.BoundRecord] }{p}, err
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "conversions", Method: http.MethodGet, Path: Prefix + "/trails/{trail}/conversions",
		Summary: "What changed its asset on the trail: the conversion and unclear records of the command", Tags: []string{"trails"},
	}, func(ctx context.Context, in *conversionsIn) (*struct{ Body Conversions }, error) {
		t, err := s.ready(ctx, in.Trail)
		if err != nil {
			return nil, err
		}
		c, err := t.conversions(in)
		return &struct{ Body Conversions }{c}, err
	})
}

// places filters and sorts the places themselves and makes records of those shown.
func (t *trail) places(in *placesIn) (Page[PlaceRow], error) {
	var none Page[PlaceRow]
	r, err := t.scoped(in.Scope)
	if err != nil {
		return none, err
	}
	f, err := t.placeFilter(in)
	if err != nil {
		return none, err
	}
	var list []int
	for i, p := range t.doc.Trail.Places {
		if f.keeps(i, p) && r.Shows(p.Asset.ID, p.Figures) {
			list = append(list, i)
		}
	}
	f.sort(list, in.Sort)
	return pagedOf(in.Paging, len(list), func(n int) PlaceRow {
		rec, _ := r.Place(t.doc.Trail.Places[list[n]])
		return PlaceRow{rec, f.hops[list[n]]}
	}, in.Trail, in.Scope, in.Kind, in.Text, in.Min, in.From, in.Until, in.Hops, in.Policy, in.Sort)
}

// placeFilter is what a request says of places, read.
type placeFilter struct {
	in          *placesIn
	t           *trail
	views       []int // that amounts are looked at in
	policy      int
	least       money.Amount
	from, until time.Time
	hops        []int
	text        string
}

func (t *trail) placeFilter(in *placesIn) (*placeFilter, error) {
	f := &placeFilter{in: in, t: t, text: strings.ToLower(in.Text)}
	var err error
	if f.hops, err = t.distances(in.View); err != nil {
		return nil, err
	}
	if err := placeKinds(in.Kind); err != nil {
		return nil, err
	}
	if in.Policy != "" {
		if f.policy = t.doc.Trail.Policy(trace.Policy(strings.ToLower(in.Policy))); f.policy < 0 {
			return nil, problem(http.StatusNotFound, "policy "+quoted(in.Policy)+" is not in this trail", "ask for a trail with it: POST /api/v1/trails")
		}
	}
	if f.least, err = atomic(in.Min); err != nil {
		return nil, err
	}
	if f.from, f.until, err = period(in.From, in.Until); err != nil {
		return nil, err
	}
	f.views = t.views(in.View)
	return f, nil
}

// placeKinds refuses what is no kind of place.
func placeKinds(list []string) error {
	kinds := []string{"exit", "held", "edge", "fee", "burn", "converted", "debt", "elsewhere"}
	for _, k := range list {
		if !slices.Contains(kinds, k) {
			return problem(http.StatusUnprocessableEntity, quoted(k)+" is no kind of place", "there are "+strings.Join(kinds, ", "))
		}
	}
	return nil
}

// views are the indexes of one view, or of all.
func (t *trail) views(name string) []int {
	var out []int
	for v, w := range t.doc.Trail.Views {
		if name == "" || name == w.Name {
			out = append(out, v)
		}
	}
	return out
}

// period reads two times, either of which may be absent.
func period(from, until string) (a, b time.Time, err error) {
	for _, x := range []struct {
		name, text string
		to         *time.Time
	}{{"from", from, &a}, {"until", until, &b}} {
		if x.text == "" {
			continue
		}
		for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z", "2006-01-02"} {
			if *x.to, err = time.Parse(form, x.text); err == nil {
				break
			}
		}
		if err != nil {
			return a, b, problem(http.StatusUnprocessableEntity, x.name+" "+quoted(x.text)+" is no time", "write 2022-05-01 or 2022-05-01T10:00:00Z (UTC)")
		}
	}
	return a, b, nil
}

func (f *placeFilter) keeps(i int, p *trace.Place) bool {
	switch {
	case len(f.in.Kind) > 0 && !slices.Contains(f.in.Kind, string(p.Kind)),
		!f.from.IsZero() && (p.Last.IsZero() || p.Last.Before(f.from)),
		!f.until.IsZero() && (p.First.IsZero() || !p.First.Before(f.until)),
		f.in.Hops >= 0 && (f.hops[i] < 0 || f.hops[i] > f.in.Hops),
		f.in.Min != "" && f.most(p, f.amount).Less(f.least):
		return false
	}
	return f.text == "" || f.says(p)
}

// says reports whether a place bears the text: in its name, an account or a tag.
func (f *placeFilter) says(p *trace.Place) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), f.text) }
	if has(p.Name) || has(p.Boundary.Name) || p.ID == f.in.Text {
		return true
	}
	for _, a := range p.Accounts {
		if has(string(a)) {
			return true
		}
		if f.t.doc.Tags == nil {
			continue
		}
		for _, tag := range f.t.doc.Tags(p.Ledger, a) {
			if has(tag.Label) || has(tag.Entity) || slices.ContainsFunc(tag.Concepts, has) {
				return true
			}
		}
	}
	return false
}

func (f *placeFilter) amount(x trace.Figures) money.Amount { return x.Amounts[f.policy] }

// most is the largest of a figure over the views.
func (f *placeFilter) most(p *trace.Place, of func(trace.Figures) money.Amount) money.Amount {
	var most money.Amount
	for _, v := range f.views {
		if a := of(p.Figures[v]); most.Less(a) {
			most = a
		}
	}
	return most
}

func upper(x trace.Figures) money.Amount {
	if x.Bound != nil {
		return x.Bound.U
	}
	return x.Upper
}

func lower(x trace.Figures) money.Amount {
	if x.Bound != nil {
		return x.Bound.L
	}
	return x.Lower
}

// sort orders places by one of their figures; equal ones stay as the trail has them.
func (f *placeFilter) sort(list []int, by string) {
	places := f.t.doc.Trail.Places
	figure := map[string]func(trace.Figures) money.Amount{"amount": f.amount, "upper": upper, "lower": lower}[by]
	key := map[string]func(i, j int) int{
		"value": func(i, j int) int { return places[j].Value.Cmp(places[i].Value) },
		"name": func(i, j int) int {
			return cmp.Compare(strings.ToLower(places[i].Name), strings.ToLower(places[j].Name))
		},
		"first": func(i, j int) int { return places[j].First.Compare(places[i].First) },
		"last":  func(i, j int) int { return places[j].Last.Compare(places[i].Last) },
		"hops":  func(i, j int) int { return cmp.Compare(uint(f.hops[i]), uint(f.hops[j])) },
	}[by]
	if figure != nil {
		key = func(i, j int) int { return f.most(places[j], figure).Cmp(f.most(places[i], figure)) }
	}
	if key != nil {
		slices.SortStableFunc(list, key)
	}
}

func (t *trail) flows(in *flowsIn) (Page[report.FlowRecord], error) {
	var none Page[report.FlowRecord]
	r, err := t.scoped(in.Scope)
	if err != nil {
		return none, err
	}
	from, until, err := period(in.From, in.Until)
	if err != nil {
		return none, err
	}
	at := -1
	if in.Place != "" {
		if at = slices.IndexFunc(t.doc.Trail.Places, func(p *trace.Place) bool { return p.ID == in.Place }); at < 0 {
			return none, problem(http.StatusNotFound, "there is no place "+quoted(in.Place), "give the id of a place record")
		}
	}
	var list []int
	for i := range t.doc.Trail.Hops {
		h := &t.doc.Trail.Hops[i]
		switch {
		case at >= 0 && h.Place != at,
			in.Account != "" && string(h.From) != in.Account && string(h.To) != in.Account,
			in.Transfer != "" && h.Transfer != in.Transfer,
			in.Seed && !h.Seed,
			!from.IsZero() && (h.Time.IsZero() || h.Time.Before(from)),
			!until.IsZero() && (h.Time.IsZero() || !h.Time.Before(until)):
			continue
		}
		if r.Shows(h.Asset.ID, h.Figures) {
			list = append(list, i)
		}
	}
	return pagedOf(in.Paging, len(list), func(n int) report.FlowRecord {
		rec, _ := r.Flow(&t.doc.Trail.Hops[list[n]])
		return rec
	}, in.Trail, in.Scope, in.Place, in.Account, in.Transfer, in.From, in.Until, in.Seed)
}

func (t *trail) bounds(in *boundsIn) (Page[report.BoundRecord], error) {
	r, err := t.scoped(in.Scope)
	if err != nil {
		return Page[report.BoundRecord]{}, err
	}
	var list []report.BoundRecord
	for _, p := range t.doc.Trail.Places {
		if in.Of != "group" && (in.ID == "" || in.ID == p.ID) {
			list = append(list, r.PlaceBounds(p)...)
		}
	}
	for i := range t.doc.Trail.Groups {
		if g := &t.doc.Trail.Groups[i]; in.Of != "place" && (in.ID == "" || in.ID == g.Name) {
			list = append(list, r.GroupBounds(g)...)
		}
	}
	return paged(in.Paging, list, in.Trail, in.Scope, in.Of, in.ID)
}

func (t *trail) conversions(in *conversionsIn) (Conversions, error) {
	r, err := t.scoped(in.Scope)
	if err != nil {
		return Conversions{}, err
	}
	p, err := paged(in.Paging, r.Conversions(), in.Trail, in.Scope)
	out := Conversions{Page: p, Unclear: r.Unclear()}
	if over := len(out.Unclear) - 1000; over > 0 {
		out.Unclear, out.MoreUnclear = out.Unclear[:1000], over
	}
	return out, err
}
