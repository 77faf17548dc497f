package cluster_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/graph/graphtest"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// TestBlockSciStore: the chain of BlockSci's tests, read from its blocks into a
// store, has BlockSci's clusters, member by member.
func TestBlockSciStore(t *testing.T) {
	dir := os.Getenv("COLDTRAIL_DATA")
	if dir == "" {
		t.Skip("COLDTRAIL_DATA is not set: data/blocksci-btc")
	}
	data := filepath.Join(dir, "data", "blocksci-btc")
	src, err := bitcoin.Open(filepath.Join(data, "btc", "regtest", "blocks"), bitcoin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	k := src.Codec().(cluster.Keys)
	s := graphtest.Stored(t, src, src.Codec())
	for name, rules := range map[string][]string{"none_ignorecoinjoin": {"generic"}, "none_withcoinjoin": nil} {
		r, err := cluster.Build(t.Context(), s, k, cluster.Params{Rules: rules, Keys: true})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range r.Clusters {
			var line []string
			for _, m := range r.Members(c.Root) {
				if k.Kind(s.AccountKey(m)) == cluster.KindData {
					continue
				}
				a, _ := s.AccountName(m)
				line = append(line, strings.SplitN(string(a), ":", 2)[0])
			}
			if slices.Sort(line); len(line) > 0 {
				got = append(got, strings.Join(line, " "))
			}
		}
		want, err := os.ReadFile(filepath.Join(data, "golden", "cluster_"+name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for l := range strings.Lines(string(want)) {
			var line []string
			for _, m := range strings.Fields(l) {
				kind, a, _ := strings.Cut(m, ":")
				if kind == "multisig" {
					a = kind
				}
				line = append(line, a)
			}
			slices.Sort(line)
			lines = append(lines, strings.Join(line, " "))
		}
		slices.Sort(got)
		slices.Sort(lines)
		if d := cmp.Diff(lines, got); d != "" {
			t.Errorf("%s (-BlockSci +ours):\n%s", name, d)
		}
	}
}
