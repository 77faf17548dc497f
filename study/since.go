package study

import (
	_ "embed" // the 48 policies over the first draft
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/money"
)

// draftGrid is what the 48 policies say over the first draft of the register: the
// cell's id, count, share in thousandths, the ten as id:cents, ids of the actor's.
// A test makes it from the draft.
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
		cell := Cell{Number: r[0], Count: count, Share: Share{permille, true}, Actor: strings.Fields(r[4])}
		for _, w := range strings.Fields(r[3]) {
			id, cents, _ := strings.Cut(w, ":")
			worth, err := money.Parse(cents)
			if err != nil {
				return nil, fmt.Errorf("draft_grid.csv: row %d: %s: %w", n+1, id, err)
			}
			cell.Top, cell.worth = append(cell.Top, id), append(cell.worth, worth)
		}
		was[r[0]] = cell
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

// whyMoved names what entered the ten, what left, whose attribution changed, and
// which amounts, on the cell's basis.
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
	for n, id := range c.Top {
		if m := slices.Index(old.Top, id); m >= 0 && c.worth[n] != old.worth[m] {
			why = append(why, fmt.Sprintf("%s %s, was %s", id, c.worth[n].Grouped(2), old.worth[m].Grouped(2)))
		}
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
	if len(moved) == 0 {
		return nil
	}
	t := s.Header.Terms
	fmt.Fprintf(w, "Cells that moved for one reason stand together; amounts are US dollars on the cell's basis, as_booked, as known on %s.\n", t.AsKnownOn)
	for len(moved) > 0 {
		why, rest := strings.Join(moved[0].Why, "; "), []Moved{}
		fmt.Fprintf(w, "\n- %s:\n", why)
		for _, m := range moved {
			if strings.Join(m.Why, "; ") != why {
				rest = append(rest, m)
			} else if _, err := fmt.Fprintf(w, "  `%s` %s, was %s.\n", strings.TrimPrefix(m.Number, "grid."), m.Is, m.Was); err != nil {
				return err
			}
		}
		moved = rest
	}
	return nil
}
