package guard

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/tag"
)

func plainRequest() *Request {
	return &Request{Wallet: "w", Kind: Transfer, Payload: json.RawMessage(`{"to":"0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3","asset":"eip155:1/slip44:60","amount":"1"}`)}
}

func baseline(t testing.TB) *Policy {
	p, err := Builtin("baseline")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestFailClosed: a rule that stalls, or fails, gives hold in time.
func TestFailClosed(t *testing.T) {
	g := New(baseline(t), nil)
	g.Timeout = 20 * time.Millisecond
	end := make(chan bool)
	defer close(end)
	g.stall = func(context.Context) { <-end } // whoever waits for it waits for ever
	if v := g.Check(context.Background(), plainRequest()); v.Decision != Hold || !v.Fired("G01") {
		t.Errorf("stalled: %s", v.Decision)
	}
	g = New(baseline(t), nil) // the stalled check may still run in the old one
	g.stall = func(context.Context) { panic("a defect") }
	if v := g.Check(context.Background(), plainRequest()); v.Decision != Hold || !v.Fired("G01") {
		t.Errorf("after a panic: %s", v.Decision)
	}
	g = New(baseline(t), nil)
	if v := g.Check(context.Background(), nil); v.Decision != Hold || !v.Fired("G01") {
		t.Errorf("no request: %+v", v)
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if v := g.Check(gone, plainRequest()); v.Decision != Hold {
		t.Errorf("the caller is gone: %s", v.Decision)
	}
}

type badList struct{}

func (badList) Screen(string) []tag.Tag { panic("the list is broken") }

// TestPanicUnderLock: a fault while the history is read must not lock the guard.
func TestPanicUnderLock(t *testing.T) {
	g := New(baseline(t), nil)
	g.Lists = badList{}
	for range 3 {
		if v := g.Check(context.Background(), plainRequest()); v.Decision != Hold {
			t.Fatalf("%s", v.Decision)
		}
	}
	g.Lists = nil
	done := make(chan bool)
	go func() { g.Learn(&Verdict{Wallet: "w"}, nil, Executed{}); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("the lock of the history is still held")
	}
}

// TestUndecodedNeverPasses, whatever a policy says.
func TestUndecodedNeverPasses(t *testing.T) {
	p, err := ParsePolicy([]byte("format: " + PolicyFormat + "\nname: lax\nbase: baseline\nseverity: {G01: {any: info}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if v := New(p, nil).Check(context.Background(), plainRequest()); v.Decision == Allow {
		t.Error("a description without bytes is allowed")
	}
	v := &Verdict{Decoded: Decoded{Complete: false}}
	if v.conclude(); v.Decision != Hold {
		t.Errorf("without any reason: %s", v.Decision)
	}
}

func TestConcurrent(t *testing.T) {
	g := New(baseline(t), nil)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				v := g.Check(context.Background(), plainRequest())
				g.Learn(v, map[string]string{"gas": "1"}, Executed{At: time.Unix(1, 0), Executor: "0x1F4EB0a903619ac168b19A82F1a6e2e426522211"})
			}
		})
	}
	all.Wait()
	if got := g.history.Of("w").Rows; got != 400 {
		t.Errorf("%d rows", got)
	}
}

func TestReadRequest(t *testing.T) {
	good := `{"wallet":"w","kind":"safe_tx","payload":{}}`
	if _, err := ReadRequest([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"empty": "", "no JSON": "x", "array": "[]", "trailing": good + "x", "second value": good + good,
		"key twice":             `{"wallet":"w","wallet":"v","kind":"safe_tx","payload":{}}`,
		"key twice by case":     `{"wallet":"w","Wallet":"v","kind":"safe_tx","payload":{}}`,
		"key twice in bytes":    `{"wallet":"w","kind":"safe_tx","payload":{"to":"1","to":"2"}}`,
		"key by another letter": "{\"wallet\":\"w\",\"kind\":\"safe_tx\",\"payload\":{},\"\u017fignatures\":[]}",
		"unknown key":           `{"wallet":"w","kind":"safe_tx","payload":{},"extra":1}`,
		"unknown kind":          `{"wallet":"w","kind":"magic","payload":{}}`,
		"no wallet":             `{"kind":"safe_tx","payload":{}}`,
		"no payload":            `{"wallet":"w","kind":"safe_tx"}`,
		"deep":                  `{"wallet":"w","kind":"safe_tx","payload":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`,
		"deep elsewhere":        `{"wallet":"w","kind":"safe_tx","payload":{},"intent":` + strings.Repeat("[", 9) + strings.Repeat("]", 9) + `}`,
		"not UTF-8":             "{\"wallet\":\"\xff\",\"kind\":\"safe_tx\",\"payload\":{}}",
		"long":                  `{"wallet":"` + strings.Repeat("w", MaxBody) + `","kind":"safe_tx","payload":{}}`,
		"too many signatures":   `{"wallet":"w","kind":"safe_tx","payload":{},"signatures":["` + strings.Repeat(`","`, 200) + `"]}`,
	} {
		if _, err := ReadRequest([]byte(bad)); !errors.Is(err, ErrRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNumbers: what is no number of 256 bits is held, never rounded.
func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{
		`"7"`: "7", `7`: "7", `"0x07"`: "7", `"0x0"`: "0",
		`"115792089237316195423570985008687907853269984665640564039457584007913129639935"`: "115792089237316195423570985008687907853269984665640564039457584007913129639935",
		`"115792089237316195423570985008687907853269984665640564039457584007913129639936"`: "",
		`-1`: "", `1.5`: "", `1e3`: "", `""`: "", `"0x"`: "", `"0xg"`: "", `" 7"`: "", `null`: "", `true`: "", `{}`: "",
		`"0x1` + strings.Repeat("0", 64) + `"`: "",
	} {
		var n number
		err := n.UnmarshalJSON([]byte(text))
		if want == "" && err == nil || want != "" && (err != nil || n.Dec() != want) {
			t.Errorf("%s: %s %v", text, n.Dec(), err)
		}
	}
}

func TestUnits(t *testing.T) {
	p := baseline(t)
	for _, c := range []struct{ amount, unit, asset, want string }{
		{"30000", "ETH", "eip155:1/slip44:60", "30000000000000000000000"},
		{"0.000000000000000001", "ETH", "eip155:1/slip44:60", "1"},
		{"0.0000000000000000001", "ETH", "eip155:1/slip44:60", ""},
		{"4502.9", "BTC", bitcoinAsset, "450290000000"},
		{"1", "BTC", "eip155:1/slip44:60", ""},
		{"12.34", "USD", "iso4217:USD", "1234"}, {"12.34", "JPY", "iso4217:JPY", ""}, {"12", "JPY", "iso4217:JPY", "12"}, {"1.234", "KWD", "iso4217:KWD", "1234"},
		{"-1", "", "x", ""}, {"1,000", "", "x", ""}, {"", "", "x", ""}, {".5", "ETH", "eip155:1/slip44:60", ""}, {"1e18", "", "x", ""},
	} {
		n, err := p.Units(c.amount, c.unit, c.asset)
		if c.want == "" && err == nil || c.want != "" && (err != nil || n.Dec() != c.want) {
			t.Errorf("%s %s: %s %v, want %s", c.amount, c.unit, n.Dec(), err, c.want)
		}
	}
	if got := p.human(*must(p.Units("1234567.89", "ETH", "eip155:1/slip44:60")), "eip155:1/slip44:60"); got != "1,234,567.89 ETH" {
		t.Error(got)
	}
}

func must[T any](v T, err error) *T {
	if err != nil {
		panic(err)
	}
	return &v
}

// TestContradictions: a policy that says what can never be met, says one thing twice, or
// counts one person as two, is refused.
func TestContradictions(t *testing.T) {
	for name, text := range map[string]string{
		"kind of no payload":    "rules: [{when: {kind: safe-tx}, action: deny}]",
		"asset by its ticker":   "rules: [{when: {asset: ETH, amount_gt: \"5\"}, action: deny}]",
		"unless, misspelt":      "groups: {g: [" + onePerson + "]}\nrules: [{when: {dst: unknown}, action: deny, unless: {approvals: 1, group: g, intent: require}}]",
		"unless of an allow":    "rules: [{when: {dst: book}, action: allow, unless: {intent: required}}]",
		"unless, below nothing": "rules: [{when: {dst: unknown}, action: deny, unless: {approvals: -1, intent: required}}]",
		"approvals of a deny":   "groups: {g: [" + onePerson + "]}\nrules: [{when: {dst: unknown}, action: deny, approvals: {group: g, n: 1}}]",
		"approvals of nobody":   "groups: {g: [" + onePerson + "]}\nrules: [{when: {dst: unknown}, action: hold, approvals: {group: g}}]",
		"a rule after all":      "rules: [{when: {}, action: hold}, {when: {dst: unknown}, action: deny}]",
		"the same rule, twice":  "rules: [{when: {dst: unknown}, action: allow}, {when: {dst: unknown}, action: deny}]",
		"pair of no rule":       "pairs: [{if: [G06, G8], then: deny}]",
		"pair of nothing":       "pairs: [{if: [], then: deny}]",
		"token twice":           `tokens: [{asset: "eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7", symbol: A, decimals: 6}, {asset: "eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7", symbol: A, decimals: 18}]`,
		"approvals of G01":      "groups: {g: [" + onePerson + "]}\napprovals: {G01: {group: g, n: 1}}",
		"person without a key":  "groups: {g: [alice]}",
		"person twice":          "groups: {g: [" + onePerson + ", " + onePerson + "]}",
		"person, other Base64":  "groups: {g: [" + strings.Replace(onePerson, "A=", "B=", 1) + "]}",
		"intents of no key":     "intent_keys: [ticket]",
	} {
		if _, err := ParsePolicy([]byte("format: " + PolicyFormat + "\nname: x\n" + text)); !errors.Is(err, ErrPolicy) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// onePerson is a member of a group; the last character before its = has bits to spare.
const onePerson = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

func TestPolicyFaults(t *testing.T) {
	for name, text := range map[string]string{
		"no format":             "name: x",
		"key by another letter": "{\"wallet\":\"w\",\"kind\":\"safe_tx\",\"payload\":{},\"\u017fignatures\":[]}",
		"unknown key":           "walets: {}",
		"key twice":             "mode: enforce\nmode: monitor",
		"mode":                  "mode: off",
		"default":               "default: deny",
		"base":                  "base: lax",
		"role":                  "wallets: {a: {role: icy}}",
		"checksum":              `wallets: {a: {role: cold, owners: ["0x88A1493366D48225fc3cEFbdae9eBb23E323Ade3"]}}`,
		"threshold":             `wallets: {a: {role: cold, safe: "eip155:1:0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3", threshold: 2, owners: ["0x1F4EB0a903619ac168b19A82F1a6e2e426522211"]}}`,
		"private key":           "wallets: {a: {role: cold, descriptors: [\"wpkh(xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi/*)\"]}}",
		"book twice":            "address_book: [{name: a, addr: 1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7P}, {name: b, addr: 1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7P}]",
		"book checksum":         "address_book: [{name: a, addr: 1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7Q}]",
		"cooldown of no day":    "address_book: [{name: a, addr: 1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7P, cooldown: 24h}]",
		"rule name":             "severity: {G99: {any: hold}}",
		"monitor G01":           "monitor: [G01]",
		"approvals":             "approvals: {G06: {group: nobody, n: 2}}",
		"action":                "rules: [{when: {dst: book}, action: maybe}]",
		"amount, no asset":      "rules: [{when: {amount_gt: \"5\"}, action: deny}]",
		"window alone":          "rules: [{when: {asset: x, window: 24h}, action: deny}]",
		"unknown wallet":        "rules: [{when: {wallet: ghost}, action: deny}]",
		"approval of no token":  `thresholds: {approval_max: {"eip155:1/slip44:60": "5"}}`,
		"approval's checksum":   `thresholds: {approval_max: {"eip155:1/erc20:0xDAC17F958D2ee523a2206206994597C13D831ec7": "5"}}`,
		"approval's limit":      `thresholds: {approval_max: {"eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7": "5.5"}}`,
		"approval, a point":     `thresholds: {approval_max: {"eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7": "5."}}`,
		"approval in words":     `thresholds: {approval_max: {"eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7": "five"}}`,
		"approval of nothing":   `thresholds: {approval_max: {"eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7": ""}}`,
		"approval twice":        `thresholds: {approval_max: {"eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7": "5", "eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7": "9"}}`,
		"fee of no coin":        `thresholds: {fee_max: {ETH: "5"}}`,
		"fee's limit":           `thresholds: {fee_max: {"eip155:1/slip44:60": "1e9"}}`,
		"share":                 "thresholds: {drain_hold: 125%}",
		"duration":              "ttl: -5m",
	} {
		if name != "no format" {
			text = "format: " + PolicyFormat + "\nname: x\n" + text
		}
		if _, err := ParsePolicy([]byte(text)); !errors.Is(err, ErrPolicy) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "xprv9") {
			t.Errorf("%s: the error repeats a private key", name)
		}
	}
}

// TestLoosens: tightening is told from loosening; what cannot be told is loosening.
func TestLoosens(t *testing.T) {
	base := "format: " + PolicyFormat + "\nname: x\nbase: strict\n"
	read := func(more string) *Policy { return *must(ParsePolicy([]byte(base + more))) }
	old := read("")
	for more, loose := range map[string]int{
		"": 0, "mode: monitor": 1, "default: allow": 1, "ttl: 48h": 1, "ttl: 1h": 0, "ttl: 0s": 1,
		"severity: {G06: {cold: deny, warm: hold, hot: warn}}": 0, "severity: {G06: {cold: warn, warm: hold, hot: warn}}": 1, "severity: {G03: {any: info}}": 1,
		"monitor: [G06]": 1, "freeze_on: []": 1, "freeze_on: [G03, G04]": 0, "require_intent: false": 1,
		"address_book: [{name: a, addr: 1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7P}]": 1,
		"thresholds: {drain_hold: 10%}":                                       0, "thresholds: {drain_hold: 30%}": 1, "change_delay: 1h": 1, "rules: []": 1, `chains: ["1", "5"]`: 1,
	} {
		if got := Loosens(old, read(more)); len(got) != loose {
			t.Errorf("%q: %v, want %d", more, got, loose)
		}
	}
	c := ProposeChange(old, read("mode: monitor"), nil, time.Unix(0, 0))
	if !c.Effective.IsZero() {
		t.Error("loosened by nobody")
	}
	if c = ProposeChange(old, read("ttl: 1h"), nil, time.Unix(5, 0)); !c.Effective.Equal(time.Unix(5, 0)) {
		t.Errorf("tightening waits: %v", c)
	}
}

func TestRulesOfThePolicy(t *testing.T) {
	p, err := ParsePolicy([]byte("format: " + PolicyFormat + `
name: limits
base: baseline
wallets: {w: {role: hot, account: "eip155:1:0x1F4EB0a903619ac168b19A82F1a6e2e426522211"}}
rules:
  - {when: {asset: "eip155:1/slip44:60", amount_gt: "100"}, action: deny, note: too much at once}
  - {when: {asset: "eip155:1/slip44:60", window: 24h, sum_gt: "150"}, action: hold, note: too much in a day}
  - {when: {dst: unknown}, action: hold}
`))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1740000000, 0)
	g := New(p, nil)
	g.Now = func() time.Time { return now }
	ask := func(amount string) *Verdict {
		r := plainRequest()
		r.Payload = json.RawMessage(strings.Replace(string(r.Payload), `"1"}`, `"`+amount+`"}`, 1))
		return g.Check(context.Background(), r)
	}
	if v := ask("101"); v.Decision != Deny || !v.Fired("P1") {
		t.Errorf("101: %+v", v.Reasons)
	}
	v := ask("100")
	if v.Fired("P1") || v.Fired("P2") || !v.Fired("P3") {
		t.Errorf("100: %+v", v.Reasons)
	}
	g.Learn(v, nil, Executed{At: now})
	now = now.Add(time.Hour)
	if v := ask("51"); !v.Fired("P2") {
		t.Errorf("51 after 100: %+v", v.Reasons)
	}
	now = now.Add(24 * time.Hour)
	if v := ask("51"); v.Fired("P2") || v.Fired("P3") {
		t.Errorf("51 a day later: %+v", v.Reasons)
	}
}

func TestHistoryFile(t *testing.T) {
	h := NewHistory()
	v := &Verdict{Wallet: "w", Decoded: Decoded{Effects: []Effect{{Type: NativeTransfer, Asset: "a", To: "0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3"}}}}
	h.Of("w").Learn(v, map[string]string{"gas": "5"}, Executed{At: time.Unix(9, 0).UTC(), Executor: "x"})
	file := t.TempDir() + "/h.json"
	if err := h.Write(file); err != nil {
		t.Fatal(err)
	}
	back, err := ReadHistory(file)
	if err != nil || !back.Of("w").paid("0x88A1493366d48225fc3cefbdae9ebb23e323ade3") == false && back.Of("w").Rows != 1 {
		t.Errorf("%v %+v", err, back)
	}
	if _, err := ReadHistory("/nonexistent"); err == nil {
		t.Error("a missing history is read")
	}
}

// FuzzCheck: any bytes give an error or a verdict; undecoded bytes are never
// allowed, and the JSON of a verdict can be read back.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		`{"wallet":"w","kind":"safe_tx","payload":{"chain_id":"1","safe":"0x1Db92e2EeBC8E0c075a02BeA49a2935BcD2dFCF4","to":"0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3","value":"1","data":"0x","operation":0,"nonce":"7"},"intent":{"to":"x"}}`,
		`{"wallet":"w","kind":"eth_tx","payload":{"raw":"0x02c0"}}`, `{"wallet":"w","kind":"psbt","payload":{"psbt":"cHNidP8="}}`,
		`{"wallet":"w","kind":"eip7702","payload":{"raw":"0x05d7"}}`, `{"wallet":"w","kind":"eip712","payload":{"types":{}}}`,
		`{"wallet":"w","kind":"btc_raw","payload":{"raw":"00","previous":[]}}`, `{"wallet":"w","kind":"mt103","payload":{"message":"{1:F01TESTDEF0AXXX0000000000}{2:I103TESTUS30XXXXN}{4:\\r\\n:20:R\\r\\n:32A:260114USD3,\\r\\n-}"}}`,
		`{"wallet":"w","kind":"pacs008","payload":{"message":"<Document><FIToFICstmrCdtTrf></FIToFICstmrCdtTrf></Document>"}}`,
		`{"wallet":"w","kind":"transfer","payload":{"to":"1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7P","asset":"a","amount":"1"}}`,
	} {
		f.Add([]byte(seed))
	}
	p, err := ParsePolicy([]byte("format: " + PolicyFormat + `
name: fuzz
base: baseline
wallets: {w: {role: cold, safe: "eip155:1:0x1Db92e2EeBC8E0c075a02BeA49a2935BcD2dFCF4", owners: ["0x1F4EB0a903619ac168b19A82F1a6e2e426522211"], threshold: 1}}
`))
	if err != nil {
		f.Fatal(err)
	}
	g := New(p, nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ReadRequest(data)
		if err != nil {
			if !errors.Is(err, ErrRequest) {
				t.Fatal(err)
			}
			return
		}
		v := g.Check(context.Background(), r)
		if v.Decision == Allow && (!v.Decoded.Complete || len(v.Decoded.Undecoded) > 0) {
			t.Fatalf("undecoded bytes are allowed: %s", data)
		}
		for _, reason := range v.Reasons {
			if strings.HasPrefix(reason.Text, "internal fault") {
				t.Fatal(reason.Text)
			}
		}
		text, err := v.JSON()
		if err != nil || !json.Valid(text) {
			t.Fatal(err)
		}
		v.Screen(p, r.Intent, 80)
	})
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte("format: " + PolicyFormat + "\nname: x\nrules: [{when: {dst: book}, action: allow}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := ParsePolicy(data); err == nil && p.Hash() == "" {
			t.Fatal("a policy without a hash")
		}
	})
}
