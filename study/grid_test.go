package study

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/money"
)

// draft imports the first draft of the register, from the shared data.
func draft(t testing.TB) *heist.Register {
	t.Helper()
	dir := os.Getenv("COLDTRAIL_DATA")
	if dir == "" {
		t.Skip("COLDTRAIL_DATA is not set: the figures of the draft are not compared")
	}
	f, err := os.Open(filepath.Join(dir, "data", "register", "incidents-draft.csv"))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	day, err := heist.ParseDate("2026-11-27")
	if err != nil {
		t.Fatal(err)
	}
	reg, _, err := heist.ImportCSV(f, "draft.csv", heist.ImportOptions{RecordedOn: day})
	if err != nil {
		t.Fatal(err)
	}
	return disclosed(t, reg)
}

// disclosed adds to the draft what it has no column for: the day on which LuBian
// became public, as the shipped register has it with its source.
func disclosed(t testing.TB, reg *heist.Register) *heist.Register {
	t.Helper()
	written, err := reg.Write()
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range written {
		if f.Path == "incidents/2020-12-lubian.yaml" {
			f.Data = append(f.Data, "  - id: disclosed\n    property: disclosed\n    value: 2025-08-03\n    imported: true\n"...)
		}
		files[f.Path] = &fstest.MapFile{Data: f.Data}
	}
	again, _, err := heist.Load(files, "")
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// gridRows: basis, as known, Coincheck counted; at low, moderate and high
// confidence the count and the share of the ten largest. Computed from the same
// draft by other means.
const gridRows = `attempted 2021-04 true 7; 78.6 % 5; 62.1 % 4; 53.9 %
attempted 2021-04 false 6; 62.9 % 4; 46.4 % 3; 38.1 %
attempted now true 7; 39.3 % 5; 31.1 % 4; 26.9 %
attempted now false 6; 31.5 % 4; 23.2 % 3; 19.1 %
stolen 2021-04 true 6; 63.3 % 5; 55.5 % 4; 42.5 %
stolen 2021-04 false 5; 38.8 % 4; 30.9 % 3; 18.0 %
stolen now true 7; 26.4 % 5; 21.5 % 4; 16.5 %
stolen now false 6; 16.9 % 4; 12.0 % 3; 7.0 %
net 2021-04 true 4; 50.1 % 4; 50.1 % 4; 50.1 %
net 2021-04 false 3; 20.7 % 3; 20.7 % 3; 20.7 %
net now true 6; 20.4 % 4; 17.3 % 4; 17.3 %
net now false 5; 10.3 % 3; 7.1 % 3; 7.1 %
mixed 2021-04 true 7; 71.5 % 4; 45.5 % 3; 34.5 %
mixed 2021-04 false 6; 50.5 % 3; 24.6 % 2; 13.5 %
mixed now true 7; 30.7 % 4; 19.5 % 3; 14.8 %
mixed now false 6; 21.7 % 3; 10.5 % 2; 5.8 %
`

// gridSums: the actor's totals 2011-2020 in millions of dollars, half up.
const gridSums = `attempted now 3370.6/2836.6 2471.9/1937.9 2070.5/1536.5
stolen now 1899.1/1365.1 1490.4/956.4 1090.1/556.1
net now 1391.4/857.4 1163.6/629.6 1002.8/468.8
attempted 2021-04 3094.4/2560.4 2422.9/1888.9 2021.5/1487.5
stolen 2021-04 1622.9/1088.9 1441.4/907.4 1041.1/507.1
net 2021-04 1125.1/591.1 1114.6/580.6 953.8/419.8
`

func TestGridOfTheDraft(t *testing.T) {
	g, err := NewGrid(draft(t), DefaultActor)
	if err != nil {
		t.Fatal(err)
	}
	var rows, sums strings.Builder
	counts := map[int]int{}
	for n, c := range g.Cells() {
		if c.Index != n {
			t.Fatalf("cell %d says it is %d", n, c.Index)
		}
		if n%3 == 0 {
			fmt.Fprintf(&rows, "%s %s %t", c.Basis, c.Known, c.Coincheck)
		}
		fmt.Fprintf(&rows, " %d; %s", c.Count, c.Share)
		if n%3 == 2 {
			rows.WriteString("\n")
		}
		counts[c.Count]++
	}
	for _, known := range []string{"now", "2021-04"} {
		for _, basis := range []string{"attempted", "stolen", "net"} {
			fmt.Fprintf(&sums, "%s %s", basis, known)
			for _, c := range GridConfidences {
				fmt.Fprintf(&sums, " %s/%s", millions(g.Cell(basis, known, true, c).Sum), millions(g.Cell(basis, known, false, c).Sum))
			}
			sums.WriteString("\n")
		}
	}
	if rows.String() != gridRows {
		t.Errorf("%s\nwant\n%s", rows.String(), gridRows)
	}
	if sums.String() != gridSums {
		t.Errorf("%s\nwant\n%s", sums.String(), gridSums)
	}
	if got := fmt.Sprint(counts); got != "map[2:2 3:13 4:15 5:6 6:7 7:5]" {
		t.Errorf("histogram %s", got)
	}
}

// millions rounds half up to tenths of a million dollars.
func millions(v Value) string {
	tenths := (cents64(v.Cents()) + 5_000_000) / 10_000_000
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

// One choice at a time moves the gross total of the draft by what its rows say.
func TestTornadoOfTheDraft(t *testing.T) {
	g, err := NewGrid(draft(t), DefaultActor)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"without 2018-01-coincheck": "534.0", "without 2020-09-kucoin": "281.0", "without 2018-04-gate-io": "234.3",
		"without 2016-02-bangladesh-bank": "81.0", "without 2017-12-nicehash": "75.0", "without 2020-12-lubian": "0.0",
		"2016-02-bangladesh-bank at the high end of its range": "20.0"}
	for _, c := range g.Tornado() {
		if by, ok := want[c.What]; ok {
			if millions(c.By) != by {
				t.Errorf("%s: %s, want %s", c.What, millions(c.By), by)
			}
			delete(want, c.What)
		}
	}
	if len(want) > 0 {
		t.Errorf("not in the tornado: %v", want)
	}
}

// The shipped record of the draft's grid is the draft's: rewrite it with
// UPDATE_DRAFT_GRID=1.
func TestDraftGrid(t *testing.T) {
	g, err := NewGrid(draft(t), DefaultActor)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range g.Cells() {
		var top []string
		for n, id := range c.Top {
			top = append(top, id+":"+c.worth[n].String())
		}
		fmt.Fprintf(&b, "%s,%d,%d,%s,%s\n", c.Number, c.Count, c.Share.Permille, strings.Join(top, " "), strings.Join(c.Actor, " "))
	}
	if os.Getenv("UPDATE_DRAFT_GRID") != "" {
		if err := os.WriteFile("draft_grid.csv", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if b.String() != draftGrid {
		t.Error("draft_grid.csv is not the draft's")
	}
}

// A cell that moved says what moved it.
func TestMovedCellsSayWhy(t *testing.T) {
	was := "grid.net.now.with.low,1,500,a:300 b:300,a\n"
	for _, c := range []struct {
		cell Cell
		want string
	}{
		{Cell{Count: 1, Share: Share{500, true}, Top: []string{"a", "b"}, Actor: []string{"a"}}, "[]"},
		{Cell{Count: 1, Share: Share{400, true}, Top: []string{"a", "c"}, Actor: []string{"a"}}, "[c is one of the ten now b is not one of the ten any more]"},
		{Cell{Count: 2, Share: Share{1000, true}, Top: []string{"a", "b"}, Actor: []string{"a", "b"}}, "[b counts as the actor's]"},
		{Cell{Count: 0, Share: Share{0, true}, Top: []string{"a", "b"}}, "[a does not count as the actor's any more]"},
		{Cell{Count: 1, Share: Share{510, true}, Top: []string{"a", "b"}, Actor: []string{"a"}}, "[b 2.9, was 3]"},
	} {
		c.cell.Number = "grid.net.now.with.low"
		c.cell.worth = []money.Amount{money.Units(300), money.Units(300)}
		if strings.Contains(c.want, "2.9") {
			c.cell.worth[1] = money.Units(290)
		}
		moved, err := since([]Cell{c.cell}, was)
		if err != nil {
			t.Fatal(err)
		}
		why := []string{}
		for _, m := range moved {
			why = append(why, m.Why...)
		}
		if fmt.Sprint(why) != c.want {
			t.Errorf("%v, want %s", why, c.want)
		}
	}
}

// The table of the docs, and what it says has moved since the first draft, are those
// of the shipped register: rewrite them with UPDATE_STUDY_DOC=1.
func TestGridOfTheDocs(t *testing.T) {
	const page, begin, end = "../docs/study.md", "<!-- grid: from grid.md of `coldtrail study build` -->\n", "<!-- end of grid -->"
	_, s := build(t, "default", nil)
	var b strings.Builder
	if err := WriteGrid(&b, s); err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(b.String(), "\n\n") // after the line with the hash
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begin)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("docs/study.md has no grid")
	}
	if os.Getenv("UPDATE_STUDY_DOC") != "" {
		if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("docs/study.md has another grid:\n%s\nwant\n%s", got, want)
	}
}
