package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// verdicts are those that the examples are made for.
var verdicts = map[string]string{
	"bybit-2025 displayed": "DENY", "bybit-2025 malicious": "DENY", "dmm-2024 malicious": "DENY", "banco-del-austro-2015 malicious": "DENY", "banco-del-austro-2015 benign": "HOLD",
	"ethereum payment": "ALLOW", "unlimited permit": "HOLD", "credit transfer": "ALLOW",
}

type example struct {
	Name, Policy, Over string
	Request            struct {
		Wallet, Kind string
		Payload      map[string]any
		Intent       map[string]string
	}
}

func examples(b *tab) map[string]example {
	out := map[string]example{}
	for _, e := range ask[[]example](b.TB, served.server, "/guard/examples") {
		out[e.Name] = e
	}
	return out
}

// paste fills the form by hand, as somebody would who has the bytes from elsewhere.
func (b *tab) paste(kind, wallet, bytes, policy, over string) {
	b.Helper()
	b.choose("#kind", kind)
	b.write("#wallet", wallet)
	b.write("#bytes", bytes)
	b.choose("#policy", policy)
	b.press("summary", "Wallets, owners")
	b.write("#over", over)
	b.press("button", "Check before signing")
}

func TestGuard(t *testing.T) {
	walk(t, []journey{
		{"each example gives its verdict", "/guard", func(b *tab) {
			all := examples(b)
			b.equal("examples", len(all), len(verdicts))
			for name, want := range verdicts {
				b.choose("#try", "") // so that no verdict stands there
				b.until("no verdict", `!document.querySelector(".order")`)
				b.choose("#try", name)
				b.until("the bytes of "+name, `location.search.includes(encodeURIComponent(`+quote(name)+`).replaceAll("%20", "+"))`)
				b.sees(".order", want)
				b.sees(".verdict", "What these bytes will do")
				b.until("the wallet", `document.querySelector("#wallet").value === `+quote(all[name].Request.Wallet))
			}
		}},
		{"a PSBT is pasted", "/guard", func(b *tab) {
			e := examples(b)["dmm-2024 malicious"]
			b.paste("psbt", e.Request.Wallet, e.Request.Payload["psbt"].(string), e.Policy, e.Over)
			b.sees(".order", "DENY")
			b.sees(".sides", "4,502.9 BTC to 1B6rJRfjTXwEy36SCs5zofGMmdv2kdZw7P")
			b.sees(".sides", "Nobody said what is meant")
			b.write("#meant-to", e.Request.Intent["to"])
			b.write("#meant-amount", "450290000000")
			b.write("#meant-asset", e.Request.Intent["asset"])
			b.press("button", "Check before signing")
			b.sees(".heads", "The recipient imitates an address that you know")
			b.sees(".order", "DENY")
		}},
		{"a raw transaction is pasted", "/guard", func(b *tab) {
			e := examples(b)["ethereum payment"]
			b.write("#meant-to", e.Request.Intent["to"])
			b.write("#meant-amount", "1")
			b.write("#meant-unit", "ETH")
			b.write("#meant-asset", e.Request.Intent["asset"])
			b.paste("eth_tx", "key", e.Request.Payload["raw"].(string), "strict", e.Over)
			b.sees(".order", "ALLOW")
			b.write("#meant-amount", "2")
			b.press("button", "Check before signing")
			b.sees(".order", "DENY")
			b.sees(".digests", "22F6 004F 9889 4B6B")
		}},
		{"typed data is pasted", "/guard", func(b *tab) {
			e := examples(b)["unlimited permit"]
			b.paste("eip712", "key", jsonOf(e.Request.Payload), "strict", e.Over)
			b.sees(".order", "HOLD")
			b.sees(".heads", "They let somebody take money later")
		}},
		{"an MT103 is pasted", "/guard", func(b *tab) {
			e := examples(b)["banco-del-austro-2015 malicious"]
			b.write("#meant-to", "acct:RECOUS30:111")
			b.write("#meant-amount", "3000")
			b.write("#meant-unit", "USD")
			b.paste("mt103", "austro", e.Request.Payload["message"].(string), "baseline", e.Over)
			b.sees(".order", "DENY")
			b.sees(".sides", "send 1,400,000 USD to acct:RECOHKH0:999")
		}},
		{"a pacs.008 is pasted", "/guard", func(b *tab) {
			e := examples(b)["credit transfer"]
			b.write("#meant-to", "acct:TESTUS31:111")
			b.write("#meant-amount", "3000")
			b.write("#meant-unit", "USD")
			b.write("#meant-asset", "iso4217:USD")
			b.write("#meant-ref", "REF1")
			b.paste("pacs008", "bank", e.Request.Payload["message"].(string), "strict", e.Over)
			b.sees(".sides", "send 3,000 USD to acct:TESTUS31:111")
			b.sees(".order", "ALLOW")
		}},
		{"a Safe transaction is pasted", "/guard", func(b *tab) {
			e := examples(b)["bybit-2025 malicious"]
			b.paste("safe_tx", e.Request.Wallet, jsonOf(e.Request.Payload), e.Policy, e.Over)
			b.sees(".order", "DENY")
			b.sees(".heads", "hand the whole wallet to foreign code")
		}},
		{"what cannot be read says why", "/guard", func(b *tab) {
			b.expects(`status of 4\d\d`)
			over := examples(b)["ethereum payment"].Over
			b.paste("psbt", "key", "cHNidP8BAHQCAAAAAV", "strict", over)
			b.until("a word on it", `/psbt|PSBT|Base64|base64/i.test(document.querySelector(".guard [aria-live]").innerText) && !document.querySelector(".order")?.innerText.includes("ALLOW")`)
			b.choose("#kind", "safe_tx")
			b.write("#bytes", `{"to": "0x22`)
			b.press("button", "Check before signing")
			b.sees("[role=alert]", "The payload is not JSON")
			b.choose("#kind", "mt103")
			b.write("#bytes", "{1:F01")
			b.press("button", "Check before signing")
			b.until("no leave to sign", `!document.querySelector(".guard [aria-live] .busy") && document.querySelector(".guard [aria-live]").innerText.length > 20 && !document.querySelector(".order")?.innerText.includes("ALLOW")`)
			b.write("#over", "wallets: [")
			b.press("button", "Check before signing")
			b.sees("[role=alert]", "not a usable policy")
		}},
		{"a receipt stands in the log", "/guard", func(b *tab) {
			e := examples(b)["ethereum payment"]
			b.tick("leave a receipt in the log")
			b.paste("eth_tx", "key", e.Request.Payload["raw"].(string), "strict", e.Over)
			b.sees(".verdict", "is in the log")
			id := b.text(".verdict p code:last-of-type")
			b.press("[role=tab]", "Receipts")
			b.sees("main", "the chain holds")
			rows := b.table("Receipts, the last first")
			if len(rows) == 0 || rows[0][3] != "key" {
				b.Fatalf("no receipt of the wallet: %q", rows)
			}
			if id == "" || !strings.HasPrefix(rows[0][5], id) {
				b.Errorf("the verdict names receipt %s, the log begins with %s", id, rows[0][5])
			}
			log, err := os.ReadFile(filepath.Join(served.dir, "receipts.log"))
			if err != nil || len(log) == 0 {
				b.Errorf("the log on disk: %v, %d bytes", err, len(log))
			}
		}},
		{"the theft is replayed as a story", "/guard?tab=replay", func(b *tab) {
			b.sees(".story", "8 hours 30 minutes 55 seconds")
			b.equal("steps", b.number(".story > li"), 5)
			b.sees(".story", "401,346 ETH")
			strict := len(b.table("Every row of the history"))
			b.choose("#judge", "strict")
			b.until("the URL", `location.search.includes("policy=strict")`)
			b.settled()
			b.sees("p", "Policy strict")
			if n := len(b.table("Every row of the history")); n != strict {
				b.Errorf("%d rows, then %d", strict, n)
			}
			b.press("a", "Check these bytes yourself")
			b.sees(".order", "DENY")
		}},
		{"every history can be replayed", "/guard?tab=replay", func(b *tab) {
			b.sees(".story", "What that would have saved")
			names := eval[[]string](b, `[...document.querySelector("#case").options].map((o) => o.value)`)
			for _, n := range names {
				b.choose("#case", n)
				b.sees("code", "coldtrail guard replay "+n)
				b.sees(".story", "What the signers' screens showed")
			}
			if len(names) < 3 {
				b.Errorf("histories: %q", names)
			}
		}},
	})
}
