package heist

import (
	"fmt"
	"sort"
	"strings"
)

// Change is one difference between two states of the register.
type Change struct {
	Kind     string `json:"kind"` // added, removed, rewritten, reviewed, edited
	Incident string `json:"incident,omitempty"`
	Source   string `json:"source,omitempty"` // of a change of a source
	Claim    string `json:"claim,omitempty"`  // blank: the incident's head
	What     string `json:"what"`
	Breaks   bool   `json:"breaks_history"` // a claim is never changed or removed
}

// String writes "added 2025-02-bybit#stolen-usd: ...".
func (c Change) String() string {
	id := c.Incident
	if c.Source != "" {
		id = "source " + c.Source
	}
	if c.Claim != "" {
		id += "#" + c.Claim
	}
	mark := ""
	switch {
	case c.Breaks && c.Source != "":
		mark = " (breaks the history: add another source instead)"
	case c.Breaks:
		mark = " (breaks the history: add a claim with supersedes instead)"
	}
	return fmt.Sprintf("%s %s: %s%s", c.Kind, id, c.What, mark)
}

// mayChange are the keys of a claim that a later commit may add or mend: a second
// check, a deprecation, the explanation.
var mayChange = map[string]bool{
	"reviewed_on": true, "reviewed_by": true, "rank": true, "reason": true, "note": true,
}

// Diff lists what changed from a to b, by incident and claim, then by source.
// Claims that were changed or removed break the history; so does a source that is
// gone or has another address, since claims of the past stand on it.
func Diff(a, b *Register) []Change {
	var out []Change
	ids := map[string]bool{}
	for _, r := range []*Register{a, b} {
		for _, i := range r.Incidents {
			ids[i.ID] = true
		}
	}
	sorted := make([]string, 0, len(ids))
	for id := range ids {
		sorted = append(sorted, id)
	}
	sort.Strings(sorted)
	for _, id := range sorted {
		old, now := a.Incident(id), b.Incident(id)
		switch {
		case old == nil:
			out = append(out, Change{Kind: "added", Incident: id, What: fmt.Sprintf("%s, %d claims", now.Title, len(now.Claims))})
		case now == nil:
			out = append(out, Change{Kind: "removed", Incident: id, What: old.Title, Breaks: true})
		default:
			out = append(out, diffIncident(old, now)...)
		}
	}
	return append(out, diffSources(a, b)...)
}

func diffSources(a, b *Register) []Change {
	var out []Change
	for _, old := range a.Sources {
		now := b.Source(old.ID)
		if now == nil {
			out = append(out, Change{Kind: "removed", Source: old.ID, What: or(old.URL, old.Title), Breaks: true})
			continue
		}
		if keys := changed(entry(*old), entry(*now)); len(keys) > 0 {
			out = append(out, Change{Kind: "edited", Source: old.ID, What: strings.Join(keys, ", "), Breaks: contains(keys, "url") && old.URL != ""})
		}
	}
	for _, now := range b.Sources {
		if a.Source(now.ID) == nil {
			out = append(out, Change{Kind: "added", Source: now.ID, What: or(now.URL, now.Title)})
		}
	}
	return out
}

func diffIncident(old, now *Incident) []Change {
	var out []Change
	was, is := entry(*old.bare()), entry(*now.bare())
	if keys := changed(was, is, "claims"); len(keys) > 0 {
		breaks := contains(keys, "import") && old.Import != nil
		out = append(out, Change{Kind: "edited", Incident: old.ID, What: strings.Join(keys, ", "), Breaks: breaks})
	}
	for _, cl := range old.Claims {
		next := now.Claim(cl.ID)
		if next == nil {
			out = append(out, Change{Kind: "removed", Incident: old.ID, Claim: cl.ID, What: cl.Summary(), Breaks: true})
			continue
		}
		keys := changed(entry(*cl), entry(*next))
		c := Change{Kind: "edited", Incident: old.ID, Claim: cl.ID, What: strings.Join(keys, ", ")}
		for _, k := range keys {
			switch {
			case k == "reviewed_on" && cl.Draft():
				if !c.Breaks { // a review does not hide what was written anew with it
					c.Kind = "reviewed"
				}
			case k == "sources" && cl.inheritedSources && !next.inheritedSources && subset(next.Sources, cl.Sources):
			case !mayChange[k]:
				c.Kind, c.Breaks = "rewritten", true
			}
		}
		if len(keys) > 0 {
			out = append(out, c)
		}
	}
	for _, cl := range now.Claims {
		if old.Claim(cl.ID) == nil {
			what := cl.Summary()
			if cl.Supersedes != "" {
				what += ", supersedes " + cl.Supersedes + ": " + cl.Reason
			}
			out = append(out, Change{Kind: "added", Incident: old.ID, Claim: cl.ID, What: what})
		}
	}
	return out
}

func subset(a, b []string) bool {
	for _, v := range a {
		if !contains(b, v) {
			return false
		}
	}
	return true
}

// entry gives a structure's keys with their canonical text.
func entry[T any](v T) map[string]string {
	n := encode(addressed(v))
	out := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		text := n.Content[i+1].Value
		if text == "" {
			if data, err := dump(n.Content[i+1]); err == nil {
				text = string(data)
			}
		}
		out[n.Content[i].Value] = text
	}
	return out
}

func changed(was, is map[string]string, except ...string) []string {
	var keys []string
	for k := range was {
		if is[k] != was[k] {
			keys = append(keys, k)
		}
	}
	for k := range is {
		if _, ok := was[k]; !ok {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	out := keys[:0]
	for _, k := range keys {
		if !contains(except, k) {
			out = append(out, k)
		}
	}
	return out
}

// Summary writes a claim on one line, without its sources: "left_control
// 534,000,000 USD (400,000,000 to 547,000,000), as booked".
func (cl *Claim) Summary() string {
	var b strings.Builder
	switch cl.Property {
	case PropAmount:
		b.WriteString(string(cl.Basis))
		if cl.Value != "" {
			b.WriteString(" " + grouped(cl.Value))
		}
		b.WriteString(" " + cl.Asset)
		if cl.Low != "" || cl.High != "" {
			fmt.Fprintf(&b, " (%s to %s)", or(grouped(cl.Low), "?"), or(grouped(cl.High), "?"))
		}
		if cl.Valuation != "" {
			b.WriteString(", " + strings.ReplaceAll(string(cl.Valuation), "_", " "))
		}
	case PropAttribution:
		b.WriteString("attribution " + string(cl.Standing))
		if cl.Actor != "" {
			b.WriteString(": " + cl.Actor)
		}
		if cl.Polarity != "" && cl.Polarity != For {
			b.WriteString(" (" + string(cl.Polarity) + ")")
		}
		if len(cl.Parties) > 0 {
			b.WriteString(", by " + strings.Join(cl.Parties, "; "))
		}
		if cl.Confidence != "" {
			b.WriteString(", confidence " + string(cl.Confidence))
		}
	case PropAmountText:
		b.WriteString("amount in words: " + cl.Text)
	case PropAsset:
		b.WriteString("asset " + or(strings.Join(cl.Assets, ", "), cl.Text))
	default:
		b.WriteString(string(cl.Property) + " " + cl.Value)
	}
	if cl.Missing != "" {
		b.WriteString(" " + strings.ReplaceAll(string(cl.Missing), "_", " "))
	}
	if !cl.On.IsZero() {
		b.WriteString(", on " + cl.On.String())
	}
	return b.String()
}
