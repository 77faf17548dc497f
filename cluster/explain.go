package cluster

import (
	"fmt"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

// Step is one link of an explanation: From and To are together because Tx
// spends from both, or, when Tx is empty, because they are one key or script.
type Step struct {
	From, To ledger.Account
	Tx       string
}

// Why gives the shortest chain of kept evidence between two accounts, by
// number: nil when they are in two clusters or are one account. It reads the
// merges once.
func (r *Result) Why(a, b uint32) []Edge {
	if int(a) >= len(r.Labels) || int(b) >= len(r.Labels) || r.Labels[a] != r.Labels[b] {
		return nil
	}
	next := map[uint32][]Edge{}
	for _, list := range [][]Edge{r.Edges, r.KeyEdges} {
		for _, e := range list {
			if r.Labels[e.A] == r.Labels[a] {
				next[e.A] = append(next[e.A], e)
				next[e.B] = append(next[e.B], Edge{e.Tx, e.B, e.A})
			}
		}
	}
	came := map[uint32]Edge{a: {}}
	for queue := []uint32{a}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == b {
			break
		}
		for _, e := range next[queue[0]] {
			if _, seen := came[e.B]; !seen {
				came[e.B] = e
				queue = append(queue, e.B)
			}
		}
	}
	if _, ok := came[b]; !ok {
		return nil // only in a file that lies
	}
	var back []Edge
	for at := b; at != a; at = came[at].A {
		back = append(back, came[at])
	}
	path := make([]Edge, len(back))
	for i, e := range back {
		path[len(back)-1-i] = e
	}
	return path
}

// Explain is Why with names. It fails with ErrNotFound for an address that the
// clustering does not cover.
func (r *Result) Explain(s *graph.Store, a, b ledger.Account) ([]Step, error) {
	from, err := r.number(s, a)
	if err != nil {
		return nil, err
	}
	to, err := r.number(s, b)
	if err != nil {
		return nil, err
	}
	var steps []Step
	for _, e := range r.Why(from, to) {
		step, err := r.named(s, e)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

func (r *Result) named(s *graph.Store, e Edge) (Step, error) {
	from, err := s.AccountName(e.A)
	if err != nil {
		return Step{}, fmt.Errorf("explain: %w", err)
	}
	to, err := s.AccountName(e.B)
	if err != nil {
		return Step{}, fmt.Errorf("explain: %w", err)
	}
	step := Step{From: from, To: to}
	if e.Tx != NoTx {
		step.Tx = s.TxName(e.Tx)
	}
	return step, nil
}

// Look is what is known of the cluster of an address.
type Look struct {
	Account uint32
	Cluster Summary
	// Name is the smallest account's.
	Name    ledger.Account
	Members []uint32
}

// Show looks an address up; ErrNotFound when the clustering does not cover it.
func (r *Result) Show(s *graph.Store, a ledger.Account) (Look, error) {
	n, err := r.number(s, a)
	if err != nil {
		return Look{}, err
	}
	sum, _ := r.Of(n)
	name, err := s.AccountName(sum.Root)
	return Look{Account: n, Cluster: sum, Name: name, Members: r.Members(sum.Root)}, err
}
