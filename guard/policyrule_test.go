package guard_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/receipt"
)

// TestUnless: a rule that denies changes of control is lifted by two approvals and
// a matching intent, and by nothing less. The guard's own rule still holds.
func TestUnless(t *testing.T) {
	ctx := context.Background()
	more := `rules:
  - {when: {wallet_role: cold, effect: [delegatecall, control_change]}, action: deny, unless: {approvals: 2, group: treasury, intent: required}}`
	change := func() *guard.Request {
		return safeRequest(wallet, "0", append([]byte{0x69, 0x4e, 0x80, 0xc3}, make([]byte, 32)...), 0)
	}
	g := newGuard(t, "baseline", more)
	r := change()
	v := g.Check(ctx, r)
	want(t, "nothing lifts it", v, guard.Deny, "P1:critical")
	r.Intent = &guard.Intent{AllowEffects: []guard.EffectType{guard.ControlChange}}
	want(t, "the intent alone", g.Check(ctx, r), guard.Deny, "P1:critical")
	for _, k := range keys {
		r.Approvals = append(r.Approvals, guard.Consent{By: public(k), Signature: sign(k, guard.ApprovalMessage("cold", v.PayloadHash))})
	}
	want(t, "intent and approvals", g.Check(ctx, r), guard.Hold, "P1:warn", "G05:high")
	r.Intent = nil
	want(t, "approvals alone", g.Check(ctx, r), guard.Deny, "P1:critical")
	want(t, "another effect", g.Check(ctx, safeRequest(warm, "1", nil, 0)), guard.Allow)
}

// TestWhen tries each condition of a rule by itself.
func TestWhen(t *testing.T) {
	for when, hits := range map[string]bool{
		"wallet: cold": true, "wallet: key": false, "wallet_role: cold": true, "wallet_role: hot": false,
		"kind: safe_tx": true, "kind: psbt": false, "effect: [native_transfer]": true, "effect: [approval]": false,
		"dst: book": true, "dst: known": true, "dst: unknown": false, "intent: match": true, "intent: missing": false, "intent: mismatch": false,
		`asset: "` + ether + `"`: true, `asset: "iso4217:USD"`: false,
		`asset: "` + ether + `", amount_gt: "4"`: true, `asset: "` + ether + `", amount_gt: "5"`: false,
		`asset: "` + ether + `", window: 1h, sum_gt: "4"`: true, `asset: "` + ether + `", window: 1h, sum_gt: "5"`: false,
	} {
		r := safeRequest(warm, "5", nil, 0)
		r.Intent = intent(warm, "5", "wei")
		v := newGuard(t, "baseline", "rules: [{when: {"+when+"}, action: hold, note: hit}]").Check(context.Background(), r)
		if v.Fired("P1") != hits {
			t.Errorf("%s: %s", when, rules(v))
		}
	}
}

func TestIntentDetails(t *testing.T) {
	ctx := context.Background()
	// Two transfers in one batch, meant in another order; and one of them twice.
	batch := multiSend(append(pack(0, usdt, transferCall(warm, 5)), pack(0, usdt, transferCall(warm, 7))...))
	asset := "eip155:1/erc20:" + usdt
	r := safeRequest(multi, "0", batch, 1)
	r.Intent = &guard.Intent{Transfers: []guard.Meant{{To: warm, Asset: asset, Amount: "0.000007", Unit: "USDT"}, {To: warm, Asset: strings.ToLower(asset), Amount: "5"}}}
	want(t, "two, in another order", newGuard(t, "baseline", "").Check(ctx, r), guard.Allow)
	r.Intent.Transfers[1].Amount = "7"
	want(t, "another amount", newGuard(t, "baseline", "").Check(ctx, r), guard.Deny, "G02:critical")
	r.Intent.Transfers = append(r.Intent.Transfers[:1], guard.Meant{To: warm, Asset: asset, Amount: "5"}, guard.Meant{To: warm, Asset: asset, Amount: "1"})
	want(t, "one is missing", newGuard(t, "baseline", "").Check(ctx, r), guard.Deny, "G02:critical")
	r.Intent.Transfers, r.Intent.To = r.Intent.Transfers[:2], warm
	want(t, "one and a list", newGuard(t, "baseline", "").Check(ctx, r), guard.Deny, "G02:critical")
	// The fee of an envelope: gas 21000 at price 1.
	raw := json.RawMessage(`{"raw":"0xe701018252089496221423681a6d52e184d440a8efcebb105c7242880de0b6b3a764000080018080"}`)
	for max, d := range map[string]guard.Decision{"": guard.Allow, "21000": guard.Allow, "20999": guard.Deny, "x": guard.Deny} {
		r := &guard.Request{Wallet: "key", Kind: guard.EthTx, Payload: raw, Intent: intent(thief, "1", "ETH")}
		r.Intent.MaxFee = max
		want(t, "max fee "+max, newGuard(t, "baseline", "").Check(ctx, r), d)
	}
	limit := `thresholds: {fee_max: {"` + ether + `": "20999"}}`
	want(t, "the policy's limit of the fee", newGuard(t, "baseline", limit).Check(ctx, &guard.Request{Wallet: "key", Kind: guard.EthTx, Payload: raw}), guard.Hold, "G18:high")
}

// TestTypedSignature: the signature of a permit is verified over our digest.
func TestTypedSignature(t *testing.T) {
	key := secp256k1.PrivKeyFromBytes([]byte(strings.Repeat("s", 32)))
	doc := func(holder string) string {
		return fmt.Sprintf(`{"types":{"EIP712Domain":[{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
"Permit":[{"name":"owner","type":"address"},{"name":"spender","type":"address"},{"name":"value","type":"uint256"},{"name":"nonce","type":"uint256"},{"name":"deadline","type":"uint256"}]},
"primaryType":"Permit","domain":{"chainId":"1","verifyingContract":"%s"},"message":{"owner":"%s","spender":"%s","value":"5","nonce":"0","deadline":"1740200000"}}`, usdt, holder, warm)
	}
	r := &guard.Request{Wallet: "key", Kind: guard.EIP712, Payload: json.RawMessage(doc(owner))}
	g := newGuard(t, "baseline", `thresholds: {approval_max: {"eip155:1/erc20:`+usdt+`": "5"}}`)
	v := g.Check(context.Background(), r)
	want(t, "a bounded permit to a known spender", v, guard.Allow)
	digest, err := hex.DecodeString(v.Digests["digest"][2:])
	if err != nil {
		t.Fatal(err)
	}
	sig := ecdsa.SignCompact(key, digest, false)
	r.Signatures = []string{"0x" + hex.EncodeToString(append(sig[1:], sig[0]))}
	want(t, "a stranger signed it", g.Check(context.Background(), r), guard.Deny, "G03:critical")
	r.Signatures = []string{"0x00"}
	want(t, "no signature", g.Check(context.Background(), r), guard.Deny, "G03:critical")
	r.Signatures, r.Payload = nil, json.RawMessage(doc(thief))
	want(t, "a permit of another account", g.Check(context.Background(), r), guard.Deny, "G02:critical")
	r.Payload = json.RawMessage(strings.Replace(doc(owner), `"value":"5"`, `"value":"6"`, 1))
	want(t, "above the limit", g.Check(context.Background(), r), guard.Hold, "G15:high")
	r.Payload = json.RawMessage(strings.Replace(doc(owner), "1740200000", "1840200000", 1))
	want(t, "for years", g.Check(context.Background(), r), guard.Hold, "G15:high")
	r.Payload = json.RawMessage(strings.Replace(doc(owner), "1740200000", "18446744073709551615", 1))
	v = g.Check(context.Background(), r)
	want(t, "for ever", v, guard.Hold, "G15:high")
	text, err := v.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := receipt.Canonical(text); err != nil {
		t.Errorf("no receipt can be made of an approval for ever: %v", err)
	}
	r.Payload = json.RawMessage(strings.Replace(doc(owner), usdt, thief, 1))
	want(t, "of an unknown token", g.Check(context.Background(), r), guard.Hold, "G14:high")
}

func TestWarnings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "p.yaml")
	if err := os.WriteFile(file, []byte("format: "+guard.PolicyFormat+"\nname: x\nbase: baseline\nmode: monitor\nwallets: {w: {role: cold}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := guard.OpenPolicy(file)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(p.Warnings(), "\n")
	for _, want := range []string{"monitor", "fewer members", "default allow", "wallet w"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning of %q in %q", want, all)
		}
	}
	if len(policy(t, "strict", "").Warnings()) != 0 {
		t.Errorf("%q", policy(t, "strict", "").Warnings())
	}
	g := guard.New(p, nil)
	v := g.Check(context.Background(), safeRequest(thief, "0", nil, 1))
	if v.Decision != guard.Allow || !strings.Contains(strings.Join(v.NotEvaluated, " "), "would be deny") {
		t.Errorf("monitor: %s %v", v.Decision, v.NotEvaluated)
	}
}

// TestCooldown: an entry of the book counts only when its cooldown is over.
func TestCooldown(t *testing.T) {
	for added, d := range map[string]guard.Decision{"2025-02-20T12:00:00Z": guard.Allow, "2025-02-20T12:00:01Z": guard.Hold} {
		g := with(t, "baseline", `address_book: [{name: new, addr: "`+thief+`", added: "`+added+`", cooldown: 24h}]`)
		want(t, "added "+added, g.Check(context.Background(), safeRequest(thief, "1", nil, 0)), d)
	}
}

// TestUnsignedIntent: where the policy names intent keys, an intent without a
// signature never matches, whatever severity the policy gives G02.
func TestUnsignedIntent(t *testing.T) {
	ctx := context.Background()
	more := `intent_keys: ["` + public(keys[0]) + `"]
severity: {G02: {any: warn}}
rules: [{when: {dst: book, intent: match}, action: allow}, {when: {}, action: hold}]`
	r := safeRequest(warm, "5", nil, 0)
	r.Intent = intent(warm, "5", "wei")
	want(t, "unsigned", newGuard(t, "baseline", more).Check(ctx, r), guard.Hold, "G02:warn", "P2:high")
	want(t, "unsigned, usual severity", newGuard(t, "baseline", `intent_keys: ["`+public(keys[0])+`"]`).Check(ctx, r), guard.Hold, "G02:high")
	r.Intent.Amount = "6"
	want(t, "unsigned and different", newGuard(t, "baseline", more).Check(ctx, r), guard.Deny, "G02:critical")
	r.Intent.Amount, r.Intent.SignedBy = "5", public(keys[0])
	r.Intent.Signature = sign(keys[0], r.Intent.Message())
	want(t, "signed", newGuard(t, "baseline", more).Check(ctx, r), guard.Allow)
}

// TestAssetCase: limits and balances are found whatever the case in which the
// asset is written.
func TestAssetCase(t *testing.T) {
	ctx := context.Background()
	asset := "eip155:1/erc20:" + usdt
	approve := append([]byte{0x09, 0x5e, 0xa7, 0xb3}, transferCall(warm, 6)[4:]...)
	r := safeRequest(usdt, "0", approve, 0)
	for _, written := range []string{asset, strings.ToLower(asset)} {
		g := newGuard(t, "baseline", `thresholds: {approval_max: {"`+written+`": "5"}}`)
		want(t, "approval above "+written, g.Check(ctx, r), guard.Hold, "G15:high")
		take := safeRequest(usdt, "0", transferCall(warm, 70), 0)
		take.Balances = map[string]string{written: "100"}
		want(t, "70 of 100 "+written, g.Check(ctx, take), guard.Deny, "G08:critical")
	}
	take := safeRequest(usdt, "0", transferCall(warm, 70), 0)
	take.Balances = map[string]string{asset: "100", strings.ToLower(asset): "100000"}
	if v := newGuard(t, "strict", "").Check(ctx, take); !strings.Contains(strings.Join(v.NotEvaluated, " "), "G08") {
		t.Errorf("two balances of one asset: %s %v", rules(v), v.NotEvaluated)
	}
}
