package nem

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"encoding/hex"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// XEM is the asset of fees. Assets are named as NEM names mosaics, by namespace
// and name.
const XEM money.AssetID = "nem:xem"

// epoch is the time from which NEM counts: 2015-03-29 00:06:25 UTC.
const epoch = 1427587585

// The types of transaction, and the largest time stamp that is read (year 2106).
const (
	typeTransfer  = 257
	typeSignature = 4098
	typeMultisig  = 4100
	typeNamespace = 8193
	typeMosaic    = 16385
	maxStamp      = 1<<32 - 1 - epoch
)

// others are the types that move no value but their fee, or no more than a fee to
// a sink.
var others = map[int64]string{
	2049: "importance transfers", 4097: "changes of multisig accounts", typeNamespace: "namespaces rented",
	typeMosaic: "mosaics defined", 16386: "changes of a mosaic's supply",
}

// definition is what a mosaic's definition says: how it divides, and its levy.
type definition struct {
	decimals int
	levy     *levy
}

// levy is what each transfer of a mosaic costs its sender besides: fee units of
// asset, or with percentile fee/10,000 of the units sent, to the recipient.
type levy struct {
	percentile bool
	recipient  ledger.Account
	asset      money.AssetID
	fee        money.Amount
}

func assetOf(m wireMosaicID) money.AssetID { return money.AssetID(m.Namespace + ":" + m.Name) }

// entry is a transaction with its place and where it was read.
type entry struct {
	tx       *wireTx
	hash     string // "" in a block
	inner    string // hash of the transaction in a multisig
	key      ledger.Key
	file     string
	record   string
	evidence string
}

// reader turns entries into transfers and counts what it leaves out.
type reader struct {
	net     Network
	defs    map[money.AssetID]definition
	counts  map[int64]int
	skipped int
	undef   map[money.AssetID]int
	cut     int // quantities that did not divide
	multi   int
	out     []ledger.Transfer
}

func (r *reader) fail(e *entry, field string, sentinel error, format string, args ...any) error {
	rec := e.record
	if field != "" {
		rec += "." + field
	}
	return &Error{File: e.file, Record: rec, Msg: fmt.Sprintf(format, args...), Err: sentinel}
}

// amount reads a number that must be there and not negative.
func (r *reader) amount(e *entry, field string, n *int64) (money.Amount, error) {
	if n == nil || *n < 0 {
		return money.Zero, r.fail(e, field, ErrJSON, "an amount is needed that is not negative")
	}
	return money.Units(uint64(*n)), nil
}

// network checks a version against the network of what was read before.
func (r *reader) network(e *entry, t *wireTx) error {
	if t.Version == nil || *t.Version != int64(int32(*t.Version)) {
		return r.fail(e, "version", ErrJSON, "a version of 32 bits is needed")
	}
	n := Network(uint32(*t.Version) >> 24)
	if !n.known() {
		return r.fail(e, "version", ErrNetwork, "version %d is of %s", *t.Version, n)
	}
	if r.net == 0 {
		r.net = n
	}
	if n != r.net {
		return r.fail(e, "version", ErrNetwork, "a transaction of %s among those of %s", n, r.net)
	}
	return nil
}

func (r *reader) signer(e *entry, t *wireTx) (ledger.Account, error) {
	a, err := Derive(t.Signer, r.net)
	if err != nil {
		return "", r.fail(e, "signer", ErrJSON, "%v", err)
	}
	return a, nil
}

func (r *reader) address(e *entry, field, text string) (ledger.Account, error) {
	a, n, err := ParseAddress(text)
	if err != nil {
		return "", r.fail(e, field, ErrAddress, "%v", err)
	}
	if n != r.net {
		return "", r.fail(e, field, ErrNetwork, "address %s is of %s, the transaction of %s", a, n, r.net)
	}
	return a, nil
}

// read turns one transaction into its transfers. In a multisig the transaction
// inside moves the value, and its signer pays its fee, that of the wrapping and
// those of the cosignatures (nem-core, MultisigTransaction.getDebtor).
func (r *reader) read(e *entry) error {
	t := e.tx
	if t.Type == nil || t.TimeStamp == nil {
		return r.fail(e, "", ErrJSON, "a transaction needs type and timeStamp")
	}
	if *t.TimeStamp < 0 || *t.TimeStamp > maxStamp {
		return r.fail(e, "timeStamp", ErrJSON, "%d seconds after the first block is no time", *t.TimeStamp)
	}
	if err := r.network(e, t); err != nil {
		return err
	}
	fee, err := r.amount(e, "fee", t.Fee)
	if err != nil {
		return err
	}
	attrs := map[string]string{}
	move := t
	if *t.Type == typeMultisig {
		if move = t.OtherTrans; move == nil {
			return r.fail(e, "otherTrans", ErrJSON, "a multisig transaction without the one inside")
		}
		more, err := r.multisig(e, attrs)
		if err != nil {
			return err
		}
		if fee, err = sum(r, e, fee, more); err != nil {
			return err
		}
	}
	from, err := r.signer(e, move)
	if err != nil {
		return err
	}
	if move.Type == nil {
		return r.fail(e, "otherTrans.type", ErrJSON, "a transaction needs a type")
	}
	legs, err := r.legs(e, move, from, attrs)
	if err != nil {
		return err
	}
	return r.emit(e, from, legs, fee, attrs)
}

func sum(r *reader, e *entry, a, b money.Amount) (money.Amount, error) {
	s, ok := a.CheckedAdd(b)
	if !ok {
		return s, r.fail(e, "", money.ErrOverflow, "the sum of the fees")
	}
	return s, nil
}

// multisig checks the wrapping, notes who signed, and sums the fees inside.
// Signatures of the one who began the transaction cost nothing: nem-core ignores
// them.
func (r *reader) multisig(e *entry, attrs map[string]string) (money.Amount, error) {
	in := e.tx.OtherTrans
	if err := r.network(e, in); err != nil {
		return money.Zero, err
	}
	if in.Type != nil && *in.Type == typeMultisig {
		return money.Zero, r.fail(e, "otherTrans.type", ErrJSON, "a multisig transaction in a multisig transaction")
	}
	total, err := r.amount(e, "otherTrans.fee", in.Fee)
	if err != nil {
		return total, err
	}
	by, err := r.signer(e, e.tx)
	if err != nil {
		return total, err
	}
	signers := []string{string(by)}
	for i := range e.tx.Signatures {
		s := &e.tx.Signatures[i]
		field := fmt.Sprintf("signatures[%d]", i)
		if s.Type == nil || *s.Type != typeSignature {
			return total, r.fail(e, field, ErrJSON, "not a signature (type 4098)")
		}
		a, err := r.signer(e, s)
		if err != nil {
			return total, err
		}
		fee, err := r.amount(e, field+".fee", s.Fee)
		if err != nil {
			return total, err
		}
		if slices.Contains(signers, string(a)) {
			continue
		}
		signers = append(signers, string(a))
		if total, err = sum(r, e, total, fee); err != nil {
			return total, err
		}
	}
	attrs["signers"] = strings.Join(signers, " ")
	if e.inner != "" {
		attrs["inner_hash"] = e.inner
	}
	r.multi++
	return total, nil
}

// leg is one movement inside a transaction.
type leg struct {
	asset  money.AssetID
	to     ledger.Account
	amount money.Amount
	what   string // "", "levy", "rental", "creation"
}

// legs lists what a transaction moves.
func (r *reader) legs(e *entry, t *wireTx, from ledger.Account, attrs map[string]string) ([]leg, error) {
	switch *t.Type {
	case typeTransfer:
		return r.transfer(e, t, attrs)
	case typeNamespace:
		r.counts[*t.Type]++
		return r.sink(e, "rental", t.RentalFee, t.RentalFeeSink)
	case typeMosaic:
		r.counts[*t.Type]++
		return r.sink(e, "creation", t.CreationFee, t.CreationFeeSink)
	}
	if r.counts[*t.Type]++; others[*t.Type] == "" {
		r.skipped++
	}
	return nil, nil
}

// sink is what renting a namespace or defining a mosaic pays besides its fee.
func (r *reader) sink(e *entry, what string, fee *int64, sink string) ([]leg, error) {
	n, err := r.amount(e, what+"Fee", fee)
	if err != nil {
		return nil, err
	}
	to, err := r.address(e, what+"FeeSink", sink)
	return []leg{{XEM, to, n, what}}, err
}

// transfer lists the legs of a transfer. With mosaics, amount is a multiplier in
// millionths and what it leaves is cut (nem-core, TransferTransaction).
func (r *reader) transfer(e *entry, t *wireTx, attrs map[string]string) ([]leg, error) {
	to, err := r.address(e, "recipient", t.Recipient)
	if err != nil {
		return nil, err
	}
	times, err := r.amount(e, "amount", t.Amount)
	if err != nil {
		return nil, err
	}
	if err := r.message(e, t.Message, attrs); err != nil {
		return nil, err
	}
	if len(t.Mosaics) == 0 {
		return []leg{{asset: XEM, to: to, amount: times}}, nil
	}
	if *t.Version&0xffffff < 2 {
		return nil, r.fail(e, "mosaics", ErrJSON, "mosaics in a transaction of version 1")
	}
	var out []leg
	seen := map[money.AssetID]bool{}
	for i, m := range t.Mosaics {
		field := fmt.Sprintf("mosaics[%d]", i)
		q, err := r.amount(e, field+".quantity", m.Quantity)
		if err != nil {
			return nil, err
		}
		id := assetOf(m.ID)
		if m.ID.Namespace == "" || m.ID.Name == "" || seen[id] {
			return nil, r.fail(e, field+".mosaicId", ErrJSON, "mosaic %q is unnamed or stands twice", clip(string(id)))
		}
		seen[id] = true
		n, rest := q.MulDiv(times, money.Units(1_000_000))
		if !rest.IsZero() {
			r.cut++
		}
		out = append(out, leg{asset: id, to: to, amount: n})
		if id != XEM {
			out = append(out, r.levied(id, n)...)
		}
	}
	return out, nil
}

// levied is what a mosaic's levy adds to a transfer of n units
// (nem-core, DefaultMosaicTransferFeeCalculator).
func (r *reader) levied(id money.AssetID, n money.Amount) []leg {
	d, ok := r.defs[id]
	if !ok {
		r.undef[id]++
	}
	if !ok || d.levy == nil {
		return nil
	}
	fee := d.levy.fee
	if d.levy.percentile {
		fee, _ = n.MulDiv(fee, money.Units(10_000))
	}
	if fee.IsZero() {
		return nil
	}
	return []leg{{d.levy.asset, d.levy.recipient, fee, "levy"}}
}

// message keeps the payload as it was sent, and as text where it is plain text.
func (r *reader) message(e *entry, m *wireMessage, attrs map[string]string) error {
	if m == nil || m.Payload == "" {
		return nil
	}
	b, err := hex.DecodeString(m.Payload)
	if err != nil {
		return r.fail(e, "message.payload", ErrJSON, "the message is not hex")
	}
	attrs["message"] = m.Payload
	switch m.Type {
	case 1:
		attrs["message_type"] = "plain"
		if utf8.Valid(b) {
			attrs["message_text"] = string(b)
		}
	case 2:
		attrs["message_type"] = "encrypted"
	default:
		attrs["message_type"] = strconv.FormatInt(m.Type, 10)
	}
	return nil
}

// emit writes the legs as transfers. The fee goes with the first leg in XEM that
// moves the sender's value; without one it is a transfer of its own.
func (r *reader) emit(e *entry, from ledger.Account, legs []leg, fee money.Amount, attrs map[string]string) error {
	carrier := slices.IndexFunc(legs, func(l leg) bool { return l.asset == XEM && l.what == "" })
	tx := e.hash
	if tx == "" {
		tx = fmt.Sprintf("%d/%d", e.key.Block, e.key.Tx)
	}
	base := ledger.Transfer{
		Ledger: r.net.Ledger(), Key: e.key, Tx: tx, Time: time.Unix(epoch+*e.tx.TimeStamp, 0).UTC(), Evidence: e.evidence,
	}
	add := func(t ledger.Transfer, to ledger.Account, n, fee money.Amount, what string) error {
		t.ID = tx
		if t.Key.Sub > 0 {
			t.ID = tx + "/" + strconv.FormatUint(uint64(t.Key.Sub), 10)
		}
		all, err := sum(r, e, n, fee)
		if err != nil {
			return err
		}
		t.Debits, t.Fee = []ledger.Debit{{Account: from, Amount: all}}, fee
		if t.Kind != ledger.Gas {
			t.Credits = []ledger.Credit{{Account: to, Amount: n}}
		}
		t.Attrs = map[string]string{}
		for k, v := range attrs {
			t.Attrs[k] = v
		}
		if what != "" {
			t.Attrs["what"] = what
		}
		if len(t.Attrs) == 0 {
			t.Attrs = nil
		}
		r.out = append(r.out, t)
		return nil
	}
	for i, l := range legs {
		t := base
		t.Asset, t.Key.Sub = l.asset, uint32(i)
		var f money.Amount
		if i == carrier {
			f = fee
		}
		if err := add(t, l.to, l.amount, f, l.what); err != nil {
			return err
		}
	}
	if carrier >= 0 || fee.IsZero() {
		return nil
	}
	t := base
	t.Asset, t.Kind, t.Key.Sub = XEM, ledger.Gas, uint32(len(legs))
	return add(t, "", money.Zero, fee, "")
}
