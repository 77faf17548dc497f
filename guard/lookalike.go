package guard

import (
	"maps"
	"slices"
	"strings"
)

// lookalike is G07: an address that is not in the book, and whose ends are those
// of one that is. People compare the ends, so thieves make addresses that share
// them. Both addresses in the book is no sign.
func (c *check) lookalike(address string) (like string, lead, trail int, ok bool) {
	for _, b := range c.policy.AddressBook {
		if lead, trail, ok = c.policy.Thresholds.Alike(address, b.Addr); ok {
			return b.Addr, lead, trail, true
		}
	}
	// Past destinations are known too.
	for _, k := range slices.Sorted(maps.Keys(c.past.Addresses)) {
		d := c.past.Addresses[k]
		if lead, trail, ok = c.policy.Thresholds.Alike(address, d); ok {
			return d, lead, trail, true
		}
	}
	return "", 0, 0, false
}

// Alike reports whether two addresses are different and share, after the prefix
// that all of their form have, as many leading and trailing characters as the
// thresholds say. Hex is compared without case, Base58 with it.
func (t *Thresholds) Alike(a, b string) (lead, trail int, ok bool) {
	x, kind := body(a)
	y, kind2 := body(b)
	if kind != kind2 || kind == "" || x == y {
		return 0, 0, false
	}
	want := t.LookalikeBase58
	if kind == "0x" {
		want = t.LookalikeHex
	}
	if want == [2]int{} {
		return 0, 0, false
	}
	n := min(len(x), len(y))
	for lead < n && x[lead] == y[lead] {
		lead++
	}
	for trail < n && x[len(x)-1-trail] == y[len(y)-1-trail] {
		trail++
	}
	return lead, trail, lead >= want[0] && trail >= want[1]
}

// body strips the chain and the fixed prefix of an address.
func body(address string) (rest, prefix string) {
	if strings.HasPrefix(address, "eip155:") || strings.HasPrefix(address, "bip122:") {
		address = address[strings.LastIndexByte(address, ':')+1:]
	}
	low := strings.ToLower(address)
	for _, p := range []string{"0x", "bc1q", "bc1p"} {
		if strings.HasPrefix(low, p) {
			return low[len(p):], p
		}
	}
	for _, p := range []string{"1", "3", "T", "N"} {
		if strings.HasPrefix(address, p) {
			return address[1:], p
		}
	}
	return "", ""
}
