package cluster

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrRule: a rule that there is not.
var ErrRule = errors.New("no such rule")

// RulesVersion counts changes to any rule or threshold of this package; it is
// stored with every result.
const RulesVersion = 1

// Rule is a detector of transactions that join many parties, by name.
type Rule struct {
	ID string
	// Says is the rule in a line.
	Says string
	// Veto rules speak for one party: where one fires, nothing is excluded.
	Veto bool
	// Default rules are in use unless others are named.
	Default bool
	detect  func(*Tx) (confidence int)
}

// certain is the confidence of a rule that has none of its own: it excludes.
// doubtful is that of one that never does. Excluding begins at 49.
const (
	certain   = 100
	doubtful  = 1
	excluding = 49
)

// rules are listed in the order in which they are asked. Sources: BlockSci
// (generic), graphsense-lib (the others but the last), tintiron/taintedtx
// (ChipMixer); as the clustering page of the documentation states them.
var rules = []Rule{
	{ID: "generic", Says: "half of the outputs, rounded up, are equal, with as many inputs and input scripts (BlockSci)", Default: true, detect: generic},
	{ID: "joinmarket", Says: "3 or more equal outputs, at least half of all, and no script twice", Default: true, detect: joinMarket},
	{ID: "wasabi-1.0", Says: "10 or more inputs; equal outputs of 0.1 BTC, half of all", Default: true, detect: wasabi10},
	{ID: "wasabi-1.1", Says: "as 1.0, with levels of 0.1 BTC times powers of two", Default: true, detect: wasabi11},
	{ID: "wasabi-2.0", Says: "20 or more inputs; half of the outputs share their value with another", Default: true, detect: wasabi20},
	{ID: "whirlpool-mix", Says: "5 to 8 inputs and as many equal outputs of a pool, 1 to 4 of them new entrants", Default: true, detect: whirlpoolMix},
	{ID: "whirlpool-tx0", Says: "equal premix outputs, one fee output and one data output", Default: true, detect: whirlpoolTx0},
	{ID: "chipmixer", Says: "4 or more outputs of at most two values in chips of 100,000, after May 2017 (excludes nothing)", detect: chipMixer},
	{ID: "stonewall", Says: "3 or 4 outputs, two of them equal: one party that looks like two", Veto: true, detect: stonewall},
	{ID: exchangeRule, Says: "where an exchange spends, joinmarket and wasabi-1 do not count", detect: func(*Tx) int { return 0 }},
}

// Rules lists the detectors in the order in which they are asked.
func Rules() []Rule { return slices.Clone(rules) }

// DefaultRules are the names of the detectors that are in use unless others are
// named: all that exclude. Vetoes can only add merges, and are used when asked for.
func DefaultRules() []string {
	var ids []string
	for _, r := range rules {
		if r.Default {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// namedRules finds detectors by name, each once, in the order of Rules.
func namedRules(ids []string) ([]Rule, error) {
	var out []Rule
	for _, r := range rules {
		if slices.Contains(ids, r.ID) {
			out = append(out, r)
		}
	}
	for _, id := range ids {
		if !slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == id }) {
			return nil, fmt.Errorf("detector %q; there are %s: %w", id, strings.Join(ruleIDs(rules), ", "), ErrRule)
		}
	}
	return out, nil
}

func ruleIDs(rules []Rule) (ids []string) {
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	return ids
}

// exchangeRule is the suppression of detectors that payouts of exchanges set off.
const exchangeRule = "exchange-suppression"

func suppressed(id string) bool {
	return id == "joinmarket" || id == "wasabi-1.0" || id == "wasabi-1.1"
}

// Found is a detector that fired.
type Found struct {
	Rule string
	// Confidence is 1 to 100. From 49 on the transaction joins nobody.
	Confidence int
}

// Detect asks every detector about a transaction.
func Detect(t *Tx) []Found {
	t.measure()
	var out []Found
	for _, r := range rules {
		if c := r.detect(t); c > 0 {
			out = append(out, Found{r.ID, c})
		}
	}
	return out
}

// excludes gives the place, among rules, of the first that excludes a measured
// transaction; -1 when none does or a veto stands against it.
func excludes(rules []Rule, t *Tx) int {
	by := -1
	quiet := t.Exchange && slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == exchangeRule })
	for i, r := range rules {
		if by >= 0 && !r.Veto || quiet && suppressed(r.ID) {
			continue
		}
		if c := r.detect(t); c >= excluding {
			if r.Veto {
				return -1
			}
			by = i
		}
	}
	return by
}

// Amounts in satoshi.
const (
	btc       = 100_000_000
	dust      = 546
	dustOther = 2730 // what colored-coin protocols pay
)

// generic is BlockSci's rule of a CoinJoin: half of the outputs, rounded up, are
// of one value, and there are as many parties.
func generic(t *Tx) (confidence int) {
	in, out := len(t.Ins), len(t.Outs)
	parties := (out + 1) / 2
	if in < 2 || out < 3 || parties > in || parties > t.inScripts {
		return 0
	}
	d := t.frequent()
	if d.n != parties || d.value == dust || d.value == dustOther {
		return 0
	}
	return certain
}

func joinMarket(t *Tx) (confidence int) {
	in, out, d := len(t.Ins), len(t.Outs), t.frequent()
	switch {
	case d.value <= dustOther, 2*d.n < out, d.n < 3, d.n > t.inScripts, t.outScripts != out, d.n == out:
		return 0
	case in >= 50 && (in > 20*d.n || 10*out < 17*d.n):
		return 0
	}
	return 49
}

// crowd is what Wasabi's rules share: enough inputs, none of whose addresses
// brings more than a tenth of them, and no output script twice.
func crowd(t *Tx, inputs int) bool {
	return len(t.Ins) >= inputs && 10*t.topInput <= len(t.Ins) && t.outScripts == len(t.Outs)
}

func wasabi10(t *Tx) (confidence int) {
	out, d := len(t.Outs), t.frequent()
	if !crowd(t, 10) || d.value < btc/10-btc/200 || d.value > btc/10+btc/200 {
		return 0
	}
	if d.n < 3 || 2*d.n < out-1 || d.n > t.inScripts || t.inScripts > 7*d.n {
		return 0
	}
	if len(t.Ins) < 20 && t.split(d) {
		return 0
	}
	return 70
}

// split reports whether the outputs are an even division of the whole, with a
// rest of at most a ten-thousandth: a payout, not a mix.
func (t *Tx) split(d valueOf) bool {
	total := uint64(0)
	for _, o := range t.Outs {
		total += o.Value
	}
	equal := uint64(d.n) * d.value
	return total-equal <= total/10_000
}

// wasabi11 counts outputs at the levels 0.1 BTC times powers of two, within a
// twentieth; a level has at least two outputs.
func wasabi11(t *Tx) (confidence int) {
	if !crowd(t, 10) {
		return 0
	}
	most, mixed := 0, 0
	for level := uint64(btc / 10); level <= 21e14; level *= 2 {
		n := 0
		for _, v := range t.values {
			if v.value >= level-level/20 && v.value <= level+level/20 {
				n += v.n
			}
		}
		if n >= 2 {
			most, mixed = max(most, n), mixed+n
		}
	}
	out := len(t.Outs)
	if most < 3 || most > t.inScripts || t.inScripts > 7*most {
		return 0
	}
	half, rest := 2*mixed >= out-1, mixed >= out-t.inScripts-1
	if !half && !rest {
		return 0
	}
	// 50 + 50*(n/n_si - 1/7)/(6/7), in whole numbers.
	confidence = 50 + 50*(7*most-t.inScripts)/(6*t.inScripts)
	if half != rest {
		confidence /= 2
	}
	return confidence
}

func wasabi20(t *Tx) (confidence int) {
	if !crowd(t, 20) || t.values[0].value < 5000 {
		return 0
	}
	kinds, shared, out := 0, 0, len(t.Outs)
	for _, v := range t.values {
		if v.n >= 2 {
			kinds, shared = kinds+1, shared+v.n
		}
	}
	if kinds < 3 || 2*shared < out-1 || shared >= out {
		return 0
	}
	return 60
}
