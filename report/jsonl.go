package report

import (
	"encoding/json"
	"io"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// Schema names the form of the records of JSONL. Fields are only ever added.
const Schema = "coldtrail/trail/v1"

// JSONL writes the document as JSON Lines, one record a line, in this order:
//
//	header   once: tool, inputs with their hashes, the question's parameters
//	seed     where stolen value enters
//	place    where it ended, with its figures by view
//	flow     one movement of it, in canonical order
//	conversion  value that changed its asset; unclear an exchange not recognised
//	bound    the exact bound of a place or group, with its minimum cuts
//	warning  what a reader must know
//	summary  once: totals by view, asset and policy; counts; findings
//
// Amounts are strings of atomic units and stand with their asset. Times are RFC
// 3339 in UTC; a time that is not known is absent. A policy that the ledger of an
// asset does not have is absent from its amounts. Nothing is shortened or left
// out; View and Asset of the options narrow the records, the rest is ignored.
// docs/reference/jsonl.md lists every field.
func JSONL(w io.Writer, d *Document, o Options) error {
	r, err := NewRecords(d, o)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	put := func(v any) {
		if err == nil {
			err = enc.Encode(v)
		}
	}
	put(r.Header())
	for _, s := range r.Seeds() {
		put(s)
	}
	for _, p := range d.Trail.Places {
		if rec, ok := r.Place(p); ok {
			put(rec)
		}
	}
	for i := range d.Trail.Hops {
		if rec, ok := r.Flow(&d.Trail.Hops[i]); ok {
			put(rec)
		}
	}
	for _, c := range r.Conversions() {
		put(c)
	}
	for _, u := range r.Unclear() {
		put(u)
	}
	for _, p := range d.Trail.Places {
		for _, b := range r.PlaceBounds(p) {
			put(b)
		}
	}
	for i := range d.Trail.Groups {
		for _, b := range r.GroupBounds(&d.Trail.Groups[i]) {
			put(b)
		}
	}
	for _, w := range r.Warnings() {
		put(w)
	}
	put(r.Summary())
	return err
}

// Records makes the records of a document one by one, for those who show a part.
// It is safe for concurrent use.
type Records struct {
	d      *Document
	scopes []scope
	views  map[int]bool
	assets map[money.AssetID]scope
}

// NewRecords narrows the records to the View and Asset of the options. Errors:
// ErrNotHere.
func NewRecords(d *Document, o Options) (*Records, error) {
	scopes, err := d.scopes(Options{View: o.View, Asset: o.Asset})
	if err != nil {
		return nil, err
	}
	r := &Records{d: d, scopes: scopes, views: map[int]bool{}, assets: map[money.AssetID]scope{}}
	for _, s := range scopes {
		r.views[s.view] = true
		if _, ok := r.assets[s.asset().ID]; !ok {
			r.assets[s.asset().ID] = s
		}
	}
	return r, nil
}

// HeaderRecord is the self-description that opens the output.
type HeaderRecord struct {
	Record string `json:"record"` // "header"
	Schema string `json:"schema"`
	Tool   string `json:"tool,omitempty"` // name and version
	Title  string `json:"title,omitempty"`
	// Question is what was asked, in words.
	Question string         `json:"question,omitempty"`
	Inputs   []InputRecord  `json:"inputs"` // every file read
	Ledgers  []LedgerRecord `json:"ledgers"`
	Policies []PolicyRecord `json:"policies"`
	Views    []ViewRecord   `json:"views"`
	FeeRule  string         `json:"fee_rule,omitempty"` // coins: last, first, prorata
	FeeFate  string         `json:"fee_fate,omitempty"` // coins: sink, fees-first, subsidy-first
	// IgnoreFees: fees of account ledgers are left out of account.
	IgnoreFees     bool     `json:"ignore_fees"`
	BoundaryDigest string   `json:"boundary_digest,omitempty"` // of the boundary set
	Until          string   `json:"until,omitempty"`           // exclusive; absent: end of the data
	Through        []string `json:"through,omitempty"`         // boundaries gone through
	Speculative    bool     `json:"speculative"`               // set when Through is
	Ties           int      `json:"ties"`                      // transfers of unknown order on the trail
	// Swaps is "recognise" where conversions were recognised from net flows; absent:
	// only stated ones count.
	Swaps        string             `json:"swaps,omitempty"`
	Completeness CompletenessRecord `json:"completeness"` // the worst of the accounts followed
	Read         int                `json:"read"`         // transfers the trail looked at
	Transfers    int                `json:"transfers"`    // transfers in the data
}

// InputRecord is a file that was read.
type InputRecord struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256,omitempty"` // hex; absent: not known
}

// LedgerRecord describes a ledger of the trail.
type LedgerRecord struct {
	ID        string        `json:"id"`    // CAIP-2
	Model     string        `json:"model"` // utxo, account
	Native    string        `json:"native,omitempty"`
	Input     string        `json:"input,omitempty"`
	SHA256    string        `json:"sha256,omitempty"`
	Overdraft bool          `json:"overdraft"`
	Blocks    bool          `json:"blocks"`
	Assets    []AssetRecord `json:"assets"`
	Notes     []string      `json:"notes,omitempty"`
	Skipped   int           `json:"skipped"` // records left out
}

// AssetRecord describes an asset and its atomic unit.
type AssetRecord struct {
	ID       string `json:"id"` // CAIP-19 or ISO 4217
	Symbol   string `json:"symbol,omitempty"`
	Decimals int    `json:"decimals"` // atomic units are 10^-decimals
	// Known: a case, a preset or the ledger vouches for the symbol.
	Known bool `json:"known"`
}

// PolicyRecord is a policy with its rule and where the rule comes from.
type PolicyRecord struct {
	Name      string `json:"name"`
	Conserves bool   `json:"conserves"`
	Rule      string `json:"rule"`
	Source    string `json:"source"`
	On        string `json:"on"` // coins, accounts, both
}

// ViewRecord is one theft, or the union of all.
type ViewRecord struct {
	Name      string `json:"name"` // a theft, or "any"
	Continues string `json:"continues,omitempty"`
}

// CompletenessRecord is what the data has of the accounts followed, at worst.
type CompletenessRecord struct {
	External string `json:"external"` // complete, unknown, gap
	Internal string `json:"internal"`
	Tokens   string `json:"tokens"`
	Opening  string `json:"opening"`
}

// Header makes the record that opens the output.
func (r *Records) Header() HeaderRecord {
	t, st := r.d.Trail, r.d.Trail.Stamp
	h := HeaderRecord{
		Record: "header", Schema: Schema, Tool: r.d.Tool, Title: r.d.Title, Question: r.d.Question,
		FeeRule: string(st.FeeRule), FeeFate: string(st.FeeFate), IgnoreFees: st.IgnoreFees,
		BoundaryDigest: st.BoundaryDigest, Until: stampTime(st.Until), Speculative: st.Speculative, Ties: st.Ties,
		Completeness: CompletenessRecord{
			st.Completeness.External.String(), st.Completeness.Internal.String(),
			st.Completeness.Tokens.String(), st.Completeness.Opening.String(),
		},
		Read: st.Read, Transfers: st.Graph, Inputs: []InputRecord{}, Ledgers: []LedgerRecord{}, Policies: []PolicyRecord{}, Views: []ViewRecord{},
	}
	for _, l := range st.Ledgers {
		h.Inputs = append(h.Inputs, InputRecord{l.Input, l.SHA256})
		h.Ledgers = append(h.Ledgers, ledgerOut(l))
	}
	for _, in := range r.d.inputs() {
		h.Inputs = append(h.Inputs, InputRecord(in))
	}
	for _, m := range r.d.methods() {
		h.Policies = append(h.Policies, PolicyRecord{string(m.Policy), m.Policy.Conserves(), m.Rule, m.Source, m.On})
	}
	for v, w := range t.Views {
		if r.views[v] {
			h.Views = append(h.Views, ViewRecord{w.Name, w.Continues})
		}
	}
	if st.Recognised {
		h.Swaps = "recognise"
	}
	for _, a := range st.Through {
		h.Through = append(h.Through, string(a))
	}
	return h
}

func ledgerOut(l ledger.Info) LedgerRecord {
	out := LedgerRecord{
		ID: string(l.ID), Model: l.Model.String(), Native: string(l.Native), Input: l.Input, SHA256: l.SHA256,
		Overdraft: l.Overdraft, Blocks: l.Blocks, Notes: l.Notes, Skipped: l.Skipped, Assets: []AssetRecord{},
	}
	for _, a := range l.Assets {
		out.Assets = append(out.Assets, AssetRecord{string(a.ID), a.Symbol, a.Decimals, a.Known})
	}
	return out
}

func stampTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// SeedRecord is where stolen value enters.
type SeedRecord struct {
	Record   string       `json:"record"` // "seed"
	Theft    string       `json:"theft"`
	Transfer string       `json:"transfer,omitempty"` // absent for an injection
	Injected bool         `json:"injected"`           // value the ledger lacks
	Ledger   string       `json:"ledger"`
	Account  string       `json:"account"`
	Asset    string       `json:"asset"`
	Amount   money.Amount `json:"amount"`
	// Overlap is the part that an earlier theft had marked.
	Overlap  money.Amount `json:"overlap"`
	Time     string       `json:"time,omitempty"`
	Evidence string       `json:"evidence,omitempty"` // file and line
}

// Seeds makes the records of where stolen value enters, in order.
func (r *Records) Seeds() []SeedRecord {
	out := []SeedRecord{}
	t := r.d.Trail
	for _, s := range t.Seeds {
		_, asset := r.assets[s.Asset.ID]
		if v := t.View(s.Theft); !asset || v >= 0 && !r.views[v] && !r.union() {
			continue
		}
		out = append(out, SeedRecord{"seed", s.Theft, s.Transfer, s.Injected, string(s.Ledger), string(s.Account), string(s.Asset.ID), s.Amount, s.Overlap, stampTime(s.Time), s.Evidence})
	}
	return out
}

// union reports whether the union of all thefts is among the views.
func (r *Records) union() bool {
	v := r.d.Trail.View("any")
	return v >= 0 && r.views[v]
}

// FigureRecord is what is known of one place, flow or group in one view.
type FigureRecord struct {
	View string `json:"view"`
	// Amounts are tainted atomic units by policy.
	Amounts map[string]money.Amount `json:"amounts"`
	// Lower and Upper are the exact bounds when Tight, else the one-pass ones.
	Lower money.Amount `json:"lower"`
	Upper money.Amount `json:"upper"`
	Tight bool         `json:"tight"`
}

func (r *Records) figures(asset money.AssetID, fs []trace.Figures) []FigureRecord {
	out := []FigureRecord{}
	s := r.assets[asset]
	for v, f := range fs {
		if !r.views[v] || !touches(f) {
			continue
		}
		b := boundOf(f)
		out = append(out, FigureRecord{r.d.Trail.Views[v].Name, s.amounts(f.Amounts), b.L, b.U, b.Tight})
	}
	return out
}

// amounts are figures by policy name, without the policies that do not exist on
// the ledger.
func (s scope) amounts(list []money.Amount) map[string]money.Amount {
	out := map[string]money.Amount{}
	for i, a := range list {
		if s.on(i) {
			out[string(s.t.Policies[i])] = a
		}
	}
	return out
}

// ScopeRecord is one view in one asset: the unit in which amounts may be compared.
type ScopeRecord struct {
	View   string       `json:"view"`
	Asset  AssetRecord  `json:"asset"`
	Model  string       `json:"model"`  // of the ledger: utxo, account
	Seeded money.Amount `json:"seeded"` // stolen units that entered
	// Bounded: exact bounds exist; Why says why not.
	Bounded  bool     `json:"bounded"`
	Why      string   `json:"why,omitempty"`
	Policies []string `json:"policies"` // that exist on the ledger
}

// Scopes makes the records of the views and assets in which there are amounts, in
// the order of the trail.
func (r *Records) Scopes() []ScopeRecord {
	out := []ScopeRecord{}
	for _, s := range r.scopes {
		a := s.asset()
		rec := ScopeRecord{
			View: s.viewName(), Asset: AssetRecord{string(a.ID), a.Symbol, a.Decimals, a.Known}, Model: s.model.String(),
			Seeded: s.totals.Seeded, Bounded: s.totals.Bounded, Why: s.totals.Why, Policies: []string{},
		}
		for i, p := range s.t.Policies {
			if s.on(i) {
				rec.Policies = append(rec.Policies, string(p))
			}
		}
		out = append(out, rec)
	}
	return out
}
