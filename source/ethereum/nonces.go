package ethereum

import "github.com/coldtrail/coldtrail/ledger"

// accounts are those that sent transactions, with what the data has of them.
type accounts struct {
	place map[ledger.Account]int
	sent  []nonces
}

// nonces are the outgoing transactions of an account that the data has.
type nonces struct {
	first, last uint64
	n           uint64
}

func newAccounts() *accounts { return &accounts{place: map[ledger.Account]int{}} }

// count notes an outgoing transaction.
func (a *accounts) count(from ledger.Account, nonce uint64) {
	place, known := a.place[from]
	if !known {
		place = len(a.sent)
		a.place[from] = place
		a.sent = append(a.sent, nonces{first: nonce})
	}
	n := &a.sent[place]
	n.first, n.last, n.n = min(n.first, nonce), max(n.last, nonce), n.n+1
}

// lacks reports whether the nonces of an account have holes: a transaction of it is
// not in the data.
func (a *accounts) lacks(from ledger.Account) bool {
	if a == nil {
		return false
	}
	place, known := a.place[from]
	if !known {
		return false
	}
	n := &a.sent[place]
	return n.n != n.last-n.first+1
}
