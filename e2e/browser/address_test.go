package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	loot  = "/address/eip155%3A1/0x47666fab8bd0ac7003bce3f5c3585383f09486e2?from=bybit-2025"
	layer = "/address/eip155%3A1/0xdd90071d52f20e85c89802e5dc1ec0a7b6475f92?from=bybit-2025"
)

type activity struct {
	Assets []struct {
		Asset    string
		In, Out  int
		Received string
	}
	Alike []string
}

func TestAddress(t *testing.T) {
	walk(t, []journey{
		{"what an address did", loot, func(b *tab) {
			b.sees("main", "transfers, the newest first")
			a := ask[activity](b.TB, served.server, "/addresses/eip155:1/0x47666fab8bd0ac7003bce3f5c3585383f09486e2?from=bybit-2025")
			rows := b.table("What it did")
			b.equal("assets", len(rows), len(a.Assets))
			for i, x := range a.Assets {
				b.equal("transfers in of "+x.Asset, rows[i][4], x.In)
				b.equal("transfers out of "+x.Asset, rows[i][5], x.Out)
			}
			b.until("the balance is drawn", `document.querySelector(".plot svg .line")?.getBBox().width > 100`)
		}},
		{"transfers both ways, in, and out", layer, func(b *tab) {
			both := transfersOf(b)
			counted := func(way string) int {
				b.click(".seg input[value=" + way + "]")
				b.until("the transfers "+way, `location.search.includes("way=`+way+`") && document.body.innerText.includes(" `+way+`, of `+count(both)+` transfers both ways")`)
				return transfersOf(b)
			}
			in, out := counted("in"), counted("out")
			if in == 0 || out == 0 || in+out != both {
				b.Errorf("%d in, %d out, %d both ways", in, out, both)
			}
		}},
		{"neighbours are expanded into the picture", layer, func(b *tab) {
			b.until("neighbours", `document.querySelectorAll(".drawn .box").length > 2`)
			before := b.number(".drawn .box")
			b.until("one to expand", `document.querySelector(".drawn .plus")`)
			eval[bool](b, `document.querySelector(".drawn .plus").dispatchEvent(new MouseEvent("click", { bubbles: true }))`)
			b.until("the URL", `location.search.includes("open=0x")`)
			b.until("more accounts", `document.querySelectorAll(".drawn .box").length > `+count(before))
			b.visit(b.url())
			b.until("as many in the same place", `document.querySelectorAll(".drawn .box").length > `+count(before))
			svg := b.keeps(func() { b.press(".drawn button", "SVG") })
			if !strings.Contains(svg.Text, "</svg>") {
				b.Error("no picture to keep")
			}
			link := eval[string](b, `(() => { const a = document.querySelector(".drawn .box:not(.centre) a"), to = a.getAttribute("href"); a.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })); return to; })()`)
			b.until("the neighbour's page", `location.pathname + location.search === `+quote(link))
			b.sees("main", "What it did")
		}},
		{"a double is told at once", layer, func(b *tab) {
			b.sees("[role=note]", "Look twice.")
			b.sees("[role=note]", "0xdd901921594c5ba04c5971295db8931073365f92")
			if b.number("[role=note] mark") < 2 {
				b.Error("the ends that agree are not marked")
			}
		}},
		{"tags say who says so", "/address", func(b *tab) {
			b.write("#subject", "0xd90e2f925da726b50c4ed8d0fb90ad053324f31b")
			b.press("button", "Look up")
			b.sees("main", "A trace on eip155:1 stops here")
			rows := b.table("Who is said to be behind it")
			if len(rows) == 0 || rows[0][4] == "" || !strings.Contains(rows[0][0], "Tornado") {
				b.Errorf("no tag with a source: %q", rows)
			}
		}},
		{"a slip in an address is found by its checksum", "/address?subject=0xd90e2f925da726b50c4ed8d0fb90ad053324f31B", func(b *tab) {
			b.sees("[role=alert]", "wrong checksum")
			b.write("#subject", "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b")
			b.press("button", "Look up")
			b.sees("main", "its checksum holds")
			b.gone("main", "wrong checksum")
		}},
		{"an address that the data lacks", "/address", func(b *tab) {
			b.expects(`status of 4\d\d`)
			b.write("#subject", "0x0000000000000000000000000000000000000bad")
			b.press("button", "Look up")
			b.sees("main", "No tag stands on it")
			b.choose("#where", "bybit-2025\neip155:1")
			b.press("button", "Look up")
			b.sees("[role=alert]", "0x0000000000000000000000000000000000000bad")
			b.press("a", "Ask the books of tags instead")
			b.sees("main", "No tag stands on it")
		}},
	})
}

// TestAddressOfAStore: no double of an account is looked for in a store, and the page
// says so; in a case inside every transfer is compared.
func TestAddressOfAStore(t *testing.T) {
	dir := t.TempDir()
	text, store := filepath.Join(dir, "l.txt"), filepath.Join(dir, "store")
	if err := os.WriteFile(text, []byte("ledger x:1 account native EUR\nasset EUR EUR decimals 2\nm0 2026-03-01T00:00Z Z > H 5 EUR\nm1 2026-03-01T00:01Z Z > H 2 EUR\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "ingest", "text", text, "--store", store)
	b := empty(t, another(t, "--store", store), desk)
	b.visit("/address/x%3A1/H?from=store")
	b.sees("main p", "not looked for in the store: 2 transfers were not compared")
	b.sees("main", "2 transfers, the newest first")
	b.visit(loot)
	b.sees("main", "transfers, the newest first")
	b.gone("main p", "not compared")
}

// transfersOf is how many transfers the page counts.
func transfersOf(b *tab) int {
	b.Helper()
	b.sees("section.table header", "the newest first")
	return eval[int](b, `parseInt([...document.querySelectorAll("section.table header strong")].find((e) => e.textContent.includes("the newest first")).textContent.replaceAll(",", ""))`)
}
