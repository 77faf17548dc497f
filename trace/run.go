package trace

import (
	"container/heap"
	"context"
	"fmt"
	"sort"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

// Run answers a question from a graph: it sweeps once over the transfers that
// tainted value touches, in order, under every policy, then bounds the places
// where it ended. Its cost is that of the trail: the transfers of the pools that
// taint reaches, never those of the rest of the ledger.
//
// Errors: ErrQuestion and ErrSeed for what does not fit the ledger,
// ErrConservation for a defect, money.ErrOverflow for balances beyond 128 bits,
// the graph's own errors, and the context's.
func Run(ctx context.Context, g graph.Graph, q Question) (t *Trail, err error) {
	e, err := NewEngine(g, q)
	if err != nil {
		return nil, err
	}
	defer e.overflow(&err)
	if err := e.sweep(ctx); err != nil {
		return nil, err
	}
	return e.trail(ctx)
}

// Places of work in the order of a sweep: injections stand before their
// transfer, a coinbase that takes fees after the last transfer of its block.
const (
	atInjection uint8 = iota
	atTransfer
	atBlockEnd
)

// task is one transfer to look at.
type task struct {
	id    graph.ID
	phase uint8
	what  graph.ID // at a block's end: the coinbase
}

func (t task) before(o task) bool {
	if t.id != o.id {
		return t.id < o.id
	}
	if t.phase != o.phase {
		return t.phase < o.phase
	}
	return t.what < o.what
}

// agenda holds the next transfers of every pool and coin on the trail.
type agenda []task

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].before(a[j]) }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)        { *a = append(*a, x.(task)) }
func (a *agenda) Pop() any {
	old := *a
	t := old[len(old)-1]
	*a = old[:len(old)-1]
	return t
}

// sweep runs over the trail in order.
func (e *Engine) sweep(ctx context.Context) error {
	a := &agenda{}
	for id := range e.seeds.marks {
		heap.Push(a, task{id: id, phase: atTransfer})
	}
	for id := range e.seeds.at {
		heap.Push(a, task{id: id, phase: atInjection})
	}
	var last task
	for n := 0; a.Len() > 0; n++ {
		t := heap.Pop(a).(task)
		if n > 0 && t == last {
			continue
		}
		last = t
		if n%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if e.q.Progress != nil {
				e.q.Progress("trace", int(t.id), e.info.Transfers)
			}
		}
		if err := e.visit(a, t); err != nil {
			return err
		}
	}
	return nil
}

// visit does one task and puts what follows from it on the agenda.
func (e *Engine) visit(a *agenda, t task) error {
	if t.phase == atInjection {
		if err := e.inject(t.id); err != nil {
			return err
		}
		for _, in := range e.seeds.at[t.id] {
			e.follow(a, e.pools[in.pool], t.id, false)
		}
		return nil
	}
	id := t.id
	if t.phase == atBlockEnd {
		id = t.what
	}
	en, err := e.g.Entry(id)
	if err != nil {
		return err
	}
	if e.until(en.Time) {
		return nil
	}
	if e.models[en.Ledger].Model == ledger.UTXO {
		return e.visitCoins(a, en, id, t.phase)
	}
	if en.TieLast > en.TieFirst {
		return e.visitTied(a, en)
	}
	e.at = id
	if err := e.step(en, id); err != nil {
		return err
	}
	return e.followTransfer(a, en, id)
}

// followTransfer puts the next transfers of the pools of a transfer on the
// agenda, and the other leg of a conversion.
func (e *Engine) followTransfer(a *agenda, en graph.Entry, id graph.ID) error {
	for _, acc := range [3]ledger.Account{en.From(), en.To(), en.Counter()} {
		e.follow(a, e.pools[graph.Pool{Ledger: en.Ledger, Account: acc, Asset: en.Asset}], id, true)
	}
	if en.Other != graph.None && en.Other > id && e.swaps[swapID{en.Ledger, en.Conversion}] != nil {
		heap.Push(a, task{id: en.Other, phase: atTransfer})
	}
	return nil
}

// follow puts a pool's next transfer on the agenda: at or after id.
func (e *Engine) follow(a *agenda, p *pool, id graph.ID, after bool) {
	if p == nil {
		return
	}
	for p.next < len(p.events) && (p.events[p.next] < id || after && p.events[p.next] == id) {
		p.next++
	}
	if p.next < len(p.events) {
		heap.Push(a, task{id: p.events[p.next], phase: atTransfer})
	}
}

func (e *Engine) visitCoins(a *agenda, en graph.Entry, id graph.ID, phase uint8) error {
	if en.Kind == ledger.Coinbase && e.q.FeeFate != FeeSink && phase == atTransfer {
		end, err := e.blockEnd(en, id)
		if err == nil {
			heap.Push(a, task{id: end, phase: atBlockEnd, what: id})
		}
		return err
	}
	e.at = id
	if err := e.step(en, id); err != nil {
		return err
	}
	for i, s := range en.SpentBy {
		if s != graph.None && e.coins[coinID{en.Ledger, ledger.Coin{Tx: en.Tx, Index: uint32(i)}}] != nil {
			heap.Push(a, task{id: s, phase: atTransfer})
		}
	}
	if e.fees[id] != nil {
		return e.followFee(a, en, id)
	}
	return nil
}

// followFee sends a fee to the end of its block.
func (e *Engine) followFee(a *agenda, en graph.Entry, id graph.ID) error {
	coinbase := graph.None
	walk := func(from graph.ID, step int) error {
		for i := int(from); i >= 0 && i < e.info.Transfers; i += step {
			o, err := e.g.Entry(graph.ID(i))
			if err != nil {
				return err
			}
			if o.Ledger != en.Ledger || o.Key.Block != en.Key.Block {
				return nil
			}
			if o.Kind == ledger.Coinbase {
				coinbase = graph.ID(i)
			}
		}
		return nil
	}
	if err := walk(id, -1); err != nil {
		return err
	}
	if err := walk(id, 1); err != nil {
		return err
	}
	if coinbase == graph.None {
		return fmt.Errorf("%s: block %d has fees on the trail but no coinbase: %w", en.Evidence, en.Key.Block, ErrCoinbase)
	}
	end, err := e.blockEnd(en, id)
	heap.Push(a, task{id: end, phase: atBlockEnd, what: coinbase})
	return err
}

// blockEnd is the last transfer of a transfer's block.
func (e *Engine) blockEnd(en graph.Entry, id graph.ID) (graph.ID, error) {
	for int(id)+1 < e.info.Transfers {
		o, err := e.g.Entry(id + 1)
		if err != nil {
			return id, err
		}
		if o.Ledger != en.Ledger || o.Key.Block != en.Key.Block {
			break
		}
		id++
	}
	return id, nil
}

// visitTied applies a whole tie group: first it opens every pool that taint
// could reach under some order of the group, then it applies the group in the
// listed order, which is what policies and one-pass bounds use.
func (e *Engine) visitTied(a *agenda, en graph.Entry) error {
	if e.done[en.TieFirst] {
		return nil
	}
	e.done[en.TieFirst] = true
	if err := e.openTied(en); err != nil {
		return err
	}
	ids, err := e.tiedIDs(en)
	if err != nil {
		return err
	}
	for _, id := range ids {
		o, err := e.g.Entry(id)
		if err != nil {
			return err
		}
		e.at = id
		if err := e.step(o, id); err != nil {
			return err
		}
	}
	for _, id := range ids {
		o, err := e.g.Entry(id)
		if err != nil {
			return err
		}
		for _, acc := range [3]ledger.Account{o.From(), o.To(), o.Counter()} {
			e.follow(a, e.pools[graph.Pool{Ledger: o.Ledger, Account: acc, Asset: o.Asset}], en.TieLast, true)
		}
		if o.Other != graph.None && o.Other > en.TieLast && e.swaps[swapID{o.Ledger, o.Conversion}] != nil {
			heap.Push(a, task{id: o.Other, phase: atTransfer})
		}
	}
	return nil
}

// openTied opens the pools that taint can reach within a tie group, whatever
// the order of its transfers.
func (e *Engine) openTied(en graph.Entry) error {
	var work []graph.Pool
	reach := func(t *ledger.Transfer) error {
		key := graph.Pool{Ledger: t.Ledger, Account: t.To(), Asset: t.Asset}
		swap := t.Conversion != "" && key.Account == ledger.SwapAccount(t.Conversion)
		if key.Account == "" || key.Account == ledger.Outside || swap || e.pools[key] != nil || t.Amount().IsZero() {
			return nil
		}
		if _, stop := e.boundary(key.Ledger, key.Account); stop {
			return nil
		}
		if _, err := e.openPool(key, en.TieFirst, allInjected); err != nil {
			return err
		}
		work = append(work, key)
		return nil
	}
	for id := en.TieFirst; id <= en.TieLast; id++ {
		o, err := e.g.Entry(id)
		if err != nil {
			return err
		}
		if e.seeds.marks[id] != nil {
			if err := reach(o.Transfer); err != nil {
				return err
			}
		}
		if key := (graph.Pool{Ledger: o.Ledger, Account: o.From(), Asset: o.Asset}); e.pools[key] != nil {
			work = append(work, key)
		}
	}
	for len(work) > 0 {
		key := work[len(work)-1]
		work = work[:len(work)-1]
		for _, id := range within(e.pools[key].events, en.TieFirst, en.TieLast) {
			o, err := e.g.Entry(id)
			if err != nil {
				return err
			}
			if o.From() == key.Account && o.Asset == key.Asset && !o.Failed && o.From() != o.To() {
				if err := reach(o.Transfer); err != nil {
					return err
				}
			}
			if err := e.reachSwap(o, en, reach); err != nil {
				return err
			}
		}
	}
	return nil
}

// reachSwap carries reachability over a conversion inside a tie group.
func (e *Engine) reachSwap(o, group graph.Entry, reach func(*ledger.Transfer) error) error {
	if o.Other == graph.None || o.Other < group.TieFirst || o.Other > group.TieLast {
		return nil
	}
	in, err := e.g.Entry(o.Other)
	if err != nil {
		return err
	}
	return reach(in.Transfer)
}

// within returns the part of a sorted list that lies in [first, last].
func within(ids []graph.ID, first, last graph.ID) []graph.ID {
	lo := sort.Search(len(ids), func(i int) bool { return ids[i] >= first })
	hi := sort.Search(len(ids), func(i int) bool { return ids[i] > last })
	return ids[lo:hi]
}

// tiedIDs are the transfers of a tie group that touch the trail, in the listed
// order.
func (e *Engine) tiedIDs(en graph.Entry) ([]graph.ID, error) {
	var ids []graph.ID
	for id := en.TieFirst; id <= en.TieLast; id++ {
		o, err := e.g.Entry(id)
		if err != nil {
			return nil, err
		}
		from := e.pools[graph.Pool{Ledger: o.Ledger, Account: o.From(), Asset: o.Asset}]
		to := e.pools[graph.Pool{Ledger: o.Ledger, Account: o.To(), Asset: o.Asset}]
		if from != nil || to != nil || e.seeds.marks[id] != nil || o.Conversion != "" {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
