package cluster

import (
	"slices"
	"strings"
	"testing"
)

// values makes inputs or outputs of accounts that follow each other.
func values(first uint32, vs ...uint64) []End {
	var out []End
	for i, v := range vs {
		out = append(out, End{first + uint32(i), v})
	}
	return out
}

func repeat(v uint64, n int) []uint64 { return slices.Repeat([]uint64{v}, n) }

func join(lists ...[]uint64) []uint64 { return slices.Concat(lists...) }

// upTo gives n different values from v on.
func upTo(v uint64, n int) []uint64 {
	var out []uint64
	for i := range n {
		out = append(out, v+uint64(i)*1000)
	}
	return out
}

// TestDetectors: each rule at its edges. in and out are values of different
// accounts; same, if set, makes as many inputs share the first one's account.
func TestDetectors(t *testing.T) {
	pool := repeat(1_000_000, 5)
	levels := join(repeat(10_000_000, 4), repeat(20_000_000, 3))
	for _, c := range []struct {
		name    string
		in, out []uint64
		same    int
		sameOut int
		data    int
		time    int64
		want    string
	}{
		{"payment", []uint64{500}, []uint64{300, 200}, 0, 0, 0, 0, ""},
		{"two parties", []uint64{600, 700}, []uint64{500, 500, 100}, 0, 0, 0, 0, "generic"},
		{"two parties, one script", []uint64{600, 700}, []uint64{500, 500, 100}, 2, 0, 0, 0, ""},
		{"an odd output more", []uint64{600, 700}, []uint64{500, 500, 100, 101, 102}, 0, 0, 0, 0, ""},
		{"dust", []uint64{600, 700}, []uint64{546, 546, 100}, 0, 0, 0, 0, ""},
		{"other dust", []uint64{6000, 7000}, []uint64{2730, 2730, 100}, 0, 0, 0, 0, ""},
		{"tie: the lowest value counts", []uint64{9000, 9000}, []uint64{546, 546, 8000, 8000}, 0, 0, 0, 0, ""},
		{"a data output does not count", []uint64{600, 700}, []uint64{500, 500, 100}, 0, 0, 2, 0, "generic"},
		{"joinmarket", repeat(9000, 4), join(repeat(3000, 3), []uint64{1, 2, 3}), 0, 0, 0, 0, "generic joinmarket"},
		{"joinmarket, more inputs than parties", repeat(9000, 9), join(repeat(3000, 4), []uint64{1, 2, 3}), 0, 0, 0, 0, "generic joinmarket"},
		{"joinmarket without change", repeat(9000, 4), repeat(3000, 4), 0, 0, 0, 0, ""},
		{"joinmarket of dust", repeat(9000, 4), join(repeat(2730, 3), []uint64{1, 2}), 0, 0, 0, 0, ""},
		{"joinmarket, a script twice", repeat(9000, 4), join(repeat(3000, 4), []uint64{1, 2}), 0, 2, 0, 0, ""},
		{"joinmarket, many inputs", repeat(9000, 60), join(repeat(3000, 3), []uint64{1, 2, 3}), 0, 0, 0, 0, "generic joinmarket"},
		{"joinmarket, too many inputs", repeat(9000, 61), join(repeat(3000, 3), []uint64{1, 2, 3}), 0, 0, 0, 0, "generic"},
		{"joinmarket, many inputs and few outputs", repeat(9000, 60), join(repeat(3000, 4), []uint64{1, 2}), 0, 0, 0, 0, ""},
		{"wasabi 1.0", upTo(15_000_000, 20), join(repeat(10_300_000, 12), upTo(5_000_000, 8)), 0, 0, 0, 0, "joinmarket wasabi-1.0 wasabi-1.1"},
		{"wasabi 1.0, off its level", upTo(15_000_000, 20), join(repeat(9_499_999, 12), upTo(5_000_000, 8)), 0, 0, 0, 0, "joinmarket"},
		{"wasabi 1.0, an input of many coins", upTo(15_000_000, 20), join(repeat(10_300_000, 12), upTo(5_000_000, 8)), 3, 0, 0, 0, "joinmarket"},
		{"wasabi 1.0, few inputs that split evenly", upTo(15_000_000, 11), join(repeat(10_000_000, 11), []uint64{10_000}), 0, 0, 0, 0, "joinmarket wasabi-1.1"},
		{"wasabi 1.1", upTo(30_000_000, 10), join(levels, upTo(3_000_000, 5)), 0, 0, 0, 0, "wasabi-1.1"},
		{"wasabi 2.0", upTo(30_000_000, 20), join(repeat(6000, 2), repeat(7000, 2), repeat(8000, 2), upTo(100_000, 5)), 0, 0, 0, 0, "wasabi-2.0"},
		{"wasabi 2.0, two values only", upTo(30_000_000, 20), join(repeat(6000, 3), repeat(7000, 3), upTo(100_000, 5)), 0, 0, 0, 0, ""},
		{"wasabi 2.0, dust", upTo(30_000_000, 20), join(repeat(4999, 2), repeat(7000, 2), repeat(8000, 2), upTo(100_000, 5)), 0, 0, 0, 0, ""},
		{"wasabi 2.0, 19 inputs", upTo(30_000_000, 19), join(repeat(6000, 2), repeat(7000, 2), repeat(8000, 2), upTo(100_000, 5)), 0, 0, 0, 0, ""},
		{"whirlpool", []uint64{1_000_000, 1_000_000, 1_000_000, 1_000_100, 1_110_000}, pool, 0, 0, 0, 0, "whirlpool-mix"},
		{"whirlpool of remixers only", pool, pool, 0, 0, 0, 0, ""},
		{"whirlpool, five new entrants", repeat(1_000_100, 5), pool, 0, 0, 0, 0, ""},
		{"whirlpool, an entrant with too much", []uint64{1_000_000, 1_000_000, 1_000_000, 1_000_100, 1_110_001}, pool, 0, 0, 0, 0, ""},
		{"whirlpool of no pool", []uint64{2_000_000, 2_000_000, 2_000_000, 2_000_100, 2_000_200}, repeat(2_000_000, 5), 0, 0, 0, 0, ""},
		{"tx0", []uint64{9_000_000}, join(repeat(1_000_400, 5), []uint64{50_000, 3_000_000}), 0, 0, 1, 0, "whirlpool-tx0"},
		{"tx0 without data", []uint64{9_000_000}, join(repeat(1_000_400, 5), []uint64{50_000, 3_000_000}), 0, 0, 0, 0, ""},
		{"tx0, two fees", []uint64{9_000_000}, join(repeat(1_000_400, 5), []uint64{50_000, 60_000}), 0, 0, 1, 0, ""},
		{"tx0, too many other outputs", []uint64{9_000_000}, join(repeat(1_000_400, 5), []uint64{50_000, 3_000_000, 7}), 0, 0, 1, 0, ""},
		{"stonewall", []uint64{60_000, 70_000}, []uint64{50_000, 50_000, 9_000, 10_000}, 0, 0, 0, 0, "generic stonewall"},
		{"stonewall, equal change", []uint64{60_000, 70_000}, []uint64{50_000, 50_000, 9_000, 9_000}, 0, 0, 0, 0, "generic"},
		{"chips", []uint64{900_000}, repeat(200_000, 4), 0, 0, 0, chipMixerSince, "chipmixer"},
		{"chips before their time", []uint64{900_000}, repeat(200_000, 4), 0, 0, 0, chipMixerSince - 1, ""},
		{"chips of three values", []uint64{900_000}, []uint64{200_000, 200_000, 100_000, 1}, 0, 0, 0, chipMixerSince, ""},
	} {
		tx := Tx{Ins: values(0, c.in...), Outs: values(1000, c.out...), Data: c.data, Time: c.time}
		for i := range c.same {
			tx.Ins[i].Account = 0
		}
		for i := range c.sameOut {
			tx.Outs[i].Account = 1000
		}
		var got []string
		for _, f := range Detect(&tx) {
			got = append(got, f.Rule)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}

// TestConfidences: what a rule is worth, and who excludes.
func TestConfidences(t *testing.T) {
	wasabi := Tx{Ins: values(0, upTo(30_000_000, 10)...), Outs: values(100, join(repeat(10_000_000, 4), repeat(20_000_000, 3), upTo(3_000_000, 5))...)}
	// 7 of 12 outputs are mixed: both conditions hold, and 50 + 50*(4/10 - 1/7)/(6/7) = 65.
	if got := Detect(&wasabi); len(got) != 1 || got[0].Confidence != 65 {
		t.Errorf("wasabi 1.1: %+v, want 65", got)
	}
	// Four postmix outputs of 13: only the other condition holds.
	half := Tx{Ins: values(0, upTo(30_000_000, 10)...), Outs: values(100, join(repeat(10_000_000, 4), upTo(3_000_000, 9))...)}
	if got := Detect(&half); len(got) != 1 || got[0].Confidence != 32 {
		t.Errorf("wasabi 1.1, half: %+v, want 32", got)
	}
	if f := Lineage(Found{"whirlpool-tx0", 60}, true); f.Confidence != 90 {
		t.Errorf("a Tx0 whose premix output was mixed: %+v", f)
	}
	if f := Lineage(Found{"whirlpool-mix", 60}, true); f.Confidence != 60 {
		t.Errorf("lineage of another rule: %+v", f)
	}
	two := Tx{Ins: values(0, 60_000, 70_000), Outs: values(100, 50_000, 50_000, 9_000, 10_000)}
	market := Tx{Ins: values(0, repeat(9000, 5)...), Outs: values(100, join(repeat(3000, 4), []uint64{1, 2})...)}
	for _, c := range []struct {
		name     string
		tx       Tx
		exchange bool
		rules    string
		want     bool
	}{
		{"generic", two, false, "generic", true},
		{"generic and its veto", two, false, "generic stonewall", false},
		{"no rule", two, false, "", false},
		{"joinmarket", market, false, "joinmarket", true},
		{"joinmarket of an exchange", market, true, "joinmarket exchange-suppression", false},
		{"joinmarket of an exchange, not suppressed", market, true, "joinmarket", true},
		{"half sure excludes nothing", half, false, "wasabi-1.1", false},
	} {
		found, err := namedRules(strings.Fields(c.rules))
		if err != nil {
			t.Fatal(err)
		}
		c.tx.Exchange = c.exchange
		c.tx.measure()
		if got := excludes(found, &c.tx) >= 0; got != c.want {
			t.Errorf("%s: excluded is %v", c.name, got)
		}
	}
}
