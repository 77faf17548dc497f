package browser

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// planted are what thieves and spammers write: each wants to be something else than
// text. What of it is seen, in the words of the page, stands beside.
var planted = []struct{ text, seen string }{
	{`<script>window.hacked=1</script>`, `<script>window.hacked=1</script>`},
	{`"><img src=x onerror=window.hacked=2>`, `"><img src=x onerror=window.hacked=2>`},
	{"\u202egnp.exe", "U+202Egnp.exe"},
	{"Bin\u200bance", "BinU+200Bance"},
	{strings.Repeat("A", 10_000), strings.Repeat("A", 12)},
	{"שלום", "שלום"},
	{"💰👩\u200d👩\u200d👧", "💰👩U+200D👩U+200D👧"},
	{"=HYPERLINK(\"http://evil.example\")", "=HYPERLINK("},
	{"</title><svg onload=window.hacked=4>", "</title><svg onload=window.hacked=4>"},
}

// evil writes a case whose every text field is hostile, and a pack of tags.
func evil(t *testing.T) (file, pack, table string) {
	dir := t.TempDir()
	var data strings.Builder
	w := csv.NewWriter(&data)
	_ = w.Write([]string{"tx", "when", "from", "to", "amount", "contract", "symbol"})
	var seeds, tags strings.Builder
	for i, p := range planted {
		_ = w.Write([]string{fmt.Sprintf("t%d", 2*i), fmt.Sprintf("2026-03-01T%02d:00:00Z", i), "vault", p.text, "1000", "", ""})
		_ = w.Write([]string{fmt.Sprintf("t%d", 2*i+1), fmt.Sprintf("2026-03-01T%02d:10:00Z", i), "vault", p.text, "7", fmt.Sprintf("c%d", i), p.text})
		fmt.Fprintf(&seeds, "      - mark: t%d\n      - mark: t%d\n", 2*i, 2*i+1)
		fmt.Fprintf(&tags, "  - accounts: [%s]\n    label: %s\n    entity: %s\n    confidence: web_crawl\n    source: %s\n", quote(p.text), quote(p.text), quote("e"+p.text), quote("javascript:window.hacked=3 "+p.text))
	}
	w.Flush()
	table = data.String()
	a, c := planted[0].text+planted[2].text, planted[1].text+planted[3].text
	text := fmt.Sprintf(`version: coldtrail/case/v1
title: %s
summary: %s
sources: [{url: "javascript:window.hacked=3", what: %[2]s}]
ledgers:
  - id: mine:demo
    path: data.csv
    format: table
    mapping:
      columns: {tx: tx, from: from, to: to, amount: amount, time: when, contract: contract, asset: symbol}
      unit: atomic
      time: rfc3339
      decimals: 0
      token_namespace: token
      native: {id: EUR, symbol: %[2]s, decimals: 2}
thefts:
  - name: %[1]s
    why: %[2]s
    seeds:
%[3]stags:
%[4]sgroups:
  - {name: %[2]s, kinds: [held, edge]}
expect:
  - {check: note, title: %[1]s, text: %[2]s, source: "javascript:window.hacked=3"}
`, quote(a), quote(c), seeds.String(), tags.String())
	labels := &strings.Builder{}
	fmt.Fprintf(labels, "title: %s\ncreator: %s\nnetwork: ETH\nsource: %s\nconfidence: web_crawl\nlastmod: 2026-01-01\ntags:\n", quote(a), quote(c), quote("javascript:window.hacked=3"))
	for _, p := range planted {
		fmt.Fprintf(labels, "  - {address: \"0x1111111111111111111111111111111111111111\", label: %s}\n", quote(p.text))
	}
	for name, s := range map[string]string{"case.yaml": text, "data.csv": table, "pack.yaml": labels.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "case.yaml"), filepath.Join(dir, "pack.yaml"), table
}

// harmless checks that nothing planted became more than text: no script ran, no
// element and no attribute came of it, and nothing that is not seen is left unwritten.
func (b *tab) harmless() {
	b.Helper()
	for _, f := range eval[[]string](b, `(() => {
		const out = [];
		if (window.hacked !== undefined) out.push("a script ran: " + window.hacked);
		const odd = /[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff\u0000]/;
		for (const e of document.querySelectorAll("*")) {
			const own = e.closest("main, header, footer, head") || e === document.documentElement || e === document.body || e.parentElement === document.body || e.id === "app" || e.parentElement?.id === "app";
			if (!own) out.push("an element outside of the page: " + e.outerHTML.slice(0, 100));
			if (/^(iframe|object|embed|base|form)$/i.test(e.localName) && e.localName !== "form" || (e.localName === "script" && !e.src.startsWith(location.origin + "/assets/")) || (e.localName === "img" && !e.src.startsWith(location.origin + "/api/"))) out.push("an element: " + e.outerHTML.slice(0, 100));
			for (const a of e.attributes) {
				if (/^on/i.test(a.name)) out.push("an attribute: " + a.name + "=" + a.value.slice(0, 80));
				if (/^\s*(javascript|data|vbscript):/i.test(a.value) && /^(href|src|action|formaction|xlink:href)$/.test(a.name)) out.push("a link: " + a.value.slice(0, 80));
				if (odd.test(a.value) && !/^(href|value|data-id|src)$/.test(a.name)) out.push("what is not seen in " + e.localName + " " + a.name + ": " + JSON.stringify(a.value.slice(0, 80)));
			}
		}
		const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
		while (walk.nextNode()) if (odd.test(walk.currentNode.data)) out.push("what is not seen in a text: " + JSON.stringify(walk.currentNode.data.slice(0, 80)) + " in " + walk.currentNode.parentElement.outerHTML.slice(0, 80));
		return out.slice(0, 8);
	})()`) {
		b.Error(f)
	}
}

func TestHostile(t *testing.T) {
	file, pack, table := evil(t)
	s := another(t, "--case", file, "--tags", pack)
	c := ask[struct {
		Records []struct{ Name, Title string }
	}](t, s, "/cases")
	name := ""
	for _, x := range c.Records {
		if strings.Contains(x.Title, "hacked") {
			name = x.Name
		}
	}
	if name == "" {
		t.Fatal("the hostile case is not there")
	}
	trail := "/trail/" + url.PathEscape(name)
	id := trailOf(t, s, name)
	on := func(what, path string, use func(*tab)) {
		t.Run(what, func(t *testing.T) {
			b := empty(t, s, desk)
			b.visit(path)
			use(b)
			b.settled()
			b.harmless()
			if wide := eval[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 1 {
				t.Errorf("the page is %d pixels wider than the screen", wide)
			}
		})
	}
	all := func(b *tab, selector string) {
		for _, p := range planted {
			b.sees(selector, strings.Join(strings.Fields(p.seen), " "))
		}
	}
	on("home", "/", func(b *tab) { b.sees(".card", planted[0].seen+planted[2].seen); b.sees(".card", planted[1].seen) })
	on("trail", trail, func(b *tab) {
		b.sees("h1", planted[0].seen+planted[2].seen)
		b.sees("main", "The places")
		b.until("bars", `document.querySelector(".flow .node .body[height]")`)
		b.sees("[aria-labelledby=checks]", planted[1].seen)
		all(b, "[aria-labelledby=places-title]")
		b.write(".notes input", planted[0].text+planted[2].text)
		b.press(".notes button", "Add")
		b.sees(".notes li", planted[0].seen+planted[2].seen)
	})
	on("places", trail, func(b *tab) {
		b.sees("main", "The places")
		for i := range planted {
			b.click(fmt.Sprintf("[aria-labelledby=places-title] tbody tr:nth-child(%d) th button", i+1))
			b.sees("dialog", "Why no rule can say otherwise")
			b.press("dialog summary", "The same in words")
			b.harmless()
			b.click("dialog[open] button[aria-label=Close]")
		}
	})
	on("tokens", trail, func(b *tab) {
		b.sees("main", "nobody vouches for")
		for i := range planted {
			b.choose(".switch label select", fmt.Sprintf("mine:demo/token:c%d", i))
			b.until("the picture", `location.search.includes("c`+count(i)+`") && document.querySelector(".flow .node .body[height]")`)
			b.harmless()
		}
	})
	on("graph", trail+"?show=graph", func(b *tab) { b.until("the graph", `document.querySelector(".graph canvas")`) })
	on("tags", "/address?subject=0x1111111111111111111111111111111111111111", func(b *tab) { all(b, "section.table") })
	for i, p := range planted[:4] {
		on("address "+count(i), "/address/mine%3Ademo/"+url.PathEscape(p.text)+"?from="+url.QueryEscape(name), func(b *tab) { b.sees("h1", p.seen); b.sees("main", "the newest first") })
	}
	on("builder", "/build", func(b *tab) {
		b.drop("<img src=x onerror=window.hacked=5>.csv", table)
		all(b, "main table")
		b.sees(".drop", "<img src=x")
	})
	on("search", "/docs?q="+url.QueryEscape(planted[0].text), func(b *tab) { b.sees("h1", planted[0].seen) })
	on("guard", "/guard", func(b *tab) {
		b.expects(`status of 4\d\d`)
		b.write("#wallet", planted[1].text)
		b.write("#bytes", planted[0].text)
		b.press("button", "Check before signing")
		b.sees("[role=alert]", "not JSON")
	})
	on("claims", "/study?tab=claims&own=1", func(b *tab) {
		b.expects(`status of 4\d\d`)
		b.write("#own", "document: "+quote(planted[0].text)+"\n"+quote(planted[1].text)+": 1\n")
		b.press("button", "Check it")
		b.sees("[role=alert]", "status 4")
	})
	for _, f := range []string{"html", "sankey", "timeline"} {
		t.Run("exported "+f, func(t *testing.T) {
			// What is exported is opened from disk, where no server's policy protects it.
			out := filepath.Join(t.TempDir(), map[string]string{"html": "out.html", "sankey": "out.svg", "timeline": "out.svg"}[f])
			command(t, "trace", "--case", file, "--format", f, "--out", out)
			b := empty(t, &server{base: "file://" + filepath.Dir(out)}, desk)
			b.leads("/" + filepath.Base(out))
			if n := eval[int](b, `(window.hacked === undefined ? 0 : 1) + [...document.querySelectorAll("script, img, iframe, object, [onerror], [onload], [href^='javascript:']")].filter((e) => e.localName !== "script" || e.src || e.textContent.includes("hacked")).length`); n > 0 {
				t.Errorf("%d elements or scripts came of what was planted: %s", n, eval[string](b, `document.querySelector("img, iframe, object, [onerror], [onload], [href^='javascript:']")?.outerHTML.slice(0, 300) ?? "a script"`))
			}
			if text := eval[string](b, `document.documentElement.textContent`); !strings.Contains(text, "window.hacked=1") || strings.ContainsAny(text, "\u202e\u200b") {
				t.Error("what was planted does not stand there as text, or stands there unseen")
			}
		})
	}
	t.Run("saved picture", func(t *testing.T) {
		b := empty(t, s, desk)
		b.visit(trail)
		b.until("bars", `document.querySelector(".flow .node .body[height]")`)
		svg := b.keeps(func() { b.press("[aria-label='Save the picture'] button", "SVG") })
		if strings.ContainsAny(svg.Text, "\u202e\u200b") || strings.Contains(svg.Text, "<script") || strings.Contains(svg.Text, "<img") {
			t.Errorf("the picture holds what was planted: %s", short(svg.Text))
		}
	})
	if got := ask[struct{ State string }](t, s, "/trails/"+id).State; got != "done" {
		t.Errorf("the server is not well afterwards: %s", got)
	}
}
