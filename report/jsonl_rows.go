package report

import (
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// PlaceRecord is where stolen value ended: one account or entity, one asset.
type PlaceRecord struct {
	Record string `json:"record"` // "place"
	ID     string `json:"id"`     // unique and stable
	Kind   string `json:"kind"`   // exit, held, edge, fee, burn, converted, debt, elsewhere
	Name   string `json:"name"`
	// Named: Name is an entity or boundary, not an account.
	Named    bool            `json:"named"`
	Ledger   string          `json:"ledger"`
	Accounts []string        `json:"accounts"`
	Asset    string          `json:"asset"`
	Boundary *BoundaryRecord `json:"boundary,omitempty"`
	// Value is all value there, tainted or not.
	Value   money.Amount   `json:"value"`
	First   string         `json:"first,omitempty"` // of the movements into it
	Last    string         `json:"last,omitempty"`
	Tags    []TagRecord    `json:"tags,omitempty"`
	Figures []FigureRecord `json:"figures"`
}

// BoundaryRecord is why tracing stopped at a place.
type BoundaryRecord struct {
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"`
	Why  string `json:"why,omitempty"` // who says so
}

// TagRecord is a claim about an account: who says what, how sure.
type TagRecord struct {
	Account    string   `json:"account"`
	Label      string   `json:"label"`
	Entity     string   `json:"entity,omitempty"`
	Concepts   []string `json:"concepts,omitempty"`
	Confidence string   `json:"confidence"`
	Source     string   `json:"source"`
}

// Place makes the record of a place; false when nothing of the views is, or may
// be, there.
func (r *Records) Place(p *trace.Place) (PlaceRecord, bool) {
	if !r.Shows(p.Asset.ID, p.Figures) {
		return PlaceRecord{}, false
	}
	out := PlaceRecord{
		Record: "place", ID: p.ID, Kind: string(p.Kind), Name: p.Name, Named: p.Named, Ledger: string(p.Ledger),
		Accounts: []string{}, Asset: string(p.Asset.ID), Value: p.Value, First: stampTime(p.First), Last: stampTime(p.Last),
		Figures: r.figures(p.Asset.ID, p.Figures),
	}
	if p.Boundary.Kind != "" {
		out.Boundary = &BoundaryRecord{p.Boundary.Kind, p.Boundary.Name, p.Boundary.Why}
	}
	for _, a := range p.Accounts {
		out.Accounts = append(out.Accounts, string(a))
		if r.d.Tags == nil {
			continue
		}
		for _, t := range r.d.Tags(p.Ledger, a) {
			out.Tags = append(out.Tags, TagRecord{string(a), t.Label, t.Entity, t.Concepts, t.Confidence, t.Source})
		}
	}
	return out, true
}

// Shows reports whether figures have a record under the options.
func (r *Records) Shows(asset money.AssetID, fs []trace.Figures) bool {
	if _, ok := r.assets[asset]; !ok {
		return false
	}
	for v, f := range fs {
		if r.views[v] && touches(f) {
			return true
		}
	}
	return false
}

// FlowRecord is one movement of tainted value.
type FlowRecord struct {
	Record   string `json:"record"` // "flow"
	Transfer string `json:"transfer,omitempty"`
	Ledger   string `json:"ledger"`
	Time     string `json:"time,omitempty"`
	Asset    string `json:"asset"`
	// From is absent where coins of several accounts were spent together, and
	// for value that was put in.
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`    // absent for fees
	Out   *int   `json:"out,omitempty"`   // number of the output, on coins; absent for fees
	Fee   bool   `json:"fee"`             // the movement is a fee
	Place string `json:"place,omitempty"` // id of the place at To
	// Value is what moved, tainted or not.
	Value   money.Amount   `json:"value"`
	Tied    bool           `json:"tied"` // its order is not known
	Seed    bool           `json:"seed"` // stolen value enters here
	Figures []FigureRecord `json:"figures"`
}

// Flow makes the record of a movement; false when it carried nothing of the views.
func (r *Records) Flow(h *trace.Hop) (FlowRecord, bool) {
	if !r.Shows(h.Asset.ID, h.Figures) {
		return FlowRecord{}, false
	}
	out := FlowRecord{
		Record: "flow", Transfer: h.Transfer, Ledger: string(h.Ledger), Time: stampTime(h.Time), Asset: string(h.Asset.ID),
		From: string(h.From), To: string(h.To), Fee: h.Out < 0, Value: h.Value, Tied: h.Tied, Seed: h.Seed,
		Figures: r.figures(h.Asset.ID, h.Figures),
	}
	if h.Out >= 0 && r.assets[h.Asset.ID].model == ledger.UTXO {
		n := h.Out
		out.Out = &n
	}
	if h.Place >= 0 {
		out.Place = r.d.Trail.Places[h.Place].ID
	}
	return out, true
}

// BoundRecord is an exact bound with the cuts that prove it.
type BoundRecord struct {
	Record string   `json:"record"`           // "bound"
	Of     string   `json:"of"`               // "place" or "group"
	ID     string   `json:"id"`               // of the place; name of the group
	Places []string `json:"places,omitempty"` // of a group
	View   string   `json:"view"`
	Asset  string   `json:"asset"`
	// Amounts of a group by policy.
	Amounts map[string]money.Amount `json:"amounts,omitempty"`
	Lower   money.Amount            `json:"lower"`
	Upper   money.Amount            `json:"upper"`
	// CutUpper sums to Upper: without these entries nothing gets there.
	CutUpper []CutRecord `json:"cut_upper"`
	// CutLower sums to K - Lower: without these nothing gets anywhere else.
	CutLower []CutRecord `json:"cut_lower"`
}

// CutRecord is one ledger entry of a certificate.
type CutRecord struct {
	Kind     string       `json:"kind"` // theft, pay, hold, coin, fee, end
	Transfer string       `json:"transfer,omitempty"`
	Out      *int         `json:"out,omitempty"` // of a coin
	Account  string       `json:"account,omitempty"`
	To       string       `json:"to,omitempty"`
	Amount   money.Amount `json:"amount"`
	Time     string       `json:"time,omitempty"`
}

// PlaceBounds makes the records of the bounds of one place, by view.
func (r *Records) PlaceBounds(p *trace.Place) []BoundRecord {
	var out []BoundRecord
	for v, f := range p.Figures {
		if r.bounded(v, p.Asset.ID, f) && touches(f) {
			out = append(out, r.bound("place", p.ID, v, p.Asset.ID, f))
		}
	}
	return out
}

// GroupBounds makes the records of the bounds of one group, by view.
func (r *Records) GroupBounds(g *trace.GroupRow) []BoundRecord {
	var ids []string
	for _, p := range g.Places {
		ids = append(ids, p.ID)
	}
	var out []BoundRecord
	for v, f := range g.Figures {
		if r.bounded(v, g.Asset.ID, f) {
			b := r.bound("group", g.Name, v, g.Asset.ID, f)
			b.Places, b.Amounts = ids, r.assets[g.Asset.ID].amounts(f.Amounts)
			out = append(out, b)
		}
	}
	return out
}

func (r *Records) bounded(view int, asset money.AssetID, f trace.Figures) bool {
	_, ok := r.assets[asset]
	return ok && r.views[view] && f.Bound != nil
}

func (r *Records) bound(of, id string, view int, asset money.AssetID, f trace.Figures) BoundRecord {
	return BoundRecord{
		Record: "bound", Of: of, ID: id, View: r.d.Trail.Views[view].Name, Asset: string(asset),
		Lower: f.Bound.L, Upper: f.Bound.U, CutUpper: cutOut(f.Bound.CutU), CutLower: cutOut(f.Bound.CutL),
	}
}

func cutOut(cut []trace.CutEdge) []CutRecord {
	out := []CutRecord{}
	for _, e := range cut {
		c := CutRecord{Kind: e.Kind, Transfer: e.Transfer, Account: string(e.Account), To: string(e.To), Amount: e.Amount, Time: stampTime(e.Time)}
		if e.Kind == "coin" {
			n := e.Out
			c.Out = &n
		}
		out = append(out, c)
	}
	return out
}

// WarningRecord is what a reader of the figures must know.
type WarningRecord struct {
	Record string `json:"record"` // "warning"
	// Code is "note" for a sentence, "unobserved" for clean value that must have
	// been on an account before the data.
	Code    string        `json:"code"`
	Text    string        `json:"text"`
	Ledger  string        `json:"ledger,omitempty"`
	Account string        `json:"account,omitempty"`
	Asset   string        `json:"asset,omitempty"`
	Amount  *money.Amount `json:"amount,omitempty"`
}

// Warnings makes the records of what a reader must know.
func (r *Records) Warnings() []WarningRecord {
	out := []WarningRecord{}
	for _, w := range r.d.Trail.Warnings {
		out = append(out, WarningRecord{Record: "warning", Code: "note", Text: w})
	}
	for _, u := range r.d.Trail.Unobserved {
		n := u.Amount
		out = append(out, WarningRecord{
			"warning", "unobserved", "paid more than the data shows arriving; the difference counts as clean and there from the start",
			string(u.Pool.Ledger), string(u.Pool.Account), string(u.Asset.ID), &n,
		})
	}
	return out
}

// SummaryRecord ends the output: nothing after it is missing.
type SummaryRecord struct {
	Record   string          `json:"record"` // "summary"
	Totals   []TotalRecord   `json:"totals"`
	Records  RecordCounts    `json:"records"` // how many of each were written
	Findings []FindingRecord `json:"findings,omitempty"`
}

// RecordCounts says how many records of each kind an output has.
type RecordCounts struct {
	Seeds    int `json:"seed"`
	Places   int `json:"place"`
	Flows    int `json:"flow"`
	Bounds   int `json:"bound"`
	Warnings int `json:"warning"`
	// Conversions and Unclear are absent where there are none.
	Conversions int `json:"conversion,omitempty"`
	Unclear     int `json:"unclear,omitempty"`
}

// TotalRecord is the conservation record of a view and asset under one policy:
// seeded + converted_in = exits + held + fees + burnt + debts + converted +
// elsewhere, for every policy that conserves. Edge is a part of held.
type TotalRecord struct {
	View        string       `json:"view"`
	Asset       string       `json:"asset"`
	Policy      string       `json:"policy"`
	Conserves   bool         `json:"conserves"`
	Seeded      money.Amount `json:"seeded"`
	ConvertedIn money.Amount `json:"converted_in"`
	Exits       money.Amount `json:"exits"`
	Held        money.Amount `json:"held"`
	Edge        money.Amount `json:"edge"`
	Fees        money.Amount `json:"fees"`
	Burnt       money.Amount `json:"burnt"`
	Debts       money.Amount `json:"debts"`
	Converted   money.Amount `json:"converted"`
	Elsewhere   money.Amount `json:"elsewhere"`
	// Bounded: exact bounds exist; Why says why not.
	Bounded bool   `json:"bounded"`
	Why     string `json:"why,omitempty"`
}

// FindingRecord is a line that a case says ought to come out, and what came out.
type FindingRecord struct {
	Title  string `json:"title"`
	Status string `json:"status"` // ok, mismatch, note
	Want   string `json:"want,omitempty"`
	Got    string `json:"got,omitempty"`
	Source string `json:"source,omitempty"`
	Text   string `json:"text,omitempty"`
}

// Summary makes the record that ends the output.
func (r *Records) Summary() SummaryRecord {
	out := SummaryRecord{Record: "summary", Records: r.counts(), Totals: []TotalRecord{}}
	for _, s := range r.scopes {
		for i, p := range s.t.Policies {
			if !s.on(i) {
				continue
			}
			by := s.totals.ByPolicy[i]
			out.Totals = append(out.Totals, TotalRecord{
				s.viewName(), string(s.asset().ID), string(p), p.Conserves(), by.Seeded, by.ConvertedIn, by.Exits, by.Held, by.Edge,
				by.Fees, by.Burnt, by.Debts, by.Converted, by.Elsewhere, s.totals.Bounded, s.totals.Why,
			})
		}
	}
	for _, f := range r.d.Findings {
		out.Findings = append(out.Findings, FindingRecord(f))
	}
	return out
}

// counts counts the records without making them.
func (r *Records) counts() RecordCounts {
	t := r.d.Trail
	c := RecordCounts{Seeds: len(r.Seeds()), Warnings: len(t.Warnings) + len(t.Unobserved), Unclear: len(t.Unclear)}
	for i := range t.Conversions {
		if r.converts(&t.Conversions[i]) {
			c.Conversions++
		}
	}
	for _, p := range t.Places {
		if r.Shows(p.Asset.ID, p.Figures) {
			c.Places++
		}
		for v, f := range p.Figures {
			if r.bounded(v, p.Asset.ID, f) && touches(f) {
				c.Bounds++
			}
		}
	}
	for i := range t.Hops {
		if r.Shows(t.Hops[i].Asset.ID, t.Hops[i].Figures) {
			c.Flows++
		}
	}
	for _, g := range t.Groups {
		for v, f := range g.Figures {
			if r.bounded(v, g.Asset.ID, f) {
				c.Bounds++
			}
		}
	}
	return c
}
