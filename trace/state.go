package trace

import (
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// State serialises the whole state of the engine, in one order, so that two
// states are the same exactly when their bytes are. It is for comparison (undo
// is identity), not for storage: the form may change with any version.
func (e *Engine) State() []byte {
	s := make(encoder, 0, 1<<14)
	for _, key := range slices.SortedFunc(maps.Keys(e.pools), comparePools) {
		s.pool(e.pools[key])
	}
	for _, c := range slices.SortedFunc(maps.Values(e.coins), compareCoins) {
		s.coin(c)
	}
	for _, id := range slices.Sorted(maps.Keys(e.fees)) {
		s.coin(e.fees[id])
	}
	for _, id := range slices.SortedFunc(maps.Keys(e.swaps), func(a, b swapID) int {
		return compareStrings(string(a.ledger), string(b.ledger), a.id, b.id)
	}) {
		s.text(id.id)
		s.parcel(e.swaps[id])
	}
	for _, t := range e.terms {
		s.text(string(t.id.ledger), string(t.id.asset), t.id.name)
		s.amount(t.Value)
		s.figures(t.Figures)
		s.count(len(t.ends))
		for _, end := range t.ends {
			s.number(uint64(end))
		}
		s.time(t.first)
		s.time(t.last)
	}
	for _, id := range slices.Sorted(maps.Keys(e.nets)) {
		s.text(string(id))
		s.network(e.nets[id])
	}
	for _, id := range e.order {
		s.text(string(id))
		s.asset(e.assets[id])
	}
	s.count(len(e.assets))
	for _, h := range e.hops {
		s.number(uint64(h.ID))
		s.text(h.Transfer, string(h.From), string(h.To))
		s.amount(h.Value)
		s.figures(h.Figures)
	}
	for _, r := range e.seeded {
		s.text(r.Theft, r.Transfer, string(r.Account))
		s.amount(r.Amount, r.Overlap)
	}
	s.number(uint64(e.ties))
	s.number(uint64(e.read))
	s.count(len(e.touched))
	for _, k := range [...]ledger.Known{e.worst.External, e.worst.Internal, e.worst.Tokens, e.worst.Opening} {
		s = append(s, byte(k))
	}
	return s
}

func comparePools(a, b graph.Pool) int {
	return compareStrings(string(a.Ledger), string(b.Ledger), string(a.Asset), string(b.Asset), string(a.Account), string(b.Account))
}

func compareCoins(a, b *coin) int {
	if a.id != b.id {
		return int(int64(a.id) - int64(b.id))
	}
	return int(a.out) - int(b.out)
}

// compareStrings compares pairs in turn.
func compareStrings(pairs ...string) int {
	for i := 0; i+1 < len(pairs); i += 2 {
		switch {
		case pairs[i] < pairs[i+1]:
			return -1
		case pairs[i] > pairs[i+1]:
			return 1
		}
	}
	return 0
}

// encoder appends values, each in a form that tells its own length.
type encoder []byte

func (s *encoder) number(n uint64) { *s = binary.AppendUvarint(*s, n) }
func (s *encoder) count(n int)     { s.number(uint64(n)) }

func (s *encoder) text(words ...string) {
	for _, w := range words {
		s.count(len(w))
		*s = append(*s, w...)
	}
}

func (s *encoder) amount(amounts ...money.Amount) {
	for _, a := range amounts {
		hi, lo := a.Words()
		s.number(hi)
		s.number(lo)
	}
}

func (s *encoder) time(t time.Time) {
	if t.IsZero() {
		s.number(0)
		return
	}
	s.number(uint64(t.UnixNano()))
}

func (s *encoder) lots(lots []Lot) {
	s.count(len(lots))
	for _, l := range lots {
		s.number(uint64(l.Colour))
		s.amount(l.N)
	}
}

func (s *encoder) figures(fs []Figures) {
	for _, f := range fs {
		s.amount(f.Amounts...)
		s.amount(f.Lower, f.Upper)
	}
}

func (s *encoder) flags(flags []bool) {
	for _, f := range flags {
		if f {
			*s = append(*s, 1)
		} else {
			*s = append(*s, 0)
		}
	}
}

func (s *encoder) pool(p *pool) {
	s.text(string(p.key.Ledger), string(p.key.Asset), string(p.key.Account))
	s.amount(p.bal, p.debt, p.unobserved, p.own.own)
	s.lots(p.fifo.list())
	s.lots(p.lifo.list())
	s.lots(p.own.victims.list())
	s.figures(p.figs)
	s.flags(p.poison)
	s.number(uint64(p.node))
	s.number(p.tie)
}

func (s *encoder) coin(c *coin) {
	s.number(uint64(c.id))
	s.number(uint64(c.out))
	s.number(uint64(c.node))
	s.amount(c.value)
	for _, l := range c.lots {
		s.lots(l)
	}
	s.figures(c.figs)
	s.count(len(c.marks))
	for _, m := range c.marks {
		s.amount(m.amount)
		s.number(uint64(m.mark.row))
	}
}

func (s *encoder) parcel(p *parcel) {
	s.amount(p.n)
	s.lots(p.fifo)
	s.lots(p.lifo)
	s.lots(p.own)
	s.figures(p.figs)
	s.flags(p.poison)
	s.number(uint64(p.node))
}

func (s *encoder) network(n *network) {
	s.number(uint64(n.nodes))
	for e := range n.from {
		s.number(uint64(n.from[e]))
		s.number(uint64(n.to[e]))
		s.amount(n.capacity[e])
		for v := range n.flow {
			s.amount(n.flow[v][e])
		}
	}
	for _, src := range n.sources {
		s.number(uint64(src.node))
		s.number(uint64(src.colour))
		s.amount(src.amount)
	}
}

func (s *encoder) asset(a *assetState) {
	for _, v := range a.views {
		s.amount(v.k)
		s.amount(v.seeded...)
		s.amount(v.converted...)
		s.text(v.unbounded)
	}
}
