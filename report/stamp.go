package report

import (
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/trace"
)

// stampLine is one condition under which every figure of a document holds.
type stampLine struct{ Name, Text string }

// stamp writes the conditions of a document, in words and in a fixed order.
func (d *Document) stamp() []stampLine {
	st := d.Trail.Stamp
	var out []stampLine
	add := func(name, format string, args ...any) {
		out = append(out, stampLine{name, fmt.Sprintf(format, args...)})
	}
	if d.Tool != "" {
		add("made by", "%s", clean(d.Tool))
	}
	for _, l := range st.Ledgers {
		add("ledger", "%s (%s): %s", clean(string(l.ID)), l.Model, hashed(l.Input, l.SHA256))
	}
	for _, in := range d.inputs() {
		add("input", "%s", hashed(in.Name, in.SHA256))
	}
	add("policies", "%s", policyList(d.Trail.Policies))
	add("fees", "%s", feeWords(st))
	switch st.BoundaryDigest {
	case trace.NoBoundary:
		add("boundaries", "none: no account stops the trace")
	case "":
		add("boundaries", "no digest stated")
	default:
		add("boundaries", "set %s", clean(st.BoundaryDigest))
	}
	c := st.Completeness
	add("data", "external %s, internal %s, tokens %s, opening balances %s (the worst of the accounts followed)", c.External, c.Internal, c.Tokens, c.Opening)
	add("unobserved", "%s", d.unobservedWords())
	add("order", "%s", tieWords(st.Ties))
	if st.Recognised {
		add("swaps", "recognised within a transaction from net flows, beside those that are stated (%s on the trail; %s not recognised)", plural(recognised(d.Trail.Conversions), "swap", "swaps"), plural(len(d.Trail.Unclear), "exchange", "exchanges"))
	}
	if st.Until.IsZero() {
		add("until", "the end of the data")
	} else {
		add("until", "%s, exclusive", instant(st.Until))
	}
	if st.Speculative {
		var through []string
		for _, a := range st.Through {
			through = append(through, clean(string(a)))
		}
		add("speculative", "goes on through %s, although boundaries", strings.Join(through, ", "))
	} else {
		add("speculative", "no: tracing stops at every boundary")
	}
	add("read", "%s of %s transfers in the data", money.Units(uint64(st.Read)).Grouped(0), money.Units(uint64(st.Graph)).Grouped(0))
	return out
}

// inputs are the files read that no ledger names already.
func (d *Document) inputs() []Input {
	var out []Input
	for _, in := range d.Inputs {
		known := false
		for _, l := range d.Trail.Stamp.Ledgers {
			known = known || l.Input == in.Name && l.SHA256 == in.SHA256
		}
		if !known {
			out = append(out, in)
		}
	}
	return out
}

func hashed(name, sum string) string {
	if name == "" {
		name = "(unnamed)"
	}
	if sum == "" {
		return clean(name) + ", hash " + notKnown
	}
	return clean(name) + ", sha256 " + clean(sum)
}

func feeWords(st trace.Stamp) string {
	coins, accounts := false, false
	for _, l := range st.Ledgers {
		coins = coins || l.Model == ledger.UTXO
		accounts = accounts || l.Model == ledger.Accounts
	}
	var parts []string
	if coins {
		rule, fate := st.FeeRule, st.FeeFate
		if rule == "" {
			rule = trace.FeeLast
		}
		if fate == "" {
			fate = trace.FeeSink
		}
		parts = append(parts, fmt.Sprintf("coins: rule %s, fate %s", rule, fate))
	}
	switch {
	case accounts && st.IgnoreFees:
		parts = append(parts, "accounts: left out of account, as asked")
	case accounts:
		parts = append(parts, "accounts: after the value, from the same lots")
	}
	if parts == nil {
		return notKnown
	}
	return strings.Join(parts, "; ")
}

func tieWords(ties int) string {
	if ties == 0 {
		return "known for every transfer on the trail"
	}
	return fmt.Sprintf("not known for %s: figures use the listed order, exact bounds hold for every order", plural(ties, "transfer", "transfers"))
}

// unobservedWords sums the clean value from before the data, by asset.
func (d *Document) unobservedWords() string {
	rows := d.Trail.Unobserved
	if len(rows) == 0 {
		return "none: every payment on the trail is covered by what the data shows arriving"
	}
	var order []money.Asset
	sums := map[money.AssetID]money.Amount{}
	for _, u := range rows {
		if _, seen := sums[u.Asset.ID]; !seen {
			order = append(order, u.Asset)
		}
		sums[u.Asset.ID] = sums[u.Asset.ID].Add(u.Amount)
	}
	var parts []string
	for _, a := range order {
		parts = append(parts, clean(a.Format(sums[a.ID])))
	}
	return fmt.Sprintf("%s on %s, clean value that must have been there before the data", strings.Join(parts, ", "), plural(len(rows), "account", "accounts"))
}

// methods describes the policies of the trail, with their sources.
func (d *Document) methods() []trace.Method {
	var out []trace.Method
	for _, p := range d.Trail.Policies {
		found := false
		for _, m := range trace.Methods {
			if m.Policy == p {
				out = append(out, m)
				found = true
			}
		}
		if !found {
			out = append(out, trace.Method{Policy: p, Rule: "ordered policy: inputs in the order of its first letter, outputs in that of its third", Source: "generalised input and output orders, after taintedtx", On: "coins"})
		}
	}
	return out
}

// limits is what no figure of a report says.
var limits = []string{
	"A figure is what one convention puts somewhere, not the truth. What holds under every conforming convention is the interval [L, U], for this ledger and this set of boundaries.",
	"Stolen value at an address does not say who controls the address, and not that anybody is guilty. A share is not a probability.",
	"Of money that entered a service only the delivery is shown. What a service paid out afterwards is not followed.",
	"FIFO has force of law only where a court gives it; courts also use the lowest intermediate balance and pro rata shares.",
	"Where internal transactions, token transfers or earlier history are missing, value may have come or gone unseen. The row \"unobserved\" says how much must have.",
	"Bounds of single places do not add up. Ask for the bound of the group instead. Bounds do not cross a conversion.",
}
