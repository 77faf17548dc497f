package iso20022

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/source/payments"
)

// Read yields the messages of a stream in order and stops at the first error.
// Errors are *payments.Error. Documents may follow one another in one stream.
func Read(file string, r io.Reader) iter.Seq2[payments.Message, error] {
	return func(yield func(payments.Message, error) bool) {
		d := &reader{l: newLexer(file, r), yield: yield}
		err := d.run()
		if d.late != nil {
			d.give(*d.late)
		}
		if err != nil && !d.stopped {
			yield(payments.Message{}, err)
		}
	}
}

// form says what a message type holds: its root, the records, how to read one.
type form struct {
	typ    string
	record string
	batch  bool // the count and sum of the header are checked before any is given out
	read   func(*reader, *tree) error
}

var forms = map[string]form{
	"FIToFICstmrCdtTrf":     {"pacs.008", "CdtTrfTxInf", true, (*reader).creditTransfer},
	"FICdtTrf":              {"pacs.009", "CdtTrfTxInf", true, (*reader).creditTransfer},
	"FinInstnCdtTrf":        {"pacs.009", "CdtTrfTxInf", true, (*reader).creditTransfer},
	"PmtRtr":                {"pacs.004", "TxInf", true, (*reader).returned},
	"FIToFIPmtStsRpt":       {"pacs.002", "TxInfAndSts", false, (*reader).status},
	"FIToFIPmtCxlReq":       {"camt.056", "TxInf", false, (*reader).recall},
	"RsltnOfInvstgtn":       {"camt.029", "TxInfAndSts", false, (*reader).answer},
	"BkToCstmrAcctRpt":      {"camt.052", "Ntry", false, (*reader).entry},
	"BkToCstmrStmt":         {"camt.053", "Ntry", false, (*reader).entry},
	"BkToCstmrDbtCdtNtfctn": {"camt.054", "Ntry", false, (*reader).entry},
}

// statements are the elements of one account.
var statements = map[string]bool{"Stmt": true, "Rpt": true, "Ntfctn": true}

// header holds what a business header and a group header say.
type header struct {
	from, to string
	sender   string
	receiver string
	made     time.Time
	count    string
	sum      string
	date     time.Time // settlement date of the whole group
}

type reader struct {
	l       *lexer
	yield   func(payments.Message, error) bool
	stopped bool

	typ     string // "pacs.008.001.08"
	form    form
	head    header
	account payments.Party
	seq     int
	stmt    map[string]*statement // by currency
	late    *payments.Message     // of a statement, which may still be said not to add up
	records int
	held    []payments.Message // of a batch
	sum     money.Amount       // of the batch, in units of 10^-5
	bent    []string
	tree    tree
	found   int
}

func (r *reader) run() error {
	for {
		t, err := r.l.next()
		if err == io.EOF {
			if r.found == 0 {
				return r.l.fail(payments.ErrFrame, "", "no message in this file")
			}
			return nil
		}
		if err != nil {
			return err
		}
		if t.kind == start {
			err = r.element(t)
		}
		if err != nil || r.stopped {
			return err
		}
	}
}

// element looks for a header or a message among the outer elements.
func (r *reader) element(t token) error {
	if t.space != "" {
		if i := strings.LastIndexByte(t.space, ':'); i >= 0 && strings.Count(t.space[i+1:], ".") == 3 {
			r.typ = t.space[i+1:]
		}
	}
	if t.name == "AppHdr" {
		if err := r.tree.capture(r.l, t); err != nil {
			return err
		}
		const org = "FinInstnId"
		r.head.from = r.tree.value(0, "Fr", "FIId", org, "BICFI")
		r.head.to = r.tree.value(0, "To", "FIId", org, "BICFI")
		r.typ = r.tree.value(0, "MsgDefIdr")
		return nil
	}
	f, ok := forms[t.name]
	if n := len(r.l.stack); !ok && (n < 2 || local(r.l.stack[n-2]) != "Document") {
		return nil // an envelope
	}
	if !ok {
		return r.l.fail(payments.ErrType, "", "the message <%s> (%s) is not read", t.name, r.typ)
	}
	return r.message(f, t)
}

// message reads one message to its end.
func (r *reader) message(f form, first token) error {
	r.form, r.found = f, r.found+1
	if !strings.HasPrefix(r.typ, f.typ) {
		r.typ = f.typ
	}
	r.head = header{from: r.head.from, to: r.head.to}
	r.held, r.sum, r.seq, r.records = r.held[:0], money.Zero, 0, 0
	depth := len(r.l.stack)
	for {
		t, err := r.l.next()
		if err != nil {
			return unexpected(r.l, err)
		}
		if t.kind == end && len(r.l.stack) < depth {
			err := r.flush(first.at)
			r.head, r.typ = header{}, "" // the next document's header is its own
			return err
		}
		if t.kind == end && statements[t.name] {
			r.closes()
		}
		if t.kind != start {
			continue
		}
		if f.batch && t.at-first.at > maxRecord {
			return r.l.fail(payments.ErrUnsafe, "split the batch", "one message is longer than %d bytes", maxRecord)
		}
		if err := r.part(t); err != nil || r.stopped {
			return err
		}
	}
}

// part reads a header, a record, or goes into an element that holds them.
func (r *reader) part(t token) error {
	if statements[t.name] {
		r.account, r.stmt = payments.Party{}, nil
	}
	switch t.name {
	case r.form.record, "GrpHdr", "Acct", "Bal", "Assgnmt", "SplmtryData":
	default:
		return nil
	}
	tr := &r.tree
	if err := tr.capture(r.l, t); err != nil {
		return err
	}
	switch t.name {
	case r.form.record:
		r.records++
		return r.form.read(r, tr)
	case "GrpHdr":
		return r.group(tr)
	case "Acct":
		r.account = account(tr, 0)
		r.account.BIC = agentBIC(tr, tr.find(0, "Svcr"))
	case "Assgnmt":
		r.head.sender = agentBIC(tr, tr.find(0, "Assgnr", "Agt"))
		r.head.receiver = agentBIC(tr, tr.find(0, "Assgne", "Agt"))
	case "Bal":
		return r.balance(tr)
	}
	return nil
}

func (r *reader) group(t *tree) error {
	r.head.count, r.head.sum = t.value(0, "NbOfTxs"), t.value(0, "CtrlSum")
	r.head.sender = agentBIC(t, t.find(0, "InstgAgt"))
	r.head.receiver = agentBIC(t, t.find(0, "InstdAgt"))
	if s := t.value(0, "CreDtTm"); s != "" {
		at, _, err := r.when(s)
		if err != nil {
			return r.fault(t.at, "CreDtTm", payments.ErrField, "%v", err)
		}
		r.head.made = at
	}
	if s := t.value(0, "IntrBkSttlmDt"); s != "" {
		at, _, err := r.when(s)
		if err != nil {
			return r.fault(t.at, "IntrBkSttlmDt", payments.ErrField, "%v", err)
		}
		r.head.date = at
	}
	return nil
}

// put gives a message out, or holds it until its batch is whole.
func (r *reader) put(m payments.Message) error {
	m.Bent = append(m.Bent, r.bent...)
	r.bent = nil
	if r.form.batch {
		r.held = append(r.held, m)
		scale, _ := payments.Decimals(m.Amount.Currency)
		n := m.Amount.Units
		for ; scale < 5; scale++ {
			n, _ = n.MulDiv(money.Units(10), money.Units(1))
		}
		r.sum = r.sum.Add(n)
		return nil
	}
	if r.form.record != "Ntry" {
		r.give(m)
		return nil
	}
	if r.late != nil {
		r.give(*r.late)
	}
	r.late = &m
	return nil
}

func (r *reader) give(m payments.Message) {
	if !r.stopped && !r.yield(m, nil) {
		r.stopped = true
	}
}

// flush ends a message: a batch whose count or sum is not the stated one is
// refused whole.
func (r *reader) flush(at int64) error {
	if r.records == 0 && r.form.record != "Ntry" {
		return r.fault(at, r.form.record, payments.ErrType, "is not there: what a message says of a whole group is not read")
	}
	if r.late != nil {
		r.give(*r.late)
		r.late = nil
	}
	if !r.form.batch {
		return nil
	}
	if n := len(r.held); r.head.count != "" && r.head.count != strconv.Itoa(n) {
		return r.fault(at, "GrpHdr/NbOfTxs", payments.ErrField, "the header says %q transactions, there are %d; the batch is refused", r.head.count, n)
	}
	if r.head.sum != "" {
		want, err := money.ParseDecimal(r.head.sum, 5)
		if err != nil || want != r.sum {
			return r.fault(at, "GrpHdr/CtrlSum", payments.ErrAmount, "the header says %q, the amounts make %s; the batch is refused", r.head.sum, r.sum.Decimal(5))
		}
	}
	for _, m := range r.held {
		if r.give(m); r.stopped {
			return nil
		}
	}
	return nil
}

// when reads a date or a date with time; a time without an offset is taken as
// UTC. day says that only the day is given.
func (r *reader) when(s string) (t time.Time, day bool, err error) {
	if len(s) >= 10 && !strings.Contains(s, "T") {
		if _, err = time.Parse("2006-01-02Z07:00", s); err == nil || len(s) == 10 {
			if t, err = time.Parse("2006-01-02", s[:10]); err == nil {
				return t, true, nil // a day has no other name in another place
			}
		}
	}
	if t, err = time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), false, nil
	}
	if t, err2 := time.Parse("2006-01-02T15:04:05.999999999", s); err2 == nil {
		r.bent = append(r.bent, "the time "+s+" has no offset: taken as UTC")
		return t, false, nil
	}
	return t, false, fmt.Errorf("%q is no day or time of the calendar, as 2024-03-01 and 2024-03-01T10:00:00Z are", s)
}
