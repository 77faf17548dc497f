package trace

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// ErrNothingToUndo is returned by Undo when no block is applied.
var ErrNothingToUndo = errors.New("no block to undo")

// snapshot is the journal of one block: what it changed, as it was before, and
// how long the lists were that it only made longer.
type snapshot struct {
	pools    map[graph.Pool]pool
	newPools []graph.Pool
	coins    map[coinID]*coin // nil: was not there
	fees     map[graph.ID]*coin
	swaps    []swapID
	terms    map[int]terminal
	termLen  int
	nets     map[money.AssetID]networkMark
	assets   map[money.AssetID]assetState
	orderLen int
	hops     int
	seeded   int
	ties     int
	read     int
	worst    ledger.Completeness
	touched  map[graph.ID]bool
}

// Apply applies the transfers of one block or more, from first up to but not
// including end, and journals what they change. Every tie group and the whole of
// every block must lie within one call. It is for following a live ledger; Run is for
// a ledger that is there.
//
// An error of kind ErrHistory means that the past has changed; make a new
// engine. After any error the block is undone.
func (e *Engine) Apply(first, end graph.ID) error {
	e.begin()
	if err := e.applyRange(first, end); err != nil {
		_ = e.Undo() // the block that begin opened is there
		return err
	}
	e.open = nil
	return nil
}

func (e *Engine) applyRange(first, end graph.ID) (err error) {
	defer e.overflow(&err)
	coinbase, block := graph.None, ledger.Key{}
	for id := first; id < end; id++ {
		e.at = id
		if err := e.inject(id); err != nil {
			return err
		}
		en, err := e.g.Entry(id)
		if err != nil {
			return err
		}
		if e.until(en.Time) {
			continue
		}
		if coinbase != graph.None && en.Key.Block != block.Block {
			if err := e.stepID(coinbase); err != nil {
				return err
			}
			coinbase = graph.None
		}
		if en.TieFirst == id && en.TieLast > id {
			if en.TieLast >= end {
				return fmt.Errorf("%s: the transfers tied with %s do not all stand in this block: %w", en.Evidence, en.ID, ErrQuestion)
			}
			if err := e.openTied(en); err != nil {
				return err
			}
		}
		if e.q.FeeFate != FeeSink && en.Kind == ledger.Coinbase {
			coinbase, block = id, en.Key // it takes its fees at the end of the block
			continue
		}
		if err := e.step(en, id); err != nil {
			return err
		}
	}
	if coinbase == graph.None {
		return nil
	}
	return e.stepID(coinbase)
}

// stepID applies a transfer by its id.
func (e *Engine) stepID(id graph.ID) error {
	e.at = id
	en, err := e.g.Entry(id)
	if err != nil {
		return err
	}
	return e.step(en, id)
}

func (e *Engine) begin() {
	e.blocks++
	s := &snapshot{
		pools: map[graph.Pool]pool{}, coins: map[coinID]*coin{}, fees: map[graph.ID]*coin{}, terms: map[int]terminal{},
		termLen: len(e.terms), nets: map[money.AssetID]networkMark{}, assets: map[money.AssetID]assetState{},
		orderLen: len(e.order), hops: len(e.hops), seeded: len(e.seeded), ties: e.ties, read: e.read, worst: e.worst,
		touched: maps.Clone(e.touched),
	}
	for id, n := range e.nets {
		s.nets[id] = n.mark()
	}
	for id, a := range e.assets {
		s.assets[id] = a.clone()
	}
	e.open = s
	e.journal = append(e.journal, s)
}

func (a *assetState) clone() assetState {
	c := assetState{views: slices.Clone(a.views)}
	for v := range c.views {
		c.views[v].seeded = slices.Clone(c.views[v].seeded)
		c.views[v].converted = slices.Clone(c.views[v].converted)
	}
	return c
}

func cloneFigures(fs []Figures) []Figures {
	out := slices.Clone(fs)
	for v := range out {
		out[v].Amounts = slices.Clone(out[v].Amounts)
	}
	return out
}

// touchPool journals a pool before its first change in a block.
func (e *Engine) touchPool(p *pool) {
	if e.open == nil || p.epoch == e.blocks {
		return
	}
	p.epoch = e.blocks
	old := *p
	old.figs, old.poison = cloneFigures(p.figs), slices.Clone(p.poison)
	e.open.pools[p.key] = old
}

// touchTerminal journals a terminal before its first change in a block.
func (e *Engine) touchTerminal(i int) {
	t := e.terms[i]
	if e.open == nil || t.epoch == e.blocks {
		return
	}
	t.epoch = e.blocks
	old := *t
	old.Figures = cloneFigures(t.Figures)
	e.open.terms[i] = old
}

func (e *Engine) keepCoin(c *coin) {
	e.journalCoin(c.term)
	e.coins[c.term] = c
}

func (e *Engine) dropCoin(id coinID) {
	e.journalCoin(id)
	delete(e.coins, id)
}

func (e *Engine) journalCoin(id coinID) {
	if e.open == nil {
		return
	}
	if _, seen := e.open.coins[id]; !seen {
		e.open.coins[id] = e.coins[id]
	}
}

func (e *Engine) keepFee(id graph.ID, c *coin) {
	e.journalFee(id)
	e.fees[id] = c
}

func (e *Engine) dropFee(id graph.ID) {
	e.journalFee(id)
	delete(e.fees, id)
}

func (e *Engine) journalFee(id graph.ID) {
	if e.open == nil {
		return
	}
	if _, seen := e.open.fees[id]; !seen {
		e.open.fees[id] = e.fees[id]
	}
}

func (e *Engine) keepSwap(id swapID, pc *parcel) {
	e.swaps[id] = pc
	if e.open != nil {
		e.open.swaps = append(e.open.swaps, id)
	}
}

// Undo takes back the newest applied block, whole: the state is then what it
// was before, byte for byte.
func (e *Engine) Undo() error {
	if len(e.journal) == 0 {
		return ErrNothingToUndo
	}
	s := e.journal[len(e.journal)-1]
	e.journal, e.open = e.journal[:len(e.journal)-1], nil
	for key, old := range s.pools {
		p := e.pools[key]
		*p = old
	}
	for _, key := range s.newPools {
		delete(e.pools, key)
	}
	for id, c := range s.coins {
		if delete(e.coins, id); c != nil {
			e.coins[id] = c
		}
	}
	for id, c := range s.fees {
		if delete(e.fees, id); c != nil {
			e.fees[id] = c
		}
	}
	for _, id := range s.swaps {
		delete(e.swaps, id)
	}
	e.undoTerminals(s)
	e.undoAssets(s)
	e.hops, e.seeded, e.ties, e.read, e.worst = e.hops[:s.hops], e.seeded[:s.seeded], s.ties, s.read, s.worst
	e.touched = s.touched
	return nil
}

func (e *Engine) undoTerminals(s *snapshot) {
	for _, t := range e.terms[s.termLen:] {
		delete(e.byName, t.id)
	}
	e.terms = e.terms[:s.termLen]
	for i, old := range s.terms {
		*e.terms[i] = old
	}
}

func (e *Engine) undoAssets(s *snapshot) {
	for id := range e.assets {
		if old, ok := s.assets[id]; ok {
			*e.assets[id] = old
		} else {
			delete(e.assets, id)
		}
	}
	for id := range e.nets {
		if m, ok := s.nets[id]; ok {
			e.nets[id].truncate(m)
		} else {
			delete(e.nets, id)
		}
	}
	e.order = e.order[:s.orderLen]
}
