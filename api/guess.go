package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/coldtrail/coldtrail/source/table"
)

// delimiterOf is the mark that splits the first line into most fields.
func delimiterOf(head []byte) string {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best, most := ",", 0
	for _, d := range []struct{ name, mark string }{{",", ","}, {";", ";"}, {"tab", "\t"}, {"|", "|"}} {
		if n := bytes.Count(line, []byte(d.mark)); n > most {
			best, most = d.name, n
		}
	}
	return best
}

var (
	evmAddress = regexp.MustCompile(`^0x[0-9a-fA-F]{40}$`)
	evmHash    = regexp.MustCompile(`^0x[0-9a-fA-F]{64}$`)
	coinHash   = regexp.MustCompile(`^[0-9a-f]{64}$`)
	coinPlace  = regexp.MustCompile(`^(bc1[02-9ac-hj-np-z]{11,71}|[13][1-9A-HJ-NP-Za-km-z]{25,34})$`)
	wholeText  = regexp.MustCompile(`^[0-9]{1,78}$`)
	decimal    = regexp.MustCompile(`^[0-9][0-9,]*\.[0-9]+$`)
)

// timeForms are layouts in use, with what a mapping calls them.
var timeForms = []struct{ layout, format, zone string }{
	{time.RFC3339, "rfc3339", ""},
	{"2006-01-02 15:04:05 UTC", "2006-01-02 15:04:05 UTC", "UTC"},
	{"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z07:00", ""},
	{"2006-01-02 15:04:05", "2006-01-02 15:04:05", "UTC"},
	{"2006-01-02T15:04:05", "2006-01-02T15:04:05", "UTC"},
	{"2006-01-02 15:04", "2006-01-02 15:04", "UTC"},
	{"2006-01-02", "2006-01-02", "UTC"},
}

// looksOf says what a value looks like.
func looksOf(v string) string {
	switch {
	case v == "":
		return "empty"
	case evmAddress.MatchString(v), coinPlace.MatchString(v):
		return "address"
	case evmHash.MatchString(v), coinHash.MatchString(v):
		return "hash"
	case wholeText.MatchString(v):
		if len(v) == 10 && v >= "1230768000" && v < "2200000000" {
			return "unix time" // since the first block of all
		}
		return "whole number"
	case decimal.MatchString(v):
		return "decimal number"
	}
	for _, f := range timeForms {
		if _, err := time.Parse(f.layout, v); err == nil {
			return "time"
		}
	}
	return "text"
}

// column describes one column by the rows of the preview. It looks like what four
// of five of its values look like: the others are faults, which stand at their rows.
func (p *Preview) column(i int, name string) PreviewColumn {
	c := PreviewColumn{Name: name, Samples: []string{}, Looks: "empty"}
	counts := map[string]int{}
	full := 0
	for _, r := range p.Rows {
		if i >= len(r.Fields) || strings.TrimSpace(r.Fields[i]) == "" {
			c.Empty++
			continue
		}
		v := strings.TrimSpace(r.Fields[i])
		if len(c.Samples) < 3 && !slices.Contains(c.Samples, v) {
			c.Samples = append(c.Samples, v)
		}
		full++
		counts[looksOf(v)]++
	}
	if full == 0 {
		return c
	}
	c.Looks = "text"
	decimals := counts["decimal number"]
	whole := counts["whole number"]
	for _, l := range []struct {
		looks string
		n     int
	}{
		{"address", counts["address"]}, {"hash", counts["hash"]}, {"time", counts["time"]}, {"unix time", counts["unix time"]},
		{"whole number", whole + counts["unix time"]}, {"decimal number", decimals + whole + counts["unix time"]},
	} {
		if 5*l.n >= 4*full && (l.looks != "whole number" || decimals == 0) {
			c.Looks = l.looks
			break
		}
	}
	return c
}

// ledgerOf names the ledger whose addresses these are, where only one is common.
func (p *Preview) ledgerOf() string {
	for _, c := range p.Columns {
		if c.Looks != "address" || len(c.Samples) == 0 {
			continue
		}
		if evmAddress.MatchString(c.Samples[0]) {
			return "eip155:1"
		}
		return "bip122:000000000019d6689c085ae165831e93"
	}
	return ""
}

// presetsOf lists the built-in mappings that find all their columns in a header.
func presetsOf(names []string) []string {
	out := []string{}
	var head strings.Builder
	w := csv.NewWriter(&head)
	_ = w.Write(names) // into memory
	w.Flush()
	for _, preset := range table.Presets() {
		src, err := table.New("header", []byte(head.String()), table.Mapping{Preset: preset, Ledger: "eip155:1"})
		if err != nil {
			continue
		}
		for _, e := range src.All(context.Background()) {
			err = e
			break
		}
		if err == nil || errors.Is(err, table.ErrEmpty) {
			out = append(out, preset)
		}
	}
	return out
}

// guessed are the names under which columns go, and what their values must look
// like; earlier names before later ones.
var guessed = []struct {
	key   string
	names []string
	looks []string
}{
	{"tx", []string{"txhash", "transactionhash", "txid", "hash", "tx", "transaction", "transactionid"}, nil},
	{"from", []string{"fromaddress", "from", "sender", "source", "payer", "debtor"}, nil},
	{"to", []string{"toaddress", "to", "receiver", "recipient", "destination", "payee", "creditor"}, nil},
	{"amount", []string{"amountsat", "amountwei", "amountatomic", "value", "amount", "quantity", "tokenvalue"}, []string{"whole number", "decimal number", "unix time"}},
	{"contract", []string{"tokenaddress", "contractaddress", "contract"}, []string{"address", "empty"}},
	{"asset", []string{"tokensymbol", "symbol", "asset", "currency", "token"}, []string{"text"}},
	{"time", []string{"blocktimestamp", "timestamp", "unixtimestamp", "timeutc", "datetimeutc", "time", "datetime", "date"}, []string{"unix time", "time"}},
}

// guess makes a mapping from names and values. A preset that fits is the better
// guess: it knows the fee and which transactions failed.
func (p *Preview) guess() map[string]any {
	if len(p.Presets) > 0 {
		return map[string]any{"preset": p.Presets[0]}
	}
	m, columns := map[string]any{}, map[string]any{}
	if p.Delimiter != "," {
		m["delimiter"] = p.Delimiter
	}
	taken := map[string]bool{}
	for _, g := range guessed {
		c, ok := p.find(g.names, g.looks, taken)
		if !ok {
			continue
		}
		taken[c.Name] = true
		columns[g.key] = c.Name
		switch g.key {
		case "amount":
			m["unit"] = "atomic"
			if c.Looks == "decimal number" {
				m["unit"] = "decimal"
			}
			if slices.ContainsFunc(c.Samples, func(s string) bool { return strings.Contains(s, ",") }) {
				m["grouped"] = true
			}
		case "time":
			m["time"] = timeOf(c)
		}
	}
	m["columns"] = columns
	if columns["asset"] != nil && columns["contract"] == nil {
		delete(columns, "asset") // a symbol alone is a claim: whoever maps it must declare it
	}
	if order := p.order(taken); len(order) > 0 {
		m["order"] = order
	}
	m["sort"] = true
	return m
}

func (p *Preview) find(names, looks []string, taken map[string]bool) (PreviewColumn, bool) {
	for _, want := range names {
		for _, c := range p.Columns {
			if plain(c.Name) == want && !taken[c.Name] && (looks == nil || slices.Contains(looks, c.Looks)) {
				return c, true
			}
		}
	}
	return PreviewColumn{}, false
}

// order finds the columns that give rows their place: block, index, index in it.
func (p *Preview) order(taken map[string]bool) []string {
	var out []string
	if c, ok := p.find([]string{"blocknumber", "blockno", "block", "height", "blockheight"}, []string{"whole number"}, taken); ok {
		out = append(out, c.Name)
		tx, hasTx := p.find([]string{"transactionindex", "txindex"}, []string{"whole number"}, taken)
		log, hasLog := p.find([]string{"logindex"}, []string{"whole number"}, taken)
		switch {
		case hasTx && hasLog:
			out = append(out, tx.Name, log.Name)
		case hasTx:
			out = append(out, tx.Name)
		case hasLog:
			out = append(out, "", log.Name)
		}
	}
	return out
}

func timeOf(c PreviewColumn) any {
	if c.Looks == "unix time" {
		return "unix"
	}
	for _, f := range timeForms {
		all := true
		for _, s := range c.Samples {
			_, err := time.Parse(f.layout, s)
			all = all && err == nil
		}
		if all && f.zone == "" {
			return f.format
		}
		if all {
			return map[string]any{"format": f.format, "zone": f.zone}
		}
	}
	return "rfc3339"
}

// plain leaves what names of columns differ in when people mean the same.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
