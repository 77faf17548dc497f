package heist

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/coldtrail/coldtrail/money"
)

// ExportCSV writes the register as a draft of 26 columns, one row per incident by
// id: what is known now, drafts included. A register fresh from ImportCSV gives
// every cell back as it was; of a grown one the draft holds less than the register.
func ExportCSV(w io.Writer, reg *Register) error {
	cw := csv.NewWriter(w)
	if err := cw.Write(draftColumns); err != nil {
		return err
	}
	for _, i := range reg.Incidents {
		row := reg.draft(i)
		cells := make([]string, len(draftColumns))
		for n, name := range draftColumns {
			cells[n] = row[name]
		}
		if err := cw.Write(cells); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

func (reg *Register) draft(i *Incident) draftRow {
	row := draftRow{
		"id": i.ID, "date": i.Occurred().String(), "date_precision": i.Occurred().Precision(), "victim": i.Victim,
		"victim_type": undraft(draftSectors, i.Sector), "scope": undraft(draftScopes, i.Scope), "notes": i.Notes,
		"stolen_from": "n/a",
	}
	if cl := reg.Resolve(i, PropCountry, Query{}).Claim; cl != nil && cl.Missing == "" {
		row["country"] = or(cl.Text, draftCountryName(cl.Value), cl.Value)
	}
	if cl := reg.Resolve(i, PropAsset, Query{}).Claim; cl != nil {
		row["ledger_asset"] = or(cl.Text, renderAssets(cl.Assets))
	}
	if cl := reg.Resolve(i, PropMethod, Query{}).Claim; cl != nil {
		row["method"] = or(cl.Text, cl.Value)
	}
	if cl := reg.Resolve(i, PropTemperature, Query{}).Claim; cl != nil && cl.Value != "unknown" {
		row["stolen_from"] = or(cl.Value, "n/a")
	}
	row["native_amount"] = renderNatives(reg.Claims(i, PropAmount, Query{}))
	if cl := reg.Resolve(i, PropAmountText, Query{}).Claim; cl != nil {
		row["native_amount"] = cl.Text
	}
	reg.draftDollars(i, row)
	reg.draftAttribution(i, row)
	reg.draftStanding(i, row)
	return row
}

func undraft[V ~string](as map[string]V, v V) string {
	for word, w := range as {
		if w == v {
			return word
		}
	}
	return string(v)
}

func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// draftDollars writes the dollar columns. The draft has one for everything that
// was stopped or came back, so its kinds are added up; what is valued at seizure
// is of another day and is left out.
func (reg *Register) draftDollars(i *Incident, row draftRow) {
	usd := reg.Asset("USD")
	for _, b := range draftBases {
		if b.basis == Recovered {
			continue
		}
		if cl := reg.Amounts(i, b.basis, "USD", Query{}).Claim; cl != nil {
			row[b.column] = cl.Value
			if b.basis == LeftCtrl {
				row["usd_stolen_low"], row["usd_stolen_high"] = cl.Low, cl.High
			}
		}
	}
	var sum money.Amount
	found := false
	for _, b := range []Basis{Frozen, Seized, Returned, Recovered} {
		for _, e := range reg.Events(i, b, "USD", Query{}) {
			n, ok := e.Claim.Amount()
			if !ok || e.Claim.Valuation == "at_seizure" {
				continue
			}
			if s, fits := sum.CheckedAdd(n); fits {
				sum, found = s, true
			}
		}
	}
	if found {
		row["usd_recovered"] = sum.Decimal(usd.decimals)
	}
}

func (reg *Register) draftAttribution(i *Incident, row draftRow) {
	row["attributed_actor"], row["attribution_status"] = "unknown", "unknown"
	cl := reg.Resolve(i, PropAttribution, Query{}).Claim
	if cl == nil {
		return
	}
	row["attributed_actor"] = or(cl.Text, draftActorText(cl), cl.Actor)
	row["attribution_status"] = string(cl.Standing)
	row["attributing_party"] = or(cl.AssertedBy, strings.Join(cl.Parties, "; "))
	row["attribution_date"] = cl.AssertedOn.String()
	row["attribution_confidence"] = string(cl.Confidence)
}

// draftStanding writes sources and grades.
func (reg *Register) draftStanding(i *Incident, row draftRow) {
	var ids []string
	if i.Import != nil {
		ids = append(ids, i.Import.Sources...)
		row["row_confidence"] = string(i.Import.Confidence)
		if i.Import.Confidence == "moderate" {
			row["row_confidence"] = "medium"
		}
	}
	for _, cl := range i.Claims {
		for _, id := range cl.Sources {
			if !contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	cites := make([]string, 0, len(ids))
	for _, id := range ids {
		s := reg.Source(id)
		cite := or(s.URL, s.Title)
		if strings.HasPrefix(s.Licence, "CC-BY-NC") && s.Title != "" && s.URL != "" {
			cite += " (" + s.Title + ")" // whoever reads the list must see what it is
		}
		cites = append(cites, cite)
	}
	row["source_urls"] = strings.Join(cites, " ; ")
	var event, amount, actor Grade
	if cl := reg.Resolve(i, PropOccurred, Query{}).Claim; cl != nil {
		event = cl.Grade
	}
	if cl := reg.Resolve(i, PropAmount, Query{}).Claim; cl != nil {
		amount = cl.Grade
	}
	if cl := reg.Resolve(i, PropAttribution, Query{}).Claim; cl != nil {
		actor = cl.Grade
	}
	row["admiralty"] = string(event)
	switch {
	case actor != "" && actor != event:
		row["admiralty"] += " (event) / " + string(actor) + " (actor)"
	case amount != "" && amount != event:
		row["admiralty"] += " (event) / " + string(amount) + " (amount)"
	}
}

// renderNatives writes the amounts that are not in dollars as a draft does:
// "469 BTC; 5,800 ETH", "JPY 1.4bn".
func renderNatives(claims []*Claim) string {
	var parts []string
	for _, cl := range claims {
		if cl.Property != PropAmount || cl.Asset == "USD" || cl.Asset == "" || cl.Value == "" || cl.Basis != LeftCtrl && cl.Basis != Attempted {
			continue
		}
		if cl.Valuation == "" {
			parts = append(parts, grouped(cl.Value)+" "+cl.Asset)
		} else {
			parts = append(parts, cl.Asset+" "+shortened(cl.Value))
		}
	}
	return strings.Join(parts, "; ")
}

func grouped(digits string) string {
	whole, frac, point := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		return whole + "." + frac
	}
	return whole
}

// shortened writes 1400000000 as 1.4bn and 17400000 as 17.4M.
func shortened(digits string) string {
	for _, s := range []struct {
		zeros int
		word  string
	}{{9, "bn"}, {6, "M"}} {
		if len(digits) > s.zeros {
			at := len(digits) - s.zeros
			if frac := strings.TrimRight(digits[at:], "0"); frac != "" {
				return digits[:at] + "." + frac + s.word
			}
			return digits[:at] + s.word
		}
	}
	return digits
}
