package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/api"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/nem"
)

// moving is a node whose chain is a document, and moves as often as it is told while
// it is read.
type moving struct {
	*ledger.Document
	moves, asked int
}

func (m *moving) From(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	m.asked++
	if m.moves > 0 {
		m.moves--
		return func(yield func(ledger.Transfer, error) bool) {
			yield(ledger.Transfer{}, fmt.Errorf("the chain moved: %w", ledger.ErrCursor))
		}
	}
	return m.Document.From(ctx, after)
}

func (m *moving) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return m.From(ctx, ledger.Cursor{})
}

func (m *moving) Holds(context.Context, *ledger.Transfer) (ledger.Standing, error) {
	return ledger.Held, nil
}

// TestFollowTransfers: a chain that moves is read again, a few times and not for ever;
// a look that finds nothing new says nothing; an interruption ends it as such.
func TestFollowTransfers(t *testing.T) {
	text := "ledger demo account native ETH\nopen a 9\ne1 a > b 2\n"
	for _, c := range []struct {
		moves, looks int
		want         error
	}{{0, 3, context.Canceled}, {6, 8, context.Canceled}, {7, 99, ledger.ErrCursor}} {
		d, err := ledger.ParseText("demo.txt", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		a := &app{streams: streams{out: &out, err: io.Discard}}
		node, looks := &moving{Document: d, moves: c.moves}, 0
		ctx, stop := context.WithCancel(t.Context())
		err = a.followTransfers(ctx, &into{store: filepath.Join(t.TempDir(), "st"), memory: "2GiB", every: 10}, node, func() error {
			if looks++; looks == c.looks {
				stop()
			}
			return ctx.Err()
		})
		stop()
		if !errors.Is(err, c.want) {
			t.Errorf("after %d moves: %v, want %v", c.moves, err, c.want)
		}
		if n := strings.Count(out.String(), "\n"); c.want == context.Canceled && n != 1 {
			t.Errorf("after %d moves it said %q", c.moves, out.String())
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	if err := pause(ctx, 0); err != nil {
		t.Error(err)
	}
	stop()
	if err := pause(ctx, 1<<40); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

// TestKeep: a node's answers are kept in the order in which they came, byte for byte.
func TestKeep(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := keep(dir, []nem.Answer{{Body: []byte("one")}, {Body: []byte("two")}}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"000001.json": "one", "000002.json": "two"} {
		if got := string(read(t, filepath.Join(dir, name))); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if err := keep("", []nem.Answer{{}}); err != nil {
		t.Errorf("kept nowhere: %v", err)
	}
	if err := keep(filepath.Join(dir, "000001.json"), nil); err == nil {
		t.Error("a folder was made of a file")
	}
}

// TestPageOfAStore: the page opens a store with its clustering and a log of receipts;
// a clustering of other blocks is left out and said, a log that was changed is refused.
func TestPageOfAStore(t *testing.T) {
	dir := t.TempDir()
	file := filesIn(t, dir)
	coins := "coin s A:3\ncoin c B:7\nt1 s.0 c.0 -> X:4 Y:6\n"
	store, desk, log := filepath.Join(dir, "st"), filepath.Join(dir, "desk"), filepath.Join(dir, "log")
	command(t, "ingest", "text", file("coins.txt", coins), "--store", store)
	command(t, "guard", "keygen", desk)
	var said strings.Builder
	open := func() error {
		a := &app{streams: streams{err: &said}, env: func(string) string { return "" }}
		f := &pageFlags{store: store, log: log, key: desk, notes: filepath.Join(dir, "notes")}
		o := api.Options{Log: slog.New(slog.DiscardHandler)}
		s, end, err := a.pageServer(t.Context(), f, o)
		if err != nil {
			return err
		}
		defer end()
		_ = s.Handler()
		return nil
	}
	var o api.Options
	f := &pageFlags{store: store}
	a := &app{streams: streams{err: &said}}
	s, err := openStore(store)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	o.Store = s
	if err := a.pageClusters(f, &o); err != nil || o.Clusters != nil || said.Len() > 0 {
		t.Errorf("a store without a clustering: %v, %q", err, said.String())
	}
	command(t, "cluster", "build", "--store", store)
	if err := a.pageClusters(f, &o); err != nil || o.Clusters == nil || said.Len() > 0 {
		t.Errorf("its clustering: %v, %q", err, said.String())
	}
	if err := open(); err != nil {
		t.Errorf("store, clustering, log and notes: %v", err)
	}
	other := filepath.Join(dir, "other")
	command(t, "ingest", "text", file("more.txt", coins+"t2 t1.0 -> Z:4\n"), "--store", other)
	command(t, "cluster", "build", "--store", other)
	if err := os.Rename(other+".clusters", store+".clusters"); err != nil {
		t.Fatal(err)
	}
	said.Reset()
	o.Clusters = nil
	if err := a.pageClusters(f, &o); err != nil || o.Clusters != nil || !strings.Contains(said.String(), "the clustering beside the store is left out") {
		t.Errorf("another's clustering: %v, %q", err, said.String())
	}
	file("st.clusters", "nonsense")
	if err := a.pageClusters(f, &o); err == nil {
		t.Error("nonsense beside the store is passed over")
	}
	file("log", "nonsense\n")
	if err := os.Remove(store + ".clusters"); err != nil {
		t.Fatal(err)
	}
	if err := open(); err == nil {
		t.Error("a log that is none is opened")
	}
}
