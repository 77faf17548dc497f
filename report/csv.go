package report

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// CSV writes one row per view and place, with a header row: view, asset, symbol,
// decimals, kind, name, ledger, accounts, boundary, why, tags, value, first,
// last, lower, upper, tight, one column per policy, place (the id).
//
// Of a conversion, boundary is "conversion" and why says what it became, at which
// exact rate, and from which transfers that is known.
//
// Amounts are exact decimals in whole units of the asset, with a point and
// without grouping; a policy that does not exist on the ledger is empty, as is a
// time that is not known. Accounts are whole, several parted by spaces. A text
// that a spreadsheet would take for a formula gets an apostrophe in front.
// Nothing is cut off: Limit is ignored.
func CSV(w io.Writer, d *Document, o Options) error {
	scopes, err := d.scopes(o)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	head := []string{"view", "asset", "symbol", "decimals", "kind", "name", "ledger", "accounts", "boundary", "why", "tags", "value", "first", "last", "lower", "upper", "tight"}
	for _, p := range d.Trail.Policies {
		head = append(head, string(p))
	}
	if err := out.Write(append(head, "place")); err != nil {
		return err
	}
	for _, s := range scopes {
		for _, p := range s.places() {
			if err := out.Write(s.csvRow(p)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func (s scope) csvRow(p *trace.Place) []string {
	f := s.figures(p)
	b := boundOf(f)
	a := s.asset()
	kind, why := p.Boundary.Kind, p.Boundary.Why
	if fate, ok := s.hops.fate(p); ok {
		kind, why = "conversion", fate
	}
	row := []string{
		inert(s.viewName()), inert(string(a.ID)), inert(a.Symbol), money.Units(uint64(max(a.Decimals, 0))).String(), string(p.Kind), inert(p.Name),
		inert(string(p.Ledger)), inert(accountList(p)), inert(kind), inert(why), inert(s.d.labels(p)),
		p.Value.Decimal(a.Decimals), stampTime(p.First), stampTime(p.Last), b.L.Decimal(a.Decimals), b.U.Decimal(a.Decimals), yes(b.Tight),
	}
	for i, n := range f.Amounts {
		cell := ""
		if s.on(i) {
			cell = n.Decimal(a.Decimals)
		}
		row = append(row, cell)
	}
	return append(row, inert(p.ID))
}

func accountList(p *trace.Place) string {
	var out []string
	for _, a := range p.Accounts {
		out = append(out, string(a))
	}
	return strings.Join(out, " ")
}

// labels are what tags say of a place's accounts, each once.
func (d *Document) labels(p *trace.Place) string {
	var out []string
	seen := map[string]bool{}
	for _, a := range p.Accounts {
		if d.Tags == nil {
			break
		}
		for _, t := range d.Tags(p.Ledger, a) {
			if !seen[t.Label] {
				seen[t.Label] = true
				out = append(out, t.Label)
			}
		}
	}
	return strings.Join(out, "; ")
}

// inert keeps a text from being read as a formula (OWASP, CSV injection).
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
