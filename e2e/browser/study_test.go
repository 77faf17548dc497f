package browser

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// front is the first table of the study, as the API's figures would fill it.
func front(b *tab, query string) [][]string {
	b.Helper()
	type share struct {
		Permille int
		Known    bool
	}
	s := ask[struct {
		Front struct {
			All, With_coincheck, Without_coincheck, With_every_disputed, Without_any_disputed sum
			Share_with_coincheck, Share_without_coincheck                                     share
		}
	}](b.TB, served.server, "/study?"+query)
	f := s.Front
	var out [][]string
	for i, x := range []sum{f.All, f.With_coincheck, f.Without_coincheck, f.With_every_disputed, f.Without_any_disputed} {
		words := ""
		if i == 1 || i == 2 {
			p := []share{f.Share_with_coincheck, f.Share_without_coincheck}[i-1]
			words = fmt.Sprintf("%d.%d %%", p.Permille/10, p.Permille%10)
			if !p.Known {
				words = "n/a"
			}
		}
		out = append(out, []string{millions(x.Attempted.USD), millions(x.Left_control.USD), millions(x.Net.USD), fmt.Sprint(x.N), words})
	}
	return out
}

// fronted waits until the first table holds the figures of a question.
func (b *tab) fronted(query string) {
	b.Helper()
	want := front(b, query)
	b.sees("section.table", "The period, in dollars")
	b.until("the figures of "+query, `JSON.stringify([...[...document.querySelectorAll("table")].find((t) => t.caption?.textContent === "The period, in dollars").tBodies[0].rows].map((r) => [...r.cells].slice(1).map((c) => c.innerText.replace(/\s+/g, " ").trim()))) === `+quote(jsonOf(want)))
}

func TestStudy(t *testing.T) {
	walk(t, []journey{
		{"the figures follow every setting", "/study", func(b *tab) {
			b.fronted("")
			q := url.Values{}
			for _, s := range []struct{ name, value string }{{"basis", "net"}, {"min_confidence", "high"}, {"disputed", "exclude"}, {"basis", "attempted"}} {
				b.choose("#set-"+s.name, s.value)
				q.Set(s.name, s.value)
				b.until("the URL", `location.search.includes(`+quote(s.name+"="+s.value)+`)`)
				b.settled()
				b.fronted(q.Encode())
			}
			b.press("button", "Undo all changes")
			b.until("the URL", `!location.search.includes("basis")`)
			b.fronted("")
		}},
		{"a day in the past takes rows away, and says which", "/study", func(b *tab) {
			b.fronted("")
			b.write("#set-as_known_on", "2018-06-30")
			b.sees("summary", "The last change")
			b.settled()
			b.fronted("as_known_on=2018-06-30")
			went := eval[int](b, `parseInt(/(\d+) went/.exec(document.querySelector("details.panel summary").textContent)[1])`)
			b.equal("rows that went, listed", eval[int](b, `[...document.querySelectorAll("details.panel li .badge")].filter((e) => e.textContent.endsWith("went")).length`), went)
			if went == 0 {
				b.Error("nothing went")
			}
		}},
		{"what counts is ticked", "/study", func(b *tab) {
			b.fronted("")
			b.press(".policy label.check", "near miss")
			b.until("the URL", `location.search.includes("scope=theft%2Cnear_miss")`)
			b.sees("summary", "The last change")
			b.settled()
			b.fronted("scope=theft,near_miss")
			if !strings.Contains(b.text("details.panel summary"), "came") || strings.Contains(b.text("details.panel summary"), " 0 rows came") {
				b.Errorf("no row came: %q", b.text("details.panel summary"))
			}
		}},
		{"a period in which nothing was stolen", "/study?from=2035-01-01&to=2035-12-31", func(b *tab) {
			b.sees("table.tops tfoot", "0 of 0")
			b.press("[role=tab]", "Incidents")
			b.sees("section.table header", "0 incidents that count")
		}},
		{"a number opens its claims and sources", "/study", func(b *tab) {
			b.press("button.link.num", "$")
			b.sees("dialog", "Behind the number")
			b.until("claims", `document.querySelector("dialog h3")`)
			n := strings.TrimPrefix(b.url(), "/study?number=")
			a := ask[struct {
				Rows   []string
				Behind []struct{ ID string }
			}](b.TB, served.server, "/study/numbers/"+n)
			b.equal("incidents", b.number("dialog ul.row li"), len(a.Rows))
			b.sees("dialog h3", fmt.Sprintf("%s claims", grouped(fmt.Sprint(len(a.Behind)))))
			if !strings.Contains(b.text("dialog"), "sources") {
				b.Error("no source")
			}
			b.click("dialog ul.row button")
			b.sees("dialog dt", "Victim")
			b.sees("dialog h3", "each by its sources")
		}},
		{"every incident of the register counts or is left out, once", "/study?tab=incidents", func(b *tab) {
			b.sees("section.table header", "left out, with reasons")
			s := ask[struct {
				Header         struct{ Incidents int }
				Rows, Excluded []struct{ ID string }
			}](b.TB, served.server, "/study?parts=rows,excluded")
			counts, out, blank := map[string]bool{}, map[string]bool{}, map[string]bool{}
			for _, r := range s.Rows {
				counts[r.ID] = true
			}
			for _, r := range s.Excluded {
				if counts[r.ID] {
					blank[r.ID] = true
				} else {
					out[r.ID] = true
				}
			}
			b.equal("incidents of the register", len(counts)+len(out), s.Header.Incidents)
			if len(blank) == 0 {
				b.Error("no incident counts without an amount: this test needs one")
			}
			b.sees("section.table header", count(len(counts))+" incidents that count")
			b.sees("section.table header", fmt.Sprintf("%d incidents left out, with reasons; and %d of those that count, without an amount", len(out), len(blank)))
		}},
		{"an incident opens from the table", "/study?tab=incidents", func(b *tab) {
			b.press("th button.link", "Coincheck")
			b.sees("dialog", "Coincheck")
			b.sees("dialog h3", "claims, each by its sources")
			if b.number("dialog a[href^=http]") == 0 {
				b.Error("no source leads to the web")
			}
			if strings.Contains(b.text("dialog"), "undefined") || strings.Contains(b.text("dialog"), "[object") {
				b.Error("the drawer holds what is no text")
			}
		}},
		{"the article is checked", "/study?tab=claims", func(b *tab) {
			a := ask[struct {
				Claims []struct{ ID, Verdict string }
			}](b.TB, served.server, "/claims")
			b.until("all claims", `document.querySelectorAll("ol li.card").length === `+count(len(a.Claims)))
			words := map[string]string{"reproduced": "true however one counts", "reproduced_only_under": "true only under some policies", "contradicted": "true under no policy", "not_testable": "the register cannot be asked"}
			for i, c := range b.texts("ol li.card") {
				if want := words[a.Claims[i].Verdict]; want == "" || !strings.Contains(c, want) {
					b.Errorf("claim %s is %s; the page says %q", a.Claims[i].ID, a.Claims[i].Verdict, short(c))
				}
			}
		}},
		{"claims of one's own, with a fault", "/study?tab=claims", func(b *tab) {
			b.expects(`status of 4\d\d`)
			b.tick("check a file of my own")
			b.write("#own", "document: {title: Mine}\nclaims:\n  - {id: c1, nonsense: 3}\n")
			b.press("button", "Check it")
			b.sees("[role=alert]", "nonsense")
			b.write("#own", "\tnot: [yaml")
			b.press("button", "Check it")
			b.until("another fault", `!document.querySelector("[role=alert]")?.textContent.includes("nonsense") && document.querySelector("[role=alert]")`)
			b.tick("check a file of my own")
			b.sees("main", "more than half of the ten largest")
		}},
		{"the pictures are drawn, and their tables saved", "/study", func(b *tab) {
			b.fronted("")
			eval[bool](b, `(document.querySelector("figure img").scrollIntoView(), true)`)
			b.until("a picture", `document.querySelector("figure img").naturalWidth > 100`)
			if csv := b.linked("figure a", "CSV"); strings.Count(csv, "\n") < 5 {
				b.Errorf("no table: %s", short(csv))
			}
			if svg := b.linked("figure a", "SVG"); !strings.Contains(svg, "<svg") || strings.Contains(svg, "<script") {
				b.Errorf("no picture: %s", short(svg))
			}
		}},
	})
}
