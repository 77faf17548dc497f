package browser

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

const (
	proceeds = "swap proceeds (not observed)"
	ether    = "eip155:1/slip44:60"
	second   = "/trail/bybit-2025?view=swap+proceeds+%28not+observed%29&asset=eip155%3A1%2Fslip44%3A60"
	layered  = second + "&limit=60"
)

// drawing is where the bars of the flow picture stand, and how high they are.
type drawing map[string]struct{ X, Y, H float64 }

func (b *tab) drawing() drawing {
	b.Helper()
	b.until("bars", `document.querySelector(".node .body[height]")`)
	return eval[drawing](b, `Object.fromEntries([...document.querySelectorAll(".flow .node")].map((g) => [g.dataset.id, { X: +g.querySelector(".hit").getAttribute("x"), Y: +g.querySelector(".hit").getAttribute("y"), H: +g.querySelector(".body").getAttribute("height") }]))`)
}

type picture struct {
	Nodes []struct {
		ID, Kind, Place, Lower, Upper, Alike string
		Ends                                 bool
		Hop                                  int
	}
	Folds []struct {
		Why string
		N   int
	}
}

func pictureOf(b *tab, name, view, asset, more string) picture {
	b.Helper()
	return ask[picture](b.TB, served.server, "/trails/"+trailOf(b.TB, served.server, name)+"/picture?view="+url.QueryEscape(view)+"&asset="+url.QueryEscape(asset)+more)
}

func TestTrail(t *testing.T) {
	walk(t, []journey{
		{"switching the policy moves widths and keeps places", layered, func(b *tab) {
			b.sees("main", "The places")
			before, caption := b.drawing(), b.table("93 places")
			b.click(".seg input[value=poison]")
			b.sees("section.table header", "under poison")
			b.until("the URL", `location.search.includes("policy=poison")`)
			after, moved := b.drawing(), 0
			b.equal("bars", len(after), len(before))
			for id, n := range before {
				m := after[id]
				if m.X != n.X || m.Y != n.Y {
					b.Errorf("bar %s went from %v,%v to %v,%v", id, n.X, n.Y, m.X, m.Y)
				}
				if m.H != n.H {
					moved++
				}
			}
			if moved == 0 {
				b.Error("no bar changed its height")
			}
			if now := b.table("93 places"); len(now) != len(caption) || jsonOf(now) == jsonOf(caption) {
				b.Errorf("the table did not change: %q", now[0])
			}
		}},
		{"every place has its bounds", layered, func(b *tab) {
			b.sees("main", "The places")
			want := 0
			for _, n := range pictureOf(b, "bybit-2025", proceeds, ether, "").Nodes {
				if n.Ends && n.Upper != "" {
					want++
				}
			}
			b.until("the picture", `document.querySelector(".node .body[height]")`)
			if got := b.number(".flow .name .gauge"); got != want || want == 0 {
				b.Errorf("%d gauges in the picture, %d ends with bounds", got, want)
			}
			rows, whiskers := eval[int](b, `document.querySelectorAll("[aria-labelledby=places-title] tbody tr").length`), b.number("[aria-labelledby=places-title] tbody tr svg.whisker[aria-label*='under'], [aria-labelledby=places-title] tbody tr svg.whisker[aria-label*='least'], [aria-labelledby=places-title] tbody tr svg.whisker[aria-label*='exactly']")
			b.equal("whiskers in the table", whiskers, rows)
		}},
		{"table and picture are linked", layered, func(b *tab) {
			b.sees("main", "The places")
			b.drawing()
			places := []string{}
			for _, n := range pictureOf(b, "bybit-2025", proceeds, ether, "").Nodes {
				if n.Place != "" {
					places = append(places, n.ID)
				}
			}
			place := eval[string](b, `(() => { const n = document.querySelector(".flow .node.ends[data-id='`+places[0]+`']"); n.dispatchEvent(new MouseEvent("click", { bubbles: true })); return n.getAttribute("aria-label").split("; ")[0]; })()`)
			b.until("the drawer", `document.querySelector("dialog[open]")`)
			b.until("the row", `document.querySelector("[aria-labelledby=places-title] tr.chosen")`)
			if row := b.text("[aria-labelledby=places-title] tr.chosen th"); !strings.HasPrefix(place, strings.SplitN(row, "…", 2)[0]) {
				b.Errorf("bar %q opened the row %q", place, row)
			}
			b.click("dialog[open] button[aria-label=Close]")
			b.until("no drawer", `!document.querySelector("dialog[open]")`)
			eval[bool](b, `document.querySelector("[aria-labelledby=places-title] tbody tr").dispatchEvent(new PointerEvent("pointerenter"))`)
			b.until("a bar that is lit by its row", `document.querySelector(".flow svg.pointed .node.lit")`)
			b.click("[aria-labelledby=places-title] tbody tr:nth-child(2) th button")
			b.until("the drawer of the row", `document.querySelector("dialog[open] h3")`)
			b.until("its bar", `document.querySelector(".flow .node.chosen")`)
		}},
		{"a place opens its hops and its certificate", "/trail/bangladesh-2016", func(b *tab) {
			b.sees("main", "The places")
			b.press("[aria-labelledby=places-title] th button", "CENTURYTEX")
			b.sees("dialog", "Why no rule can say otherwise")
			b.sees("dialog", "Movements into it")
			sums := eval[[]string](b, `[...document.querySelectorAll("dialog section.table")].filter((s) => s.querySelector("header strong").textContent.startsWith("Entries that add up")).map((s) => {
				const atoms = (t) => { const m = /^([\d,]+)(?:\.(\d+))?/.exec(t); return BigInt(m[1].replaceAll(",", "") + (m[2] ?? "").padEnd(18, "0")); };
				const want = atoms(s.querySelector("header strong").textContent.replace("Entries that add up to ", ""));
				const got = [...s.querySelectorAll("td.num .num")].reduce((n, e) => n + atoms(e.title), 0n);
				return want === got ? "" : want + " is not " + got;
			})`)
			if len(sums) == 0 {
				b.Error("no cut")
			}
			for _, s := range sums {
				if s != "" {
					b.Error("the entries of the certificate do not add up: ", s)
				}
			}
			if eval[int](b, `document.querySelectorAll("dialog section.table tbody tr").length`) < 2 {
				b.Error("no hops")
			}
			b.press("dialog summary", "The same in words")
			said := string(command(b.TB, "trace", "explain", "acct:RCBCPHMM:CENTURYTEX", "--case", "bangladesh-2016"))
			words := b.text("dialog pre.words")
			if line := strings.Join(strings.Fields(strings.SplitN(said, "\n", 2)[0]), " "); line == "" || !strings.Contains(words, line) {
				b.Errorf("the page says %q, the command %q", short(words), short(said))
			}
		}},
		{"a place shows who says what about it", "/trail/lubian-2020", func(b *tab) {
			b.sees("main", "The places")
			b.press("[aria-labelledby=places-title] tbody th button", "")
			b.sees("dialog", "Tags are claims: each has its source")
			if rows := b.table("Tags are claims"); len(rows) == 0 || rows[0][3] == "" {
				b.Errorf("a tag without a source: %q", rows)
			}
		}},
		{"time is brushed with the keyboard", layered, func(b *tab) {
			b.until("the brush", `document.querySelector(".brush input")`)
			before := len(b.drawing())
			eval[bool](b, `(document.querySelectorAll(".brush input")[1].focus(), true)`)
			for range 40 {
				b.keys(kb.ArrowLeft)
			}
			b.until("the URL", `location.search.includes("until=")`)
			b.until("fewer bars", `document.querySelectorAll(".flow .node").length < `+count(before))
			b.sees(".legend", "are left out by the filters")
			b.press("button", "All time")
			b.until("all bars", `document.querySelectorAll(".flow .node").length === `+count(before))
		}},
		{"what is hidden by filters is counted", layered, func(b *tab) {
			all := b.drawing()
			b.write("#min", "5000")
			b.until("the URL", `location.search.includes("min=5000000000000000000000")`)
			b.sees(".legend", "are left out by the filters")
			b.until("fewer bars", `document.querySelectorAll(".flow .node").length < `+count(len(all)))
			b.write("#min", "nonsense")
			b.sees(".wrong", "A number such as 0.5")
			b.write("#min", "99999999")
			b.sees("main", "No movement passes these filters")
			b.press("button", "Show all")
			b.until("all bars", `document.querySelectorAll(".flow .node").length === `+count(len(all)))
		}},
		{"hops and kinds are filtered", layered, func(b *tab) {
			b.drawing()
			b.write("#hops", "1")
			b.until("the URL", `location.search.includes("hops=1")`)
			want := pictureOf(b, "bybit-2025", proceeds, ether, "&hops=1")
			b.until("those of one hop", `document.querySelectorAll(".flow .node").length === `+count(len(want.Nodes)))
			for _, n := range want.Nodes {
				if n.Hop > 1 && !n.Ends {
					b.Errorf("%s is %d hops away", n.ID, n.Hop)
				}
			}
			b.write("#hops", "")
			b.visit("/trail/bangladesh-2016")
			b.until("chips", `document.querySelectorAll(".chip").length > 1`)
			b.press(".chip", "exit")
			b.until("no exit", `location.search.includes("kinds=") && document.querySelector(".flow .node") && !document.querySelector(".flow .node .k-exit")`)
			b.press(".chip", "exit")
			b.until("the exit again", `document.querySelector(".flow .node .k-exit")`)
		}},
		{"dust unfolds and folds", "/trail/bybit-2025?limit=60", func(b *tab) {
			folded := len(b.drawing())
			b.sees(".tools", "dust (90)")
			b.tick("dust")
			b.until("more bars", `document.querySelectorAll(".flow .node").length > `+count(folded))
			b.until("the URL", `location.search.includes("unfold=dust")`)
			b.tick("dust")
			b.until("as many bars as before", `document.querySelectorAll(".flow .node").length === `+count(folded))
			b.sees(".legend", "Folded (dust): 90")
		}},
		{"look-alikes are marked with words", layered, func(b *tab) {
			b.sees(".legend", "≈ marks an address that another one of this trail can be mistaken for")
			want := 0
			for _, n := range pictureOf(b, "bybit-2025", proceeds, ether, "").Nodes {
				if n.Alike != "" {
					want++
				}
			}
			b.equal("bars that say it", b.number(`.flow .node[aria-label*="can be mistaken for"]`), want)
			rows := b.table(count(want) + " address")
			for _, r := range rows {
				a, c := strings.TrimSuffix(r[0], "copy"), strings.TrimSuffix(r[1], "copy")
				a, c = strings.TrimSpace(a), strings.TrimSpace(c)
				if len(a) != 42 || len(c) != 42 || a == c || a[:4] != c[:4] && a[38:] != c[38:] {
					b.Errorf("%q and %q do not look alike", a, c)
				}
			}
			if want == 0 || len(rows) != want {
				b.Errorf("%d doubles in the table, %d in the picture", len(rows), want)
			}
		}},
		{"tokens that nobody vouches for are told apart", "/trail/bybit-2025", func(b *tab) {
			b.sees("main", "What is made to be mistaken")
			rows := eval[[]string](b, `[...document.querySelectorAll("section.table")].filter((s) => s.querySelector("header").textContent.includes("nobody vouches for")).flatMap((s) => [...s.querySelectorAll("tbody tr")].map((r) => r.innerText))`)
			if len(rows) == 0 {
				b.Error("no doubtful token is shown")
			}
			for _, r := range rows {
				if !strings.Contains(r, "0x") {
					b.Errorf("a token without its contract: %q", r)
				}
			}
		}},
		{"the theft and the asset are switched", "/trail/bybit-2025", func(b *tab) {
			b.choose("select:has(option[value^=eip155])", "eip155:1/erc20:0xd5f7838f5c461feff7fe49ea5ebaf7728bb0adfa")
			b.sees("section.table header", "1 place in mETH")
			b.choose(".switch label select", proceeds)
			b.sees("section.table header", "93 places in ETH")
			b.sees(".facts", proceeds)
		}},
		{"a step is undone and done again", layered, func(b *tab) {
			b.sees("main", "The places")
			first := b.url()
			b.click(".seg input[value=haircut]")
			b.until("haircut", `location.search.includes("policy=haircut")`)
			b.click(".seg input[value=lifo]")
			b.until("lifo", `location.search.includes("policy=lifo")`)
			b.press("button", "Undo")
			b.sees("section.table header", "under haircut")
			b.press("button", "Undo")
			b.sees("section.table header", "under fifo")
			b.equal("where one is", b.url(), first)
			b.press("button", "Redo")
			b.sees("section.table header", "under haircut")
		}},
		{"the URL holds the whole state", layered, func(b *tab) {
			b.drawing()
			b.click(".seg input[value=haircut]")
			b.write("#min", "100")
			b.press("th button.sort", "Place")
			b.choose("#limit", "40")
			b.press("[aria-labelledby=places-title] tbody th button", "")
			b.sees("dialog", "What is there")
			b.settled()
			state := `JSON.stringify({ bars: [...document.querySelectorAll(".flow .node")].map((n) => n.getAttribute("aria-label")), table: document.querySelector("[aria-labelledby=places-title] tbody").innerText, open: document.querySelector("dialog[open] .lead").innerText, policy: document.querySelector(".seg input:checked").value, min: document.querySelector("#min").value })`
			want := eval[string](b, state)
			other := open(b.TB, b.url(), desk)
			other.sees("dialog", "What is there")
			other.drawing()
			other.settled()
			b.equal("the same place in a new tab", eval[string](other, state), want)
		}},
		{"the trail is taken away as the command writes it", layered + "&policy=haircut", func(b *tab) {
			b.sees("main", "The places")
			for _, f := range []struct{ words, format string }{{"CSV: places", "csv"}, {"JSON Lines", "jsonl"}, {"GraphML", "graphml"}, {"one file to send", "html"}, {"the flow picture", "sankey"}} {
				got := b.linked(".menu-of a", f.words)
				want := string(command(b.TB, "trace", "--case", "bybit-2025", "--view", proceeds, "--asset", ether, "--draw", "haircut", "--format", f.format))
				if got != want {
					b.Errorf("%s: the page gives %d bytes, the command %d", f.format, len(got), len(want))
				}
			}
		}},
		{"the picture and the table are saved", "/trail/bangladesh-2016?policy=haircut", func(b *tab) {
			b.drawing()
			svg := b.keeps(func() { b.press("[aria-label='Save the picture'] button", "SVG") })
			b.equal("name", svg.Name, "bangladesh-2016-haircut.svg")
			if !strings.Contains(svg.Text, "<svg") || strings.Contains(svg.Text, "<script") || strings.Contains(svg.Text, "var(--") || !strings.Contains(svg.Text, "TURYTEX") {
				b.Errorf("not a drawing that stands alone: %s", short(svg.Text))
			}
			png := b.keeps(func() { b.press("[aria-label='Save the picture'] button", "PNG") })
			if !strings.HasPrefix(png.Text, "\x89PNG\r\n\x1a\n") || len(png.Text) < 5000 {
				b.Errorf("not a picture: %d bytes", len(png.Text))
			}
			csv := b.keeps(func() { b.press("[aria-label='Save the table places'] button", "CSV") })
			if n := strings.Count(csv.Text, "\r\n"); n != 7 || !strings.Contains(csv.Text, "returned to the victim") {
				b.Errorf("6 places and a head, got %d lines: %s", n, short(csv.Text))
			}
			list := b.keeps(func() { b.press("[aria-label='Save the table places'] button", "JSON") })
			var rows []struct{ Record, ID string }
			if err := json.Unmarshal([]byte(list.Text), &rows); err != nil || len(rows) != 6 {
				b.Errorf("%d rows, %v", len(rows), err)
			}
		}},
		{"the graph finds an account", layered + "&show=graph", func(b *tab) {
			b.until("the graph", `document.querySelector(".graph canvas")`)
			b.write("#find", "0x21032176")
			b.sees("form[role=search]", "1 found")
			b.press("button", "Find")
			b.sees(".panel[role=status]", "hops from the theft")
			b.sees(".panel[role=status]", "under any convention at least")
			b.press(".panel[role=status] button", "Open it")
			b.sees("dialog", "What is there")
		}},
		{"notes are added, pinned, kept and deleted", "/trail/coincheck-2018", func(b *tab) {
			text := "ask the exchange <b>again</b> " + time.Now().Format(time.RFC3339Nano)
			b.write(".notes input", text)
			b.press(".notes button", "Add")
			b.sees(".notes li", text)
			b.press(".notes button", "Pin")
			b.sees(".notes li", "Pinned.")
			b.visit("/trail/coincheck-2018")
			b.sees(".notes li", "Pinned. "+text)
			b.press(".notes button", "Delete")
			b.gone(".notes li", text)
			b.visit("/trail/coincheck-2018")
			b.sees(".notes", "Your notes")
			b.settled()
			b.gone(".notes li", text)
		}},
		{"two tabs change the notes, and nothing is lost", "/trail/union-bank-india-2016", func(b *tab) {
			other := open(b.TB, "/trail/union-bank-india-2016", desk)
			for _, x := range []*tab{b, other} {
				x.until("the notes", `document.querySelector(".notes input")`)
				x.settled()
			}
			b.write(".notes input", "from the first tab")
			b.press(".notes button", "Add")
			b.sees(".notes li", "from the first tab")
			other.expects(`status of 412`)
			other.write(".notes input", "from the second tab")
			other.press(".notes button", "Add")
			other.sees("[role=alert]", "changed in another tab")
			other.sees("[role=alert] li", "from the second tab")
			other.press("[role=alert] button", "Keep both")
			other.sees(".notes li.panel", "from the first tab")
			other.sees(".notes li.panel", "from the second tab")
			b.visit("/trail/union-bank-india-2016")
			b.sees(".notes li", "from the first tab")
			b.sees(".notes li", "from the second tab")
		}},
		{"payments of which nothing was credited", "/trail/bancomext-2018", func(b *tab) {
			b.sees("main", "Nothing was credited in these messages")
			c := ask[struct {
				Payments struct {
					Text    string
					Records []struct{ ID, Amount string }
				}
			}](b.TB, served.server, "/cases/bancomext-2018")
			rows := b.table(count(len(c.Payments.Records)) + " payment") // ten to a page
			b.equal("payments", len(rows), min(10, len(c.Payments.Records)))
			for i, r := range rows {
				if !strings.HasPrefix(r[0], c.Payments.Records[i].ID) || r[5] == "" {
					b.Errorf("row %q is not payment %s", r, c.Payments.Records[i].ID)
				}
			}
			b.press("summary", "The same in words")
			if said := command(b.TB, "trace", "payments", "--case", "bancomext-2018"); !bytes.Equal(said, []byte(c.Payments.Text)) {
				b.Errorf("the command says %q, the page has %q", short(string(said)), short(c.Payments.Text))
			}
		}},
		{"what was attempted stands beside what was stolen", "/trail/bangladesh-2016", func(b *tab) {
			t := totalOf(b, "bangladesh-2016")
			if t.Attempted == t.Credited || t.Returned == "0" {
				b.Fatalf("the sums of this case do not tell attempted from stolen: %v", t)
			}
			b.sees(".facts div:nth-child(1)", "Stolen "+usd(t.Credited))
			b.sees(".facts div:nth-child(2)", "Attempted "+usd(t.Attempted)+" ordered in all the messages; "+usd(t.Credited)+" credited, "+usd(t.Returned)+" returned")
			b.visit("/trail/bybit-2025")
			b.sees(".facts", "Stolen")
			b.settled()
			b.gone(".facts", "Attempted")
		}},
		{"a case that is not there", "/", func(b *tab) {
			b.expects(`status of 404`)
			b.visit("/trail/nothing-of-this-name")
			b.sees("[role=alert]", "404")
			b.press("nav a", "Guard")
			b.sees("h1", "Guard")
		}},
	})
}
