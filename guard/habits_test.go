package guard_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/tag"
)

// habitual returns a guard whose cold wallet paid n times, in steps of ten days,
// multiples of 100 ETH.
func habitual(t *testing.T, n int, proposer string) *guard.Guard {
	t.Helper()
	g := newGuard(t, "baseline", "")
	hundred := uint256.MustFromDecimal("100000000000000000000")
	for i := range n {
		amount := new(uint256.Int).Mul(hundred, uint256.NewInt(uint64(1+i%5)))
		v := &guard.Verdict{Wallet: "cold", Decoded: guard.Decoded{Complete: true, Effects: []guard.Effect{{Type: guard.NativeTransfer, Asset: ether, Amount: *amount, To: warm}}}}
		at := noon.Add(-time.Duration(n-i) * 10 * 24 * time.Hour)
		g.Learn(v, map[string]string{"safeTxGas": "45745"}, guard.Executed{At: at, Executor: owner, Proposer: proposer})
	}
	return g
}

func TestHabits(t *testing.T) {
	ctx := context.Background()
	ask := func(g *guard.Guard, value string) *guard.Verdict {
		return g.Check(ctx, safeRequest(warm, value, nil, 0))
	}
	g := habitual(t, 40, owner)
	want(t, "off the grid", ask(g, "400000000000000000001"), guard.Allow, "G10:warn", "G13:warn")
	if v := ask(g, "400000000000000000000"); v.Fired("G10") || v.Fired("G11") {
		t.Errorf("on the grid, in time: %s", rules(v))
	}
	if v := ask(habitual(t, 9, owner), "400000000000000000001"); v.Fired("G10") || v.Fired("G13") {
		t.Errorf("too short a history: %s", rules(v))
	}
	// A day after the last payment, where ten days are usual.
	g = habitual(t, 40, owner)
	soon := noon.Add(-9 * 24 * time.Hour)
	g.Now = func() time.Time { return soon }
	want(t, "sooner than ever", ask(g, "100000000000000000000"), guard.Allow, "G11:warn")
	// Another payment of the same sitting is no sign.
	again := noon.Add(-10*24*time.Hour + time.Minute)
	g.Now = func() time.Time { return again }
	if v := ask(g, "100000000000000000000"); v.Fired("G11") {
		t.Errorf("the same sitting: %s", rules(v))
	}
	r := safeRequest(warm, "100000000000000000000", nil, 0)
	r.Executor = thief
	want(t, "a new executor, never proposed", habitual(t, 40, owner).Check(ctx, r), guard.Allow, "G12:warn")
	if n := strings.Count(rules(habitual(t, 40, owner).Check(ctx, r)), "G12"); n != 2 {
		t.Errorf("G12 fires %d times", n)
	}
	if n := strings.Count(rules(habitual(t, 40, "").Check(ctx, r)), "G12"); n != 1 {
		t.Errorf("where no proposer was recorded, G12 fires %d times", n)
	}
	r = safeRequest(wallet, "0", append([]byte{0x69, 0x4e, 0x80, 0xc3}, make([]byte, 32)...), 0)
	r.Executor = thief
	v := habitual(t, 40, owner).Check(ctx, r)
	want(t, "control change by a new executor: the pair", v, guard.Hold, "G12:high", "G05:high")
}

// TestDrainOverTime: what left in the last ten minutes counts.
func TestDrainOverTime(t *testing.T) {
	g := newGuard(t, "baseline", "")
	r := safeRequest(warm, "20", nil, 0)
	r.Balances = map[string]string{ether: "100"}
	v := g.Check(context.Background(), r)
	want(t, "20 of 100", v, guard.Allow)
	g.Learn(v, nil, guard.Executed{At: noon.Add(-9 * time.Minute)})
	want(t, "and 20 more", g.Check(context.Background(), r), guard.Hold, "G08:high")
	g.Now = func() time.Time { return noon.Add(2 * time.Minute) }
	want(t, "eleven minutes later", g.Check(context.Background(), r), guard.Allow)
}

// TestForgetful: a verdict says what its rules could not know.
func TestForgetful(t *testing.T) {
	r := safeRequest(warm, "20", nil, 0)
	r.Balances = map[string]string{ether: "100"}
	more := "rules: [{when: {asset: \"" + ether + "\", window: 24h, sum_gt: \"90\"}, action: hold}]"
	notes := func(g *guard.Guard) string {
		return strings.Join(g.Check(context.Background(), r).NotEvaluated, "\n")
	}
	has := func(name, got string, want ...string) {
		t.Helper()
		for _, part := range []string{"no request before", "is frozen", "as_of was not given", "it has none", "its last is of 2025-02-21T11:00:00Z"} {
			if strings.Contains(got, part) != slices.Contains(want, part) {
				t.Errorf("%s: %q in %q", name, part, got)
			}
		}
	}
	g := newGuard(t, "strict", more)
	has("a server", notes(g), "as_of was not given", "it has none")
	g = newGuard(t, "strict", more)
	g.Once = true
	has("once", notes(g), "no request before", "is frozen", "as_of was not given", "it has none")
	h := guard.NewHistory()
	h.Of("cold").Learn(g.Check(context.Background(), r), nil, guard.Executed{At: noon.Add(-time.Hour)})
	g = guard.New(policy(t, "baseline", more), h)
	g.Now = func() time.Time { return noon }
	has("with a history", notes(g), "its last is of 2025-02-21T11:00:00Z")
	g.Learn(g.Check(context.Background(), r), nil, guard.Executed{At: noon})
	has("learning", notes(g))
	r.AsOf, r.Balances = &noon, nil
	g = newGuard(t, "strict", "")
	has("nothing summed", notes(g))
}

func TestEthTx(t *testing.T) {
	ask := func(raw string) *guard.Verdict {
		return newGuard(t, "baseline", "").Check(context.Background(), &guard.Request{Wallet: "key", Kind: guard.EthTx, Payload: json.RawMessage(`{"raw":"0x` + raw + `"}`)})
	}
	const to = "9496221423681a6d52e184d440a8efcebb105c7242"
	// RLP of nonce 1, price 1, gas 21000, to, 1 ETH, no data; then chain 1, 0, 0.
	want(t, "unsigned, EIP-155", ask("e70101825208"+to+"880de0b6b3a764000080018080"), guard.Allow, "G06:warn")
	want(t, "without chain", ask("e40101825208"+to+"880de0b6b3a764000080"), guard.Hold, "G01:high")
	want(t, "another chain", ask("e70101825208"+to+"880de0b6b3a764000080058080"), guard.Deny, "G01:high", "G02:critical")
	want(t, "cut", ask("eb0101"), guard.Hold, "G01:high")
	want(t, "creation of a contract", ask("d3010182520880880de0b6b3a764000080018080"), guard.Hold, "G01:high")
	want(t, "nothing", ask(""), guard.Hold, "G01:high")
}

// TestHeistList screens by the FBI's list of the Bybit theft.
func TestHeistList(t *testing.T) {
	dir := os.Getenv("COLDTRAIL_DATA")
	if dir == "" {
		t.Skip("COLDTRAIL_DATA is not set: the list is not there")
	}
	data, err := os.ReadFile(filepath.Join(dir, "data/guard/fbi_bybit_and_bitget.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		FBI struct{ Addresses []string } `json:"fbi_bybit"`
	}
	if err := json.Unmarshal(data, &list); err != nil || len(list.FBI.Addresses) != 51 {
		t.Fatalf("%d addresses: %v", len(list.FBI.Addresses), err)
	}
	set := &tag.Set{}
	for _, a := range list.FBI.Addresses {
		if err := set.Add(tag.Tag{Ledger: "eip155:1", Account: tag.Canonical(a), Label: "Bybit theft", Concepts: []string{"hack"}, Confidence: "authority_data", Source: "FBI IC3 I-022625-PSA"}); err != nil {
			t.Fatal(err)
		}
	}
	g := newGuard(t, "baseline", "")
	g.Lists = set
	for _, a := range list.FBI.Addresses {
		want(t, a, g.Check(context.Background(), safeRequest(a, "1", nil, 0)), guard.Deny, "G16:critical")
	}
	want(t, "another", g.Check(context.Background(), safeRequest(warm, "1", nil, 0)), guard.Allow)
}
