package ethereum

import (
	"slices"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
)

// cancun is when EIP-6780 came, in Unix seconds: since then a contract lives on
// after SELFDESTRUCT, unless it was made in the same transaction. The times stand in
// go-ethereum 1.17.8, params/chainspecs and AllDevChainProtocolChanges; of other
// chains it is not known here, and taken for ever there.
var cancun = map[ledger.ID]int64{"eip155:1": 1710338135, "eip155:11155111": 1706655072}

// burns reports whether a contract that destroys itself in its own favour burns what
// it has. It did always before Cancun; since then where it was made in the same
// transaction; and never since Amsterdam (EIP-8246), whose blocks log the ether that
// moves.
func (s *Source) burns(k *block, t *row, made []ledger.Account) bool {
	if t.trace.kind != "suicide" && t.trace.kind != "selfdestruct" || t.from != t.to || k.echoes {
		return false
	}
	return slices.Contains(made, t.from) || !k.time.IsZero() && k.time.Before(time.Unix(cancun[s.id], 0))
}
