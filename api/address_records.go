package api

import (
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/tag"
)

// AddressQuestion names an account of a ledger that this server can read.
type AddressQuestion struct {
	Ledger  string `path:"ledger" doc:"CAIP-2, or the ledger's name"`
	Address string `path:"address" maxLength:"16384" doc:"as the ledger writes it"`
	From    string `query:"from" required:"true" doc:"where the ledger is read: a case, or store"`
}

// AddressAnswer is what the data of one ledger shows of an account, with what is
// said about it.
type AddressAnswer struct {
	Ledger       string               `json:"ledger"`
	Address      string               `json:"address"`
	From         string               `json:"from"`
	Model        string               `json:"model" doc:"utxo or account"`
	Assets       []ActivityRecord     `json:"assets"`
	Completeness CompletenessRecord   `json:"completeness" doc:"what the data holds of the account"`
	Tags         []tag.Record         `json:"tags"`
	Stop         *StopRecord          `json:"stop,omitempty" doc:"what a trace does here"`
	Alike        []string             `json:"alike" doc:"accounts of the same data that look like it at both ends"`
	Uncompared   int                  `json:"uncompared" doc:"transfers in which none were looked for: those after the first million of a case, and all of a store"`
	Cluster      *ClusterRecord       `json:"cluster,omitempty" doc:"absent: the ledger has no clustering"`
	Decimals     map[string]AssetWord `json:"asset_words" doc:"symbol and decimals by asset"`
}

// AssetWord is how amounts of an asset are read.
type AssetWord struct {
	Symbol   string `json:"symbol"`
	Decimals int    `json:"decimals"`
	Known    bool   `json:"known" doc:"a case, a preset or the ledger vouches for the symbol"`
}

// CompletenessRecord is what the data holds of an account.
type CompletenessRecord struct {
	External string `json:"external" doc:"complete, unknown, gap"`
	Internal string `json:"internal"`
	Tokens   string `json:"tokens"`
	Opening  string `json:"opening"`
}

// ActivityRecord is what an account did in an asset. A transaction of coins counts
// change as sent and received.
type ActivityRecord struct {
	Asset    string       `json:"asset"`
	Received money.Amount `json:"received"`
	Sent     money.Amount `json:"sent"`
	Balance  money.Amount `json:"balance" doc:"after all the data"`
	Short    bool         `json:"short" doc:"more was sent than arrived: the rest was there before the data, or is not in it"`
	In       int          `json:"in" doc:"transfers that credited it"`
	Out      int          `json:"out" doc:"transfers that debited it"`
	First    string       `json:"first,omitempty"`
	Last     string       `json:"last,omitempty"`
}

// MoveRecord is one transfer as it touches an account.
type MoveRecord struct {
	ID       string       `json:"id"`
	Tx       string       `json:"tx"`
	Time     string       `json:"time,omitempty"`
	Asset    string       `json:"asset"`
	Kind     string       `json:"kind" doc:"value, gas, coinbase, opening"`
	In       money.Amount `json:"in"`
	Out      money.Amount `json:"out" doc:"fees included"`
	Fee      money.Amount `json:"fee"`
	Others   []string     `json:"others" doc:"accounts on the other side, the first few"`
	More     int          `json:"more_others"`
	Tied     bool         `json:"tied" doc:"its order is not known"`
	Failed   bool         `json:"failed"`
	Evidence string       `json:"evidence,omitempty" doc:"where it was read"`
}

// PointRecord is a balance after a transfer.
type PointRecord struct {
	Time    string       `json:"time"`
	Balance money.Amount `json:"balance"`
}

// BalanceAnswer is the balance over time, at most some points: the last of each
// stretch of equal length.
type BalanceAnswer struct {
	Asset   string        `json:"asset"`
	Opening money.Amount  `json:"opening" doc:"what must have been there before the data"`
	Points  []PointRecord `json:"points"`
	Of      int           `json:"of" doc:"transfers"`
	Undated int           `json:"undated" doc:"transfers whose time is not known: they count in the next point"`
}

// NeighbourRecord is an account on the other side.
type NeighbourRecord struct {
	Address string       `json:"address"`
	In      int          `json:"in" doc:"transfers from it"`
	Out     int          `json:"out" doc:"transfers to it"`
	Gave    money.Amount `json:"gave" doc:"of transfers with one account on each side"`
	Took    money.Amount `json:"took"`
	First   string       `json:"first,omitempty"`
	Last    string       `json:"last,omitempty"`
	Tag     string       `json:"tag,omitempty" doc:"the surest label"`
	Alike   bool         `json:"alike" doc:"looks like the address at both ends"`
}

// ClusterRecord is the cluster of an address.
type ClusterRecord struct {
	Name         string   `json:"name" doc:"its first address"`
	Size         int      `json:"size"`
	Balance      string   `json:"balance"`
	Hypothesis   string   `json:"hypothesis" doc:"why they are together"`
	RulesVersion int      `json:"rules_version"`
	Rules        []string `json:"rules"`
	Members      []string `json:"members" doc:"the first few"`
	More         int      `json:"more_members"`
}

// LinkRecord is one step between two addresses of a cluster.
type LinkRecord struct {
	From string `json:"from"`
	To   string `json:"to"`
	Tx   string `json:"tx,omitempty" doc:"absent: one key or script"`
}

// MovesAnswer is a page of transfers.
type MovesAnswer struct {
	Records []MoveRecord `json:"records"`
	Next    string       `json:"next,omitempty" doc:"cursor of the next page"`
	Total   int          `json:"total"`
}

// NeighboursAnswer lists accounts on the other side, those with the most transfers
// first.
type NeighboursAnswer struct {
	Asset   string            `json:"asset"`
	Records []NeighbourRecord `json:"records"`
	Hidden  int               `json:"hidden" doc:"further accounts that are not shown"`
	Read    int               `json:"read" doc:"transfers that were looked at, the newest"`
	Of      int               `json:"of"`
}

// ClusterAnswer is a cluster with the chain of evidence to another address.
type ClusterAnswer struct {
	Cluster  *ClusterRecord `json:"cluster"`
	Other    string         `json:"other,omitempty"`
	Together bool           `json:"together"`
	Steps    []LinkRecord   `json:"steps" doc:"the shortest chain of kept evidence"`
}
