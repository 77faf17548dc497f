package casefile

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/table"
)

// mapping reads how a table is read. The keys are those of table.Mapping, so
// they are taken from its type; the ledger is that of the case's entry.
func (o *object) mapping(key string, id ledger.ID) *table.Mapping {
	n := o.value[key]
	m := &table.Mapping{Ledger: id}
	if n == nil || o.r.err != nil {
		return m
	}
	o.r.fits(n, key, reflect.TypeFor[table.Mapping]())
	if o.r.err != nil {
		return m
	}
	if err := n.Decode(m); err != nil {
		line, msg := yamlFault(err)
		if line == 0 {
			line = n.Line
		}
		o.r.fail(line, "", "mapping: %s", msg)
	}
	if m.Ledger != id {
		o.r.fail(n.Line, "leave ledger out of the mapping", "the mapping is for ledger %q and the entry for %q", m.Ledger, id)
	}
	return m
}

// fits checks the keys of a tree against those of a Go type: the decoder itself
// names neither line nor likely key.
func (r *reader) fits(n *yaml.Node, what string, t reflect.Type) {
	if r.err != nil {
		return
	}
	r.plain(n)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Kind == yaml.SequenceNode:
		elem := t
		if t.Kind() == reflect.Slice {
			elem = t.Elem()
		}
		for _, x := range n.Content {
			r.fits(x, what, elem)
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		fields := map[string]reflect.Type{}
		var keys []string
		for i := range t.NumField() {
			if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "" {
				fields[name] = t.Field(i).Type
				keys = append(keys, name)
			}
		}
		r.object(n, what, keys...)
		for i := 0; i+1 < len(n.Content); i += 2 {
			if f, ok := fields[n.Content[i].Value]; ok {
				r.fits(n.Content[i+1], n.Content[i].Value, f)
			}
		}
	case n.Kind == yaml.MappingNode:
		r.fail(n.Line, "", "%s must be a value or a list, not a mapping", what)
	case n.Tag == "!!null" && n.Style == 0:
		r.fail(n.Line, "leave the key out or give it a value", "%s has no value", what)
	}
}
