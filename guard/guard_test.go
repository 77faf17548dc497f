package guard_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/evm"
	"github.com/coldtrail/coldtrail/guard/replay"
	"github.com/coldtrail/coldtrail/guard/safe"
	"github.com/coldtrail/coldtrail/tag"
)

const (
	wallet = "0x1Db92e2EeBC8E0c075a02BeA49a2935BcD2dFCF4"
	warm   = "0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3"
	usdt   = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
	owner  = "0x1F4EB0a903619ac168b19A82F1a6e2e426522211"
	multi  = "0x8D29bE29923b68abfDD21e541b9374737B49cdAD" // MultiSend 1.1.1
	thief  = "0x96221423681A6d52E184D440a8eFCEbB105C7242"
	ether  = "eip155:1/slip44:60"
)

var noon = time.Date(2025, 2, 21, 12, 0, 0, 0, time.UTC)

// keys are two people of a group.
var keys = []ed25519.PrivateKey{ed25519.NewKeyFromSeed(make([]byte, 32)), ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", 32)))}

func public(k ed25519.PrivateKey) string {
	return "ed25519:" + base64.StdEncoding.EncodeToString(k.Public().(ed25519.PublicKey))
}

func sign(k ed25519.PrivateKey, message []byte) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(k, message))
}

func policy(t testing.TB, base, more string) *guard.Policy {
	t.Helper()
	p, err := guard.ParsePolicy([]byte(fmt.Sprintf(`format: %s
name: test
base: %s
wallets:
  cold: {role: cold, safe: "eip155:1:%s", safe_version: "1.1.1", owners: ["%s"], threshold: 1}
  key: {role: hot, account: "eip155:1:%s"}
  btc: {role: cold, descriptors: ["wpkh(%s/<0;1>/*)"]}
address_book:
  - {name: warm, addr: "eip155:1:%s", added: 2025-01-01, cooldown: 24h}
tokens:
  - {asset: "eip155:1/erc20:%s", symbol: USDT, decimals: 6}
groups: {treasury: ["%s", "%s"], policy: ["%s", "%s"]}
%s`, guard.PolicyFormat, base, wallet, owner, owner, xpub, warm, usdt, public(keys[0]), public(keys[1]), public(keys[0]), public(keys[1]), more)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const xpub = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"

func newGuard(t testing.TB, base, more string) *guard.Guard {
	g := guard.New(policy(t, base, more), nil)
	g.Now = func() time.Time { return noon }
	return g
}

// with replaces lists of the policy.
func with(t testing.TB, base, more string) *guard.Guard {
	p, err := policy(t, base, "").With([]byte(more))
	if err != nil {
		t.Fatal(err)
	}
	g := guard.New(p, nil)
	g.Now = func() time.Time { return noon }
	return g
}

func address(text string) evm.Address {
	a, err := evm.ParseAddress(text)
	if err != nil {
		panic(err)
	}
	return a
}

// safeRequest makes a request of a Safe transaction.
func safeRequest(to, value string, data []byte, op safe.Operation) *guard.Request {
	t := &safe.Transaction{To: address(to), Data: data, Operation: op, Nonce: *uint256.NewInt(7)}
	if err := t.Value.SetFromDecimal(value); err != nil {
		panic(err)
	}
	w := safe.Wallet{Address: address(wallet), ChainID: *uint256.NewInt(1), Version: "1.1.1"}
	body, _ := json.Marshal(replay.SafePayload(w, t))
	return &guard.Request{Wallet: "cold", Kind: guard.SafeTx, Payload: body}
}

func intent(to, amount, unit string) *guard.Intent {
	return &guard.Intent{To: to, Asset: ether, Amount: amount, Unit: unit, Source: "ticket"}
}

const eth30000 = "30000000000000000000000"

func rules(v *guard.Verdict) string {
	var all []string
	for _, r := range v.Reasons {
		all = append(all, r.Rule+":"+r.Severity.String())
	}
	return strings.Join(all, " ")
}

func want(t *testing.T, name string, v *guard.Verdict, d guard.Decision, fired ...string) {
	t.Helper()
	if v.Decision != d {
		t.Errorf("%s: %s, want %s: %s %v", name, v.Decision, d, rules(v), v.Decoded.Undecoded)
	}
	for _, r := range fired {
		if !strings.Contains(rules(v), r) {
			t.Errorf("%s: %s is silent: %s", name, r, rules(v))
		}
	}
}

// pack encodes items of multiSend: operation, to, value, length, data.
func pack(op byte, to string, data []byte) []byte {
	a := address(to)
	out := append([]byte{op}, a[:]...)
	out = append(out, make([]byte, 32)...)
	n := uint256.NewInt(uint64(len(data))).Bytes32()
	return append(append(out, n[:]...), data...)
}

func multiSend(items []byte) []byte {
	out := append([]byte{0x8d, 0x80, 0xff, 0x0a}, make([]byte, 64)...)
	out[4+31] = 32
	n := uint256.NewInt(uint64(len(items))).Bytes32()
	copy(out[36:], n[:])
	out = append(out, items...)
	return append(out, make([]byte, (32-len(items)%32)%32)...)
}

func transferCall(to string, amount uint64) []byte {
	w, n := address(to).Word(), uint256.NewInt(amount).Bytes32()
	return append(append([]byte{0xa9, 0x05, 0x9c, 0xbb}, w[:]...), n[:]...)
}

// TestStrict: only a transfer that is meant, to a ripe entry of the book, with the
// balance known, passes.
func TestStrict(t *testing.T) {
	ctx := context.Background()
	good := func() *guard.Request {
		r := safeRequest(warm, eth30000, nil, 0)
		r.Intent, r.Balances = intent(warm, "30000", "ETH"), map[string]string{ether: "400000000000000000000000"}
		return r
	}
	want(t, "good", newGuard(t, "strict", "").Check(ctx, good()), guard.Allow)
	for name, c := range map[string]struct {
		change func(*guard.Request)
		d      guard.Decision
		rule   string
	}{
		"no intent":               {func(r *guard.Request) { r.Intent = nil }, guard.Hold, "G02:high"},
		"no balance":              {func(r *guard.Request) { r.Balances = nil }, guard.Hold, "G08:high"},
		"25 %":                    {func(r *guard.Request) { r.Balances[ether] = "120000000000000000000000" }, guard.Hold, "G08:high"},
		"60 %":                    {func(r *guard.Request) { r.Balances[ether] = "50000000000000000000000" }, guard.Deny, "G08:critical"},
		"another amount":          {func(r *guard.Request) { r.Intent.Amount = "30000.000000000000000001" }, guard.Deny, "G02:critical"},
		"another recipient":       {func(r *guard.Request) { r.Intent.To = thief }, guard.Deny, "G02:critical"},
		"another asset":           {func(r *guard.Request) { r.Intent.Asset = "eip155:1/erc20:" + usdt }, guard.Deny, "G02:critical"},
		"another nonce":           {func(r *guard.Request) { r.Intent.Nonce = "8" }, guard.Deny, "G02:critical"},
		"another chain":           {func(r *guard.Request) { r.Intent.ChainID = "10" }, guard.Deny, "G02:critical"},
		"another wallet":          {func(r *guard.Request) { r.Intent.Wallet = "other" }, guard.Deny, "G02:critical"},
		"unit of nothing":         {func(r *guard.Request) { r.Intent.Unit = "BTC" }, guard.Deny, "G02:critical"},
		"shown digest":            {func(r *guard.Request) { r.ClaimedDigest = "0x" + strings.Repeat("00", 32) }, guard.Deny, "G02:critical"},
		"bad signature":           {func(r *guard.Request) { r.Signatures = []string{"0x" + strings.Repeat("11", 64) + "1b"} }, guard.Deny, "G03:critical"},
		"short signature":         {func(r *guard.Request) { r.Signatures = []string{"0x11"} }, guard.Deny, "G03:critical"},
		"lapsed":                  {func(r *guard.Request) { at := noon.Add(-time.Second); r.ValidUntil = &at }, guard.Hold, "G21:high"},
		"proposed long ago":       {func(r *guard.Request) { at := noon.Add(-25 * time.Hour); r.AsOf = &at }, guard.Hold, "G21:high"},
		"proposed tomorrow":       {func(r *guard.Request) { at := noon.Add(time.Hour); r.AsOf = &at }, guard.Hold, "G21:high"},
		"wallet not in policy":    {func(r *guard.Request) { r.Wallet = "stranger" }, guard.Hold, "G01:high"},
		"intent by another's key": {func(r *guard.Request) { r.Intent.SignedBy = public(keys[0]); r.Intent.Signature = "AAAA" }, guard.Deny, "G02:critical"},
	} {
		r := good()
		c.change(r)
		want(t, name, newGuard(t, "strict", "").Check(ctx, r), c.d, c.rule)
	}
	r := good()
	r.Intent.SignedBy = public(keys[0])
	r.Intent.Signature = sign(keys[0], r.Intent.Message())
	want(t, "signed intent", newGuard(t, "strict", "").Check(ctx, r), guard.Allow)
	r.ClaimedDigest = strings.ToUpper(newGuard(t, "strict", "").Check(ctx, r).Digests["safe_tx_hash"][2:])
	want(t, "digest as a device shows it", newGuard(t, "strict", "").Check(ctx, r), guard.Allow)
	r.Channel, r.Intent = "host-1", intent(warm, "30000", "ETH")
	r.Intent.Channel = "host-1"
	want(t, "same channel", newGuard(t, "strict", "").Check(ctx, r), guard.Allow, "G02:warn")
}

// TestEffects: what calldata does is judged wherever it stands.
func TestEffects(t *testing.T) {
	ctx := context.Background()
	evil := pack(1, thief, nil)
	nested := multiSend(pack(1, multi, multiSend(pack(1, multi, multiSend(evil)))))
	fine := multiSend(append(pack(0, usdt, transferCall(warm, 5)), pack(0, usdt, transferCall(warm, 7))...))
	infinite := append([]byte{0x09, 0x5e, 0xa7, 0xb3}, append(make([]byte, 12), append(address20(thief), []byte(strings.Repeat("\xff", 32))...)...)...)
	refund := safeRequest(warm, "1", nil, 0)
	refund.Payload = json.RawMessage(strings.NewReplacer(`"gasPrice":"0"`, `"gasPrice":"5"`, `"safeTxGas":"0"`, `"safeTxGas":"7"`, `"refundReceiver":"0x0000000000000000000000000000000000000000"`, `"refundReceiver":"`+thief+`"`).Replace(string(refund.Payload)))
	for name, c := range map[string]struct {
		r     *guard.Request
		d     guard.Decision
		rules []string
	}{
		"delegatecall":                  {safeRequest(thief, "0", nil, 1), guard.Deny, []string{"G04:critical"}},
		"delegatecall to a singleton":   {safeRequest("0x34CfAC646f301356fAa8B21e94227e3583Fe3F5F", "0", nil, 1), guard.Deny, []string{"G04:critical"}},
		"batch of known":                {safeRequest(multi, "0", fine, 1), guard.Allow, nil},
		"batch with delegatecall":       {safeRequest(multi, "0", multiSend(evil), 1), guard.Deny, []string{"G04:critical"}},
		"three batches deep":            {safeRequest(multi, "0", nested, 1), guard.Deny, []string{"G04:critical"}},
		"batch cut":                     {safeRequest(multi, "0", fine[:len(fine)-64], 1), guard.Hold, []string{"G01:high"}},
		"unknown selector":              {safeRequest(warm, "0", []byte{1, 2, 3, 4}, 0), guard.Hold, []string{"G01:high"}},
		"operation 2":                   {safeRequest(warm, "0", nil, 2), guard.Hold, []string{"G01:high"}},
		"unlimited approval":            {safeRequest(usdt, "0", infinite, 0), guard.Hold, []string{"G15:high"}},
		"transfer of nothing":           {safeRequest(usdt, "0", transferCall(warm, 0), 0), guard.Hold, []string{"G14:high"}},
		"transfer at a stranger":        {safeRequest(thief, "0", transferCall(warm, 5), 0), guard.Hold, []string{"G14:high"}},
		"new destination":               {safeRequest(thief, "1", nil, 0), guard.Hold, []string{"G06:high"}},
		"change of owner":               {safeRequest(wallet, "0", append([]byte{0x69, 0x4e, 0x80, 0xc3}, make([]byte, 32)...), 0), guard.Hold, []string{"G05:high"}},
		"look-alike":                    {safeRequest(alike(warm), "1", nil, 0), guard.Deny, []string{"G07:critical"}},
		"refund to a stranger":          {refund, guard.Hold, []string{"G06:high"}},
		"dust to the wallet, no effect": {safeRequest(wallet, "0", nil, 0), guard.Allow, nil},
	} {
		want(t, name, newGuard(t, "baseline", "").Check(ctx, c.r), c.d, c.rules...)
	}
}

func address20(text string) []byte { a := address(text); return a[:] }

// alike changes the middle of an address.
func alike(text string) string {
	a := address(text)
	a[8] ^= 0xff
	return a.String()
}

// TestPayloadStrict: a payload that two programs could read in two ways, or that
// leaves something out, is held.
func TestPayloadStrict(t *testing.T) {
	for name, c := range map[string][2]string{
		"key twice by case":     {`"to":`, `"To":"` + thief + `","to":`},
		"key by another letter": {`"safe":`, `"ſafe":"` + thief + `","safe":`},
		"unknown key":           {`"to":`, `"delegate":"x","to":`},
		"no value":              {`"value":"1"`, `"x":"1"`},
		"null nonce":            {`"nonce":"7"`, `"nonce":null`},
		"negative value":        {`"value":"1"`, `"value":"-1"`},
		"beyond 256 bits":       {`"value":"1"`, `"value":"` + strings.Repeat("9", 78) + `"`},
		"wrong checksum":        {warm, strings.Replace(warm, "0x88a1", "0x88A1", 1)},
		"odd hex":               {`"data":"0x"`, `"data":"0x0"`},
		"operation 256":         {`"operation":"0"`, `"operation":"256"`},
	} {
		r := safeRequest(warm, "1", nil, 0)
		text := strings.Replace(string(r.Payload), c[0], c[1], 1)
		if text == string(r.Payload) {
			t.Fatalf("%s changes nothing in %s", name, r.Payload)
		}
		r.Payload = json.RawMessage(text)
		want(t, name, newGuard(t, "baseline", "").Check(context.Background(), r), guard.Hold, "G01:high")
	}
}

// TestOtherChain: an address of the policy on another chain is not the wallet.
func TestOtherChain(t *testing.T) {
	r := safeRequest(warm, "1", nil, 0)
	r.Payload = json.RawMessage(strings.Replace(string(r.Payload), `"chain_id":"1"`, `"chain_id":"5"`, 1))
	want(t, "chain 5", newGuard(t, "baseline", "").Check(context.Background(), r), guard.Deny, "G01:high", "G02:critical")
	for _, none := range []string{`"chain_id":"0",`, ``} {
		r = safeRequest(warm, "1", nil, 0)
		r.Payload = json.RawMessage(strings.Replace(string(r.Payload), `"chain_id":"1",`, none, 1))
		want(t, "no chain", newGuard(t, "baseline", "").Check(context.Background(), r), guard.Hold, "G01:high")
	}
	r = safeRequest(warm, "1", nil, 0)
	r.Payload = json.RawMessage(strings.Replace(string(r.Payload), wallet, thief, 1))
	want(t, "another safe", newGuard(t, "baseline", "").Check(context.Background(), r), guard.Deny, "G02:critical")
	r = safeRequest(warm, "1", nil, 0)
	r.Payload = json.RawMessage(strings.Replace(string(r.Payload), `"1.1.1"`, `"1.3.0"`, 1))
	want(t, "another version", newGuard(t, "baseline", "").Check(context.Background(), r), guard.Hold, "G01:high")
}

func TestPermitAndDelegation(t *testing.T) {
	ctx := context.Background()
	permit := fmt.Sprintf(`{"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
"Permit":[{"name":"owner","type":"address"},{"name":"spender","type":"address"},{"name":"value","type":"uint256"},{"name":"nonce","type":"uint256"},{"name":"deadline","type":"uint256"}]},
"primaryType":"Permit","domain":{"name":"USDT","chainId":"1","verifyingContract":"%s"},
"message":{"owner":"%s","spender":"%s","value":"115792089237316195423570985008687907853269984665640564039457584007913129639935","nonce":"0","deadline":"1740200000"}}`, usdt, owner, thief)
	r := &guard.Request{Wallet: "key", Kind: guard.EIP712, Payload: json.RawMessage(permit)}
	want(t, "unlimited permit", newGuard(t, "baseline", "").Check(ctx, r), guard.Hold, "G15:high")
	r.Intent = intent(warm, "1", "ETH")
	want(t, "permit that was not meant", newGuard(t, "baseline", "").Check(ctx, r), guard.Deny, "G02:critical")
	// EIP-7702: 0x05 and the list of chain id, address, nonce.
	a := address(thief)
	for chain, d := range map[byte]guard.Decision{0x80: guard.Deny, 0x01: guard.Deny} {
		raw := append([]byte{5, 0xd7, chain, 0x94}, append(a[:], 0x80)...)
		r := &guard.Request{Wallet: "key", Kind: guard.EIP7702, Payload: json.RawMessage(`{"raw":"0x` + hex.EncodeToString(raw) + `"}`)}
		want(t, "delegation to a stranger", newGuard(t, "baseline", "").Check(ctx, r), d, "G05:critical")
	}
	named := newGuard(t, "baseline", `delegates: ["`+thief+`"]`)
	raw := append([]byte{5, 0xd7, 1, 0x94}, append(a[:], 0x80)...)
	r = &guard.Request{Wallet: "key", Kind: guard.EIP7702, Payload: json.RawMessage(`{"raw":"0x` + hex.EncodeToString(raw) + `"}`)}
	want(t, "delegation that the policy names", named.Check(ctx, r), guard.Hold, "G05:high")
	raw[2] = 5
	r.Payload = json.RawMessage(`{"raw":"0x` + hex.EncodeToString(raw) + `"}`)
	want(t, "on a chain that is not the wallet's", named.Check(ctx, r), guard.Deny, "G01:high", "G02:critical")
	raw[2], r.Wallet = 1, "stranger"
	r.Payload = json.RawMessage(`{"raw":"0x` + hex.EncodeToString(raw) + `"}`)
	want(t, "for a wallet without an account", named.Check(ctx, r), guard.Hold, "G01:high")
}

// TestApprovals: two people lower a hold, one does not, nobody lowers a deny, and a
// consent to other bytes counts for nothing.
func TestApprovals(t *testing.T) {
	ctx := context.Background()
	more := "approvals: {G06: {group: treasury, n: 2}}"
	r := safeRequest(thief, "1", nil, 0)
	g := newGuard(t, "baseline", more)
	hash := g.Check(ctx, r).PayloadHash
	consent := func(i int, hash string) guard.Consent {
		return guard.Consent{By: public(keys[i]), Signature: sign(keys[i], guard.ApprovalMessage("cold", hash))}
	}
	r.Approvals = []guard.Consent{consent(0, hash), consent(0, hash)}
	want(t, "one person twice", g.Check(ctx, r), guard.Hold)
	r.Approvals = []guard.Consent{consent(0, hash), consent(1, "sha256:00")}
	want(t, "one for other bytes", g.Check(ctx, r), guard.Hold)
	r.Approvals = []guard.Consent{consent(0, hash), consent(1, hash)}
	want(t, "two people", g.Check(ctx, r), guard.Allow, "G06:warn")
	r.Approvals = nil
	if err := g.Approve("cold", hash, consent(0, "x")); !errors.Is(err, guard.ErrRequest) {
		t.Errorf("a false approval is kept: %v", err)
	}
	for i := range keys {
		if err := g.Approve("cold", hash, consent(i, hash)); err != nil {
			t.Error(err)
		}
	}
	want(t, "two people, registered", g.Check(ctx, r), guard.Allow)
	r = safeRequest(thief, "0", nil, 1)
	g = newGuard(t, "baseline", "approvals: {G04: {group: treasury, n: 1}}")
	hash = g.Check(ctx, r).PayloadHash
	r.Approvals = []guard.Consent{consent(0, hash), consent(1, hash)}
	want(t, "deny stays", g.Check(ctx, r), guard.Deny)
}

func TestIntentRegistered(t *testing.T) {
	g := newGuard(t, "baseline", "")
	in := intent(warm, "30000", "ETH")
	in.Ref = "TREAS-4711"
	if err := g.RegisterIntent("cold", in); err != nil {
		t.Fatal(err)
	}
	if err := g.RegisterIntent("cold", intentRef(thief)); !errors.Is(err, guard.ErrRequest) {
		t.Errorf("an intent was changed: %v", err)
	}
	r := safeRequest(warm, eth30000, nil, 0)
	r.Intent = &guard.Intent{Ref: "TREAS-4711"}
	want(t, "by reference", g.Check(context.Background(), r), guard.Allow)
	r = safeRequest(thief, eth30000, nil, 0)
	r.Intent = &guard.Intent{Ref: "TREAS-4711"}
	want(t, "another recipient", g.Check(context.Background(), r), guard.Deny, "G02:critical")
	r.Intent = &guard.Intent{Ref: "nothing"}
	want(t, "unknown reference", g.Check(context.Background(), r), guard.Deny, "G02:critical")
}

func intentRef(to string) *guard.Intent {
	in := intent(to, "1", "ETH")
	in.Ref = "TREAS-4711"
	return in
}

func TestDuplicatesAndFreeze(t *testing.T) {
	ctx := context.Background()
	g := newGuard(t, "baseline", "duplicate_window: 24h\nfreeze_on: [G03]")
	r := safeRequest(warm, "5", nil, 0)
	want(t, "first", g.Check(ctx, r), guard.Allow)
	want(t, "the same again", g.Check(ctx, r), guard.Allow)
	want(t, "same nonce, other bytes", g.Check(ctx, safeRequest(warm, "6", nil, 0)), guard.Hold, "G20:high")
	r.Payload = json.RawMessage(strings.Replace(string(r.Payload), `"nonce":"7"`, `"nonce":"8"`, 1))
	want(t, "same payment, other nonce", g.Check(ctx, r), guard.Hold, "G20:high")
	bad := safeRequest(warm, "9", nil, 0)
	bad.Payload = json.RawMessage(strings.Replace(string(bad.Payload), `"nonce":"7"`, `"nonce":"9"`, 1))
	fine := *bad
	bad.Signatures = []string{"0x" + strings.Repeat("11", 64) + "1b"}
	want(t, "false signature", g.Check(ctx, bad), guard.Deny, "G03:critical")
	want(t, "frozen", g.Check(ctx, &fine), guard.Hold, "G20:high")
	since := g.Frozen("cold")
	var all []guard.Consent
	for _, k := range keys {
		if err := g.ReleaseBy("cold", all); err == nil {
			t.Error("released by too few")
		}
		all = append(all, guard.Consent{By: public(k), Signature: sign(k, guard.ReleaseMessage("cold", since))})
	}
	if err := g.ReleaseBy("cold", all); err != nil {
		t.Error(err)
	}
	want(t, "released", g.Check(ctx, &fine), guard.Allow)
}

// TestLists: an address listed on Ethereum is found whatever the chain and case.
func TestLists(t *testing.T) {
	set := &tag.Set{}
	if err := set.Add(tag.Tag{Ledger: "eip155:1", Account: tag.Canonical(thief), Label: "sanctioned", Concepts: []string{"sanction"}, Confidence: "authority_data", Source: "test"}); err != nil {
		t.Fatal(err)
	}
	g := newGuard(t, "baseline", "")
	g.Lists = set
	want(t, "listed", g.Check(context.Background(), safeRequest(thief, "1", nil, 0)), guard.Deny, "G16:critical")
	want(t, "not listed", g.Check(context.Background(), safeRequest(warm, "1", nil, 0)), guard.Allow)
	g = with(t, "baseline", `tokens: [{asset: "eip155:1/erc20:`+thief+`", symbol: BAD, decimals: 0}]`)
	g.Lists = set
	want(t, "a listed token", g.Check(context.Background(), safeRequest(thief, "0", transferCall(warm, 4), 0)), guard.Deny, "G16:critical")
}

func TestScreenIsPlain(t *testing.T) {
	g := newGuard(t, "baseline", "")
	r := safeRequest(warm, "1", nil, 0)
	r.ID = "x\x1b[2J\u202eevil"
	r.Intent = intent("\x1b]0;title\x07", "1", "ETH")
	v := g.Check(context.Background(), r)
	text := v.Screen(g.Policy(), r.Intent, 80)
	if strings.ContainsAny(text, "\x1b\x07\u202e") {
		t.Errorf("the screen takes orders from a request: %q", text)
	}
	for _, line := range strings.Split(text, "\n") {
		if len([]rune(line)) > 80 {
			t.Errorf("%d columns: %s", len([]rune(line)), line)
		}
	}
	if !strings.HasPrefix(strings.Split(text, "\n")[1], "##  DENY: DO NOT SIGN") {
		t.Errorf("the verdict does not come first:\n%s", text)
	}
	if got := strings.Join(guard.Groups("0x00ff11ee22dd33cc44bb"), "|"); got != "00FF 11EE 22DD 33CC 44BB" {
		t.Error(got)
	}
}

func TestBitcoin(t *testing.T) {
	c, err := replay.Open("dmm-2024")
	if err != nil {
		t.Fatal(err)
	}
	g := newGuard(t, "baseline", "")
	r := *c.Steps[0].Request
	r.Wallet = "btc"
	want(t, "new destination", g.Check(context.Background(), &r), guard.Hold, "G06:high")
	book := "address_book: [{name: known, addr: " + replay.DMMKnown + "}]"
	want(t, "clean", with(t, "strict", book+"\nrequire_balance: false").Check(context.Background(), &r), guard.Allow)
	r.Wallet = "cold"
	want(t, "a wallet without descriptors", with(t, "baseline", book).Check(context.Background(), &r), guard.Deny, "G01:high", "G19:high")
	var p struct{ PSBT string }
	if err := json.Unmarshal(r.Payload, &p); err != nil {
		t.Fatal(err)
	}
	raw, _ := base64.StdEncoding.DecodeString(p.PSBT)
	r.Wallet = "btc"
	for i := range raw { // no changed byte may let other bytes pass as the same
		bad := append([]byte{}, raw...)
		bad[i] ^= 1
		r.Payload = json.RawMessage(`{"psbt":"` + base64.StdEncoding.EncodeToString(bad) + `"}`)
		v := with(t, "strict", book+"\nrequire_balance: false").Check(context.Background(), &r)
		if v.Decision == guard.Allow {
			for _, e := range v.Decoded.Effects {
				if e.Type == guard.NativeTransfer && (e.To != replay.DMMKnown || e.Amount.Dec() != "5000000000") {
					t.Errorf("byte %d changed: allowed to pay %s to %s", i, e.Amount.Dec(), e.To)
				}
				// A smaller change is a greater fee, which the policy's rate bounds.
				if e.Type == guard.Fee && e.Amount.Uint64() > 500*150 {
					t.Errorf("byte %d changed: the fee is %s", i, e.Amount.Dec())
				}
			}
		}
	}
}
