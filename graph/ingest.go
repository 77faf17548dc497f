package graph

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// IngestOptions say how a source is read into a store.
type IngestOptions struct {
	// Every is how many transfers go between two commits; 0 is 2,000,000. What a
	// kill can lose is what came after the last commit.
	Every int
	// Progress, if set, is called now and then with where the reading stands.
	Progress func(Ingested)
	// Undo allows blocks of the store to be taken back when the source's chain
	// has left them: a reorganisation.
	Undo bool
}

// Ingested is how far an ingest has come.
type Ingested struct {
	Transfers int // in the store
	Added     int // by this run
	Undone    int // blocks taken back
	Height    uint64
	// Tip is the height at which the source ends, 0 when it does not say.
	Tip     uint64
	Time    time.Time // of the last block or transfer
	Resumed bool      // the store held a part of the ledger already
}

// Ingest reads a source into a store, from where the store ends. A source of
// blocks is read as blocks, any other as transfers; one that cannot resume must
// find an empty store. On an error what was added before it is committed, so
// that another call goes on there.
func Ingest(ctx context.Context, w *Writer, src ledger.Source, o IngestOptions) (Ingested, error) {
	if o.Every == 0 {
		o.Every = 2_000_000
	}
	g := &ingest{w: w, src: src, o: o}
	if w.columns != nil {
		g.at.Transfers, g.at.Resumed = w.transfers(), w.transfers() > 0
	}
	var err error
	switch src := src.(type) {
	case ledger.BlockSource:
		err = g.blocks(ctx, src)
	case ledger.MoveSource:
		err = g.flows(ctx, src)
	default:
		err = g.transfers(ctx)
	}
	if err != nil {
		// What stands is whole: keep it, and say what went wrong.
		if w.columns != nil && g.at.Added > 0 {
			if e := g.commit(false); e != nil {
				return g.at, fmt.Errorf("%w (and the commit of what came before: %w)", err, e)
			}
		}
		return g.at, err
	}
	return g.at, g.finish()
}

type ingest struct {
	w         *Writer
	src       ledger.Source
	o         IngestOptions
	at        Ingested
	committed int
	said      int
}

func (g *ingest) blocks(ctx context.Context, src ledger.BlockSource) error {
	if err := g.w.begin(layoutBlocks, src.Info(), src.Codec()); err != nil {
		return err
	}
	after, err := g.fork(func(b ledger.BlockRef) (bool, error) { return follows(src.Blocks(ctx, b)) })
	if err != nil {
		return err
	}
	for b, err := range src.Blocks(ctx, after) {
		if err == nil {
			g.reached(b.Height)
			err = g.w.AddBlock(b)
		}
		if err != nil {
			return err
		}
		g.at.Height, g.at.Time = b.Height, time.Unix(b.Time, 0).UTC()
		if err := g.added(len(b.Txs)); err != nil {
			return err
		}
	}
	return nil
}

func (g *ingest) flows(ctx context.Context, src ledger.MoveSource) error {
	if err := g.w.begin(layoutFlows, src.Info(), src.Codec()); err != nil {
		return err
	}
	after, err := g.fork(func(b ledger.BlockRef) (bool, error) { return follows(src.MoveBlocks(ctx, b)) })
	if err != nil {
		return err
	}
	for b, err := range src.MoveBlocks(ctx, after) {
		if err == nil {
			g.reached(b.Height)
			err = g.w.AddMoves(b)
		}
		if err != nil {
			return err
		}
		g.at.Height, g.at.Time = b.Height, time.Unix(b.Time, 0).UTC()
		if err := g.added(len(b.Moves)); err != nil {
			return err
		}
	}
	return nil
}

// reached says how much of the source has been read when a block comes.
func (g *ingest) reached(height uint64) {
	if t, ok := g.src.(interface{ Tip() ledger.BlockRef }); ok {
		g.at.Tip = t.Tip().Height
	}
	if g.at.Tip > 0 {
		g.w.share = float64(height) / float64(g.at.Tip)
	}
}

// follows reports whether the block after which these come is on the chain.
func follows[B any](after iter.Seq2[B, error]) (bool, error) {
	for _, err := range after {
		if errors.Is(err, ledger.ErrCursor) {
			return false, nil
		}
		return err == nil, err
	}
	return true, nil // it is the source's last
}

// fork finds the last stored block that is on the source's chain, and takes
// back those above it.
func (g *ingest) fork(on func(ledger.BlockRef) (bool, error)) (ledger.BlockRef, error) {
	tip, ok := g.w.Tip()
	if !ok {
		return ledger.BlockRef{}, nil
	}
	for at := tip; ; {
		is, err := on(at)
		if err != nil {
			return at, err
		}
		if is {
			if at == tip {
				return at, nil
			}
			if !g.o.Undo {
				return at, fmt.Errorf("%s: the store ends with block %d %s, which the source's chain has left after block %d; ingest with undo to follow it: %w", g.w.dir, tip.Height, tip.Hash, at.Height, ErrStore)
			}
			g.at.Undone = int(tip.Height - at.Height)
			return at, g.w.UndoTo(at.Height)
		}
		below, ok := g.w.before(at.Height)
		if !ok {
			return at, fmt.Errorf("%s: the store shares no block with the source: another chain: %w", g.w.dir, ErrStore)
		}
		at = below
	}
}

func (g *ingest) transfers(ctx context.Context) error {
	info := g.src.Info()
	l := layoutMoves
	if info.Model == ledger.UTXO {
		l = layoutCoins
	}
	codec := ledger.Codec(ledger.Plain{})
	if c, ok := g.src.(interface{ Codec() ledger.Codec }); ok {
		codec = c.Codec()
	}
	if err := g.w.begin(l, info, codec); err != nil {
		return err
	}
	all, err := g.rest(ctx)
	if err != nil {
		return err
	}
	for t, err := range all {
		if err == nil {
			err = g.w.Add(&t)
		}
		if err != nil {
			return err
		}
		g.at.Height, g.at.Time = t.Key.Block, t.Time
		if err := g.added(1); err != nil {
			return err
		}
	}
	return nil
}

// rest is what the store does not have yet.
func (g *ingest) rest(ctx context.Context) (iter.Seq2[ledger.Transfer, error], error) {
	if g.w.transfers() == 0 {
		return g.src.All(ctx), nil
	}
	if live, ok := g.src.(ledger.Live); ok {
		behind, err := g.forkMoves(ctx, live)
		if err != nil {
			return nil, err
		}
		if behind {
			return func(func(ledger.Transfer, error) bool) {}, nil
		}
		if g.w.transfers() == 0 {
			return g.src.All(ctx), nil
		}
	}
	r, ok := g.src.(ledger.Resumer)
	if !ok {
		return nil, fmt.Errorf("%s: the store holds a part of %s, and this source cannot go on from there: give an empty folder: %w", g.w.dir, g.w.m.Ledger.ID, ErrStore)
	}
	return r.From(ctx, ledger.At(&g.w.last)), nil
}

// forkMoves finds the last stored block that is on the source's chain, and takes
// back those above it. behind says that the chain merely ends below the store's
// end: then nothing is taken back, and nothing is there to add.
func (g *ingest) forkMoves(ctx context.Context, src ledger.Live) (behind bool, err error) {
	end := g.w.last.Key.Block
	beyond, undone := true, 0
	for n := g.w.transfers(); n > 0; {
		e, err := g.w.Entry(ID(n - 1))
		if err != nil {
			return false, err
		}
		stands, err := src.Holds(ctx, e.Transfer)
		if err != nil {
			return false, err
		}
		at := e.Key.Block
		if stands == ledger.Held {
			if at == end || beyond {
				return beyond && at != end, nil
			}
			if !g.o.Undo {
				return false, fmt.Errorf("%s: the store ends with block %d, which the source's chain has left after block %d; ingest with undo to follow it: %w", g.w.dir, end, at, ErrStore)
			}
			g.at.Undone = undone
			return false, g.w.UndoTo(at)
		}
		beyond = beyond && stands == ledger.Beyond
		undone++
		if at == 0 {
			break
		}
		if n, err = g.w.firstAbove(at - 1); err != nil {
			return false, err
		}
	}
	return false, fmt.Errorf("%s: the store shares no block with the source: another chain, or one that it left from its first block; make the store anew: %w", g.w.dir, ErrStore)
}

// added counts, commits when it is time, and reports.
func (g *ingest) added(n int) error {
	g.at.Added += n
	g.at.Transfers += n
	if g.o.Progress != nil && g.at.Added-g.said >= 10_000 {
		g.said = g.at.Added
		g.o.Progress(g.at)
	}
	if g.at.Added-g.committed < g.o.Every {
		return nil
	}
	return g.commit(false)
}

func (g *ingest) commit(done bool) error {
	g.committed = g.at.Added
	g.at.Transfers = g.w.transfers()
	info := g.src.Info()
	if g.live() {
		info = joinReadings(info, g.w.m.Ledger)
		// Kept at once: a reading that breaks off has seen what it saw.
		g.w.m.Elsewhere = g.w.m.Elsewhere.Worse(g.src.Completeness(""))
	}
	return g.w.Commit(info, done)
}

// live reports whether the source speaks of one reading among many.
func (g *ingest) live() bool {
	_, ok := g.src.(ledger.Live)
	return ok
}

// joinReadings adds what earlier readings said to what this one says. A reading begins
// with the store's last block once more, so counts of what was left out cannot be added
// up; the largest stands, and is at least what the store lacks.
func joinReadings(now, before ledger.Info) ledger.Info {
	now.Assets = joinAssets(now.Assets, before.Assets)
	if before.Skipped > now.Skipped {
		now.Notes = append(slices.Clone(now.Notes), fmt.Sprintf("%d records were left out by this reading, %d by an earlier one: the store lacks at least as many", now.Skipped, before.Skipped))
		now.Skipped = before.Skipped
	}
	return now
}

// joinAssets adds the assets of earlier readings: a live source knows those of its
// last one.
func joinAssets(now, before []money.Asset) []money.Asset {
	out := slices.Clone(now)
	for _, a := range before {
		if !slices.ContainsFunc(now, func(b money.Asset) bool { return b.ID == a.ID }) {
			out = append(out, a)
		}
	}
	if len(out) > 1 {
		slices.SortFunc(out[1:], func(a, b money.Asset) int { return cmp.Compare(a.ID, b.ID) })
	}
	return out
}

// finish keeps the verdicts of completeness, indexes what is new and commits.
func (g *ingest) finish() error {
	w := g.w
	before := w.m.Elsewhere
	w.m.Elsewhere = g.src.Completeness("")
	if g.live() {
		w.m.Elsewhere = w.m.Elsewhere.Worse(before)
	}
	if !w.inBlocks() {
		if err := g.verdicts(before); err != nil {
			return err
		}
	}
	if err := w.buildIndexes(); err != nil {
		return err
	}
	if err := g.commit(true); err != nil {
		return err
	}
	if g.o.Progress != nil {
		g.o.Progress(g.at)
	}
	return w.reopenIndexes()
}

// verdicts asks the source about every account, and keeps what it says in a new
// column where the answers differ. Sources of blocks have one verdict for all. A live
// source answers for what it read this time: what an earlier reading did not see stays
// unseen, so the worse of both stands. Before is what accounts without a verdict of
// their own had.
func (g *ingest) verdicts(before ledger.Completeness) error {
	w := g.w
	all := make([]uint8, w.accounts.Len())
	differ := false
	for n := range all {
		a, err := w.accountName(uint32(n))
		if err != nil {
			return err
		}
		c := g.src.Completeness(a)
		if g.live() {
			was := before
			if n < w.known.Len() {
				was = unpackVerdict(w.known.At(n))
			}
			c = c.Worse(was)
		}
		all[n] = packVerdict(c)
		differ = differ || c != w.m.Elsewhere
	}
	if !differ {
		all = nil
	}
	if bytes.Equal(all, w.known.Bytes()) {
		return nil
	}
	return w.setVerdicts(all)
}
