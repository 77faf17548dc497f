package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
	"github.com/coldtrail/coldtrail/money"
)

// TestBlocksAddUp: the transfers of synthetic chains and payments are valid one by one,
// in order, and a source that goes on from any cursor gives exactly what is left.
func TestBlocksAddUp(t *testing.T) {
	for name, src := range map[string]ledger.Source{
		"chain": ledgertest.Chain{Seed: 2, Length: 12}, "payments": ledgertest.Payments{Seed: 2, Transfers: 300, PerBlock: 40, Hashed: true},
		"coins": ledgertest.AnyCoins(2, 60), "accounts": ledgertest.AnyAccounts(2, 60),
	} {
		var all []ledger.Transfer
		for one, err := range src.All(t.Context()) {
			if err == nil {
				err = one.Validate(src.Info().Model)
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if n := len(all); n > 0 && one.Kind != ledger.Opening && one.Key.Cmp(all[n-1].Key) < 0 {
				t.Fatalf("%s: %s comes after %s", name, one.ID, all[n-1].ID)
			}
			all = append(all, one)
		}
		r, ok := src.(ledger.Resumer)
		if !ok {
			continue
		}
		for i := range all {
			k := i + 1
			for one, err := range r.From(t.Context(), ledger.At(&all[i])) {
				if err != nil || k == len(all) || one.ID != all[k].ID {
					t.Fatalf("%s: after %s comes %s, %v", name, all[i].ID, one.ID, err)
				}
				k++
			}
			if k != len(all) {
				t.Fatalf("%s: after %s come %d of %d", name, all[i].ID, k-i-1, len(all)-i-1)
			}
		}
		lost := ledger.At(&all[len(all)-1])
		lost.ID += "?"
		for _, err := range r.From(t.Context(), lost) {
			if !errors.Is(err, ledger.ErrCursor) {
				t.Errorf("%s: after a transfer that is not there: %v", name, err)
			}
			break
		}
	}
}

// TestTextOverflow: amounts of a text ledger that do not add up within 128 bits are
// refused with their line, and the largest that do are kept to the unit.
func TestTextOverflow(t *testing.T) {
	const most = "340282366920938463463374607431768211455"
	for text, err := range map[string]error{
		"coin s A:" + most + "\nt s.0 -> B:" + most:                               nil,
		"coin s A:" + most + " B:1":                                               money.ErrOverflow,
		"coin s A:" + most + "\ncoin r B:1\nt s.0 r.0 -> C:1":                     ledger.ErrUnbalanced,
		"coin s A:5\nt s.0 -> B:" + most + " C:1":                                 ledger.ErrUnbalanced,
		"e a > b " + most + " X fee 1 X":                                          money.ErrOverflow,
		"e a > b " + most + " X fee " + most + " Y":                               nil,
		"e a > b 340282366920938463463374607431768211456 X":                       money.ErrOverflow,
		"block 1 2020-01-01T00:00Z\ncoinbase c subsidy " + most + " -> A:" + most: nil,
	} {
		d, got := ledger.ParseText("x", strings.NewReader(text+"\n"))
		if !errors.Is(got, err) || err != nil && !strings.Contains(got.Error(), "x:") {
			t.Errorf("%q: %v, want %v", text, got, err)
		}
		if err == nil && got == nil {
			if again, e := ledger.ParseText("x", strings.NewReader(d.Text())); e != nil || again.Text() != d.Text() || !strings.Contains(d.Text(), most) {
				t.Errorf("%q comes back as %q, %v", text, d.Text(), e)
			}
		}
	}
}
