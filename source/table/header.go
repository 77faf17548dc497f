package table

import (
	"fmt"
	"sort"
	"strings"
)

// none is the place of a column that is not there.
const none = -1

// A header is where each column of the mapping stands in the file.
type header struct {
	names                                        []string
	tx, from, to, created, asset, contract       int
	time, feeColumn, feePayer, status, precision int
	id, amount, product, order, keep             []int
	unread                                       []string // columns nothing asks for
	noFee                                        bool     // the fee's columns may be missing, and are
	used                                         map[int]bool
	missing                                      []string
}

// findColumns looks up the columns of a mapping, and complains of all that are
// missing at once.
func findColumns(p *plan, names []string, file string) (*header, error) {
	h := &header{names: names, used: map[int]bool{}}
	c := p.Columns
	h.tx, h.from, h.to, h.created = h.one(c.Tx), h.one(c.From), h.one(c.To), h.one(c.Created)
	h.asset, h.contract, h.time = h.one(c.Asset), h.one(c.Contract), h.one(c.Time)
	h.feeColumn, h.feePayer, h.precision = h.one(p.Fee.Column), h.one(c.FeePayer), h.one(c.Precision)
	h.id, h.amount, h.product = h.all(c.ID.Column), h.all(c.Amount), h.all(p.Fee.Product)
	h.order, h.keep = h.all(p.Order), h.all(p.Keep)
	for _, i := range h.product {
		h.noFee = h.noFee || i == none
	}
	h.noFee = h.noFee || p.Fee.Column != "" && h.feeColumn == none
	before := len(h.missing)
	h.status = h.one(p.Status.Column)
	hint := ""
	if len(h.missing) > before {
		if p.AssumeSuccess {
			h.missing = h.missing[:before]
		} else {
			hint = "without a status failed transactions look like payments: join the receipts, or set assume_success: true"
		}
	}
	if len(h.missing) == 0 {
		h.findUnread()
		return h, h.needed(p, file)
	}
	if guess := nearest(h.missing[0], names); guess != "" {
		hint = guess
	} else if hint == "" && len(names) == 1 {
		hint = "is the delimiter right?"
	}
	return nil, &Error{
		File: file, Line: 1, Column: h.missing[0], Err: ErrColumns, Hint: hint,
		Msg: fmt.Sprintf("missing: %s; the file has %s", quoted(h.missing), quoted(names)),
	}
}

// one finds a column by what a mapping calls it: just so, or one of several
// names, or one that may be missing.
func (h *header) one(word string) int {
	if word == "" {
		return none
	}
	if i := h.find(word); i != none {
		return i
	}
	bare, optional := strings.CutSuffix(word, "?")
	for name := range strings.SplitSeq(bare, "|") {
		if i := h.find(name); i != none {
			return i
		}
	}
	if !optional {
		h.missing = append(h.missing, bare)
	}
	return none
}

func (h *header) find(name string) int {
	for i, n := range h.names {
		if n == name {
			h.used[i] = true
			return i
		}
	}
	return none
}

func (h *header) all(words []string) []int {
	var at []int
	for _, w := range words {
		at = append(at, h.one(w))
	}
	return at
}

func (h *header) findUnread() {
	for i, n := range h.names {
		if !h.used[i] {
			h.unread = append(h.unread, n)
		}
	}
	sort.Strings(h.unread)
}

// needed refuses a "?" on a column that the table cannot do without.
func (h *header) needed(p *plan, file string) error {
	places := map[string][]int{"tx": {h.tx}, "from": {h.from}, "to": {h.to}, "amount": h.amount, "id": h.id, "keep": h.keep}
	for _, what := range []string{"tx", "from", "to", "amount", "id", "keep"} {
		for _, i := range places[what] {
			if i == none {
				return &Error{File: file, Line: 1, Msg: what + " has no column in this file", Hint: "a column with ? cannot be the only one for " + what, Err: ErrColumns}
			}
		}
	}
	if (len(h.order) == 0 || h.order[0] == none) && h.time == none {
		return &Error{File: file, Line: 1, Msg: "neither a column of order nor of time is in this file", Hint: "name the columns that give the rows their order", Err: ErrColumns}
	}
	return nil
}

func quoted(names []string) string {
	const most = 40
	var q []string
	for i, n := range names {
		if i == most {
			q = append(q, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		q = append(q, fmt.Sprintf("%q", clip(n)))
	}
	return strings.Join(q, ", ")
}
