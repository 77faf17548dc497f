package report

import (
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// placeRecord is where stolen value ended: one account or entity, one asset.
type placeRecord struct {
	Record string `json:"record"` // "place"
	ID     string `json:"id"`     // unique and stable
	Kind   string `json:"kind"`   // exit, held, edge, fee, burn, converted, debt, elsewhere
	Name   string `json:"name"`
	// Named: Name is an entity or boundary, not an account.
	Named    bool            `json:"named"`
	Ledger   string          `json:"ledger"`
	Accounts []string        `json:"accounts"`
	Asset    string          `json:"asset"`
	Boundary *boundaryRecord `json:"boundary,omitempty"`
	// Value is all value there, tainted or not.
	Value   money.Amount   `json:"value"`
	First   string         `json:"first,omitempty"` // of the movements into it
	Last    string         `json:"last,omitempty"`
	Tags    []tagRecord    `json:"tags,omitempty"`
	Figures []figureRecord `json:"figures"`
}

type boundaryRecord struct {
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"`
	Why  string `json:"why,omitempty"` // who says so
}

// tagRecord is a claim about an account: who says what, how sure.
type tagRecord struct {
	Account    string   `json:"account"`
	Label      string   `json:"label"`
	Entity     string   `json:"entity,omitempty"`
	Concepts   []string `json:"concepts,omitempty"`
	Confidence string   `json:"confidence"`
	Source     string   `json:"source"`
}

func (r *records) places() {
	for _, p := range r.d.Trail.Places {
		figures := r.figures(p.Asset.ID, p.Figures)
		if _, ok := r.assets[p.Asset.ID]; !ok || len(figures) == 0 {
			continue
		}
		r.counts.Places++
		out := placeRecord{
			Record: "place", ID: p.ID, Kind: string(p.Kind), Name: p.Name, Named: p.Named, Ledger: string(p.Ledger),
			Accounts: []string{}, Asset: string(p.Asset.ID), Value: p.Value, First: stampTime(p.First), Last: stampTime(p.Last), Figures: figures,
		}
		if p.Boundary.Kind != "" {
			out.Boundary = &boundaryRecord{p.Boundary.Kind, p.Boundary.Name, p.Boundary.Why}
		}
		for _, a := range p.Accounts {
			out.Accounts = append(out.Accounts, string(a))
			if r.d.Tags == nil {
				continue
			}
			for _, t := range r.d.Tags(p.Ledger, a) {
				out.Tags = append(out.Tags, tagRecord{string(a), t.Label, t.Entity, t.Concepts, t.Confidence, t.Source})
			}
		}
		r.put(out)
	}
}

// flowRecord is one movement of tainted value.
type flowRecord struct {
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
	Figures []figureRecord `json:"figures"`
}

func (r *records) flows() {
	t := r.d.Trail
	for _, h := range t.Hops {
		figures := r.figures(h.Asset.ID, h.Figures)
		if _, ok := r.assets[h.Asset.ID]; !ok || len(figures) == 0 {
			continue
		}
		r.counts.Flows++
		out := flowRecord{
			Record: "flow", Transfer: h.Transfer, Ledger: string(h.Ledger), Time: stampTime(h.Time), Asset: string(h.Asset.ID),
			From: string(h.From), To: string(h.To), Fee: h.Out < 0, Value: h.Value, Tied: h.Tied, Seed: h.Seed, Figures: figures,
		}
		if h.Out >= 0 && r.assets[h.Asset.ID].model == ledger.UTXO {
			n := h.Out
			out.Out = &n
		}
		if h.Place >= 0 {
			out.Place = t.Places[h.Place].ID
		}
		r.put(out)
	}
}

// boundRecord is an exact bound with the cuts that prove it.
type boundRecord struct {
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
	CutUpper []cutRecord `json:"cut_upper"`
	// CutLower sums to K - Lower: without these nothing gets anywhere else.
	CutLower []cutRecord `json:"cut_lower"`
}

// cutRecord is one ledger entry of a certificate.
type cutRecord struct {
	Kind     string       `json:"kind"` // theft, pay, hold, coin, fee, end
	Transfer string       `json:"transfer,omitempty"`
	Out      *int         `json:"out,omitempty"` // of a coin
	Account  string       `json:"account,omitempty"`
	To       string       `json:"to,omitempty"`
	Amount   money.Amount `json:"amount"`
	Time     string       `json:"time,omitempty"`
}

func (r *records) bounds() {
	t := r.d.Trail
	put := func(of, id string, places []string, asset money.AssetID, fs []trace.Figures) {
		s, ok := r.assets[asset]
		for v, f := range fs {
			if !ok || !r.views[v] || f.Bound == nil || of == "place" && !touches(f) {
				continue
			}
			b := boundRecord{
				Record: "bound", Of: of, ID: id, Places: places, View: t.Views[v].Name, Asset: string(asset),
				Lower: f.Bound.L, Upper: f.Bound.U, CutUpper: cutOut(f.Bound.CutU), CutLower: cutOut(f.Bound.CutL),
			}
			if of == "group" {
				b.Amounts = s.amounts(f.Amounts)
			}
			r.counts.Bounds++
			r.put(b)
		}
	}
	for _, p := range t.Places {
		put("place", p.ID, nil, p.Asset.ID, p.Figures)
	}
	for _, g := range t.Groups {
		var ids []string
		for _, p := range g.Places {
			ids = append(ids, p.ID)
		}
		put("group", g.Name, ids, g.Asset.ID, g.Figures)
	}
}

func cutOut(cut []trace.CutEdge) []cutRecord {
	out := []cutRecord{}
	for _, e := range cut {
		c := cutRecord{Kind: e.Kind, Transfer: e.Transfer, Account: string(e.Account), To: string(e.To), Amount: e.Amount, Time: stampTime(e.Time)}
		if e.Kind == "coin" {
			n := e.Out
			c.Out = &n
		}
		out = append(out, c)
	}
	return out
}

// warningRecord is what a reader of the figures must know.
type warningRecord struct {
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

func (r *records) warnings() {
	for _, w := range r.d.Trail.Warnings {
		r.counts.Warnings++
		r.put(warningRecord{Record: "warning", Code: "note", Text: w})
	}
	for _, u := range r.d.Trail.Unobserved {
		r.counts.Warnings++
		n := u.Amount
		r.put(warningRecord{
			"warning", "unobserved", "paid more than the data shows arriving; the difference counts as clean and there from the start",
			string(u.Pool.Ledger), string(u.Pool.Account), string(u.Asset.ID), &n,
		})
	}
}

// summaryRecord ends the output: nothing after it is missing.
type summaryRecord struct {
	Record   string          `json:"record"` // "summary"
	Totals   []totalRecord   `json:"totals"`
	Records  counts          `json:"records"` // how many of each were written
	Findings []findingRecord `json:"findings,omitempty"`
}

type counts struct {
	Seeds    int `json:"seed"`
	Places   int `json:"place"`
	Flows    int `json:"flow"`
	Bounds   int `json:"bound"`
	Warnings int `json:"warning"`
	// Conversions and Unclear are absent where there are none.
	Conversions int `json:"conversion,omitempty"`
	Unclear     int `json:"unclear,omitempty"`
}

// totalRecord is the conservation record of a view and asset under one policy:
// seeded + converted_in = exits + held + fees + burnt + debts + converted +
// elsewhere, for every policy that conserves. Edge is a part of held.
type totalRecord struct {
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

type findingRecord struct {
	Title  string `json:"title"`
	Status string `json:"status"` // ok, mismatch, note
	Want   string `json:"want,omitempty"`
	Got    string `json:"got,omitempty"`
	Source string `json:"source,omitempty"`
	Text   string `json:"text,omitempty"`
}

func (r *records) summary(scopes []scope) summaryRecord {
	out := summaryRecord{Record: "summary", Records: r.counts, Totals: []totalRecord{}}
	for _, s := range scopes {
		for i, p := range s.t.Policies {
			if !s.on(i) {
				continue
			}
			by := s.totals.ByPolicy[i]
			out.Totals = append(out.Totals, totalRecord{
				s.viewName(), string(s.asset().ID), string(p), p.Conserves(), by.Seeded, by.ConvertedIn, by.Exits, by.Held, by.Edge,
				by.Fees, by.Burnt, by.Debts, by.Converted, by.Elsewhere, s.totals.Bounded, s.totals.Why,
			})
		}
	}
	for _, f := range r.d.Findings {
		out.Findings = append(out.Findings, findingRecord(f))
	}
	return out
}
