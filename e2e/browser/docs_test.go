package browser

import (
	"strings"
	"testing"
)

func TestDocs(t *testing.T) {
	walk(t, []journey{
		{"a word is searched, and its document opened", "/docs", func(b *tab) {
			b.write("#words", "look-alike")
			b.press("button", "Search")
			b.sees("h1", "look-alike")
			hits := ask[struct{ Total int }](b.TB, served.server, "/docs/search?q=look-alike").Total
			b.sees("[role=status]", count(hits)+" line")
			words := b.text("article ul.plain a")
			b.click("article ul.plain a")
			b.until("a document", `location.pathname.startsWith("/docs/") && document.querySelector("article h1")`)
			if h := b.text("article h1"); !strings.HasPrefix(words, h) {
				b.Errorf("%q led to %q", words, h)
			}
		}},
		{"a word that is nowhere", "/docs?q=xyzzyplugh", func(b *tab) {
			b.sees("[role=status]", "0 lines")
		}},
		{"every document opens, and its links lead somewhere", "/docs", func(b *tab) {
			all, there := ask[[]struct{ Path, Title string }](b.TB, served.server, "/docs"), map[string]bool{"/docs": true}
			for _, d := range all {
				there["/docs/"+d.Path] = true
			}
			for _, d := range all {
				b.click("nav[aria-label=Documents] a[href=" + quote("/docs/"+d.Path) + "]")
				b.until(d.Path, `location.pathname === "/docs/" + `+quote(d.Path)+` && document.title === `+quote(d.Title+" – coldtrail")+` && document.querySelector("article h1")`)
				for _, to := range eval[[]string](b, `[...document.querySelectorAll("article a[href]")].map((a) => a.getAttribute("href"))`) {
					page, _, _ := strings.Cut(to, "#")
					if !strings.HasPrefix(to, "http") && page != "" && !there[page] {
						b.Errorf("docs/%s leads to %q", d.Path, to)
					}
				}
			}
		}},
	})
}
