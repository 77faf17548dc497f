package heist

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// gridRows: basis, as known, Coincheck counted; then, at low, moderate and high
// confidence, how many of the ten largest of 2011-2020 are the DPRK's, and their
// share of the value in percent. Computed from the same draft by other means.
const gridRows = `attempted 2021-04 yes 7; 78.6 5; 62.1 4; 53.9
attempted 2021-04 no 6; 62.9 4; 46.4 3; 38.1
attempted now yes 7; 39.3 5; 31.1 4; 26.9
attempted now no 6; 31.5 4; 23.2 3; 19.1
stolen 2021-04 yes 6; 63.3 5; 55.5 4; 42.5
stolen 2021-04 no 5; 38.8 4; 30.9 3; 18.0
stolen now yes 7; 26.4 5; 21.5 4; 16.5
stolen now no 6; 16.9 4; 12.0 3; 7.0
net 2021-04 yes 4; 50.1 4; 50.1 4; 50.1
net 2021-04 no 3; 20.7 3; 20.7 3; 20.7
net now yes 6; 20.4 4; 17.3 4; 17.3
net now no 5; 10.3 3; 7.1 3; 7.1
mixed 2021-04 yes 7; 71.5 4; 45.5 3; 34.5
mixed 2021-04 no 6; 50.5 3; 24.6 2; 13.5
mixed now yes 7; 30.7 4; 19.5 3; 14.8
mixed now no 6; 21.7 3; 10.5 2; 5.8
`

// The claims taken in from the draft carry all that 48 ways of counting need.
func TestGridOfTheDraft(t *testing.T) {
	dir := os.Getenv("COLDTRAIL_DATA")
	if dir == "" {
		t.Skip("COLDTRAIL_DATA is not set: the 48 ways of counting are not compared")
	}
	data, err := os.ReadFile(filepath.Join(dir, "data", "register", "incidents-draft.csv"))
	if err != nil {
		t.Skip(err)
	}
	reg, _, err := importText(t, string(data))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, basis := range []string{"attempted", "stolen", "net", "mixed"} {
		for _, known := range []string{"2021-04", "now"} {
			for _, coincheck := range []string{"yes", "no"} {
				b.WriteString(basis + " " + known + " " + coincheck)
				for _, least := range []Confidence{"low", "moderate", "high"} {
					n, permille := topTen(reg, basis, known, coincheck == "yes", least)
					fmt.Fprintf(&b, " %d; %d.%d", n, permille/10, permille%10)
				}
				b.WriteString("\n")
			}
		}
	}
	if b.String() != gridRows {
		t.Errorf("%s\nwant\n%s", b.String(), gridRows)
	}
}

// topTen counts the DPRK's among the ten largest, and their share in thousandths,
// rounded half up.
func topTen(reg *Register, basis, known string, coincheck bool, least Confidence) (n int, permille uint64) {
	type row struct {
		id    string
		cents uint64
		dprk  bool
	}
	var rows []row
	for _, i := range reg.Incidents {
		inScope := i.Scope == Theft || i.Scope == NearMiss || i.Scope == "double_spend"
		if !inScope || i.Occurred().Year() > 2020 || known != "now" && i.ID == "2020-12-lubian" {
			continue
		}
		rows = append(rows, row{i.ID, gridCents(reg, i, basis), gridDPRK(reg, i, known, coincheck, least)})
	}
	sort.SliceStable(rows, func(a, b int) bool { return rows[a].cents > rows[b].cents })
	var all, theirs uint64
	for _, r := range rows[:10] {
		all += r.cents
		if r.dprk {
			n++
			theirs += r.cents
		}
	}
	return n, (theirs*2000/all + 1) / 2
}

func gridCents(reg *Register, i *Incident, basis string) uint64 {
	of := func(b Basis) uint64 {
		cl := reg.Amounts(i, b, "USD", Query{}).Claim
		if cl == nil {
			return 0
		}
		n, _ := cl.Amount()
		_, cents := n.Words()
		return cents
	}
	left := of(LeftCtrl)
	switch {
	case basis == "net":
		back, _ := reg.Back(i, "USD", Query{})
		_, cents := back.Words()
		return left - min(left, cents)
	case basis == "stolen", basis == "mixed" && i.ID == "2016-02-bangladesh-bank":
		return left
	}
	return max(left, of(Attempted))
}

func gridDPRK(reg *Register, i *Incident, known string, coincheck bool, least Confidence) bool {
	rank := map[Confidence]int{"low": 1, "moderate": 2, "high": 3}
	for _, cl := range reg.Attributions(i, Query{}) {
		day := cl.AssertedOn.String()
		switch {
		case !reg.IsOrPartOf(cl.Actor, "dprk"):
		case known != "now" && day[:min(7, len(day))] > known:
		case i.ID == "2018-01-coincheck":
			return coincheck
		case cl.Standing == StatusDisputed:
			return least == "low"
		default:
			return rank[cl.Confidence] >= rank[least]
		}
	}
	return false
}
