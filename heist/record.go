package heist

import "strings"

// IncidentRecord is an incident as the command and the API write it.
type IncidentRecord struct {
	Type     string `json:"type" doc:"incident"`
	ID       string `json:"id"`
	Title    string `json:"title"`
	Victim   string `json:"victim"`
	Sector   string `json:"sector"`
	Scope    string `json:"scope"`
	Status   string `json:"status"`
	Occurred string `json:"occurred,omitempty" doc:"EDTF date"`
	Public   bool   `json:"public_then" doc:"known to the public on the day asked for"`
	Notes    string `json:"notes,omitempty"`
}

// ClaimRecord is a claim as the command and the API write it. Amounts are decimal
// strings of whole units of the asset, as the register writes them.
type ClaimRecord struct {
	Type       string   `json:"type" doc:"claim"`
	ID         string   `json:"id" doc:"incident#claim"`
	Property   string   `json:"property"`
	Holds      bool     `json:"holds" doc:"the best claim on its question on that day"`
	KnownThen  bool     `json:"known_then"`
	Basis      string   `json:"basis,omitempty"`
	Asset      string   `json:"asset,omitempty"`
	Value      string   `json:"value,omitempty" doc:"whole units of the asset, decimal"`
	Low        string   `json:"low,omitempty"`
	High       string   `json:"high,omitempty"`
	Missing    string   `json:"missing,omitempty"`
	Valuation  string   `json:"valuation,omitempty"`
	On         string   `json:"on,omitempty"`
	Actor      string   `json:"actor,omitempty"`
	Status     string   `json:"status,omitempty"`
	Likelihood string   `json:"likelihood,omitempty"`
	Confidence string   `json:"confidence,omitempty"`
	Polarity   string   `json:"polarity,omitempty"`
	Parties    []string `json:"parties,omitempty"`
	Text       string   `json:"text,omitempty"`
	Grade      string   `json:"grade"`
	AssertedOn string   `json:"asserted_on,omitempty"`
	RecordedOn string   `json:"recorded_on"`
	ReviewedOn string   `json:"reviewed_on,omitempty"`
	Draft      bool     `json:"draft" doc:"nobody has checked it a second time"`
	Supersedes string   `json:"supersedes,omitempty"`
	Sources    []string `json:"sources"`
	Shared     bool     `json:"one_or_more_of_sources,omitempty" doc:"which of the sources says it is not recorded"`
}

// IncidentRecord writes an incident as known under a query.
func (reg *Register) IncidentRecord(i *Incident, q Query) IncidentRecord {
	return IncidentRecord{"incident", i.ID, i.Title, i.Victim, string(i.Sector), string(i.Scope), string(i.Status), i.Occurred().String(), reg.Known(i, q), i.Notes}
}

// ClaimRecord writes a claim as it stands under a query.
func (reg *Register) ClaimRecord(cl *Claim, q Query) ClaimRecord {
	return ClaimRecord{
		"claim", cl.GlobalID(), string(cl.Property), reg.Holds(cl, q), reg.Sees(cl, q), string(cl.Basis), cl.Asset, cl.Value, cl.Low, cl.High,
		string(cl.Missing), string(cl.Valuation), cl.On.String(), cl.Actor, string(cl.Standing), string(cl.Likelihood), string(cl.Confidence),
		string(cl.Polarity), cl.Parties, cl.Text, string(cl.Grade), cl.AssertedOn.String(), cl.RecordedOn.String(), cl.ReviewedOn.String(),
		cl.Draft(), cl.Supersedes, cl.Sources, cl.SharedSources(),
	}
}

// Behind is a claim that stands behind a number, in short.
type Behind struct {
	Type    string   `json:"type" doc:"claim"`
	ID      string   `json:"id" doc:"incident#claim"`
	Says    string   `json:"says"`
	Grade   string   `json:"grade"`
	On      string   `json:"asserted_on"`
	Draft   bool     `json:"draft"`
	Sources []string `json:"sources"`
}

// Behind gives the claims of the given ids with their sources and grades, those of
// a draft's row where the claim has none of its own. Ids that the register does not
// have are left out: numbers name only claims of their register.
func (reg *Register) Behind(ids []string) []Behind {
	out := []Behind{}
	for _, id := range ids {
		incident, name, _ := strings.Cut(id, "#")
		i := reg.Incident(incident)
		if i == nil || i.Claim(name) == nil {
			continue
		}
		cl := i.Claim(name)
		sources, grade := cl.Sources, string(cl.Grade)
		if i.Import != nil && len(sources) == 0 {
			sources = i.Import.Sources
		}
		if i.Import != nil && grade == "" {
			grade = string(i.Import.Grade)
		}
		words := []string{string(cl.Property), string(cl.Basis), cl.Asset, cl.Value, string(cl.Missing), cl.Actor, string(cl.Standing), string(cl.Confidence)}
		says := strings.Join(strings.Fields(strings.Join(words, " ")), " ")
		out = append(out, Behind{"claim", id, says, grade, cl.AssertedOn.String(), cl.Draft(), sources})
	}
	return out
}
