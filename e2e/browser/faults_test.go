package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// fan is a ledger in the text form: a theft that spreads over accounts of a second
// layer, where other money is mixed in, to n places.
func fan(n int) string {
	var s strings.Builder
	layer := max(1, n/200)
	each := 390_000_000
	fmt.Fprintf(&s, "ledger bank:fan account native EUR\nasset EUR EUR decimals 2\nopen vault %d\nopen shop %[1]d\n", layer*each)
	fmt.Fprintf(&s, "e0 2026-03-01T00:00Z vault > m0 %d\n", layer*each)
	k := 1
	move := func(time, from, to string, amount int) {
		fmt.Fprintf(&s, "e%d %s %s > %s %d\n", k, time, from, to, amount)
		k++
	}
	for m := 1; m <= layer; m++ {
		at := fmt.Sprintf("2026-03-01T01:%02dZ", m%60)
		move(at, "m0", fmt.Sprint("m", m), each)
		move(at, "shop", fmt.Sprint("m", m), each/13)
	}
	for i := range n {
		move(fmt.Sprintf("2026-03-02T%02d:%02dZ", i*24/n, i%60), fmt.Sprint("m", 1+i%layer), fmt.Sprint("a", i), 1_000_000+i%7919)
	}
	return s.String() + "theft T e0\n"
}

// build makes a case of a ledger in the text form, in the Builder, and goes to it.
func (b *tab) build(name, text string) {
	b.Helper()
	b.visit("/build")
	b.drop(name, text)
	b.sees("main", "a ledger in the text form")
	b.press("form button", "Make the case")
	b.press("main a", "Follow the money")
}

// TestLarge follows a theft to 50,000 places: its progress is seen, it can be cancelled
// and asked again, and the page stays usable.
func TestLarge(t *testing.T) {
	b := empty(t, another(t), desk)
	b.build("fan.txt", fan(50_000))
	b.sees(".busy", "Tracing")
	b.press(".busy button", "Cancel")
	b.sees("[role=alert]", "The work was cancelled")
	b.press("[role=alert] button", "Try again")
	b.sees("main", "The places")
	b.sees("section.table header", "50,250 places")
	b.sees(".legend", "Folded")
	b.sees("#alike", "What is made to be mistaken")
	b.sees("main", "only the addresses of the trail were compared with each other")
	b.click(".seg input[value=haircut]")
	b.sees("section.table header", "under haircut")
	b.press(".pager button", "Later")
	b.sees(".pager", "51 to 100 of")
	b.click(".seg input[value=graph]")
	b.until("the graph", `document.querySelector(".graph canvas")`)
	b.write("#find", "a4321")
	b.sees("form[role=search]", "found")
	b.press("button", "Find")
	b.sees(".panel[role=status]", "hops from the theft")
	b.sees(".panel[role=status]", "ends from one pass")
	eval[bool](b, `(document.querySelector(".graph").focus(), true)`)
	for range 5 {
		b.keys(kb.ArrowRight)
	}
	b.press(".panel[role=status] button", "Open it")
	b.sees("dialog", "What is there")
	b.sees("dialog", "These ends come from one pass")
}

// TestServerGone takes the server away while a page is open, and brings it back on the
// same port.
func TestServerGone(t *testing.T) {
	s := another(t)
	b := empty(t, s, desk)
	b.expects(`ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_NETWORK`)
	b.visit("/trail/bangladesh-2016")
	b.sees("main", "The places")
	b.drawing()
	b.settled()
	s.kill()
	b.write("#hops", "1")
	b.sees("[role=alert]", "The server does not answer")
	b.sees("[role=alert]", "Start it again")
	b.sees("main", "The places")
	if n := len(b.table("6 places")); n != 6 {
		t.Errorf("what was shown is gone: %d places", n)
	}
	b.write(".notes input", "a note that must not be lost")
	b.press(".notes button", "Add")
	b.sees(".notes [role=alert]", "The server does not answer")
	back, err := serve(strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(back.stop)
	b.press("[aria-labelledby=flow-title] [role=alert] button", "Try again")
	b.until("the picture", `document.querySelector(".flow .node .body[height]")`)
	if text := eval[string](b, `document.querySelector(".notes input").value`); text != "a note that must not be lost" {
		t.Errorf("the note that could not be kept is now %q", text)
	}
	b.press(".notes button", "Add")
	b.sees(".notes li", "a note that must not be lost")
}
