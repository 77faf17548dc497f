package tag

import "github.com/coldtrail/coldtrail/ledger"

// Record is a tag on a subject as the command and the API write it.
type Record struct {
	Record     string    `json:"record" doc:"tag"`
	Subject    string    `json:"subject" doc:"the address or transaction as it was asked for"`
	Ledger     ledger.ID `json:"ledger"`
	Network    string    `json:"network"`
	Label      string    `json:"label"`
	Entity     string    `json:"entity,omitempty"`
	Actor      string    `json:"actor,omitempty"`
	Concepts   []string  `json:"concepts,omitempty"`
	Confidence string    `json:"confidence"`
	Level      int       `json:"level" doc:"of the confidence, 0 to 100"`
	Source     string    `json:"source"`
	Pack       string    `json:"pack"`
	File       string    `json:"file"`
	Line       int       `json:"line"`
	LastMod    string    `json:"lastmod,omitempty"`
	Type       string    `json:"tag_type,omitempty"`
	Definer    bool      `json:"is_cluster_definer,omitempty"`
	Context    string    `json:"context,omitempty"`
	Role       Role      `json:"role,omitempty"`
	Boundary   bool      `json:"boundary" doc:"a trace stops here"`
	Alarm      string    `json:"alarm,omitempty" doc:"why this is a claim of sanction, theft or abuse"`
	Listed     *Listed   `json:"listed,omitempty"`
}

// Listed is where a list of sanctions names the subject.
type Listed struct {
	List      string `json:"list"`
	ListDate  string `json:"list_date"`
	Begin     string `json:"begin,omitempty"`
	End       string `json:"end,omitempty"`
	Party     string `json:"party,omitempty"`
	Programme string `json:"programme,omitempty"`
	Asset     string `json:"asset"`
}

// Record writes the tag as an answer about a subject.
func (t Tag) Record(subject string) Record {
	why, _ := t.Alarm()
	r := Record{"tag", subject, t.Ledger, t.Network, t.Label, t.Entity, t.Actor, t.Concepts, t.Confidence, Confidence[t.Confidence],
		t.Source, t.Pack, t.File, t.Line, t.LastMod, t.Type, t.Definer, t.Context, t.Role(), t.Boundary(), why, nil}
	if t.Listed != nil {
		l := Listed(*t.Listed)
		r.Listed = &l
	}
	return r
}
