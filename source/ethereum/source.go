package ethereum

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Options say how an export is read. The zero value is right for Ethereum.
type Options struct {
	// Ledger is the CAIP-2 id; empty is eip155:1.
	Ledger ledger.ID
	// Native is the asset of values and gas; empty is ether.
	Native money.Asset
	// AssumeSuccess takes transactions of which nobody says otherwise for
	// successful. It is noted.
	AssumeSuccess bool
	// Sort puts rows in the order of blocks, in memory.
	Sort bool
	// Forms open files that are neither CSV nor JSON lines, by their ending, such
	// as ".parquet".
	Forms map[string]Form
}

// Source is an export. It implements ledger.Resumer and is for one reader at a
// time.
type Source struct {
	opt    Options
	id     ledger.ID
	native money.AssetID
	input  string
	tables map[kind]*table
	// collectibles are contracts whose transfers name things and not amounts
	// (ERC-721); tokens is what the table of tokens claims.
	collectibles map[ledger.Account]bool
	tokens       map[ledger.Account]money.Asset
	found        []string // notes of the opening

	mu       sync.Mutex
	info     ledger.Info
	accounts map[ledger.Account]*nonces
	whole    bool // every block's transactions are there
}

// nonces are the outgoing transactions of an account that the data has.
type nonces struct {
	first, last uint64
	n           uint64
}

var _ ledger.Resumer = (*Source)(nil)

// Open finds the tables among files and in folders and reads their headers, and
// the tables of contracts and tokens whole.
func Open(paths []string, opt Options) (*Source, error) {
	tables, notes, err := find(paths, opt.Forms)
	if err != nil {
		return nil, err
	}
	s := &Source{opt: opt, id: opt.Ledger, tables: tables, input: strings.Join(paths, ", "), found: notes, collectibles: map[ledger.Account]bool{}, tokens: map[ledger.Account]money.Asset{}}
	if s.id == "" {
		s.id = "eip155:1"
	}
	ether := money.Asset{ID: money.AssetID(string(s.id) + "/slip44:60"), Symbol: "ETH", Decimals: 18, Known: true}
	if opt.Native.ID != "" {
		ether = opt.Native
	}
	s.native = ether.ID
	for _, t := range tables {
		t.sort = opt.Sort
	}
	if err := s.readContracts(); err != nil {
		return nil, err
	}
	if err := s.readTokens(); err != nil {
		return nil, err
	}
	s.info = ledger.Info{ID: s.id, Model: ledger.Accounts, Native: s.native, Assets: []money.Asset{ether}, Input: s.input}
	return s, nil
}

func (s *Source) tokenID(contract ledger.Account) money.AssetID {
	return money.AssetID(string(s.id) + "/erc20:" + string(contract))
}

// eachRow reads a small table whole.
func (s *Source) eachRow(k kind, do func(*rowReader)) error {
	t := s.tables[k]
	if t == nil {
		return nil
	}
	for _, path := range t.paths {
		in, err := openInput(path, s.opt.Forms)
		if err != nil {
			return err
		}
		t.in = in
		defer t.close()
		for {
			if err := in.next(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return err
			}
			r := &rowReader{in: in}
			if do(r); r.fault() != nil {
				return r.fault()
			}
		}
		if err := t.finish(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) readContracts() error {
	return s.eachRow(contractTable, func(r *rowReader) {
		if strings.EqualFold(r.text("is_erc721"), "true") {
			s.collectibles[r.address("address")] = true
		}
	})
}

func (s *Source) readTokens() error {
	return s.eachRow(assetTable, func(r *rowReader) {
		a := r.address("address")
		d, _ := r.number("decimals")
		if d > 63 {
			d = 0
		}
		s.tokens[a] = money.Asset{ID: s.tokenID(a), Symbol: r.text("symbol"), Decimals: int(d)}
	})
}

// Codec is the form of account keys in stores.
func (s *Source) Codec() ledger.Codec { return Codec{} }

// Info implements ledger.Source.
func (s *Source) Info() ledger.Info {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info
}

// All implements ledger.Source.
func (s *Source) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		if err := s.each(ctx, func(t ledger.Transfer) bool { return yield(t, nil) }); err != nil {
			yield(ledger.Transfer{}, err)
		}
	}
}

// From implements ledger.Resumer: it reads from the beginning and gives out what
// comes after the cursor.
func (s *Source) From(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		found := after.IsZero()
		err := s.each(ctx, func(t ledger.Transfer) bool {
			if !found {
				found = ledger.At(&t) == after
				return true
			}
			return yield(t, nil)
		})
		if err == nil && !found {
			err = fmt.Errorf("%s: no transfer %s in block %d: %w", s.input, after.ID, after.Key.Block, ledger.ErrCursor)
		}
		if err != nil {
			yield(ledger.Transfer{}, err)
		}
	}
}

// each reads the tables block by block.
func (s *Source) each(ctx context.Context, do func(ledger.Transfer) bool) error {
	for _, k := range []kind{blockTable, txTable, receiptTable, tokenTable, traceTable} {
		if t := s.tables[k]; t != nil {
			if err := t.rewind(); err != nil {
				return err
			}
			defer t.close()
		}
	}
	b := &builder{s: s}
	b.assets = map[ledger.Account]bool{}
	r := &reading{s: s, accounts: map[ledger.Account]*nonces{}, whole: s.tables[blockTable] != nil && s.tables[txTable] != nil}
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		k, err := r.next(&b.tally)
		if err != nil {
			return err
		}
		if k == nil {
			break
		}
		if err := b.build(k); err != nil {
			return err
		}
		for i := range b.out {
			if !do(b.out[i]) {
				return nil
			}
		}
	}
	s.settle(b, r)
	return nil
}

// reading gathers the rows of one block after the other.
type reading struct {
	s        *Source
	accounts map[ledger.Account]*nonces
	whole    bool
	last     uint64
	begun    bool
}

func (r *reading) next(n *tally) (*block, error) {
	number, any := uint64(0), false
	for _, k := range []kind{blockTable, txTable, receiptTable, tokenTable, traceTable} {
		if t := r.s.tables[k]; t != nil {
			b, ok, err := t.peek()
			if err != nil {
				return nil, err
			}
			if ok && (!any || b < number) {
				number, any = b, true
			}
		}
	}
	if !any {
		return nil, nil
	}
	k := &block{number: number, receipts: map[string]*row{}, traces: map[string][]row{}, tokens: map[string][]row{}}
	for _, step := range []func(*block, *tally) error{r.heads, r.transactions, r.receipts, r.traces, r.tokens} {
		if err := step(k, n); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (r *reading) rows(k kind, block uint64) ([]row, error) {
	t := r.s.tables[k]
	if t == nil {
		return nil, nil
	}
	return t.rowsOf(block)
}

// once drops rows that say the same thing again, as overlapping exports do, and
// refuses two that differ.
func once(rows []row, same func(a, b *row) bool, n *tally) ([]row, error) {
	seen := map[string]*row{}
	out := rows[:0:0]
	for i := range rows {
		w := &rows[i]
		key := w.tx + "/" + strconv.FormatUint(w.log, 10)
		if was := seen[key]; was != nil {
			if !same(was, w) {
				return nil, &Error{File: w.file, Line: w.line, Msg: fmt.Sprintf("%s of block %d differs from %s:%d", key, w.block, was.file, was.line), Hint: "two exports that disagree: keep one", Err: ErrContradiction}
			}
			n.repeated++
			continue
		}
		seen[key] = w
		out = append(out, *w)
	}
	return out, nil
}

func (r *reading) heads(k *block, n *tally) error {
	rows, err := r.rows(blockTable, k.number)
	if err != nil || len(rows) == 0 {
		r.whole = false
		return err
	}
	for i := range rows[1:] {
		if rows[i+1].hash != rows[0].hash {
			return &Error{File: rows[i+1].file, Line: rows[i+1].line, Column: "hash", Msg: fmt.Sprintf("block %d is %s, and %s at %s:%d", k.number, rows[i+1].hash, rows[0].hash, rows[0].file, rows[0].line), Hint: "a block that was replaced: keep one", Err: ErrContradiction}
		}
		n.repeated++
	}
	k.head, k.time = &rows[0], rows[0].time
	if r.begun && k.number != r.last+1 {
		r.whole = false
	}
	r.last, r.begun = k.number, true
	return nil
}

func (r *reading) transactions(k *block, n *tally) error {
	rows, err := r.rows(txTable, k.number)
	if err != nil {
		return err
	}
	if k.txs, err = once(rows, sameTx, n); err != nil {
		return err
	}
	slices.SortStableFunc(k.txs, func(a, b row) int { return int(a.index - b.index) })
	for i := range k.txs {
		w := &k.txs[i]
		if i > 0 && k.txs[i-1].index == w.index {
			return &Error{File: w.file, Line: w.line, Column: "transaction_index", Msg: fmt.Sprintf("%d of block %d is %s and %s", w.index, k.number, k.txs[i-1].tx, w.tx), Err: ErrContradiction}
		}
		if w.hasTime && !k.time.IsZero() && !w.time.Equal(k.time) {
			return &Error{File: w.file, Line: w.line, Column: "block_timestamp", Msg: fmt.Sprintf("%s, and block %d has %s", w.time.Format("2006-01-02T15:04:05Z"), k.number, k.time.Format("2006-01-02T15:04:05Z")), Hint: "a block has one time", Err: ErrContradiction}
		}
		if w.hasTime {
			k.time = w.time
		}
		r.sent(w)
	}
	if k.head != nil && k.head.txs >= 0 && k.head.txs != int64(len(k.txs)) {
		r.whole = false
	}
	return nil
}

func sameTx(a, b *row) bool {
	return a.index == b.index && a.from == b.from && a.to == b.to && a.value == b.value && a.nonce == b.nonce && a.failed == b.failed
}

func sameToken(a, b *row) bool {
	return a.token == b.token && a.from == b.from && a.to == b.to && a.value == b.value
}

// sent counts the outgoing transactions of an account by their nonces.
func (r *reading) sent(w *row) {
	if w.hasNonce == 0 || r.accounts == nil {
		return
	}
	a := r.accounts[w.from]
	if a == nil {
		a = &nonces{first: w.nonce}
		r.accounts[w.from] = a
	}
	a.first, a.last, a.n = min(a.first, w.nonce), max(a.last, w.nonce), a.n+1
}

func (r *reading) receipts(k *block, n *tally) error {
	rows, err := r.rows(receiptTable, k.number)
	for i := range rows {
		k.receipts[rows[i].tx] = &rows[i]
	}
	for i := range k.txs {
		if k.receipts[k.txs[i].tx] != nil {
			n.receipts++
		}
	}
	n.receipts -= len(k.receipts)
	return err
}

// traces sorts traces by transaction. Those of a node that names no hashes (geth)
// are joined by the transaction's index.
func (r *reading) traces(k *block, _ *tally) error {
	rows, err := r.rows(traceTable, k.number)
	for _, w := range rows {
		if w.trace.kind == "reward" || w.trace.kind == "genesis" {
			k.rewards = append(k.rewards, w)
			continue
		}
		tx := w.tx
		if tx == "" && w.index >= 0 {
			for i := range k.txs {
				if k.txs[i].index == w.index {
					tx = k.txs[i].tx
				}
			}
		}
		if tx == "" {
			// A trace without its transaction: a name by its place.
			tx = fmt.Sprintf("block/%d/%d", k.number, w.index)
		}
		k.traces[tx] = append(k.traces[tx], w)
	}
	if err == nil {
		err = r.orphans(k)
	}
	return err
}

// orphans makes transactions of traces whose transaction is not in the data: the
// root trace says what it moved.
func (r *reading) orphans(k *block) error {
	known := map[string]bool{}
	for i := range k.txs {
		known[k.txs[i].tx] = true
	}
	for _, tx := range slices.Sorted(maps.Keys(k.traces)) {
		if known[tx] {
			continue
		}
		found := false
		for _, w := range k.traces[tx] {
			if len(w.trace.path) == 0 {
				found = true
				w.tx = tx
				w.failed, w.hasStatus = w.trace.failed, true
				if w.trace.kind != "call" && w.trace.kind != "create" || w.trace.kind == "call" && w.trace.call != "call" {
					w.value = money.Zero
				}
				w.index = max(w.index, 0)
				k.txs = append(k.txs, w)
			}
		}
		if w := k.traces[tx][0]; !found {
			return &Error{File: w.file, Line: w.line, Column: "trace_address", Msg: "calls of " + tx + ", and neither the transaction nor its root call", Hint: "give the table of transactions, or the traces whole", Err: ErrContradiction}
		}
	}
	slices.SortStableFunc(k.txs, func(a, b row) int { return int(a.index - b.index) })
	if k.time.IsZero() && len(k.txs) > 0 {
		k.time = k.txs[0].time
	}
	return nil
}

func (r *reading) tokens(k *block, n *tally) error {
	rows, err := r.rows(tokenTable, k.number)
	if err != nil {
		return err
	}
	if rows, err = once(rows, sameToken, n); err != nil {
		return err
	}
	known := map[string]bool{}
	for i := range k.txs {
		known[k.txs[i].tx] = true
	}
	for _, w := range rows {
		if known[w.tx] {
			k.tokens[w.tx] = append(k.tokens[w.tx], w)
		} else {
			k.loose = append(k.loose, w)
		}
	}
	return nil
}

// settle keeps what the reading found, for Info and Completeness.
func (s *Source) settle(b *builder, r *reading) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts, s.whole = r.accounts, r.whole
	s.info.Assets = s.info.Assets[:1:1]
	for _, a := range slices.Sorted(maps.Keys(b.assets)) {
		asset, ok := s.tokens[a]
		if !ok {
			asset = money.Asset{ID: s.tokenID(a)}
		}
		s.info.Assets = append(s.info.Assets, asset)
	}
	s.info.Skipped = b.wide + b.nameless
	s.info.SHA256 = s.digest()
	s.info.Notes = s.notes(&b.tally)
}

// digest is the SHA-256 of the only file, or of the digests of all, a line each
// with its name, sorted.
func (s *Source) digest() string {
	var lines []string
	for _, t := range s.tables {
		for name, d := range t.digests {
			lines = append(lines, d+"  "+name)
		}
	}
	switch len(lines) {
	case 0:
		return "" // a node has no digest: its chain goes on
	case 1:
		return lines[0][:64]
	}
	slices.Sort(lines)
	h := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(h[:])
}

// said are the notes of the files.
func (s *Source) said() []string {
	var out []string
	for k := blockTable; k <= logTable; k++ {
		t := s.tables[k]
		if t == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(t.said)) {
			for _, n := range t.said[name] {
				out = append(out, name+": "+n)
			}
		}
	}
	return out
}

// notes says what a reader of the result must know.
func (s *Source) notes(n *tally) []string {
	out := append(slices.Clone(s.found), s.said()...)
	say := func(when bool, format string, args ...any) {
		if when {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	say(s.tables[traceTable] == nil && s.tables[txTable] != nil, "no traces: value that contracts moved inside transactions is not in the data")
	say(s.tables[tokenTable] == nil, "no table of token transfers")
	say(s.tables[tokenTable] != nil && s.tables[contractTable] == nil, "no table of contracts: a transfer of a single collectible (ERC-721) looks like one of a token, with the collectible's number as amount")
	say(n.assumed > 0, "success assumed of %d transactions of which nobody says it", n.assumed)
	say(n.failed > 0, "%d transactions failed: moved no value", n.failed)
	say(n.noGas > 0, "no gas of %d transactions: taken as none", n.noGas)
	say(n.derived > 0, "%d addresses of contracts made are derived from sender and nonce", n.derived)
	say(n.loose > 0, "%d token transfers without their transaction: tied within their block", n.loose)
	say(n.collectibles > 0, "%d transfers of collectibles", n.collectibles)
	say(n.receipts < 0, "%d receipts of transactions that are not in the data", -n.receipts)
	say(n.rewards > 0, "%d rewards of blocks", n.rewards)
	say(n.withdrawn > 0, "%d withdrawals from the consensus layer", n.withdrawn)
	say(n.repeated > 0, "%d rows that say again what another says, left out", n.repeated)
	say(n.rounded > 0, "%d amounts were kept as floats and are rounded: each is the shortest decimal of its float and may be off, by %s units at most", n.rounded, n.spread)
	say(n.nameless > 0, "%d transfers of collectibles left out, their numbers being rounded", n.nameless)
	say(n.wide > 0, "%d token rows left out, the amount being beyond 128 bits: %s", n.wide, strings.Join(n.wides, ", "))
	return out
}

// Completeness implements ledger.Source. External transactions are complete when
// every block is there with all its transactions; else an account whose nonces
// have holes lacks some, and of the others the data does not say. It is known
// after All has ended.
func (s *Source) Completeness(a ledger.Account) ledger.Completeness {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := ledger.Completeness{External: ledger.Unknown, Internal: ledger.Unknown, Tokens: ledger.Unknown, Opening: ledger.Unknown}
	if s.whole {
		c.External = ledger.Complete
		if s.tables[traceTable] != nil {
			c.Internal = ledger.Complete
		}
		if s.tables[tokenTable] != nil {
			c.Tokens = ledger.Complete
		}
	} else if n := s.accounts[a]; n != nil && n.n != n.last-n.first+1 {
		c.External = ledger.Gap
	}
	return c
}
