// Package sourcetest is the one suite that every source passes: whatever format
// it reads, a source gives a ledger in canonical order, whole or from any place,
// the same each time, and says what it lacks.
//
// In goes a function that opens the source under test; Run fails the test for
// every departure from the contract of ledger.Source, and of ledger.Resumer and
// ledger.BlockSource where the source is one. RunLive is the suite of sources that
// follow a chain (ledger.Follower), RunLiveTransfers that of live sources of
// transfers (ledger.Live). Faults does the same for input that a source
// must refuse.
package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
)

// Open opens the source under test anew.
type Open func(t *testing.T) ledger.Source

// maxResumes is from how many places a long ledger is resumed.
const maxResumes = 64

// Run is the suite.
func Run(t *testing.T, open Open) {
	all := map[string]func(ledger.Source, []ledger.Transfer) error{
		"order": order, "conservation": conservation, "names": names, "ties": ties, "info": info,
		"idempotence": idempotence, "ownership": ownership, "stopping": stopping, "cancellation": cancellation,
		"resumption": resumption, "completeness": completeness, "blocks": blocks,
	}
	for _, name := range []string{"order", "conservation", "names", "ties", "info", "idempotence", "ownership", "stopping", "cancellation", "resumption", "completeness", "blocks"} {
		t.Run(name, func(t *testing.T) {
			src := open(t)
			read, err := drain(src.All(t.Context()))
			if err != nil {
				t.Fatal(err)
			}
			if err := all[name](src, read); err != nil {
				t.Error(err)
			}
		})
	}
}

// drain reads a sequence to its end or first error.
func drain(seq func(func(ledger.Transfer, error) bool)) ([]ledger.Transfer, error) {
	var out []ledger.Transfer
	for t, err := range seq {
		if err != nil {
			return out, err
		}
		out = append(out, t)
	}
	return out, nil
}

// order: keys never fall; openings may stand before everything.
func order(_ ledger.Source, read []ledger.Transfer) error {
	if len(read) == 0 {
		return errors.New("the source under test gives no transfers: nothing would be tested")
	}
	for i := 1; i < len(read); i++ {
		if a, b := &read[i-1], &read[i]; b.Kind != ledger.Opening && b.Key.Cmp(a.Key) < 0 {
			return fmt.Errorf("%s at %v comes after %s at %v", b.ID, b.Key, a.ID, a.Key)
		}
	}
	return nil
}

// conservation: each transfer balances and has the shape of its ledger's model;
// every coin that is spent was made before, with that amount and owner, once.
func conservation(src ledger.Source, read []ledger.Transfer) error {
	model := src.Info().Model
	coins := map[ledger.Coin]ledger.Credit{}
	for i := range read {
		t := &read[i]
		if err := t.Validate(model); err != nil {
			return err
		}
		if model != ledger.UTXO {
			continue
		}
		for _, d := range t.Debits {
			if d.Spends == (ledger.Coin{}) {
				continue
			}
			c, ok := coins[d.Spends]
			if !ok || c.Amount != d.Amount || c.Account != d.Account {
				return fmt.Errorf("%s spends %s as %s of %s; made was %s of %s, %v", t.ID, d.Spends, d.Amount, d.Account, c.Amount, c.Account, ok)
			}
			delete(coins, d.Spends)
		}
		for k, c := range t.Credits {
			coins[ledger.Coin{Tx: t.Tx, Index: uint32(k)}] = c
		}
	}
	return nil
}

// names: ids are there and unique, the ledger is the source's, evidence says
// where each was read, times are UTC.
func names(src ledger.Source, read []ledger.Transfer) error {
	seen := map[string]bool{}
	for i := range read {
		t := &read[i]
		switch {
		case seen[t.ID]:
			return fmt.Errorf("two transfers have the id %s", t.ID)
		case t.Ledger != src.Info().ID:
			return fmt.Errorf("%s is of ledger %q, the source of %q", t.ID, t.Ledger, src.Info().ID)
		case t.Evidence == "":
			return fmt.Errorf("%s does not say where it was read", t.ID)
		case !t.Time.IsZero() && t.Time.Location().String() != "UTC":
			return fmt.Errorf("%s has a time in %s", t.ID, t.Time.Location())
		}
		seen[t.ID] = true
	}
	return nil
}

// ties: a group of tied transfers stands together, and has two members at least.
func ties(_ ledger.Source, read []ledger.Transfer) error {
	ended := map[uint64]bool{}
	for i := 0; i < len(read); {
		j, tie := i+1, read[i].Tie
		for tie != 0 && j < len(read) && read[j].Tie == tie {
			j++
		}
		if tie != 0 {
			if ended[tie] {
				return fmt.Errorf("%s: the group of tie %d does not stand together", read[i].ID, tie)
			}
			if j == i+1 {
				return fmt.Errorf("%s is tied with nobody", read[i].ID)
			}
			ended[tie] = true
		}
		i = j
	}
	return nil
}

// info: the description names ledger, model and input, and covers every asset
// that occurs with at least its id.
func info(src ledger.Source, read []ledger.Transfer) error {
	in := src.Info()
	if in.ID == "" || in.Model != ledger.UTXO && in.Model != ledger.Accounts || in.Input == "" {
		return fmt.Errorf("the description lacks id, model or input: %+v", in)
	}
	coinbases := false
	for i := range read {
		coinbases = coinbases || read[i].Kind == ledger.Coinbase
	}
	if coinbases && in.Model == ledger.UTXO && !in.Blocks {
		return errors.New("there are coinbases, and the description says that there are no blocks")
	}
	if again := src.Info(); !reflect.DeepEqual(in, again) {
		return errors.New("the description changes without reading")
	}
	return nil
}

// idempotence: reading again gives the same transfers and the same description.
func idempotence(src ledger.Source, read []ledger.Transfer) error {
	before := src.Info()
	again, err := drain(src.All(context.Background()))
	if err != nil {
		return err
	}
	if err := same(read, again); err != nil {
		return fmt.Errorf("read again: %w", err)
	}
	if !reflect.DeepEqual(before, src.Info()) {
		return errors.New("reading again changes the description")
	}
	return nil
}

func same(want, got []ledger.Transfer) error {
	if len(want) != len(got) {
		return fmt.Errorf("%d transfers, want %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(want[i], got[i]) {
			return fmt.Errorf("transfer %d is\n%+v, want\n%+v", i, got[i], want[i])
		}
	}
	return nil
}

// ownership: what was given out does not change when the source goes on.
func ownership(src ledger.Source, read []ledger.Transfer) error {
	for i := range read {
		read[i].Debits, read[i].Credits = slices.Clone(read[i].Debits), slices.Clone(read[i].Credits)
	}
	var kept []ledger.Transfer
	for t, err := range src.All(context.Background()) {
		if err != nil {
			return err
		}
		kept = append(kept, t)
		for i := range t.Debits {
			t.Debits[i].Account = "overwritten"
		}
		for i := range t.Credits {
			t.Credits[i].Account = "overwritten"
		}
	}
	for i := range kept {
		for _, d := range kept[i].Debits {
			if d.Account != "overwritten" {
				return fmt.Errorf("%s: its debits are shared with another transfer", kept[i].ID)
			}
		}
	}
	again, err := drain(src.All(context.Background()))
	if err != nil {
		return err
	}
	if err := same(read, again); err != nil {
		return fmt.Errorf("a reader that wrote to its transfers changed the source's: %w", err)
	}
	return nil
}

// stopping: a reader may stop at any place.
func stopping(src ledger.Source, read []ledger.Transfer) error {
	for _, n := range []int{1, len(read) / 2, len(read)} {
		got := 0
		for _, err := range src.All(context.Background()) {
			if err != nil {
				return err
			}
			if got++; got == n {
				break
			}
		}
		if got != min(n, len(read)) {
			return fmt.Errorf("stopped after %d, read %d", n, got)
		}
	}
	return nil
}

// cancellation: a cancelled context ends the reading with its own error.
func cancellation(src ledger.Source, read []ledger.Transfer) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	got, err := drain(src.All(ctx))
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("after cancellation: %d of %d transfers, and %v", len(got), len(read), err)
	}
	return nil
}

// resumption: from each place the rest follows, and a place that is not the
// source's is refused before anything is given out.
func resumption(src ledger.Source, read []ledger.Transfer) error {
	r, ok := src.(ledger.Resumer)
	if !ok {
		return nil
	}
	step := max(1, len(read)/maxResumes)
	for n := 0; n <= len(read); n += step {
		var after ledger.Cursor
		if n > 0 {
			after = ledger.At(&read[n-1])
		}
		rest, err := drain(r.From(context.Background(), after))
		if err != nil {
			return fmt.Errorf("after transfer %d: %w", n, err)
		}
		if err := same(read[n:], rest); err != nil {
			return fmt.Errorf("after transfer %d: %w", n, err)
		}
	}
	last := ledger.At(&read[len(read)-1])
	foreign := last
	foreign.ID += "?"
	beyond := last
	beyond.Key.Block += 1000
	for _, c := range []ledger.Cursor{foreign, beyond} {
		if got, err := drain(r.From(context.Background(), c)); !errors.Is(err, ledger.ErrCursor) || len(got) > 0 {
			return fmt.Errorf("after %v, which is not there: %d transfers, and %v", c, len(got), err)
		}
	}
	return nil
}

// completeness: verdicts are of the three there are, and do not change.
func completeness(src ledger.Source, read []ledger.Transfer) error {
	ask := []ledger.Account{"", "nobody was ever called this"}
	for i := range read {
		for _, c := range read[i].Credits {
			ask = append(ask, c.Account)
		}
	}
	for _, a := range ask {
		v := src.Completeness(a)
		if v != src.Completeness(a) {
			return fmt.Errorf("two verdicts on %q", a)
		}
		for _, k := range []ledger.Known{v.External, v.Internal, v.Tokens, v.Opening} {
			if k > ledger.Gap {
				return fmt.Errorf("verdict %d on %q", k, a)
			}
		}
	}
	return nil
}

// blocks: as blocks the ledger is what it is as transfers, and goes on after any
// block.
func blocks(src ledger.Source, read []ledger.Transfer) error {
	b, ok := src.(ledger.BlockSource)
	if !ok {
		return nil
	}
	var refs []ledger.BlockRef
	at := 0
	for blk, err := range b.Blocks(context.Background(), ledger.BlockRef{}) {
		if err != nil {
			return err
		}
		if len(refs) > 0 && (blk.Parent != refs[len(refs)-1].Hash || blk.Height != refs[len(refs)-1].Height+1) {
			return fmt.Errorf("block %d does not follow block %d", blk.Height, refs[len(refs)-1].Height)
		}
		refs = append(refs, blk.BlockRef)
		n, err := compareBlock(b.Codec(), blk, read[min(at, len(read)):])
		if err != nil {
			return fmt.Errorf("block %d: %w", blk.Height, err)
		}
		at += n
	}
	if at != len(read) {
		return fmt.Errorf("%d transactions in blocks, %d transfers", at, len(read))
	}
	for i := 0; i < len(refs); i += max(1, len(refs)/maxResumes) {
		got := i + 1
		for blk, err := range b.Blocks(context.Background(), refs[i]) {
			if err != nil {
				return err
			}
			if blk.BlockRef != refs[got] {
				return fmt.Errorf("after block %d: block %d, want %d", i, blk.Height, refs[got].Height)
			}
			got++
			break
		}
		if got == i+1 && i+1 < len(refs) {
			return fmt.Errorf("nothing after block %d of %d", i, len(refs))
		}
	}
	foreign := refs[len(refs)-1]
	foreign.Hash[7]++
	for _, err := range b.Blocks(context.Background(), foreign) {
		if errors.Is(err, ledger.ErrCursor) {
			return nil
		}
		return fmt.Errorf("after a block that is not there: %v", err)
	}
	return errors.New("after a block that is not there: nothing, and no error")
}

func compareBlock(codec ledger.Codec, b *ledger.CoinBlock, read []ledger.Transfer) (int, error) {
	ins, outs, key := uint32(0), uint32(0), uint32(0)
	for i, tx := range b.Txs {
		if i >= len(read) {
			return i, fmt.Errorf("transaction %s is not among the transfers", tx.ID)
		}
		t := &read[i]
		if t.Tx != tx.ID.String() || t.Key != (ledger.Key{Block: b.Height, Tx: uint32(i)}) || t.Time.Unix() != b.Time {
			return i, fmt.Errorf("transaction %s at %d is the transfer %s at %v", tx.ID, i, t.ID, t.Key)
		}
		var spends []ledger.Coin
		for _, d := range t.Debits {
			if d.Spends != (ledger.Coin{}) {
				spends = append(spends, d.Spends)
			}
		}
		if len(spends) != int(tx.Ins-ins) || len(t.Credits) != int(tx.Outs-outs) {
			return i, fmt.Errorf("%s: %d inputs and %d outputs, as a transfer %d and %d", tx.ID, tx.Ins-ins, tx.Outs-outs, len(spends), len(t.Credits))
		}
		for k, in := range b.Ins[ins:tx.Ins] {
			if want := (ledger.Coin{Tx: in.Tx.String(), Index: in.Index}); spends[k] != want {
				return i, fmt.Errorf("%s: input %d spends %s, as a transfer %s", tx.ID, k, want, spends[k])
			}
		}
		for k, o := range b.Outs[outs:tx.Outs] {
			a, err := codec.Account(b.Keys[key:o.Key])
			key = o.Key
			if hi, lo := t.Credits[k].Amount.Words(); err != nil || hi != 0 || lo != o.Amount || a != t.Credits[k].Account {
				return i, fmt.Errorf("%s: output %d is %d of %s, %v; as a transfer %s of %s", tx.ID, k, o.Amount, a, err, t.Credits[k].Amount, t.Credits[k].Account)
			}
		}
		ins, outs = tx.Ins, tx.Outs
	}
	return len(b.Txs), nil
}

// Fault is input that a source must refuse.
type Fault struct {
	Name string
	// Open opens it; an error here is as good as one while reading.
	Open func(t *testing.T) (ledger.Source, error)
	// Want is what errors.Is must find; nil asks for nothing.
	Want error
	// Says are parts of the message: the file, the place, the cause.
	Says []string
}

// Faults checks that each is refused with its error: none is read as if nothing
// were wrong.
func Faults(t *testing.T, faults []Fault) {
	for _, f := range faults {
		t.Run(f.Name, func(t *testing.T) {
			src, err := f.Open(t)
			n := 0
			if err == nil {
				var read []ledger.Transfer
				read, err = drain(src.All(t.Context()))
				n = len(read)
			}
			if err == nil {
				t.Fatalf("read %d transfers as if nothing were wrong", n)
			}
			if f.Want != nil && !errors.Is(err, f.Want) {
				t.Errorf("got %v, want %v", err, f.Want)
			}
			for _, s := range f.Says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%v: does not say %q", err, s)
				}
			}
		})
	}
}
