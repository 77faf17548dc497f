package study

import (
	_ "embed" // the 48 policies over the first draft
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// draftGrid is what the 48 policies say over the first draft of the register: the
// cell's id, count, share in thousandths, ids of the ten, ids of the actor's. A
// test makes it from the draft.
//
//go:embed draft_grid.csv
var draftGrid string

// Moved is a cell of the grid that differs from the first draft's, and why.
type Moved struct {
	Number string   `json:"number"`
	Was    string   `json:"was"`
	Is     string   `json:"is"`
	Why    []string `json:"why"`
}

// Since compares cells with those of the first draft.
func Since(cells []Cell) ([]Moved, error) { return since(cells, draftGrid) }

func since(cells []Cell, table string) (out []Moved, err error) {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("draft_grid.csv: %w", err)
	}
	was := map[string]Cell{}
	for n, r := range rows {
		count, err := strconv.Atoi(r[1])
		if err != nil {
			return nil, fmt.Errorf("draft_grid.csv: row %d: %w", n+1, err)
		}
		permille, err := strconv.ParseUint(r[2], 10, 32)
		if err != nil {
			return nil, fmt.Errorf("draft_grid.csv: row %d: %w", n+1, err)
		}
		was[r[0]] = Cell{Number: r[0], Count: count, Share: Share{permille, true}, Top: strings.Fields(r[3]), Actor: strings.Fields(r[4])}
	}
	for _, c := range cells {
		old, ok := was[c.Number]
		if !ok || old.Count == c.Count && old.Share == c.Share {
			continue
		}
		out = append(out, Moved{c.Number, fmt.Sprintf("%d; %s", old.Count, old.Share), fmt.Sprintf("%d; %s", c.Count, c.Share), whyMoved(old, c)})
	}
	return out, nil
}

// whyMoved names what entered the ten, what left, and whose attribution changed;
// when nothing did, an amount has.
func whyMoved(old, c Cell) (why []string) {
	lists := []struct {
		from, to []string
		say      string
	}{{c.Top, old.Top, "%s is one of the ten now"}, {old.Top, c.Top, "%s is not one of the ten any more"}, {c.Actor, old.Actor, "%s counts as the actor's"}, {old.Actor, c.Actor, "%s does not count as the actor's any more"}}
	for n, l := range lists {
		for _, id := range l.from {
			both := slices.Contains(old.Top, id) && slices.Contains(c.Top, id)
			if !slices.Contains(l.to, id) && (n < 2 || both) {
				why = append(why, fmt.Sprintf(l.say, id))
			}
		}
	}
	if len(why) == 0 {
		why = append(why, "amounts of the ten changed: "+strings.Join(c.Top, " "))
	}
	return why
}

// WriteGrid writes the 48 policies as Markdown and what moved since the first
// draft, with the reason: the generated part of docs/study.md.
func WriteGrid(w io.Writer, s *Study) error {
	fmt.Fprintf(w, "Register sha256 %s, %d incidents.\n\n", s.Header.RegisterHash, s.Header.Incidents)
	fmt.Fprintln(w, "| basis | known | Coincheck | low+ | moderate+ | high |\n|---|---|---|---|---|---|")
	for n := 0; n+2 < len(s.Grid); n += 3 {
		c := s.Grid[n]
		fmt.Fprintf(w, "| %s | %s | %s |", c.Basis, c.Known, map[bool]string{true: "yes", false: "no"}[c.Coincheck])
		for _, c := range s.Grid[n : n+3] {
			fmt.Fprintf(w, " %d; %s |", c.Count, c.Share)
		}
		fmt.Fprintln(w)
	}
	moved, err := Since(s.Grid)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%d of the %d cells differ from the first draft's.\n", len(moved), len(s.Grid))
	for _, m := range moved {
		if _, err := fmt.Fprintf(w, "\n- `%s`: %s, was %s: %s.", m.Number, m.Is, m.Was, strings.Join(m.Why, "; ")); err != nil {
			return err
		}
	}
	if len(moved) > 0 {
		_, err = fmt.Fprintln(w)
	}
	return err
}
