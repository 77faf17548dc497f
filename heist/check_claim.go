package heist

import (
	"errors"
	"slices"
	"strings"

	"github.com/coldtrail/coldtrail/money"
)

// claim checks what can be seen on one claim, and fills in what it stands for.
func (c *checker) claim(i *Incident, cl *Claim) {
	cl.incident = i
	if !slug.MatchString(cl.ID) {
		c.fault(&cl.Place, "id", "id", "lower case, digits and hyphens, as in stolen-usd", "claim id %q", cl.ID)
	}
	if cl.Property == "" {
		c.fault(&cl.Place, "", "claim", "write property: "+strings.Join(Words[Property](), ", "), "claim %s has no property", cl.ID)
	}
	c.standing(i, cl)
	c.provenance(cl)
	c.fitting(cl)
	switch cl.Property {
	case PropAmount:
		c.amount(cl)
	case PropAttribution:
		c.attribution(cl)
	case PropOccurred, PropDiscovered, PropDisclosed, PropReported:
		c.dateValue(cl)
	case PropCountry:
		if _, ok := Country(cl.Value); !ok && cl.Missing == "" {
			c.fault(&cl.Place, "value", "country", "write the two-letter code of ISO 3166-1, as in JP; the name goes to text:", "%q is no ISO 3166-1 country", cl.Value)
		}
	case PropMethod:
		c.word(cl, Words[Method]())
	case PropTemperature:
		c.word(cl, Words[Temperature]())
	case PropAsset:
		c.assetList(cl)
	case PropAmountText:
		if cl.Text == "" {
			c.fault(&cl.Place, "", "claim", "write text:", "claim %s has no text", cl.ID)
		}
	default:
		if cl.Value == "" && cl.Missing == "" {
			c.fault(&cl.Place, "", "claim", "write value:, or missing: with the reason", "claim %s has no value", cl.ID)
		}
	}
}

// standing gives an imported claim what its row names once, and checks that every
// claim stands on a source.
func (c *checker) standing(i *Incident, cl *Claim) {
	if cl.Imported {
		if i.Import == nil {
			c.fault(&cl.Place, "imported", "import", "remove imported: and write sources:, grade:, recorded_on: and recorded_by:", "claim %s is marked imported but the file has no import:", cl.ID)
			return
		}
		if len(cl.Sources) == 0 {
			cl.Sources, cl.inheritedSources = i.Import.Sources, true
		}
		if cl.Grade == "" {
			cl.Grade = i.Import.Grade
		}
		if cl.RecordedOn.IsZero() {
			cl.RecordedOn = i.Import.RecordedOn
		}
		if cl.RecordedBy == "" {
			cl.RecordedBy = i.Import.RecordedBy
		}
	}
	if len(cl.Sources) == 0 {
		c.fault(&cl.Place, "", "no-source", "write sources: with the id of a file in sources/; what nobody said is no claim", "claim %s stands on no source", cl.ID)
	}
	if !cl.inheritedSources {
		c.sourceIDs(&cl.Place, "sources", cl.Sources)
	}
	if cl.Grade == "" {
		c.fault(&cl.Place, "", "no-grade", "write grade: with a letter for the source and a digit for the claim, as in B2", "claim %s has no grade", cl.ID)
	}
}

func (c *checker) provenance(cl *Claim) {
	if cl.RecordedOn.IsZero() || cl.RecordedBy == "" {
		c.fault(&cl.Place, "", "not-recorded", "write recorded_on: with today's date and recorded_by: with your name or role", "claim %s does not say when and by whom it was recorded", cl.ID)
	}
	if !cl.AssertedOn.IsZero() && !cl.RecordedOn.IsZero() && cl.AssertedOn.After(cl.RecordedOn) {
		c.fault(&cl.Place, "asserted_on", "date-order", "asserted_on is when the source said it, recorded_on when we wrote it down", "claim %s was asserted on %s, after it was recorded on %s", cl.ID, cl.AssertedOn, cl.RecordedOn)
	}
	if cl.ReviewedOn.IsZero() != (cl.ReviewedBy == "") {
		c.fault(&cl.Place, "reviewed_on", "review", "write both reviewed_on: and reviewed_by:, or neither", "claim %s has half a review", cl.ID)
	}
	if !cl.ReviewedOn.IsZero() && cl.RecordedOn.After(cl.ReviewedOn) {
		c.fault(&cl.Place, "reviewed_on", "date-order", "a review comes after the recording", "claim %s was reviewed on %s, before it was recorded on %s", cl.ID, cl.ReviewedOn, cl.RecordedOn)
	}
	if cl.Reason == "" && (cl.Supersedes != "" || cl.Rank == Deprecated || cl.Rank == Preferred) {
		c.fault(&cl.Place, "", "no-reason", "write reason: in one sentence", "claim %s supersedes, is preferred or is deprecated without saying why", cl.ID)
	}
	if cl.Passage != "" && !sha256Hex.MatchString(cl.Passage) {
		c.fault(&cl.Place, "passage_sha256", "value", "64 hexadecimal digits in lower case", "passage_sha256 of claim %s is no hash", cl.ID)
	}
	if cl.Missing != "" && (cl.Value != "" || cl.Low != "" || cl.High != "") {
		c.fault(&cl.Place, "missing", "missing", "keep one of them; zero is value: 0", "claim %s has a value and says that it is missing", cl.ID)
	}
}

// keysFor names the keys that only claims of some property may have.
var keysFor = map[string][]Property{
	"basis": {PropAmount}, "asset": {PropAmount}, "low": {PropAmount}, "high": {PropAmount},
	"valuation": {PropAmount}, "price": {PropAmount}, "assets": {PropAsset},
	"actor": {PropAttribution, PropLegal}, "status": {PropAttribution}, "likelihood": {PropAttribution},
	"confidence": {PropAttribution}, "grounds": {PropAttribution}, "parties": {PropAttribution},
	"polarity": {PropAttribution}, "legal_ref": {PropAttribution, PropLegal},
}

// fitting refuses keys that say nothing about the claim's property.
func (c *checker) fitting(cl *Claim) {
	for _, key := range fieldsOf(claimType).names {
		if all, ok := keysFor[key]; ok && cl.Has(key) && cl.Property != "" && !slices.Contains(all, cl.Property) {
			c.fault(&cl.Place, key, "misplaced-key", "remove it, or make a claim of property "+string(all[0]), "a claim of property %s has no key %q", cl.Property, key)
		}
	}
}

func (c *checker) amount(cl *Claim) {
	if cl.Basis == "" {
		c.fault(&cl.Place, "", "no-basis", "write basis: attempted is not left_control, reimbursed_by_victim is not recovered; docs/register.md has all ten", "amount %s has no basis", cl.ID)
	}
	if cl.Asset == "" && cl.Missing != "" {
		return
	}
	a := c.reg.Asset(cl.Asset)
	if a == nil {
		c.fault(&cl.Place, "asset", "unknown-asset", c.nearAsset(cl.Asset), "amount %s is in %q, which is no asset of the register", cl.ID, cl.Asset)
		return
	}
	read := func(key, text string) (money.Amount, bool) {
		if text == "" {
			return money.Zero, false
		}
		n, err := decimal(text, a)
		switch {
		case errors.Is(err, money.ErrTooFine):
			c.fault(&cl.Place, key, "amount", "check the digits or the decimals in assets.yaml", "%s %q of %s is finer than its smallest unit", key, text, cl.Asset)
		case err != nil:
			c.fault(&cl.Place, key, "amount", "write whole units in digits without signs, separators or words: 534000000 or 0.5", "%s: %v", key, err)
		}
		return n, err == nil
	}
	cl.amount, cl.hasAmount = read("value", cl.Value)
	cl.lo, cl.hasLow = read("low", cl.Low)
	cl.hi, cl.hasHigh = read("high", cl.High)
	if cl.Value == "" && cl.Low == "" && cl.High == "" && cl.Missing == "" {
		c.fault(&cl.Place, "", "no-value", "write value:, or low: and high:, or missing: with the reason", "amount %s has no value", cl.ID)
	}
	if cl.hasLow && cl.hasAmount && cl.amount.Less(cl.lo) || cl.hasAmount && cl.hasHigh && cl.hi.Less(cl.amount) || cl.hasLow && cl.hasHigh && cl.hi.Less(cl.lo) {
		c.fault(&cl.Place, "low", "range", "low, value and high must rise", "the range of %s does not fit: low %s, value %s, high %s", cl.ID, orBlank(cl.Low), orBlank(cl.Value), orBlank(cl.High))
	}
	if cl.Valuation != "" {
		c.valuation(&cl.Place, cl.Valuation)
	} else if a.Kind == "fiat" && cl.Missing == "" && cl.Value != "0" {
		c.fault(&cl.Place, "", "no-valuation", "write valuation: at_theft, at_disclosure, at_seizure, as_of:<date>, or as_booked when the source does not say", "fiat amount %s does not say at which price it stands", cl.ID)
	}
}

func orBlank(s string) string {
	if s == "" {
		return "blank"
	}
	return s
}

func (c *checker) nearAsset(code string) string {
	var all []string
	for _, a := range c.reg.Assets {
		if strings.EqualFold(a.Code, code) {
			return "write asset: " + a.Code
		}
		all = append(all, a.Code)
	}
	near := nearest(code, all)
	if strings.HasPrefix(near, "did") {
		return near + " Else add it to assets.yaml"
	}
	return "add it to assets.yaml with its decimals"
}

func (c *checker) attribution(cl *Claim) {
	if cl.Standing == "" {
		c.fault(&cl.Place, "", "attribution", "write status: "+strings.Join(Words[AttributionStatus](), ", "), "attribution %s has no status", cl.ID)
	}
	if cl.Actor == "" && cl.Missing == "" && cl.Standing != StatusUnknown {
		c.fault(&cl.Place, "", "attribution", "write actor: with an id of actors/", "attribution %s names no actor", cl.ID)
	}
	if cl.Actor != "" && c.reg.Actor(cl.Actor) == nil {
		c.fault(&cl.Place, "actor", "unknown-actor", c.nearActor(cl.Actor), "actor %q does not exist", cl.Actor)
	}
	if len(cl.Parties) == 0 && cl.Standing != StatusUnknown {
		c.fault(&cl.Place, "", "no-party", "write parties: with who says so", "attribution %s does not name the party that makes it", cl.ID)
	}
	if cl.Confidence == "" && cl.Standing != StatusUnknown && cl.Polarity != Against && cl.Polarity != Withdrawn {
		note := c.fault
		if cl.Imported {
			note = c.warn
		}
		note(&cl.Place, "", "no-confidence", "write confidence: low, moderate or high; likelihood: is something else", "attribution %s has no confidence", cl.ID)
	}
}

func (c *checker) dateValue(cl *Claim) {
	if cl.Missing != "" {
		return
	}
	d, err := ParseDate(cl.Value)
	if err != nil {
		c.fault(&cl.Place, "value", "date", "an EDTF date that the calendar has", "%s: %v", cl.Property, err)
		return
	}
	if !cl.RecordedOn.IsZero() && d.After(cl.RecordedOn) {
		c.fault(&cl.Place, "value", "date-order", "check both dates", "%s %s lies after the recording on %s", cl.Property, d, cl.RecordedOn)
	}
	cl.date = d
}

func (c *checker) word(cl *Claim, all []string) {
	if cl.Missing == "" && !slices.Contains(all, cl.Value) {
		c.fault(&cl.Place, "value", "word", nearest(cl.Value, all), "%s %q is not a word of the register", cl.Property, cl.Value)
	}
}

func (c *checker) assetList(cl *Claim) {
	if len(cl.Assets) == 0 && cl.Text == "" && cl.Missing == "" {
		c.fault(&cl.Place, "", "claim", "write assets: [BTC, ETH]", "claim %s lists no asset", cl.ID)
	}
	for _, code := range cl.Assets {
		if c.reg.Asset(code) == nil {
			c.fault(&cl.Place, "assets", "unknown-asset", c.nearAsset(code), "%q is no asset of the register", code)
		}
	}
}
