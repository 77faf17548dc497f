package browser

import "testing"

// places are the pages that a reader can come to, with a text that stands there when
// all of it is loaded.
var places = []struct{ name, path, selector, text string }{
	{"home", "/", ".card", "Bybit"},
	{"trail", "/trail/bybit-2025", "main", "The places"},
	{"trail-coins", "/trail/lubian-2020", "main", "The places"},
	{"trail-payments", "/trail/bancomext-2018", "main", "RECONSTRUCTION"},
	{"builder", "/build", "main", "CSV"},
	{"address", "/address/eip155%3A1/0x47666fab8bd0ac7003bce3f5c3585383f09486e2?from=bybit-2025", "main", "transfers, the newest first"},
	{"address-search", "/address?subject=0xd90e2f925da726b50c4ed8d0fb90ad053324f31b", "main", "Who is said to be behind it"},
	{"study", "/study", "main", "The ten largest, on each basis"},
	{"study-incidents", "/study?tab=incidents", "main", "left out, with reasons"},
	{"study-number", "/study?number=total.actor.with-coincheck", "dialog", "claims"},
	{"claims", "/study?tab=claims", "main", "more than half of the ten largest"},
	{"guard", "/guard?try=bybit-2025+malicious", "main", "DO NOT SIGN"},
	{"guard-replay", "/guard?tab=replay", "main", "8 hours 30 minutes 55 seconds"},
	{"guard-receipts", "/guard?tab=receipts", "main", "the chain holds"},
	{"docs", "/docs/guard", "main", "In one minute"},
}

// TestPages opens every page as it is seen on a desk, at night and on a telephone: it
// loads whole, nothing fails, nothing is asked of another host, it is not wider than
// the screen, and axe-core finds nothing serious. In a short run a telephone is looked
// at by night, and the desk by day.
func TestPages(t *testing.T) {
	looks := map[string]look{"desk": desk, "night": night, "phone": phone}
	if testing.Short() {
		looks = map[string]look{"desk": desk, "phone by night": {phone.width, phone.height, true}}
	}
	for _, p := range places {
		for name, l := range looks {
			t.Run(p.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				b := open(t, p.path, l)
				b.sees(p.selector, p.text)
				b.settled()
				if wide := eval[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 1 {
					t.Errorf("the page is %d pixels wider than the screen", wide)
				}
				if h1 := eval[int](b, `document.querySelectorAll("h1").length`); h1 != 1 {
					t.Errorf("%d headings of the first order", h1)
				}
				b.accessible()
				b.picture()
			})
		}
	}
}
