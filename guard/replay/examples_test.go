package replay_test

import (
	"context"
	"testing"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/replay"
)

// TestExamples: what a person finds to try is judged as its title says.
func TestExamples(t *testing.T) {
	want := map[string]guard.Decision{
		"bybit-2025 displayed": guard.Deny, "bybit-2025 malicious": guard.Deny, "dmm-2024 malicious": guard.Deny,
		"banco-del-austro-2015 malicious": guard.Deny, "banco-del-austro-2015 benign": guard.Hold,
		"ethereum payment": guard.Allow, "unlimited permit": guard.Hold, "credit transfer": guard.Allow,
	}
	all, err := replay.Examples()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[guard.Kind]bool{}
	for _, e := range all {
		base, err := guard.Builtin(e.Base)
		if err != nil {
			t.Fatal(err)
		}
		p, err := base.With([]byte(e.Policy))
		if err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		v := guard.New(p, nil).Check(context.Background(), e.Request)
		if v.Decision != want[e.Name] {
			t.Errorf("%s: %s, want %s: %+v %+v", e.Name, v.Decision, want[e.Name], v.Reasons, v.Decoded.Undecoded)
		}
		kinds[e.Request.Kind] = true
	}
	if len(all) != len(want) {
		t.Errorf("%d examples, %d are looked at", len(all), len(want))
	}
	for _, k := range []guard.Kind{guard.SafeTx, guard.PSBT, guard.EthTx, guard.EIP712, guard.MT103, guard.Pacs008} {
		if !kinds[k] {
			t.Errorf("no example of %s", k)
		}
	}
}
