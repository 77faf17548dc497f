package browser

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// journey is one use of the page, from where it begins.
type journey struct {
	name, path string
	use        func(*tab)
}

// walk goes on journeys, as many at a time as -parallel says.
func walk(t *testing.T, all []journey) {
	for _, j := range all {
		t.Run(j.name, func(t *testing.T) {
			t.Parallel()
			b := open(t, j.path, desk)
			j.use(b)
		})
	}
}

// text is what is read in the first element of a selector.
func (b *tab) text(selector string) string {
	b.Helper()
	b.until(selector, fmt.Sprintf(`document.querySelector(%s)`, quote(selector)))
	return eval[string](b, fmt.Sprintf(`(document.querySelector(%s).innerText ?? document.querySelector(%s).textContent).replace(/\s+/g, " ").trim()`, quote(selector), quote(selector)))
}

// texts are the texts of all elements of a selector.
func (b *tab) texts(selector string) []string {
	b.Helper()
	return eval[[]string](b, fmt.Sprintf(`[...document.querySelectorAll(%s)].map((e) => (e.innerText ?? e.textContent).replace(/\s+/g, " ").trim())`, quote(selector)))
}

// number is how many elements a selector finds.
func (b *tab) number(selector string) int {
	b.Helper()
	return eval[int](b, fmt.Sprintf(`document.querySelectorAll(%s).length`, quote(selector)))
}

// click clicks the first element of a selector, also one that is drawn by its label.
func (b *tab) click(selector string) {
	b.Helper()
	b.until(selector, fmt.Sprintf(`document.querySelector(%s)`, quote(selector)))
	eval[bool](b, fmt.Sprintf(`(() => { const e = document.querySelector(%s); e.scrollIntoView({ block: "center" }); e.click ? e.click() : e.dispatchEvent(new MouseEvent("click", { bubbles: true })); return true; })()`, quote(selector)))
}

// tick sets a checkbox, found by the text of its label.
func (b *tab) tick(words string) { b.Helper(); b.press("label.check", words) }

// keys types; names of keys are those of package kb.
func (b *tab) keys(text string) { b.Helper(); b.do(chromedp.KeyEvent(text)) }

// table reads the rows of the table with a caption that begins so, all of its pages'
// first one, as texts of cells.
func (b *tab) table(caption string) [][]string {
	b.Helper()
	found := fmt.Sprintf(`[...document.querySelectorAll("table")].find((t) => t.caption?.textContent.startsWith(%s))`, quote(caption))
	b.until("the table "+caption, found)
	return eval[[][]string](b, fmt.Sprintf(`[...%s.tBodies[0].rows].map((r) => [...r.cells].map((c) => c.innerText.replace(/\s+/g, " ").trim()))`, found))
}

// drop drops a file on the builder, as a mouse would.
func (b *tab) drop(name, text string) {
	b.Helper()
	b.dropped(name, `new TextEncoder().encode(`+quote(text)+`)`)
}

func (b *tab) dropped(name, bytes string) {
	b.Helper()
	b.until("where to drop", `document.querySelector(".drop")`)
	eval[bool](b, fmt.Sprintf(`(() => {
		const d = new DataTransfer();
		d.items.add(new File([%s], %s));
		document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: d }));
		return true;
	})()`, bytes, quote(name)))
}

// file is what the page gave to keep.
type file struct{ Name, Text, Type string }

// keeps does something that saves a file, and catches the file.
func (b *tab) keeps(do func()) file {
	b.Helper()
	eval[bool](b, `(() => {
		window.kept = undefined;
		const make = URL.createObjectURL, click = HTMLAnchorElement.prototype.click, blobs = new Map();
		URL.createObjectURL = (x) => { const u = make.call(URL, x); blobs.set(u, x); return u; };
		HTMLAnchorElement.prototype.click = function () {
			if (!this.download || !blobs.has(this.href)) return click.call(this);
			const name = this.download, blob = blobs.get(this.href);
			blob.arrayBuffer().then((a) => { window.kept = { Name: name, Type: blob.type, Text: Array.from(new Uint8Array(a), (c) => String.fromCharCode(c)).join("") }; });
		};
		return true;
	})()`)
	do()
	b.until("a file that is saved", `window.kept`)
	f := eval[file](b, `window.kept`)
	return file{f.Name, latin(f.Text), f.Type}
}

// latin turns characters that stand for bytes back into bytes.
func latin(s string) string {
	var out strings.Builder
	for _, r := range s {
		out.WriteByte(byte(r))
	}
	return out.String()
}

// linked fetches what a link of the page leads to, as the browser would download it.
func (b *tab) linked(selector, words string) string {
	b.Helper()
	return latin(eval[string](b, fmt.Sprintf(`(async () => {
		const a = [...document.querySelectorAll(%s)].find((e) => e.textContent.includes(%s));
		const r = await fetch(a.href);
		if (!r.ok) throw new Error(a.href + ": " + r.status);
		return Array.from(new Uint8Array(await r.arrayBuffer()), (c) => String.fromCharCode(c)).join("");
	})()`, quote(selector), quote(words))))
}

func (b *tab) equal(what string, got, want any) {
	b.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		b.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// count writes a number.
func count(n int) string { return strconv.Itoa(n) }

// short is a text for a message of a test.
func short(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}

func jsonOf(v any) string { q, _ := json.Marshal(v); return string(q) }
