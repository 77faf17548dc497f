package ledgertest

import (
	"context"
	"errors"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
)

// TestPaymentsHoldWhatTheyPromise: every transfer is valid and in order, every
// kind of move occurs, the largest hub has its share, and the trail is paid by
// nobody else.
func TestPaymentsHoldWhatTheyPromise(t *testing.T) {
	p := Payments{Seed: 1, Transfers: 100_000, PerBlock: 1000, Hops: 7, Hashed: true}
	var last ledger.Key
	n, hub, fees, gas, failed, wide, tokens, several := 0, 0, 0, 0, 0, 0, 0, 0
	trail := map[ledger.Account]int{}
	for x, err := range p.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Validate(ledger.Accounts); err != nil {
			t.Fatal(err)
		}
		if n > 0 && x.Key.Cmp(last) <= 0 {
			t.Fatalf("%v after %v", x.Key, last)
		}
		last = x.Key
		n++
		count := func(on bool, c *int) {
			if on {
				*c++
			}
		}
		hi, _ := x.Amount().Words()
		count(x.From() == p.Payer(0), &hub)
		count(len(x.Credits) > 0 && !x.Fee.IsZero(), &fees)
		count(x.Kind == ledger.Gas, &gas)
		count(x.Failed, &failed)
		count(hi > 0, &wide)
		count(x.Asset == "token", &tokens)
		count(x.Key.Sub > 0, &several)
		for i := range p.Hops + 1 {
			if x.From() == p.Trail(i) || x.To() == p.Trail(i) {
				trail[p.Trail(i)]++
			}
		}
	}
	if n != p.Transfers || hub < n/20 || hub > n/12 || fees == 0 || gas == 0 || failed == 0 || wide == 0 || tokens < n/3 || several < n/3 {
		t.Errorf("%d transfers: %d of the hub, %d with fees, %d gas, %d failed, %d wide, %d tokens, %d beside others", n, hub, fees, gas, failed, wide, tokens, several)
	}
	for i := range p.Hops + 1 {
		want := 2
		if i == p.Hops {
			want = 1
		}
		if trail[p.Trail(i)] != want {
			t.Errorf("trail account %d has %d transfers, want %d", i, trail[p.Trail(i)], want)
		}
	}
}

// TestPaymentsFromAnyBlock: reading after a block gives what follows it, and a
// block of another chain is refused.
func TestPaymentsFromAnyBlock(t *testing.T) {
	p := Payments{Seed: 1, Transfers: 950, PerBlock: 100}
	var keys []string
	for b, err := range p.MoveBlocks(t.Context(), ledger.BlockRef{}) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, string(b.Keys))
	}
	if len(keys) != 10 || p.Tip().Height != 10 {
		t.Fatalf("%d blocks, tip %d", len(keys), p.Tip().Height)
	}
	h := 4
	for b, err := range p.MoveBlocks(t.Context(), p.ref(h)) {
		if err != nil || string(b.Keys) != keys[h] || int(b.Height) != h+1 {
			t.Fatalf("block %d after %d differs: %v", b.Height, h, err)
		}
		h++
	}
	for _, err := range p.MoveBlocks(t.Context(), (Payments{Seed: 2, Transfers: 950, PerBlock: 100}).ref(4)) {
		if !errors.Is(err, ledger.ErrCursor) {
			t.Errorf("a block of another chain: %v", err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var last error
	for b, err := range p.MoveBlocks(ctx, ledger.BlockRef{}) {
		if last = err; b != nil && b.Height == 2 {
			stop()
		}
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("cancelled: %v", last)
	}
	for range p.MoveBlocks(t.Context(), ledger.BlockRef{}) {
		break // and no goroutine stays behind
	}
	stop()
}

func TestPayersDiffer(t *testing.T) {
	p := Payments{}
	seen := map[ledger.Account]bool{}
	for i := range uint64(100_000) {
		seen[p.Payer(i)] = true
	}
	if len(seen) != 100_000 || len(p.Trail(3)) != len(p.Payer(3)) {
		t.Errorf("%d names of 100000", len(seen))
	}
}
