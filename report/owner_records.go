package report

import (
	"encoding/json"
	"io"
	"math/big"

	"github.com/coldtrail/coldtrail/trace"
)

// OwnersSchema names the form of the records of owners. Fields are only ever added.
const OwnersSchema = "coldtrail/owners/v1"

// OwnersHeaderRecord says of what case the records of owners are.
type OwnersHeaderRecord struct {
	Record   string `json:"record"` // "owners_header"
	Schema   string `json:"schema"`
	Title    string `json:"title"`
	Question string `json:"question"`
	// Reconstruction: the case was written from reports, its messages are not public.
	Reconstruction bool   `json:"reconstruction"`
	Own            string `json:"own" doc:"the claimant that stands for the holder's own or unknown money"`
}

// OwnerRuleRecord is a rule between the owners of one account, with its authority.
type OwnerRuleRecord struct {
	Record    string `json:"record"` // "owner_rule"
	Rule      string `json:"rule" enum:"fifo,lifo,own-first,haircut,lowest-balance,pari-passu" doc:"haircut is the rolling charge"`
	Name      string `json:"name" doc:"as the command writes it"`
	Kind      string `json:"kind" enum:"tracing,cap,distribution" doc:"caps of several claimants may exceed the balance; a distribution is no tracing"`
	Authority string `json:"authority"`
}

// OwnersRecord is one account that stolen money reached, and whose money is in it
// under each rule. Each rule is applied at every hop alike.
type OwnersRecord struct {
	Record  string             `json:"record"` // "owners"
	Ledger  string             `json:"ledger"`
	Account string             `json:"account"`
	Asset   AssetRecord        `json:"asset"`
	Balance ExactRecord        `json:"balance"`
	Tied    int                `json:"tied" doc:"bookings whose order is not known: they are taken as listed"`
	Rules   []OwnerShareRecord `json:"rules" doc:"the cap and the distribution are absent where no victim's money was credited directly"`
}

// OwnerShareRecord is what each claimant has in an account under one rule.
type OwnerShareRecord struct {
	Rule   string        `json:"rule"`
	Shares []ClaimRecord `json:"shares" doc:"by claimant; nothing is left out but shares of nothing"`
	Debt   []ClaimRecord `json:"debt,omitempty" doc:"what paid a debt of the account and cannot be followed"`
}

// ClaimRecord is what one claimant has.
type ClaimRecord struct {
	Claimant string `json:"claimant" doc:"a theft of the case, or own"`
	ExactRecord
}

// ExactRecord is an amount that need not be a whole number of atomic units.
type ExactRecord struct {
	Exact string `json:"exact" doc:"atomic units, as a rational: 20 or 1364/60001"`
	Text  string `json:"text" doc:"as the command writes it"`
}

// OwnerRules lists the rules with their authorities, in the order of reading. None
// is the default.
func OwnerRules() []OwnerRuleRecord {
	var out []OwnerRuleRecord
	for _, l := range ownerLines {
		out = append(out, OwnerRuleRecord{"owner_rule", string(l.rule), l.name, l.kind, l.law})
	}
	return out
}

// OwnersHeader makes the first record.
func OwnersHeader(title, question string, reconstruction bool) OwnersHeaderRecord {
	return OwnersHeaderRecord{"owners_header", OwnersSchema, title, question, reconstruction, trace.Own}
}

// OwnerRecord makes the record of one account.
func OwnerRecord(m *trace.Mixed) OwnersRecord {
	amount := func(x *big.Rat) ExactRecord { return ExactRecord{x.RatString(), exact(x, m.Asset)} }
	claims := func(s trace.Shares) []ClaimRecord {
		out := []ClaimRecord{}
		for _, n := range s.Names() {
			if s[n].Sign() != 0 {
				out = append(out, ClaimRecord{n, amount(s[n])})
			}
		}
		return out
	}
	a := m.Asset
	r := OwnersRecord{Record: "owners", Ledger: string(m.Ledger), Account: string(m.Account), Asset: AssetRecord{string(a.ID), a.Symbol, a.Decimals, a.Known}, Balance: amount(m.Balance), Tied: m.Tied}
	for _, l := range ownerLines {
		if left, ok := sharesUnder(m, l.rule); ok {
			r.Rules = append(r.Rules, OwnerShareRecord{string(l.rule), claims(left), claims(m.Debt[l.rule])})
		}
	}
	return r
}

// OwnersJSONL writes the records as JSON Lines: the header, the rules, the accounts
// with the largest balance first.
func OwnersJSONL(w io.Writer, head OwnersHeaderRecord, list []trace.Mixed) error {
	lines := []any{head}
	for _, r := range OwnerRules() {
		lines = append(lines, r)
	}
	for i := range list {
		lines = append(lines, OwnerRecord(&list[i]))
	}
	return writeLines(w, lines)
}

func writeLines(w io.Writer, lines []any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, l := range lines {
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	return nil
}
