package tag

import (
	"strings"
	"unicode"
)

// Role is the part an address plays in its owner's house.
type Role string

// The roles; "" is none.
const (
	Hot     Role = "hot"
	Warm    Role = "warm"
	Cold    Role = "cold"
	Deposit Role = "deposit"
)

// Role reads the role of a wallet from a tag: from its concepts (hot_wallet,
// warm_wallet, cold_wallet, deposit_wallet), else from its label, since no tag
// of the public corpus uses those concepts. A label counts when it says "hot
// wallet", "cold/wallet" and the like; "deposit" counts as the last word but
// for a number, or before wallet, address or account. A tag about theft has no
// role ("... hot wallet hack" is the thief's address), and two roles in one
// label are none.
func (t Tag) Role() Role {
	if t.Theft() {
		return ""
	}
	for _, c := range t.Concepts {
		if r, ok := strings.CutSuffix(c, "_wallet"); ok && (r == "hot" || r == "warm" || r == "cold" || r == "deposit") {
			return Role(r)
		}
	}
	words := strings.FieldsFunc(strings.ToLower(t.Label), func(r rune) bool { return !unicode.IsLetter(r) })
	role := Role("")
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		var r Role
		switch {
		case (w == "hot" || w == "warm" || w == "cold") && (next == "wallet" || next == "wallets"):
			r = Role(w)
		case w == "hotwallet", w == "coldwallet", w == "warmwallet":
			r = Role(strings.TrimSuffix(w, "wallet"))
		case w == "deposit" && (next == "" || next == "wallet" || next == "address" || next == "account" || next == "addr" || next == "funder"):
			r = Deposit
		}
		switch {
		case next == "funder":
			continue // pays the gas of deposit addresses, and is none
		case r != "" && role != "" && r != role:
			return ""
		case r != "":
			role = r
		}
	}
	return role
}
