package graph

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// A record is what a store keeps of a transfer beside the columns that tracing
// reads: names, place, time, fee of an account transfer, debits from outside,
// evidence, attributes. Its parts stand in the order below; bits of the first
// number say which are there.
const (
	hasTime = 1 << iota
	hasNanos
	hasID    // the id is not the transaction's
	isSuffix // the id is the transaction's with something behind it
	hasFee   // account layout only
	hasTie
	hasConversion
	hasLine // the evidence is "file:line"
	hasAttrs
	hasAsset // coin layout: not the native asset
	isFailed
)

// kindShift is where the kind of transfer stands in the first number.
const kindShift = 16

// forms of a name in a record
const (
	nameText       = iota
	nameHex        // 64 hex digits
	nameHexAfter0x // the same behind "0x"
)

// appendRecord writes the record of a transfer. intern gives a number for a
// string that recurs.
func appendRecord(b []byte, t *ledger.Transfer, native money.AssetID, intern func(string) (uint64, error)) ([]byte, error) {
	bits := uint64(t.Kind) << kindShift
	set := func(on bool, bit uint64) {
		if on {
			bits |= bit
		}
	}
	suffix, isSuf := strings.CutPrefix(t.ID, t.Tx)
	file, line, isLine := cutLine(t.Evidence)
	set(!t.Time.IsZero(), hasTime)
	set(!t.Time.IsZero() && t.Time.Nanosecond() != 0, hasNanos)
	set(t.ID != t.Tx, hasID)
	set(t.ID != t.Tx && isSuf, isSuffix)
	set(!t.Fee.IsZero(), hasFee)
	set(t.Tie != 0, hasTie)
	set(t.Conversion != "", hasConversion)
	set(isLine, hasLine)
	set(len(t.Attrs) > 0, hasAttrs)
	set(t.Asset != native, hasAsset)
	set(t.Failed, isFailed)

	b = binary.AppendUvarint(b, bits)
	b = appendName(b, t.Tx)
	switch {
	case bits&isSuffix != 0:
		b = appendText(b, suffix)
	case bits&hasID != 0:
		b = appendName(b, t.ID)
	}
	b = binary.AppendUvarint(b, t.Key.Block)
	b = binary.AppendUvarint(b, uint64(t.Key.Tx))
	b = binary.AppendUvarint(b, uint64(t.Key.Sub))
	if bits&hasTime != 0 {
		b = binary.AppendVarint(b, t.Time.Unix())
	}
	if bits&hasNanos != 0 {
		b = binary.AppendUvarint(b, uint64(t.Time.Nanosecond()))
	}
	if bits&hasFee != 0 {
		b = appendAmount(b, t.Fee)
	}
	if bits&hasTie != 0 {
		b = binary.AppendUvarint(b, t.Tie)
	}
	if bits&hasConversion != 0 {
		b = appendText(b, t.Conversion)
	}
	var err error
	put := func(s string) {
		var n uint64
		if err == nil {
			n, err = intern(s)
			b = binary.AppendUvarint(b, n)
		}
	}
	if bits&hasAsset != 0 {
		put(string(t.Asset))
	}
	if isLine {
		put(file)
		b = binary.AppendUvarint(b, line)
	} else {
		b = appendText(b, t.Evidence)
	}
	if len(t.Attrs) > 0 {
		b = binary.AppendUvarint(b, uint64(len(t.Attrs)))
		for _, k := range slices.Sorted(maps.Keys(t.Attrs)) {
			put(k)
			b = appendText(b, t.Attrs[k])
		}
	}
	return appendOutside(b, t), err
}

// appendOutside writes the debits that spend nothing: of coinbases and first
// coins, which no column holds.
func appendOutside(b []byte, t *ledger.Transfer) []byte {
	if t.Kind != ledger.Coinbase && t.Kind != ledger.Opening {
		return b
	}
	b = binary.AppendUvarint(b, uint64(len(t.Debits)))
	for _, d := range t.Debits {
		b = appendAmount(b, d.Amount)
	}
	return b
}

// cutLine cuts evidence of the form "file:line", if it prints back as it was.
func cutLine(evidence string) (file string, line uint64, ok bool) {
	i := strings.LastIndexByte(evidence, ':')
	if i < 0 {
		return "", 0, false
	}
	line, err := strconv.ParseUint(evidence[i+1:], 10, 64)
	if err != nil || strconv.FormatUint(line, 10) != evidence[i+1:] {
		return "", 0, false
	}
	return evidence[:i], line, true
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendName(b []byte, s string) []byte {
	digits, form := s, byte(nameHex)
	if rest, ok := strings.CutPrefix(s, "0x"); ok {
		digits, form = rest, nameHexAfter0x
	}
	if raw, err := hex.DecodeString(digits); err == nil && len(raw) == 32 && hex.EncodeToString(raw) == digits {
		return append(append(b, form), raw...)
	}
	return appendText(append(b, nameText), s)
}

func appendAmount(b []byte, a money.Amount) []byte {
	hi, lo := a.Words()
	return binary.AppendUvarint(binary.AppendUvarint(b, lo), hi)
}

// recordReader reads the parts of a record in order; after bytes that make no
// sense everything is zero and bad is set.
type recordReader struct {
	b   []byte
	bad bool
}

func (r *recordReader) number() uint64 {
	n, k := binary.Uvarint(r.b)
	if k <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[k:]
	return n
}

func (r *recordReader) signed() int64 {
	n, k := binary.Varint(r.b)
	if k <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[k:]
	return n
}

func (r *recordReader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.b, r.bad = nil, true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *recordReader) text() string { return string(r.take(r.number())) }

func (r *recordReader) name() string {
	form := r.take(1)
	if r.bad || form[0] == nameText {
		return r.text()
	}
	var b [66]byte
	b[0], b[1] = '0', 'x'
	hex.Encode(b[2:], r.take(32))
	if r.bad {
		return ""
	}
	if form[0] == nameHex {
		return string(b[2:])
	}
	return string(b[:])
}

func (r *recordReader) amount() money.Amount {
	lo := r.number()
	return money.FromWords(r.number(), lo)
}

// readNames reads the transaction and the id at the head of a record, and says
// by its bits what else there is.
func (r *recordReader) readNames() (bits uint64, tx, id string) {
	bits = r.number()
	tx = r.name()
	switch {
	case bits&isSuffix != 0:
		id = tx + r.text()
	case bits&hasID != 0:
		id = r.name()
	default:
		id = tx
	}
	return bits, tx, id
}

// readRecord restores what a record holds of a transfer, and the amounts of its
// debits from outside.
func readRecord(b []byte, native money.AssetID, str func(uint64) string) (t ledger.Transfer, outside []money.Amount, err error) {
	r := &recordReader{b: b}
	var bits uint64
	bits, t.Tx, t.ID = r.readNames()
	t.Kind, t.Failed = ledger.Kind(bits>>kindShift&3), bits&isFailed != 0
	t.Key = ledger.Key{Block: r.number(), Tx: uint32(r.number()), Sub: uint32(r.number())}
	if bits&hasTime != 0 {
		sec, nano := r.signed(), uint64(0)
		if bits&hasNanos != 0 {
			nano = r.number()
		}
		t.Time = time.Unix(sec, int64(nano)).UTC()
	}
	if bits&hasFee != 0 {
		t.Fee = r.amount()
	}
	if bits&hasTie != 0 {
		t.Tie = r.number()
	}
	if bits&hasConversion != 0 {
		t.Conversion = r.text()
	}
	t.Asset = native
	if bits&hasAsset != 0 {
		t.Asset = money.AssetID(str(r.number()))
	}
	if bits&hasLine != 0 {
		file := str(r.number())
		t.Evidence = file + ":" + strconv.FormatUint(r.number(), 10)
	} else {
		t.Evidence = r.text()
	}
	if bits&hasAttrs != 0 {
		n := r.number()
		t.Attrs = make(map[string]string, min(n, 64))
		for ; n > 0 && !r.bad; n-- {
			k := str(r.number())
			t.Attrs[k] = r.text()
		}
	}
	if t.Kind == ledger.Coinbase || t.Kind == ledger.Opening {
		for n := r.number(); n > 0 && !r.bad; n-- {
			outside = append(outside, r.amount())
		}
	}
	if r.bad || len(r.b) > 0 {
		err = fmt.Errorf("record of %s: %w", t.ID, ErrDamaged)
	}
	return t, outside, err
}
