package browser

import (
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp/kb"
)

// millions writes dollars as the page does: millions with one digit, half up.
func millions(usd string) string {
	whole, ok := new(big.Int).SetString(strings.SplitN(usd, ".", 2)[0], 10)
	if !ok {
		return "not known"
	}
	tenths := whole.Add(whole, big.NewInt(50_000)).Div(whole, big.NewInt(100_000)).String()
	for len(tenths) < 2 {
		tenths = "0" + tenths
	}
	return "$" + grouped(tenths[:len(tenths)-1]) + "." + tenths[len(tenths)-1:] + " million"
}

func grouped(n string) string {
	for i := len(n) - 3; i > 0; i -= 3 {
		n = n[:i] + "," + n[i:]
	}
	return n
}

// total is what the messages of a case come to, in cents.
type total struct{ Attempted, Credited, Returned string }

func totalOf(b *tab, name string) total {
	b.Helper()
	all := ask[struct{ Totals []total }](b.TB, served.server, "/cases/"+name+"/payments?limit=1").Totals
	if len(all) != 1 {
		b.Fatalf("%s has %d currencies", name, len(all))
	}
	return all[0]
}

func (t total) said() string {
	return usd(t.Attempted) + " attempted, " + usd(t.Credited) + " credited, " + usd(t.Returned) + " returned"
}

// usd writes cents as the page does; the cases inside have whole dollars.
func usd(cents string) string { return grouped(strings.TrimSuffix(cents, "00")) + " USD" }

type sums struct {
	Front struct {
		All, With_coincheck, Without_coincheck sum
	}
	Header struct{ Incidents, Claims int }
}

type sum struct {
	Attempted, Left_control, Net struct{ USD string }
	N                            int
}

func TestHome(t *testing.T) {
	walk(t, []journey{
		{"both readings of Coincheck are the study's", "/", func(b *tab) {
			s := ask[sums](b.TB, served.server, "/study")
			for title, want := range map[string]sum{"Everybody": s.Front.All, "North Korea, with Coincheck": s.Front.With_coincheck, "North Korea, without Coincheck": s.Front.Without_coincheck} {
				b.sees("[aria-labelledby=study] .card", title+" "+millions(want.Left_control.USD))
				b.sees("[aria-labelledby=study] .card", fmt.Sprintf("%s %s %d incidents", title, millions(want.Left_control.USD), want.N))
			}
			if s.Front.With_coincheck.Left_control == s.Front.Without_coincheck.Left_control {
				b.Error("the two readings are one")
			}
			b.press("[aria-labelledby=study] a.whole", millions(s.Front.With_coincheck.Left_control.USD))
			b.sees("dialog", "claims")
		}},
		{"the four questions are answered, and lead to the evidence", "/", func(b *tab) {
			b.sees(".answers", "Out of 0xdd90071d")
			b.sees(".answers", "imitates")
			b.press(".answers a", "98,055 ETH")
			b.sees("section.table header", "93 places in ETH")
			b.equal("where one is", b.url(), second)
			b.visit("/")
			b.press(".answers a", "Which address imitates which?")
			b.until("the focus on the doubles", `document.activeElement?.id === "alike"`)
			b.visit("/")
			b.press(".answers a", "What would the guard have said?")
			b.sees("h2", "Bybit")
			b.sees(".story", "The bytes that were signed")
		}},
		{"every case has its card, and opens", "/", func(b *tab) {
			cases := ask[struct {
				Records []struct{ Name, Title string }
			}](b.TB, served.server, "/cases").Records
			b.until("all cards", `document.querySelectorAll("[aria-labelledby=cases] .card").length === `+count(len(cases)))
			b.press("[aria-labelledby=cases] a.whole", "LuBian")
			b.sees("section.table header", "372 places in BTC")
		}},
		{"cards of bank messages say what was attempted", "/", func(b *tab) {
			for _, c := range []struct{ name, title string }{{"bangladesh-2016", "Bangladesh Bank"}, {"union-bank-india-2016", "Union Bank of India"}, {"austro-2015", "Banco del Austro"}, {"bancomext-2018", "Bancomext"}} {
				t := totalOf(b, c.name)
				b.until("the card of "+c.name, `[...document.querySelectorAll("[aria-labelledby=cases] .card")].some((e) => e.innerText.includes(`+quote(c.title)+`) && e.innerText.includes(`+quote(t.said())+`))`)
			}
			b.gone("[aria-labelledby=cases] .card", "could not be")
		}},
		{"a place that is none says so", "/nowhere", func(b *tab) {
			b.sees("main", "There is no page at this address")
			b.press("main a", "Begin at home")
			b.sees("h1", "Follow stolen money")
		}},
		{"the theme is kept", "/", func(b *tab) {
			ground := `getComputedStyle(document.body).backgroundColor`
			light := eval[string](b, ground)
			b.choose("header select", "dark")
			b.until("another ground", ground+" !== "+quote(light))
			dark := eval[string](b, ground)
			b.visit("/docs/limits")
			b.equal("the ground after a reload", eval[string](b, ground), dark)
			b.choose("header select", "auto")
			b.until("the first ground", ground+" === "+quote(light))
		}},
	})
}

// TestCaseThatCannotBeRead: a case file that broke while the server runs is named in
// both lists, and its page says why.
func TestCaseThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "mine.yaml")
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("l.txt", "ledger x:1 account native EUR\nasset EUR EUR decimals 2\nm0 Z > H 5 EUR\n")
	write("mine.yaml", "version: coldtrail/case/v1\ntitle: my own\nledgers:\n  - {path: l.txt, format: text}\n")
	b := empty(t, another(t, "--case", file), desk)
	b.visit("/trail")
	b.sees("main h2", "my own")
	b.gone("[role=note]", "cannot be read")
	write("mine.yaml", "version: nothing that is known\n")
	b.expects(`status of (4|5)\d\d`)
	b.visit("/")
	b.sees("[aria-labelledby=cases] [role=note]", "1 case that cannot be read now, mine.")
	b.visit("/trail")
	b.press("[role=note] a", "mine")
	b.sees("[role=alert]", "mine.yaml")
}

// TestKeyboard goes from home to the certificate of a place without a mouse.
func TestKeyboard(t *testing.T) {
	b := open(t, "/", desk)
	b.sees(".answers", "Out of 0xdd90071d")
	b.settled()
	b.tabTo("the skip link", `a.matches(".skip")`)
	b.tabTo("the first answer", `a.matches(".answers a")`)
	b.keys(kb.Enter)
	b.sees("main", "The places")
	b.settled()
	b.tabTo("a bar of the picture", `a.matches(".flow .node")`)
	for range 3 {
		b.keys(kb.ArrowRight)
	}
	b.until("a bar further right", `document.activeElement?.matches(".flow .node")`)
	b.tabTo("a place of the table", `a.matches("[aria-labelledby=places-title] tbody th button")`)
	if outline := eval[string](b, `getComputedStyle(document.activeElement).outlineStyle`); outline == "none" {
		b.Error("the focus is not seen")
	}
	b.keys(kb.Enter)
	b.sees("dialog", "Why no rule can say otherwise")
	if !eval[bool](b, `document.querySelector("dialog").contains(document.activeElement)`) {
		b.Error("the focus is not in the drawer")
	}
	b.keys(kb.Escape)
	b.until("the focus where it was", `!document.querySelector("dialog[open]") && document.activeElement?.matches("[aria-labelledby=places-title] tbody th button")`)
}

// tabTo presses Tab until what has the focus, a, is what is meant.
func (b *tab) tabTo(what, condition string) {
	b.Helper()
	for range 400 {
		b.keys(kb.Tab)
		if eval[bool](b, `((a) => Boolean(a && a !== document.body && (`+condition+`)))(document.activeElement)`) {
			return
		}
	}
	b.Fatalf("400 presses of Tab do not reach %s; at %s", what, eval[string](b, `document.activeElement.outerHTML.slice(0, 200)`))
}

// TestPrint prints every page on A4: nothing is cut off at the side, no table is in a
// box that scrolls.
func TestPrint(t *testing.T) {
	for i, p := range places {
		if testing.Short() && i%3 != 1 {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			b := open(t, p.path, look{794, 1123, false})
			b.sees(p.selector, p.text)
			b.settled()
			if err := called(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
				t.Fatal(err)
			}
			if heads := eval[int](b, `[...document.querySelectorAll("thead th")].filter((e) => e.checkVisibility() && e.textContent.trim() && !e.innerText.trim()).length`); heads > 0 {
				t.Errorf("%d heads of columns are not printed", heads)
			}
			for _, cut := range eval[[]string](b, `[...document.querySelectorAll("table, pre, main p")].filter((e) => e.checkVisibility() && !e.closest(".sr")).flatMap((e) => {
				const r = e.getBoundingClientRect(), out = [];
				if (r.right > innerWidth + 1) out.push(e.tagName + " ends at " + Math.round(r.right) + ": " + e.textContent.slice(0, 60));
				for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
					const s = getComputedStyle(p);
					if ((s.overflowX === "auto" || s.overflowX === "scroll" || s.overflowX === "hidden") && p.scrollWidth > p.clientWidth + 1 && p.clientWidth > 0) out.push(e.tagName + " is cut by ." + p.className + ", " + p.scrollWidth + " in " + p.clientWidth);
					if ((s.overflowY === "auto" || s.overflowY === "scroll") && p.scrollHeight > p.clientHeight + 1) out.push(e.tagName + " is cut below by ." + p.className);
				}
				return out;
			}).slice(0, 5)`) {
				t.Error(cut)
			}
		})
	}
}
