package report

import (
	"fmt"
	"strings"
)

// listLimit is how many lines the lists below the tables show.
const listLimit = 20

// seeds lists where the stolen value enters.
func (t *text) seeds() {
	rows := t.d.Trail.Seeds
	if len(rows) == 0 {
		return
	}
	t.heading("Seeds: where the stolen value enters")
	shown := min(len(rows), t.o.limit(listLimit))
	for _, r := range rows[:shown] {
		how := "credit " + clean(r.Transfer)
		if r.Injected {
			how = "put in, the ledger lacks it"
		}
		line := fmt.Sprintf("%s: %s at %s, %s, %s", clean(r.Theft), clean(r.Asset.Format(r.Amount)), t.names.look(string(r.Account)), how, when(r.Time))
		if !r.Overlap.IsZero() {
			line += fmt.Sprintf("; %s of it an earlier theft had marked", clean(r.Asset.Format(r.Overlap)))
		}
		t.b.WriteString("  " + wrap(line, t.width-2, "    ") + "\n")
	}
	if rest := len(rows) - shown; rest > 0 {
		fmt.Fprintf(&t.b, "  … %s (--limit -1)\n", plural(rest, "more seed", "more seeds"))
	}
}

// unobserved lists the accounts that paid more than the data shows arriving.
func (t *text) unobserved() {
	rows := t.d.Trail.Unobserved
	if len(rows) == 0 {
		return
	}
	t.heading("Unobserved: clean value that must have been there before the data")
	shown := min(len(rows), t.o.limit(listLimit))
	for _, u := range rows[:shown] {
		fmt.Fprintf(&t.b, "  %s  %s\n", t.names.look(string(u.Pool.Account)), clean(u.Asset.Format(u.Amount)))
	}
	if rest := len(rows) - shown; rest > 0 {
		fmt.Fprintf(&t.b, "  … %s (--limit -1)\n", plural(rest, "more account", "more accounts"))
	}
}

// findings lists what a case expected and what came out.
func (t *text) findings() {
	if len(t.d.Findings) == 0 {
		return
	}
	ok, bad, notes := tally(t.d.Findings)
	t.heading("Findings: %d ok, %s, %s", ok, plural(bad, "mismatch", "mismatches"), plural(notes, "note", "notes"))
	for _, f := range t.d.Findings {
		mark := map[string]string{"ok": "ok      ", "mismatch": "MISMATCH"}[f.Status]
		if mark == "" {
			mark = "note    "
		}
		line := clean(f.Title)
		if f.Want != "" || f.Got != "" {
			line += ": got " + clean(f.Got)
			if f.Want != f.Got {
				line += ", want " + clean(f.Want)
			}
		}
		if f.Text != "" {
			line += ". " + clean(f.Text)
		}
		if f.Source != "" {
			line += " [" + clean(f.Source) + "]"
		}
		const indent = "            "
		t.b.WriteString("  " + mark + "  " + wrap(line, t.width-2, indent[:10]+"  ") + "\n")
	}
}

// tally counts findings by status. A status that is none of the three counts as
// a note.
func tally(fs []Finding) (ok, bad, notes int) {
	for _, f := range fs {
		switch f.Status {
		case "ok":
			ok++
		case "mismatch":
			bad++
		default:
			notes++
		}
	}
	return ok, bad, notes
}

// warnings ends the text with what a reader must know.
func (t *text) warnings() {
	lines := t.d.Trail.Warnings
	if t.anyLoose() {
		lines = append(lines[:len(lines):len(lines)], "bounds marked ~ are from one pass and not tight; where order is not known, seeds overlap or a conversion lies before them they need not hold under every convention")
	}
	if t.usesAlike() {
		lines = append(lines[:len(lines):len(lines)], alike+" marks an address that another address of this trail looks like at both ends")
	}
	if len(lines) == 0 {
		return
	}
	t.heading("Warnings")
	for _, w := range lines {
		t.b.WriteString("  ! " + wrap(clean(w), t.width-4, "    ") + "\n")
	}
}

func (t *text) anyLoose() bool {
	for _, p := range t.d.Trail.Places {
		for _, f := range p.Figures {
			if f.Bound == nil && touches(f) {
				return true
			}
		}
	}
	return false
}

func (t *text) usesAlike() bool { return strings.Contains(t.b.String(), alike) }
