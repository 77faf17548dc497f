package casefile

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/coldtrail/coldtrail/money"
)

// where reads a filter; absent, it is nil.
func (o *object) where(key string) *Where {
	n := o.value[key]
	if n == nil {
		return nil
	}
	f := o.r.object(n, "a filter", "ledger", "tx", "from", "to", "asset", "since", "until", "attrs", "min", "max", "step", "rest")
	w := &Where{Line: f.line, Ledger: f.ledger("ledger"), Tx: f.word("tx"), From: f.accounts("from"), To: f.accounts("to"), Assets: f.assets("asset"),
		Since: f.when("since"), Until: f.when("until"), Min: f.amount("min"), Max: f.amount("max"), Step: f.amount("step"), Rest: f.amount("rest")}
	for _, p := range f.pairs("attrs") {
		if w.Attrs == nil {
			w.Attrs = map[string]string{}
		}
		w.Attrs[p.key.Text] = o.r.word(p.value, p.key.Text).Text
	}
	if (w.Step == nil) != (w.Rest == nil) {
		o.r.fail(f.line, "amounts that leave rest when divided by step", "step and rest go together")
	}
	o.r.used.filters = append(o.r.used.filters, w)
	return w
}

// filter reads a filter that the graph itself can apply.
func (o *object) filter(key string) *Where {
	w := o.where(key)
	if w == nil {
		return nil
	}
	if len(w.From) > 1 || len(w.To) > 1 || len(w.Assets) > 1 || w.Min != nil || w.Max != nil || w.Step != nil {
		o.r.fail(w.Line, "use one from, one to, one asset, tx, since, until and attrs; write several seeds for more", "this filter says too much for a seed")
	}
	return w
}

// amount reads an amount; absent, it is nil.
func (o *object) amount(key string) *Amount {
	n := o.value[key]
	if n == nil || o.r.err != nil {
		return nil
	}
	return o.r.amount(n, key)
}

const amountForms = "write it as \"400001 ETH\" in whole units, \"5 wei\" or \"5 sat\", or {atomic: \"5\", asset: ETH}; digits and one point, no commas"

// mostDecimals is more than any asset has; it lets syntax be checked before the
// asset is known.
const mostDecimals = 36

func (r *reader) amount(n *yaml.Node, key string) *Amount {
	a := &Amount{Line: n.Line}
	if n.Kind == yaml.MappingNode {
		o := r.object(n, key, "atomic!", "asset!")
		a.Digits, a.Unit, a.Atomic = o.text("atomic"), o.text("asset"), true
	} else {
		var found bool
		w := r.word(n, key)
		a.Digits, a.Unit, found = strings.Cut(w.Text, " ")
		a.Unit = strings.TrimSpace(a.Unit)
		if r.err == nil && (!found || strings.ContainsAny(a.Unit, " \t\n")) {
			r.fail(w.Line, amountForms, "%s is %q and must be an amount with its unit", key, w.Text)
		}
	}
	if r.err != nil {
		return nil
	}
	places := mostDecimals
	if a.Atomic {
		places = 0
	}
	if _, err := money.ParseDecimal(a.Digits, places); err != nil && (a.Atomic || !errors.Is(err, money.ErrOverflow)) {
		r.fail(a.Line, amountForms, "%s", key)
		r.err.Err = err
	}
	r.used.amounts = append(r.used.amounts, a)
	return a
}
