package heist

import "strings"

func (m *importer) attribution(i *Incident, row draftRow, g Grade) {
	status := AttributionStatus(row["attribution_status"])
	m.word(row, "attribution_status", string(status), Words[AttributionStatus]())
	cl := Claim{ID: "attribution", Property: PropAttribution, Standing: status, Grade: g}
	if c := row["attribution_confidence"]; c != "" {
		m.word(row, "attribution_confidence", c, Words[Confidence]())
		cl.Confidence = Confidence(c)
	}
	if d := row["attribution_date"]; d != "" {
		if err := cl.AssertedOn.UnmarshalText([]byte(d)); err != nil {
			m.fault(m.line, "date", "", "attribution_date: %v", err)
		}
	}
	if status != StatusUnknown {
		cl.Actor = actorOf(row["attributed_actor"])
	}
	if row["attributed_actor"] != draftActorText(&cl) {
		cl.Text = row["attributed_actor"]
	}
	if p := row["attributing_party"]; p != "" {
		cl.Parties = parties(p)
		if strings.Join(cl.Parties, "; ") != p {
			cl.AssertedBy = p
		}
	}
	m.add(i, cl)
}

// draftActorText is what a draft writes for an actor when it writes no more.
func draftActorText(cl *Claim) string {
	switch cl.Actor {
	case "":
		return "unknown"
	case "dprk":
		return "DPRK (Lazarus Group / RGB-linked)"
	}
	return ""
}

func actorOf(cell string) string {
	for _, a := range draftActors {
		if strings.Contains(cell, a.part) {
			return a.actor
		}
	}
	return "other"
}

// parties takes apart "A; B" and "A vs B", outside brackets.
func parties(cell string) []string {
	var out []string
	depth, begin := 0, 0
	cut := func(end, next int) {
		if p := strings.TrimSpace(cell[begin:end]); p != "" && !contains(out, p) {
			out = append(out, p)
		}
		begin = next
	}
	for i := 0; i < len(cell); i++ {
		switch {
		case cell[i] == '(':
			depth++
		case cell[i] == ')':
			depth--
		case depth == 0 && cell[i] == ';':
			cut(i, i+1)
		case depth == 0 && strings.HasPrefix(cell[i:], " vs "):
			cut(i, i+4)
			i += 3 // the separator is used up: " vs vs " has one
		}
	}
	cut(len(cell), len(cell))
	return out
}

func methodOf(cell string) Method {
	low := strings.ToLower(cell) + " "
	for _, m := range draftMethods {
		for _, part := range m.parts {
			if strings.Contains(low, part) {
				return m.method
			}
		}
	}
	return "unknown"
}
