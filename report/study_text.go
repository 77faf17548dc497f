package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/coldtrail/coldtrail/study"
)

// StudyTables lists the names of the tables that StudyCSV writes.
func StudyTables(st *study.Study) ([]string, error) {
	tables, err := studyTables(st)
	var out []string
	for _, t := range tables {
		out = append(out, t.Name)
	}
	return out, err
}

// StudyCSV writes one table of a study, with a header row; its amounts are whole
// US dollars without grouping, and the last columns repeat the terms of the table
// and the id by which each row's number can be explained. A text that a
// spreadsheet would take for a formula gets an apostrophe in front. An unknown
// name gives an error that wraps ErrNotHere.
func StudyCSV(w io.Writer, name string, st *study.Study) error {
	tables, err := studyTables(st)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if t.Name == name {
			return t.csv(w)
		}
	}
	return fmt.Errorf("%w: no table %q", ErrNotHere, name)
}

func (t studyTable) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	var head []string
	for _, h := range t.Heads {
		head = append(head, h.Text)
	}
	if err := out.Write(append(head, "terms", "number")); err != nil {
		return err
	}
	for _, r := range t.Rows {
		var cells []string
		id := ""
		for i, c := range r {
			text := inert(c.Text)
			if t.Heads[i].Num {
				text = strings.ReplaceAll(strings.ReplaceAll(c.Text, ",", ""), "+", "")
			}
			cells = append(cells, text)
			id = orWord(id, c.Number)
		}
		if err := out.Write(append(cells, inert(t.Terms), inert(id))); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// StudyText writes every table of a study as plain text, columns side by side.
func StudyText(w io.Writer, st *study.Study) error {
	tables, err := studyTables(st)
	if err != nil {
		return err
	}
	var b strings.Builder
	h := st.Header
	fmt.Fprintf(&b, "Study of heists. Policy %s. Register %s: %d incidents, %d claims. %s.\n", clean(h.Policy), clean(h.RegisterHash), h.Incidents, h.Claims, h.Terms)
	for _, t := range tables {
		t.text(&b)
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func (t studyTable) text(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s\n", strings.ToUpper(t.Title))
	if t.Terms != "" {
		fmt.Fprintln(b, t.Terms)
	}
	widths := make([]int, len(t.Heads))
	for i, h := range t.Heads {
		widths[i] = columns(h.Text)
		for _, r := range t.Rows {
			widths[i] = max(widths[i], columns(r[i].Text))
		}
	}
	line := func(texts func(int) string) {
		var s strings.Builder
		for i, h := range t.Heads {
			text := texts(i)
			space := strings.Repeat(" ", widths[i]-columns(text))
			if h.Num {
				s.WriteString(space + text + "  ")
			} else {
				s.WriteString(text + space + "  ")
			}
		}
		b.WriteString(strings.TrimRight(s.String(), " ") + "\n")
	}
	line(func(i int) string { return t.Heads[i].Text })
	for _, r := range t.Rows {
		line(func(i int) string { return r[i].Text })
	}
	if len(t.Rows) == 0 {
		b.WriteString("none\n")
	}
}

// StudyJSON writes a study as indented JSON; every amount in it carries its
// terms.
func StudyJSON(w io.Writer, st *study.Study) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(st)
}
