package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
)

// twin is one of many addresses with the same face.
func twin(n int) string { return fmt.Sprintf("0xa4b2%032x449e", n) }

// crowd is a theft that is shared out to a hundred accounts, to one address, and in
// small sums to its doubles.
func crowd(t *testing.T, twins int, sum string) *Document {
	t.Helper()
	var b strings.Builder
	b.WriteString("ledger test account native ETH\nloot victim > a 9000000000 ETH\n")
	fmt.Fprintf(&b, "p a > %s 500000000 ETH\n", twin(0))
	for i := range 100 {
		fmt.Fprintf(&b, "q%d a > b%d 20000000 ETH\n", i, i)
	}
	for i := range twins {
		fmt.Fprintf(&b, "r%d a > %s %s ETH\n", i, twin(i+1), sum)
	}
	// two more, so that dust has a bar
	fmt.Fprintf(&b, "s1 a > small-1 %s ETH\ns2 a > small-2 %s ETH\ntheft Loot loot\n", sum, sum)
	doc, err := ledger.ParseText("crowd.txt", strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return run(t, "crowd", doc)
}

// TestDoublesAreShown checks that an address made to look like one that has a bar
// has a bar, too, whether it would be dust or beyond the limit, that the limit holds,
// and that many doubles do not empty the picture.
func TestDoublesAreShown(t *testing.T) {
	for name, c := range map[string]struct {
		twins       int
		sum         string
		limit, want int
	}{
		"beyond the limit":      {1, "1000000", 30, 1},
		"dust":                  {1, "1000", 30, 1},
		"dust within the limit": {1, "1000", 300, 1},
		"many":                  {90, "1000000", 40, 10},
		"many, dust":            {90, "1000", 40, 10},
	} {
		p := flowOf(t, crowd(t, c.twins, c.sum), PictureOptions{Limit: c.limit})
		if len(p.Nodes) > c.limit {
			t.Errorf("%s: %d bars, %d were allowed", name, len(p.Nodes), c.limit)
		}
		real, doubles, others := false, 0, 0
		for _, n := range p.Nodes {
			switch {
			case n.Label == twin(0):
				real = true
			case n.Alike != "":
				doubles++
			case strings.HasPrefix(n.Label, "b"):
				others++
			}
		}
		if !real || doubles != c.want || others < min(100, c.limit/3) {
			t.Errorf("%s: the address has a bar: %v; %d doubles, want %d; %d others", name, real, doubles, c.want, others)
		}
		if slices.ContainsFunc(p.Nodes, func(n PictureNode) bool { return strings.HasPrefix(n.Label, "small-") }) {
			t.Errorf("%s: what looks like nothing else is not folded", name)
		}
	}
}
