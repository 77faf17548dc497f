package swift_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/source/payments"
	"github.com/coldtrail/coldtrail/source/swift"
)

func sample(tb testing.TB, name string) []byte {
	tb.Helper()
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		tb.Skip("COLDTRAIL_DATA is not set: no samples")
	}
	data, err := os.ReadFile(filepath.Join(root, "data", "bank", "prowide", name))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// TestProwide reads every sample: 30 of 30 messages.
func TestProwide(t *testing.T) {
	count, total := map[string]int{}, 0
	for _, name := range []string{"MT101.fin", "MT103-bulk-with-ack.rje", "MT103-from-parser-tests.fin", "MT103-out-ack.rje", "MT202-from-parser-tests.fin"} {
		n := 0
		for m, err := range swift.Scan(name, sample(t, name)) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			ps, err := m.Decode()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			total++
			n++
			count[m.Type]++
			if len(ps) != 1 || !ps[0].Amount.Stated() || ps[0].Debtor.IsZero() || ps[0].Creditor.IsZero() {
				t.Errorf("%s: message %d: %+v", name, n, ps)
			}
			stray := strings.Contains(strings.Join(m.Bent, "\n"), `stray "{"`)
			if want := name == "MT103-out-ack.rje" && n == 11; stray != want {
				t.Errorf("%s: message %d: stray brace reported %v, want %v: %q", name, n, stray, want, m.Bent)
			}
			if name == "MT103-bulk-with-ack.rje" && !m.Acked {
				t.Errorf("message %d: its acknowledgement is not seen", n)
			}
		}
	}
	if total != 30 || count["101"] != 1 || count["103"] != 24 || count["202"] != 5 {
		t.Errorf("%d messages, %v", total, count)
	}
}

// TestProwideAmounts holds the amounts that the samples' notes name.
func TestProwideAmounts(t *testing.T) {
	found := map[string]bool{}
	for m, err := range swift.Scan("x", sample(t, "MT103-from-parser-tests.fin")) {
		if err != nil {
			t.Fatal(err)
		}
		ps, err := m.Decode()
		if err != nil {
			t.Fatal(err)
		}
		found[ps[0].Amount.String()] = true
		if ps[0].Ref == "Return A" && ps[0].Role != payments.Rejected {
			t.Errorf("/REJT/ is read as %v", ps[0].Role)
		}
	}
	for _, want := range []string{"EUR 1275000", "EUR 6740.91"} {
		if !found[want] {
			t.Errorf("no message of %s: %v", want, found)
		}
	}
}
