package graph

import (
	"context"
	"fmt"
	"slices"

	"github.com/coldtrail/coldtrail/ledger"
)

// Memory is a graph held in memory. Fill it with Add, then Close it; after
// that it is safe for concurrent readers.
type Memory struct {
	info      Info
	transfers []ledger.Transfer
	entries   []Entry
	names     map[string][]ID
	events    map[Pool][]ID
	byLedger  map[ledger.ID]ledger.Source
}

// NewMemory returns an empty graph.
func NewMemory() *Memory {
	return &Memory{names: map[string][]ID{}, events: map[Pool][]ID{}, byLedger: map[ledger.ID]ledger.Source{}}
}

// Add reads a source whole. It fails with the source's own error, with
// ErrOrder, or when a ledger is added twice.
func (m *Memory) Add(ctx context.Context, s ledger.Source) error {
	var last *ledger.Transfer
	first := len(m.transfers)
	for t, err := range s.All(ctx) {
		if err != nil {
			return err
		}
		if last != nil && t.Kind != ledger.Opening && t.Key.Cmp(last.Key) < 0 {
			return fmt.Errorf("%s: transfer %s comes before %s: %w", t.Evidence, t.ID, last.ID, ErrOrder)
		}
		m.transfers = append(m.transfers, t)
		last = &m.transfers[len(m.transfers)-1]
	}
	info := s.Info()
	if m.byLedger[info.ID] != nil {
		return fmt.Errorf("ledger %s is given twice: %w", info.ID, ErrDuplicate)
	}
	m.byLedger[info.ID] = s
	m.info.Ledgers = append(m.info.Ledgers, info)
	for i := first; i < len(m.transfers); i++ {
		if err := m.transfers[i].Validate(info.Model); err != nil {
			return fmt.Errorf("%s: %w", m.transfers[i].Evidence, err)
		}
	}
	return nil
}

// Close orders the transfers of all ledgers and links them. It fails with
// ErrDuplicate or ErrUnresolved, naming the transfer.
func (m *Memory) Close() error {
	if len(m.info.Ledgers) > 1 {
		m.merge()
	}
	m.info.Transfers = len(m.transfers)
	m.entries = make([]Entry, len(m.transfers))
	type name struct {
		ledger ledger.ID
		id     string
	}
	seen := make(map[name]bool, len(m.transfers))
	coins := map[ledger.ID]map[ledger.Coin]ID{}
	legs := map[name]ID{}
	for i := range m.transfers {
		t, id := &m.transfers[i], ID(i)
		e := &m.entries[i]
		*e = Entry{Transfer: t, Other: None, TieFirst: id, TieLast: id}
		if seen[name{t.Ledger, t.ID}] {
			return fmt.Errorf("%s: %s: %w", t.Evidence, t.ID, ErrDuplicate)
		}
		seen[name{t.Ledger, t.ID}] = true
		m.index(id, t)
		if t.Conversion != "" {
			if other, ok := legs[name{t.Ledger, t.Conversion}]; ok {
				e.Other, m.entries[other].Other = other, id
			}
			legs[name{t.Ledger, t.Conversion}] = id
		}
		if coins[t.Ledger] == nil {
			coins[t.Ledger] = map[ledger.Coin]ID{}
		}
		if err := m.spend(id, coins[t.Ledger]); err != nil {
			return err
		}
	}
	m.ties()
	return nil
}

// merge puts several ledgers in one order: by time, each ledger's own order
// kept. A transfer without a time stands with the one before it, and so do those tied
// with it, whatever their times.
func (m *Memory) merge() {
	rank := make(map[ledger.ID]int)
	for i, l := range m.info.Ledgers {
		rank[l.ID] = i
	}
	// Times never fall within a ledger for this purpose, so that the sort keeps
	// each ledger's order (bitcoin block times may step back).
	at := make([]int64, len(m.transfers))
	high := map[ledger.ID]int64{}
	last := map[ledger.ID]int{}
	order := make([]int, len(m.transfers))
	for i := range m.transfers {
		t := &m.transfers[i]
		if n := t.Time.UnixNano(); !t.Time.IsZero() && n > high[t.Ledger] {
			high[t.Ledger] = n
		}
		at[i], order[i] = high[t.Ledger], i
		if k, any := last[t.Ledger]; any && t.Tie != 0 && t.Tie == m.transfers[k].Tie {
			at[i] = at[k] // nothing comes between the tied
		}
		last[t.Ledger] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if at[a] != at[b] {
			if at[a] < at[b] {
				return -1
			}
			return 1
		}
		return rank[m.transfers[a].Ledger] - rank[m.transfers[b].Ledger]
	})
	sorted := make([]ledger.Transfer, len(order))
	for i, o := range order {
		sorted[i] = m.transfers[o]
	}
	m.transfers = sorted
}

// index makes the transfer findable by name and by the pools it touches.
func (m *Memory) index(id ID, t *ledger.Transfer) {
	m.names[t.ID] = append(m.names[t.ID], id)
	if t.Tx != t.ID {
		m.names[t.Tx] = append(m.names[t.Tx], id)
	}
	touch := func(a ledger.Account) {
		p := Pool{t.Ledger, a, t.Asset}
		if ids := m.events[p]; a != ledger.Outside && (len(ids) == 0 || ids[len(ids)-1] != id) {
			m.events[p] = append(ids, id)
		}
	}
	for _, d := range t.Debits {
		touch(d.Account)
	}
	for _, c := range t.Credits {
		touch(c.Account)
	}
	if c := t.Counter(); c != "" {
		touch(c)
	}
}

// spend links the inputs of a UTXO transfer to the coins they spend.
func (m *Memory) spend(id ID, coins map[ledger.Coin]ID) error {
	t := &m.transfers[id]
	if m.byLedger[t.Ledger].Info().Model != ledger.UTXO {
		return nil
	}
	for i, d := range t.Debits {
		if d.Spends == (ledger.Coin{}) {
			continue
		}
		from, ok := coins[d.Spends]
		if !ok {
			return fmt.Errorf("%s: input %d of %s spends %s, which is not in the data (or spent already): %w", t.Evidence, i, t.ID, d.Spends, ErrUnresolved)
		}
		delete(coins, d.Spends)
		c := m.transfers[from].Credits[d.Spends.Index]
		if c.Amount != d.Amount || c.Account != d.Account {
			return fmt.Errorf("%s: input %d of %s gives %s %s, its coin %s %s: %w", t.Evidence, i, t.ID, d.Account, d.Amount, c.Account, c.Amount, ErrUnresolved)
		}
		m.entries[from].SpentBy[d.Spends.Index] = id
	}
	m.entries[id].SpentBy = make([]ID, len(t.Credits))
	for i := range t.Credits {
		m.entries[id].SpentBy[i] = None
		coins[ledger.Coin{Tx: t.Tx, Index: uint32(i)}] = id
	}
	return nil
}

// ties finds the runs of transfers without a known order.
func (m *Memory) ties() {
	for i := 0; i < len(m.transfers); {
		j, t := i+1, &m.transfers[i]
		for t.Tie != 0 && j < len(m.transfers) && m.transfers[j].Tie == t.Tie && m.transfers[j].Ledger == t.Ledger {
			j++
		}
		for k := i; k < j; k++ {
			m.entries[k].TieFirst, m.entries[k].TieLast = ID(i), ID(j-1)
		}
		i = j
	}
}

// Info implements Graph.
func (m *Memory) Info() Info { return m.info }

// Entry implements Graph.
func (m *Memory) Entry(id ID) (Entry, error) {
	if int(id) >= len(m.entries) {
		return Entry{}, fmt.Errorf("transfer number %d: %w", id, ErrNotFound)
	}
	return m.entries[id], nil
}

// Find implements Graph.
func (m *Memory) Find(ref string) ([]ID, error) {
	if ids := m.names[ref]; len(ids) > 0 {
		return ids, nil
	}
	return nil, fmt.Errorf("%q: %w", ref, ErrNotFound)
}

// Events implements Graph.
func (m *Memory) Events(p Pool) ([]ID, error) { return m.events[p], nil }

// Completeness implements Graph.
func (m *Memory) Completeness(l ledger.ID, a ledger.Account) ledger.Completeness {
	s := m.byLedger[l]
	if s == nil {
		u := ledger.Unknown
		return ledger.Completeness{External: u, Internal: u, Tokens: u, Opening: u}
	}
	return s.Completeness(a)
}
