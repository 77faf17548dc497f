package ledgertest_test

import (
	"fmt"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// A test has found a ledger of forty lines on which something is wrong; the
// something needs a failed payment. What is left is what to look at.
func ExampleShrink() {
	found := ledgertest.Accounts{Events: 40, Odd: true, Fees: true}.Make(7)
	wrong := func(d *ledger.Document) bool {
		for i := range d.Transfers {
			if d.Transfers[i].Failed {
				return true
			}
		}
		return false
	}
	fmt.Print(ledgertest.Shrink(found, wrong).Text())
	// Output:
	// ledger test account native ETH
	// e25 a1 > a4 1 ETH failed
}
