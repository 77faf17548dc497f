package graph_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
)

// torn is a graph whose names cannot be read.
type torn struct {
	graph.Graph
	fault error
}

func (g torn) Find(string) ([]graph.ID, error) { return nil, g.fault }

// TestJoinFind: what one part has is found though the others lack it; a name that no
// part has is ErrNotFound; and a part that fails is no part that lacks it.
func TestJoinFind(t *testing.T) {
	one := textGraph(t, "ledger one account native ETH\ne1 2018-01-26T00:01Z a > b 10 ETH\n")
	two := textGraph(t, "ledger two account native ETH\ne2 2018-01-26T00:02Z a > b 10 ETH\n")
	fault := errors.New("the disk is gone")
	for _, c := range []struct {
		parts []graph.Graph
		ref   string
		found int
		err   error
	}{
		{[]graph.Graph{one, two}, "e1", 1, nil},
		{[]graph.Graph{one, two}, "e2", 1, nil},
		{[]graph.Graph{one, two}, "e3", 0, graph.ErrNotFound},
		{[]graph.Graph{one, torn{two, fault}}, "e1", 0, fault},
		{[]graph.Graph{torn{one, fault}, two}, "e2", 0, fault},
		{[]graph.Graph{one, torn{two, fault}}, "e3", 0, fault},
		{[]graph.Graph{one, torn{two, graph.ErrNotFound}}, "e1", 1, nil},
	} {
		j, err := graph.Join(c.parts...)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := j.Find(c.ref)
		if len(ids) != c.found || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v; want %d and %v", c.ref, ids, err, c.found, c.err)
		}
		if c.err == fault && err != nil && (errors.Is(err, graph.ErrNotFound) || !strings.Contains(err.Error(), `"`+c.ref+`" on `)) {
			t.Errorf("%s: %v", c.ref, err)
		}
	}
}
