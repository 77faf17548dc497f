package sourcetest

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

const accounts = `ledger acct account native ETH
open a 9 ETH
e1 2020-01-01T00:05Z a > b 4 ETH fee 1 ETH
e2 2020-01-01T00:06Z a > a 1 ETH
= e3 2020-01-01T00:06Z b > c 2 T fee 1 ETH by p
= e4 2020-01-01T00:06Z * > c 1 T
e5 2020-01-01T00:08Z a > b 3 ETH failed fee 1 ETH
`

func document(t *testing.T) *ledger.Document {
	t.Helper()
	d, err := ledger.ParseText("sourcetest", strings.NewReader(accounts))
	if err != nil {
		t.Fatal(err)
	}
	d.Ledger.Input = "sourcetest"
	return d
}

func TestDocument(t *testing.T) {
	Run(t, func(t *testing.T) ledger.Source {
		d := document(t)
		return cloning{d}
	})
}

func TestChain(t *testing.T) {
	Run(t, func(*testing.T) ledger.Source { return ledgertest.Chain{Seed: 2, Length: 12} })
}

// cloning gives each reader transfers of its own: a Document's are shared, since
// it is the ledger itself.
type cloning struct{ *ledger.Document }

func clone(seq iter.Seq2[ledger.Transfer, error]) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		for t, err := range seq {
			t.Debits = append([]ledger.Debit(nil), t.Debits...)
			t.Credits = append([]ledger.Credit(nil), t.Credits...)
			if !yield(t, err) {
				return
			}
		}
	}
}

func (c cloning) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return clone(c.Document.All(ctx))
}

func (c cloning) From(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	return clone(c.Document.From(ctx, after))
}

// bent is a source that changes what another gives.
type bent struct {
	cloning
	all  func(int, *ledger.Transfer) // changes transfer i
	from func(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error]
	deaf bool // to cancellation
	runs *int
}

func (b bent) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		if b.deaf {
			ctx = context.Background()
		}
		*b.runs++
		i := 0
		for t, err := range b.cloning.All(ctx) {
			if b.all != nil {
				b.all(i, &t)
			}
			if i++; !yield(t, err) {
				return
			}
		}
	}
}

func (b bent) From(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	if b.from != nil {
		return b.from(ctx, after)
	}
	return b.cloning.From(ctx, after)
}

// TestSuiteNotices gives the suite sources with one defect each.
func TestSuiteNotices(t *testing.T) {
	runs := 0
	for name, c := range map[string]struct {
		check func(ledger.Source, []ledger.Transfer) error
		src   bent
	}{
		"keys that fall":    {order, bent{all: func(i int, t *ledger.Transfer) { t.Key.Block = uint64(9 - i) }}},
		"an unbalanced sum": {conservation, bent{all: func(i int, t *ledger.Transfer) { t.Debits[0].Amount = t.Debits[0].Amount.Add(t.Debits[0].Amount) }}},
		"an id twice":       {names, bent{all: func(_ int, t *ledger.Transfer) { t.ID = "x" }}},
		"another ledger":    {names, bent{all: func(_ int, t *ledger.Transfer) { t.Ledger = "x" }}},
		"no evidence":       {names, bent{all: func(_ int, t *ledger.Transfer) { t.Evidence = "" }}},
		"a lonely tie":      {ties, bent{all: func(i int, t *ledger.Transfer) { t.Tie = uint64(i) }}},
		"another each time": {idempotence, bent{all: func(_ int, t *ledger.Transfer) { t.Key.Sub = uint32(runs) }}},
		"deaf to the end":   {cancellation, bent{deaf: true}},
		"a resumption short": {resumption, bent{from: func(context.Context, ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
			return func(func(ledger.Transfer, error) bool) {}
		}}},
	} {
		c.src.cloning, c.src.runs = cloning{document(t)}, &runs
		read, err := drain(c.src.All(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.check(c.src, read); err == nil {
			t.Errorf("nobody noticed %s", name)
		}
	}
	d := document(t)
	read, _ := drain(d.All(t.Context()))
	if err := ownership(d, read); err == nil {
		t.Error("nobody noticed transfers that share memory with the source")
	}
}

func TestFaultsNoticesWhatIsRead(t *testing.T) {
	want := errors.New("broken")
	Faults(t, []Fault{{Name: "refused", Open: func(*testing.T) (ledger.Source, error) { return nil, want }, Want: want, Says: []string{"broken"}}})
}
