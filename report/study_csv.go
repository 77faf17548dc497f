package report

import (
	"encoding/csv"
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
