package money

import (
	"fmt"
	"strings"
	"unicode"
)

// AssetID names an asset by what the ledger knows it by, never by its symbol:
// CAIP-19 on chains ("eip155:1/slip44:60", "eip155:1/erc20:0xae7a…"), ISO 4217
// codes for bank money ("iso4217:EUR").
type AssetID string

// Asset is an asset with what people call it. Symbol is a claim of the asset's
// maker and proves nothing; Decimals turns atomic units to whole units.
type Asset struct {
	ID       AssetID
	Symbol   string
	Decimals int
	// Known is set when a case, a preset or the ledger itself vouches for the
	// symbol. Only assets that are not known can be found to imitate one.
	Known bool
}

// Format writes an amount of the asset for people: "400,001 ETH".
func (a Asset) Format(n Amount) string { return n.Grouped(a.Decimals) + " " + a.Name() }

// Name is the symbol if there is one, else the identifier.
func (a Asset) Name() string {
	if a.Symbol != "" {
		return a.Symbol
	}
	return string(a.ID)
}

// SymbolWarnings checks the symbols of assets against one another and returns,
// by asset, what a reader must be told: a symbol that mixes scripts, that looks
// like the symbol of a known asset, or that several unknown assets share.
func SymbolWarnings(assets []Asset) map[AssetID][]string {
	known := map[string]Asset{}
	shared := map[string]int{}
	for _, a := range assets {
		shape := Skeleton(a.Symbol)
		if _, taken := known[shape]; a.Known && !taken && shape != "" {
			known[shape] = a
		}
		if shape != "" {
			shared[shape]++
		}
	}
	out := map[AssetID][]string{}
	for _, a := range assets {
		var w []string
		if scripts := Scripts(a.Symbol); len(scripts) > 1 {
			w = append(w, fmt.Sprintf("symbol %q mixes %s letters", a.Symbol, strings.Join(scripts, " and ")))
		}
		shape := Skeleton(a.Symbol)
		if k, ok := known[shape]; ok && !a.Known {
			w = append(w, fmt.Sprintf("symbol %q imitates %s (%s) but is another asset", a.Symbol, k.Symbol, k.ID))
		} else if !ok && shared[shape] > 1 {
			w = append(w, fmt.Sprintf("symbol %q is used by %d assets", a.Symbol, shared[shape]))
		}
		if len(w) > 0 {
			out[a.ID] = w
		}
	}
	return out
}

// Scripts lists the writing systems of the letters of s, in order of first use.
func Scripts(s string) []string {
	var names []string
	for _, r := range s {
		name := script(r)
		if name == "" {
			continue
		}
		seen := false
		for _, n := range names {
			seen = seen || n == name
		}
		if !seen {
			names = append(names, name)
		}
	}
	return names
}

func script(r rune) string {
	if !unicode.IsLetter(r) {
		return ""
	}
	for _, name := range []string{"Latin", "Cyrillic", "Greek", "Armenian", "Cherokee", "Han"} {
		if unicode.Is(unicode.Scripts[name], r) {
			return name
		}
	}
	return "other"
}

// Skeleton folds a symbol to the Latin capitals it looks like, leaving out
// points, spaces and marks, after the confusables idea of Unicode UTS 39. The
// table holds the letters that pass for Latin ones in symbols; it is not the
// whole list of the standard.
func Skeleton(s string) string {
	var b strings.Builder
	for _, r := range s {
		if f, ok := lookalikes[r]; ok {
			r = f
		}
		r = unicode.ToUpper(r)
		if f, ok := lookalikes[r]; ok {
			r = f
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var lookalikes = map[rune]rune{
	// Cyrillic capitals
	'А': 'A', 'В': 'B', 'Е': 'E', 'Ѕ': 'S', 'І': 'I', 'Ј': 'J', 'К': 'K', 'М': 'M', 'Н': 'H',
	'О': 'O', 'Р': 'P', 'С': 'C', 'Т': 'T', 'У': 'Y', 'Х': 'X', 'Ԁ': 'D', 'Ԛ': 'Q', 'Ԝ': 'W', 'Ү': 'Y',
	// Cyrillic small letters whose capital looks different
	'т': 'T', 'в': 'B', 'н': 'H', 'к': 'K', 'м': 'M', 'ԁ': 'D', 'ѕ': 'S',
	// Greek
	'Α': 'A', 'Β': 'B', 'Ε': 'E', 'Ζ': 'Z', 'Η': 'H', 'Ι': 'I', 'Κ': 'K', 'Μ': 'M', 'Ν': 'N',
	'Ο': 'O', 'Ρ': 'P', 'Τ': 'T', 'Υ': 'Y', 'Χ': 'X', 'ο': 'O', 'υ': 'U', 'ν': 'V',
	// Armenian, Cherokee and full-width forms met in symbols
	'Տ': 'S', 'Օ': 'O', 'Ե': 'E', 'Ꭼ': 'E', 'Ꭲ': 'T', 'Ꮋ': 'H', 'Ꮪ': 'S', 'Ꭰ': 'D', 'Ꮯ': 'C',
	'Ｅ': 'E', 'Ｔ': 'T', 'Ｈ': 'H', 'Ｓ': 'S', 'Ｕ': 'U', 'Ｄ': 'D', 'Ｃ': 'C', 'Ｂ': 'B',
	'０': '0', 'ı': 'I', 'ɪ': 'I',
}
