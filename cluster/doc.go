// Package cluster joins addresses that are thought to have one owner, by stated
// rules, and can take every join back.
//
// In go the columns of a ledger of coins or the transfers of accounts; out come
// clusters with the evidence of every merge, votes on change, and roles of
// wallets. A cluster is a hypothesis that names its rules and their version. It
// never is an entity or a person, it never moves a figure of a trail, and a
// change heuristic never joins anything in the base layer.
package cluster
