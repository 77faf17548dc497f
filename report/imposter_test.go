package report

import (
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
)

// TestSwapsIntoImposters checks that the end of a conversion is marked when what was
// got imitates a known symbol, and the one into the known asset is not.
func TestSwapsIntoImposters(t *testing.T) {
	doc, err := ledger.ParseText("swaps.txt", strings.NewReader("ledger test account native ETH\nloot victim > a 100 ETH\nu x > y 1 USDT\ns1 a > p 40 ETH for 9 USDТ\ns2 a > p 30 ETH for 9 USDT\ntheft Loot loot\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range doc.Ledger.Assets {
		doc.Ledger.Assets[i].Known = a.Symbol != "USDТ"
	}
	p := flowOf(t, run(t, "swaps", doc), PictureOptions{Asset: "ETH"})
	got := map[string]string{}
	for _, n := range p.Nodes {
		if n.Kind == "converted" {
			got[n.Label] = n.Imposter
		}
	}
	if len(got) != 2 || got["swap:s1"] != "USDT" || got["swap:s2"] != "" {
		t.Errorf("conversions imitate %q", got)
	}
}
