package guard

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/coldtrail/coldtrail/guard/psbt"
)

// lookalikeCount is how many random addresses the false-alarm test draws:
//
//	go test ./guard -run TestLookalikeRate -lookalike.addresses 1000000 -v
var lookalikeCount = flag.Int("lookalike.addresses", 100_000, "random addresses of the look-alike test")

func TestAlike(t *testing.T) {
	th := &Thresholds{LookalikeBase58: [2]int{4, 2}, LookalikeHex: [2]int{4, 4}}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1B6rJRfjTXwEy36SCs5zofGMmdv2kdZw7P", "1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7P", true},
		{"1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7P", "1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7P", false}, // the same
		{"1B6rjRfjTXwEy36SCs5zofGMmdv2kdZw7P", "1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7P", false}, // Base58 has case
		{"3B6rJRfjTXwEy36SCs5zofGMmdv2kdZw7P", "1B6rJ6ZKfZmkqMyBGe5KR27oWkEbQdNM7P", false}, // another kind
		{"0xABCD000000000000000000000000000000001234", "0xabcd111111111111111111111111111111111234", true},
		{"0xABCD000000000000000000000000000000001234", "eip155:1:0xabcd111111111111111111111111111111111234", true},
		{"0xABCE000000000000000000000000000000001234", "0xabcd111111111111111111111111111111111234", false},
		{"0xABCD000000000000000000000000000000011234", "0xABCD000000000000000000000000000000001234", true},
		{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bc1qw508000000000000000000000000000000003t4", true},
		{"", "", false}, {"x", "x", false},
	} {
		if _, _, got := th.Alike(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

// TestLookalikeRate measures how often a random address looks like one of 10,000
// entries, at thresholds where it happens often enough to count, and compares with
// the share that uniform characters give: entries / 58^(leading + trailing). The
// first characters of real addresses are not uniform, so the rate is higher.
func TestLookalikeRate(t *testing.T) {
	const entries = 10_000
	r := rand.New(rand.NewPCG(1, 2))
	draw := func() string { // an address of a random key's hash, with its checksum
		script := []byte{0x76, 0xa9, 20}
		for range 20 {
			script = append(script, byte(r.Uint32()))
		}
		return psbt.AddressOf(append(script, 0x88, 0xac))
	}
	for _, want := range [][2]int{{2, 1}, {3, 1}} {
		th := &Thresholds{LookalikeBase58: want}
		// The book by its ends, so that a million addresses need no 10^10 pairs;
		// candidates are then judged by the rule itself.
		book := map[string][]string{}
		ends := func(a string) string { return a[1:1+want[0]] + a[len(a)-want[1]:] }
		for range entries {
			a := draw()
			book[ends(a)] = append(book[ends(a)], a)
		}
		hits := 0
		for range *lookalikeCount {
			a := draw()
			for _, b := range book[ends(a)] {
				if _, _, ok := th.Alike(a, b); ok {
					hits++
					break
				}
			}
		}
		power := 1.0
		for range want[0] + want[1] {
			power *= 58
		}
		rate, predicted := float64(hits)/float64(*lookalikeCount), entries/power
		t.Logf("%d+%d: %d of %d, rate %.3g; uniform characters give %.3g, and %.2g at 4+2", want[0], want[1], hits, *lookalikeCount, rate, predicted, entries/(58.0*58*58*58*58*58))
		if rate < predicted || rate > predicted*5 {
			t.Errorf("%d+%d: rate %.3g, predicted %.3g", want[0], want[1], rate, predicted)
		}
	}
}
