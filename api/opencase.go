package api

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/report"
)

// openCase is a case with its data, ready to be asked about accounts.
type openCase struct {
	*casefile.Loaded
	once     sync.Once
	accounts map[ledger.ID][]ledger.Account // sorted
	err      error
}

// bytes estimates the memory of a case with its data.
func (c *openCase) bytes() int64 {
	sum := int64(1<<16) + 900*int64(c.Graph.Info().Transfers)
	for _, in := range c.Inputs {
		sum += int64(in.Bytes)
	}
	return sum
}

// loaded opens a case, or gives the one that is open.
func (s *Server) loaded(ctx context.Context, name string) (*openCase, error) {
	key := name
	if s.cases.own[name] != nil { // it may change, and its data
		c, _, err := s.cases.open(name)
		if err != nil {
			return nil, err
		}
		sum, err := s.cases.digest(c)
		if err != nil {
			return nil, err
		}
		key += " " + sum
	}
	return s.opened.get(ctx, key, func(ctx context.Context) (*openCase, error) {
		c, _, err := s.cases.open(name)
		if err != nil {
			return nil, err
		}
		c.Books = s.books
		end, err := s.work(ctx)
		if err != nil {
			return nil, err
		}
		defer end()
		// Once begun it goes on though all have left: a large case is read for longer
		// than an answer may take, and those who ask again find it.
		l, err := casefile.Load(s.life.ctx, c)
		if err != nil {
			return nil, err
		}
		return &openCase{Loaded: l}, nil
	})
}

// mostCompared bounds the transfers in which look-alikes are searched.
const mostCompared = 1_000_000

// alike lists the accounts of the case's data that look like one of them.
func (c *openCase) alike(l ledger.ID, a ledger.Account) ([]string, error) {
	c.once.Do(c.gather)
	out := []string{}
	for _, other := range c.accounts[l] {
		if report.Alike(string(other), string(a)) {
			out = append(out, string(other))
		}
	}
	return out, c.err
}

// gather lists every account of the data once.
func (c *openCase) gather() {
	c.accounts = map[ledger.ID][]ledger.Account{}
	seen := map[ledger.ID]map[ledger.Account]bool{}
	for id := range graph.ID(min(c.Graph.Info().Transfers, mostCompared)) {
		en, err := c.Graph.Entry(id)
		if err != nil {
			c.err = err
			return
		}
		if seen[en.Ledger] == nil {
			seen[en.Ledger] = map[ledger.Account]bool{}
		}
		for _, d := range en.Debits {
			seen[en.Ledger][d.Account] = true
		}
		for _, x := range en.Credits {
			seen[en.Ledger][x.Account] = true
		}
	}
	for l, accounts := range seen {
		for a := range accounts {
			c.accounts[l] = append(c.accounts[l], a)
		}
		slices.SortFunc(c.accounts[l], func(a, b ledger.Account) int { return strings.Compare(string(a), string(b)) })
	}
}
