package table

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// A holding is an asset of the table with what its rows say of it.
type holding struct {
	money.Asset
	token bool // has a contract, or is not the native asset
	// scaled is false when amounts in decimal units have no meaning: nobody
	// said how many decimals the token has.
	scaled bool
	rows   int
	// claims counts rows by the symbol they claim, in order of appearance.
	claims []claim
	// inexact counts amounts known to a coarser unit only, slack sums half of
	// those units.
	inexact int
	slack   money.Amount
	slackOK bool
}

type claim struct {
	symbol string
	rows   int
}

// assets are those of one table, keyed by contract or by what the asset column
// calls them; never by the symbol of a contract.
type assets struct {
	plan       *plan
	native     *holding
	list       []*holding // native, declared, then as they appear
	byContract map[string]*holding
	byWord     map[string]*holding // declared symbols and ids
	byID       map[money.AssetID]*holding
}

func newAssets(p *plan) *assets {
	r := &assets{plan: p, byContract: map[string]*holding{}, byWord: map[string]*holding{}, byID: map[money.AssetID]*holding{}}
	if p.native.ID != "" {
		r.native = r.add(&holding{Asset: p.native, scaled: true})
	}
	for _, a := range p.Assets {
		d, _ := p.declared(a) // checked with the mapping
		r.add(&holding{Asset: d, token: true, scaled: true})
	}
	return r
}

func (r *assets) add(h *holding) *holding {
	h.slackOK = true
	r.list = append(r.list, h)
	r.byID[h.ID] = h
	if h.Known {
		for _, word := range []string{h.Symbol, string(h.ID)} {
			if _, taken := r.byWord[word]; !taken {
				r.byWord[word] = h
			}
		}
	}
	return h
}

// contract finds the asset of a token address; an address that the mapping does
// not declare makes an asset that nobody vouches for.
func (r *assets) contract(raw string) (*holding, bool) {
	if h, ok := r.byContract[raw]; ok {
		return h, true
	}
	address, ok := r.plan.account(raw)
	if !ok {
		return nil, false
	}
	id := r.plan.tokenID(address)
	h, ok := r.byID[id]
	if !ok {
		h = &holding{Asset: money.Asset{ID: id}, token: true}
		if r.plan.Decimals != nil {
			h.Decimals, h.scaled = *r.plan.Decimals, true
		}
		r.add(h)
	}
	r.byContract[strings.Clone(raw)] = h
	return h, true
}

// called counts the symbol that a row claims for its asset.
func (h *holding) called(symbol string) {
	h.rows++
	if symbol == "" {
		return
	}
	for i := range h.claims {
		if h.claims[i].symbol == symbol {
			h.claims[i].rows++
			return
		}
	}
	h.claims = append(h.claims, claim{strings.Clone(symbol), 1})
	if h.Symbol == "" {
		h.Symbol = h.claims[0].symbol
	}
}

// inexactly counts an amount that is known to a coarser unit only.
func (h *holding) inexactly(unit money.Amount) {
	half, _ := unit.MulDiv(money.Units(1), money.Units(2))
	sum, ok := h.slack.CheckedAdd(half)
	h.inexact++
	h.slack, h.slackOK = sum, h.slackOK && ok
}

// all lists the assets: native, declared in the order of the mapping, others in
// the order of the file.
func (r *assets) all() []money.Asset {
	var out []money.Asset
	for _, h := range r.list {
		out = append(out, h.Asset)
	}
	return out
}

// notes says what a reader must know of the assets.
func (r *assets) notes() []string {
	var out, unknown []string
	for _, h := range r.list {
		if h.inexact > 0 && h.slackOK {
			out = append(out, fmt.Sprintf("%d of %d amounts of %s are cut to a coarser unit, at most %s in sum (half a unit each)", h.inexact, h.rows, h.label(), h.slack.Grouped(h.Decimals)+" "+h.label()))
		}
		if !h.Known {
			unknown = append(unknown, string(h.ID))
		}
	}
	if len(unknown) > 0 {
		out = append(out, fmt.Sprintf("%s not declared by the mapping, %s: %s", count(len(unknown), "asset is", "assets are"), r.scale(), some(unknown)))
	}
	for _, h := range r.list {
		if note := h.conflict(); note != "" {
			out = append(out, note)
		}
	}
	warnings := money.SymbolWarnings(r.all())
	for _, h := range r.list {
		if w := warnings[h.ID]; len(w) > 0 {
			out = append(out, fmt.Sprintf("%s (%s): %s", h.ID, count(h.rows, "row", "rows"), strings.Join(w, "; ")))
		}
	}
	return out
}

func (r *assets) scale() string {
	if r.plan.Decimals == nil {
		return "and shown in atomic units"
	}
	return fmt.Sprintf("and taken to have %d decimals", *r.plan.Decimals)
}

// label names the asset in a note. A symbol that nobody vouches for may hold
// anything, also what would confuse a terminal: it is quoted.
func (h *holding) label() string {
	if !h.Known && h.Symbol != "" {
		return strconv.Quote(h.Symbol)
	}
	return h.Name()
}

// conflict says that rows call one asset by different symbols.
func (h *holding) conflict() string {
	var names []string
	others := false
	for _, c := range h.claims {
		names = append(names, fmt.Sprintf("%q in %s", c.symbol, count(c.rows, "row", "rows")))
		others = others || c.symbol != h.Symbol
	}
	if !others {
		return ""
	}
	return fmt.Sprintf("%s is called %s; it is shown as %q", h.ID, some(names), h.Symbol)
}

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// some joins the first five of a list.
func some(list []string) string {
	if len(list) > 5 {
		return strings.Join(list[:5], ", ") + fmt.Sprintf(" and %d more", len(list)-5)
	}
	return strings.Join(list, ", ")
}

// zeroAddress sends new tokens and receives burnt ones, by the convention of
// ERC-20 (EIP-20, "Transfer").
const zeroAddress ledger.Account = "0x0000000000000000000000000000000000000000"
