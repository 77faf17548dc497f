package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/coldtrail/coldtrail/trace"
)

// GraphML writes one view as a directed graph for Gephi, yEd and others:
// accounts, places, thefts and transactions of several payers as nodes,
// movements of stolen value as edges.
//
// Amounts are exact decimals in whole units of the edge's asset, as texts,
// because no reader of GraphML has integers of 128 bits; only "weight" (stolen
// units under the leading policy, for drawing) is declared a double. Addresses
// are whole. Characters that XML does not allow are dropped and counted in the
// graph's "dropped" entry. Gephi takes label and weight from the keys of those
// names; yEd takes the label from its own node graphics, which other readers
// ignore.
func GraphML(w io.Writer, d *Document, o Options) (err error) {
	defer failed(&err)
	lead, err := d.lead(o)
	if err != nil {
		return err
	}
	scopes, err := d.scopes(Options{View: lead.viewName(), Asset: o.Asset, Policy: o.Policy})
	if err != nil {
		return err
	}
	g := &graphML{d: d, ids: map[node]int{}}
	for _, s := range scopes {
		g.entities = s.entities()
		for _, m := range s.movements() {
			g.edge(s, m)
		}
		for i, p := range s.t.Places {
			if p.Asset.ID == s.asset().ID && !final(p.Kind) && touches(s.figures(p)) {
				g.place(s, i)
			}
		}
	}
	g.conversions(lead.hops)
	_, err = io.WriteString(w, g.document(lead, scopes))
	return err
}

type graphML struct {
	d            *Document
	ids          map[node]int
	entities     entityNames // of the scope at hand
	nodes, edges strings.Builder
	n            int // edges
	dropped      int
	rated        bool // an edge is a conversion
}

func (g *graphML) text(s string) string {
	out, dropped := xmlText(s)
	g.dropped += dropped
	return out
}

// id finds a node, or writes it.
func (g *graphML) id(s scope, n node) int {
	if id, ok := g.ids[n]; ok {
		return id
	}
	id := len(g.ids)
	g.ids[n] = id
	label, kind := n.name, [...]string{"account", "transaction", "theft", "place", "fees"}[n.kind]
	data := [][2]string{}
	switch n.kind {
	case aPlace:
		i, _ := strconv.Atoi(n.name) // written by target
		p := s.t.Places[i]
		label = p.Name
		data = g.placeData(s, p)
	case anAccount:
		data = append(data, [2]string{"account", n.name})
		if e := g.entities.of(n); e.kind == anEntity {
			data = append(data, [2]string{"entity", e.name})
		}
		if g.d.Tags != nil {
			if tags := g.d.Tags(n.ledger, accountOf(n)); len(tags) > 0 {
				data = append(data, [2]string{"tag", tags[0].Label})
			}
		}
	}
	fmt.Fprintf(&g.nodes, "    <node id=\"n%d\">\n", id)
	for _, kv := range append([][2]string{{"label", label}, {"kind", kind}, {"ledger", string(n.ledger)}}, data...) {
		fmt.Fprintf(&g.nodes, "      <data key=\"n_%s\">%s</data>\n", kv[0], g.text(kv[1]))
	}
	fmt.Fprintf(&g.nodes, "      <data key=\"n_yed\"><y:ShapeNode><y:NodeLabel>%s</y:NodeLabel></y:ShapeNode></data>\n    </node>\n", g.text(label))
	return id
}

// placeData says what is known of a place.
func (g *graphML) placeData(s scope, p *trace.Place) [][2]string {
	f := s.figures(p)
	b, dec := boundOf(f), s.asset().Decimals
	data := [][2]string{
		{"place", p.ID}, {"place_kind", string(p.Kind)}, {"account", accountList(p)}, {"asset", string(p.Asset.ID)},
		{"lower", b.L.Decimal(dec)}, {"upper", b.U.Decimal(dec)}, {"tight", yes(b.Tight)},
	}
	if p.Boundary.Kind != "" {
		data = append(data, [2]string{"boundary", p.Boundary.Kind})
	}
	for i, a := range f.Amounts {
		if s.on(i) {
			data = append(data, [2]string{"at_" + string(s.t.Policies[i]), a.Decimal(dec)})
		}
	}
	if labels := g.d.labels(p); labels != "" {
		data = append(data, [2]string{"tag", labels})
	}
	return data
}

// place writes what is left on accounts as a node of its own, joined to its
// accounts by an edge without a transfer.
func (g *graphML) place(s scope, i int) {
	p := s.t.Places[i]
	to := g.id(s, node{aPlace, p.Ledger, strconv.Itoa(i)})
	parts, known := s.parts(p)
	for k, a := range p.Accounts {
		from, ok := g.ids[node{anAccount, p.Ledger, string(a)}]
		if !ok {
			continue
		}
		data := [][2]string{{"kind", "stays"}, {"asset", string(p.Asset.ID)}}
		if known {
			data = append(data, [2]string{"weight", parts[k].Decimal(s.asset().Decimals)})
		}
		g.write(from, to, data)
	}
}

func (g *graphML) edge(s scope, m movement) {
	h := s.t.Hops[m.hop]
	f, dec := h.Figures[s.view], s.asset().Decimals
	kind := "transfer"
	switch {
	case m.to.kind == aTransaction:
		kind = "input"
	case h.Out < 0:
		kind = "fee"
	case m.from.kind == aTheft:
		kind = "theft"
	}
	data := [][2]string{
		{"kind", kind}, {"transfer", h.Transfer}, {"time", stampTime(h.Time)}, {"asset", string(h.Asset.ID)},
		{"value", h.Value.Decimal(dec)}, {"weight", s.amount(f).Decimal(dec)}, {"lower", f.Lower.Decimal(dec)}, {"upper", f.Upper.Decimal(dec)},
		{"tied", yes(h.Tied)},
	}
	for i, a := range f.Amounts {
		if s.on(i) {
			data = append(data, [2]string{"taint_" + string(s.t.Policies[i]), a.Decimal(dec)})
		}
	}
	from := g.id(s, m.from)
	g.write(from, g.id(s, m.to), data)
}

// conversions joins the place where a conversion ends in one asset to the account
// from which it goes on in another.
func (g *graphML) conversions(x *hopIndex) {
	for k, p := range g.d.Trail.Places {
		from, here := g.ids[node{aPlace, p.Ledger, strconv.Itoa(k)}]
		c, mirror := x.conversionOf(p)
		if !here || c == nil || mirror || !observed(c) {
			continue
		}
		if to, ok := g.ids[node{anAccount, c.Ledger, string(p.Accounts[0])}]; ok {
			g.rated = true
			g.write(from, to, [][2]string{
				{"kind", "conversion"}, {"transfer", c.Tx}, {"time", stampTime(c.Time)}, {"asset", string(c.Got.Asset.ID)},
				{"value", c.Got.Amount.Decimal(c.Got.Asset.Decimals)}, {"gave", c.Gave.Asset.Format(c.Gave.Amount)},
				{"got", c.Got.Asset.Format(c.Got.Amount)}, {"rate", rate(c).String()}, {"basis", basis(c)},
			})
		}
	}
}

func (g *graphML) write(from, to int, data [][2]string) {
	fmt.Fprintf(&g.edges, "    <edge id=\"e%d\" source=\"n%d\" target=\"n%d\">\n", g.n, from, to)
	g.n++
	for _, kv := range data {
		if kv[1] != "" {
			fmt.Fprintf(&g.edges, "      <data key=\"e_%s\">%s</data>\n", kv[0], g.text(kv[1]))
		}
	}
	g.edges.WriteString("    </edge>\n")
}

// document puts the parts together, with the keys that declare them.
func (g *graphML) document(lead scope, scopes []scope) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
`)
	key := func(on, prefix, name, typ string) {
		fmt.Fprintf(&b, "  <key id=\"%s_%s\" for=\"%s\" attr.name=\"%s\" attr.type=\"%s\"/>\n", prefix, name, on, name, typ)
	}
	for _, k := range []string{"title", "view", "policy", "tool", "dropped"} {
		key("graph", "g", k, "string")
	}
	for _, k := range []string{"label", "kind", "ledger", "account", "entity", "tag", "place", "place_kind", "boundary", "asset", "lower", "upper", "tight"} {
		key("node", "n", k, "string")
	}
	for _, k := range []string{"kind", "transfer", "time", "asset", "value", "lower", "upper", "tied"} {
		key("edge", "e", k, "string")
	}
	key("edge", "e", "weight", "double")
	if g.rated {
		for _, k := range []string{"gave", "got", "rate", "basis"} {
			key("edge", "e", k, "string")
		}
	}
	for _, p := range g.d.Trail.Policies {
		key("node", "n", "at_"+string(p), "string")
		key("edge", "e", "taint_"+string(p), "string")
	}
	b.WriteString("  <key id=\"n_yed\" for=\"node\" attr.name=\"yed\" attr.type=\"string\" yfiles.type=\"nodegraphics\"/>\n")
	b.WriteString("  <graph id=\"trail\" edgedefault=\"directed\">\n")
	title := g.text(g.d.Title)
	for _, kv := range [][2]string{{"title", title}, {"view", g.text(lead.viewName())}, {"policy", string(lead.t.Policies[lead.policy])}, {"tool", g.text(g.d.Tool)}, {"dropped", strconv.Itoa(g.dropped)}} {
		fmt.Fprintf(&b, "    <data key=\"g_%s\">%s</data>\n", kv[0], kv[1])
	}
	b.WriteString(g.nodes.String())
	b.WriteString(g.edges.String())
	b.WriteString("  </graph>\n</graphml>\n")
	return b.String()
}

// xmlText escapes a text for XML and drops what XML 1.0 does not allow, with
// its count.
func xmlText(s string) (string, int) {
	var b strings.Builder
	dropped := 0
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"),
			r < 0x20 && r != '\t' && r != '\n' && r != '\r', r == 0xFFFE, r == 0xFFFF:
			dropped++
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\'':
			b.WriteString("&#39;")
		case r < 0x20:
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), dropped
}
