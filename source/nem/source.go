package nem

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Source is what saved answers, or those of Fetch, tell of the ledger. It
// implements ledger.Resumer.
type Source struct {
	info ledger.Info
	all  []ledger.Transfer
	// known is what the answers say of an account: everything it sent and
	// received stands there, as its reported balance shows.
	known map[ledger.Account]ledger.Known
	whole bool // blocks without a gap, from the first
}

var _ ledger.Resumer = (*Source)(nil)

// Answer is an answer of a node, with the name under which errors and evidence
// speak of it.
type Answer struct {
	Name string
	Body []byte
}

// Open reads files of saved answers, and the files *.json of folders, in the order
// of their names. A file holds one answer or several after another: pages of
// transfers or of mosaic definitions, blocks, accounts, single transactions.
func Open(paths []string) (*Source, error) {
	var answers []Answer
	for _, path := range paths {
		files := []string{path}
		if st, err := os.Stat(path); err == nil && st.IsDir() {
			if files, err = answersIn(path); err != nil {
				return nil, err
			}
		}
		for _, f := range files {
			body, err := readFile(f)
			if err != nil {
				return nil, &Error{File: f, Msg: err.Error(), Err: err}
			}
			answers = append(answers, Answer{f, body})
		}
	}
	return Read(strings.Join(paths, ", "), answers)
}

// answersIn are the files *.json of a folder, in the order of their names.
func answersIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, &Error{File: folder, Msg: err.Error(), Err: err}
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".json") {
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, &Error{File: folder, Msg: "no *.json in this folder", Hint: "give the folder of saved answers", Err: ErrJSON}
	}
	return files, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxAnswer+1))
	if len(body) > maxAnswer {
		err = fmt.Errorf("more than %d bytes: %w", maxAnswer, ErrJSON)
	}
	return body, err
}

// Read reads answers; input names them in the description.
func Read(input string, answers []Answer) (*Source, error) {
	c := &collection{seen: map[string]*entry{}, defs: map[money.AssetID]wireNamed{}, balances: map[ledger.Account]balance{}, heights: map[uint64]string{}}
	for _, a := range answers {
		if err := c.answer(a); err != nil {
			return nil, err
		}
	}
	if len(c.entries) == 0 {
		return nil, &Error{File: input, Msg: "no transaction is in it", Hint: "save pages of /account/transfers/all, or blocks", Err: ErrJSON}
	}
	return c.source(input, answers)
}

type wireNamed struct {
	def  *wireDefinition
	file string
}

type balance struct {
	amount money.Amount
	file   string
}

// collection gathers what the answers hold, before any of it is judged.
type collection struct {
	entries  []*entry
	seen     map[string]*entry // by hash
	defs     map[money.AssetID]wireNamed
	balances map[ledger.Account]balance
	heights  map[uint64]string // blocks, and where they were read
	repeated int
	pages    bool
}

func (c *collection) answer(a Answer) error {
	answers, err := decode(a.Name, a.Body)
	if err != nil {
		return err
	}
	for i := range answers {
		at := ""
		if len(answers) > 1 {
			at = fmt.Sprintf("answer %d: ", i+1)
		}
		if err := c.one(a.Name, at, &answers[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) one(file, at string, w *wireAnswer) error {
	switch {
	case w.Error != "" || w.Status >= 400:
		return &Error{File: file, Record: at, Msg: fmt.Sprintf("the node answered with an error: %d %s, %s", w.Status, w.Error, clip(w.Message)), Err: ErrNode}
	case w.Data != nil:
		for i := range *w.Data {
			if err := c.pair(file, fmt.Sprintf("%sdata[%d]", at, i), &(*w.Data)[i]); err != nil {
				return err
			}
		}
		return nil
	case w.Transactions != nil && w.Height != nil:
		return c.block(file, at, w)
	case w.Account != nil:
		return c.account(file, w.Account)
	case w.Transaction != nil:
		return c.pair(file, at+"answer", &wirePair{Meta: w.Meta, Transaction: w.Transaction})
	case w.Height != nil:
		return nil // chain/height
	}
	return &Error{File: file, Record: at, Msg: "neither a page, a block nor an account", Err: ErrJSON}
}

func (c *collection) pair(file, record string, p *wirePair) error {
	fail := func(format string, args ...any) error {
		return &Error{File: file, Record: record, Msg: fmt.Sprintf(format, args...), Err: ErrJSON}
	}
	switch {
	case p.Mosaic != nil:
		id := assetOf(p.Mosaic.ID)
		if old, ok := c.defs[id]; ok && !slices.Equal(old.def.Properties, p.Mosaic.Properties) {
			return &Error{File: file, Record: record, Msg: fmt.Sprintf("%s is defined otherwise in %s", id, old.file), Hint: "take the answers of one node and time", Err: ErrContradiction}
		}
		c.defs[id] = wireNamed{p.Mosaic, file + ": " + record}
		return nil
	case p.Transaction == nil || p.Meta == nil:
		return fail("an entry needs meta and transaction")
	case p.Meta.ID == nil || *p.Meta.ID < 0 || *p.Meta.ID > 1<<32-1:
		return fail("meta.id is not a number of 32 bits")
	case p.Meta.Height == nil || *p.Meta.Height <= 0:
		return fail("meta.height is not a height: is the transaction unconfirmed?")
	case !isHash(p.Meta.Hash.Data):
		return fail("meta.hash is not 64 hex digits")
	}
	c.pages = true
	e := &entry{
		tx: p.Transaction, hash: p.Meta.Hash.Data, inner: p.Meta.InnerHash.Data, file: file, record: record + ".transaction", evidence: file + ": " + record,
		key: ledger.Key{Block: uint64(*p.Meta.Height), Tx: uint32(*p.Meta.ID)},
	}
	if old := c.seen[e.hash]; old != nil {
		if old.key != e.key || !sameTx(old.tx, e.tx) {
			return &Error{File: file, Record: record, Msg: fmt.Sprintf("transaction %s stands at %s otherwise", e.hash, old.evidence), Hint: "pages of two nodes, or from before and after a rollback: read them apart", Err: ErrContradiction}
		}
		c.repeated++
		return nil
	}
	c.seen[e.hash] = e
	c.entries = append(c.entries, e)
	return nil
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32
}

func (c *collection) block(file, at string, w *wireAnswer) error {
	if *w.Height <= 0 {
		return &Error{File: file, Record: at + "height", Msg: fmt.Sprintf("%d is no height", *w.Height), Err: ErrJSON}
	}
	h := uint64(*w.Height)
	if old, ok := c.heights[h]; ok {
		return &Error{File: file, Record: at, Msg: fmt.Sprintf("block %d was read before, in %s", h, old), Hint: "give each block once", Err: ErrContradiction}
	}
	c.heights[h] = file
	for i := range *w.Transactions {
		record := fmt.Sprintf("%stransactions[%d]", at, i)
		c.entries = append(c.entries, &entry{
			tx: &(*w.Transactions)[i], file: file, record: record, evidence: file + ": " + record,
			key: ledger.Key{Block: h, Tx: uint32(i)},
		})
	}
	return nil
}

func (c *collection) account(file string, w *wireAccount) error {
	a, _, err := ParseAddress(w.Address)
	if err != nil {
		return &Error{File: file, Record: "account.address", Msg: err.Error(), Err: ErrAddress}
	}
	if w.Balance == nil || *w.Balance < 0 {
		return &Error{File: file, Record: "account.balance", Msg: "a balance is needed that is not negative", Err: ErrJSON}
	}
	c.balances[a] = balance{money.Units(uint64(*w.Balance)), file}
	return nil
}

func (c *collection) source(input string, answers []Answer) (*Source, error) {
	if c.pages && len(c.heights) > 0 {
		return nil, &Error{File: input, Msg: "pages and blocks together: a block does not name its transactions, so one could stand twice", Hint: "read pages or blocks, not both", Err: ErrContradiction}
	}
	sort.SliceStable(c.entries, func(i, j int) bool { return c.entries[i].key.Cmp(c.entries[j].key) < 0 })
	for i := 1; i < len(c.entries); i++ {
		if a, b := c.entries[i-1], c.entries[i]; a.key == b.key {
			return nil, &Error{File: b.file, Record: b.record, Msg: fmt.Sprintf("id %d of height %d is that of another transaction at %s", b.key.Tx, b.key.Block, a.evidence), Hint: "ids are a node's own: read each node's pages apart", Err: ErrContradiction}
		}
	}
	r := &reader{counts: map[int64]int{}, undef: map[money.AssetID]int{}}
	// The network is that of the first transaction; definitions need it.
	if err := r.network(c.entries[0], c.entries[0].tx); err != nil {
		return nil, err
	}
	if err := r.define(c.defs); err != nil {
		return nil, err
	}
	for _, e := range c.entries {
		if err := r.read(e); err != nil {
			return nil, err
		}
	}
	s := &Source{all: r.out, known: r.reconcile(c.balances), whole: c.contiguous()}
	s.info = ledger.Info{
		ID: r.net.Ledger(), Model: ledger.Accounts, Native: XEM, Assets: r.assets(), Input: input, SHA256: digest(answers),
		Notes: r.notes(c), Skipped: r.skipped,
	}
	return s, nil
}

// contiguous reports whether the blocks begin with the first and lack none.
func (c *collection) contiguous() bool {
	for h := uint64(1); h <= uint64(len(c.heights)); h++ {
		if _, ok := c.heights[h]; !ok {
			return false
		}
	}
	return len(c.heights) > 0
}

// define reads the definitions of mosaics.
func (r *reader) define(defs map[money.AssetID]wireNamed) error {
	r.defs = map[money.AssetID]definition{}
	for _, id := range slices.Sorted(maps.Keys(defs)) {
		w := defs[id]
		fail := func(format string, args ...any) error {
			return &Error{File: w.file, Msg: fmt.Sprintf(format, args...), Err: ErrJSON}
		}
		d := definition{}
		for _, p := range w.def.Properties {
			if p.Name != "divisibility" {
				continue
			}
			if len(p.Value) != 1 || p.Value < "0" || p.Value > "6" {
				return fail("divisibility %q of %s is not 0 to 6", clip(p.Value), id)
			}
			d.decimals = int(p.Value[0] - '0')
		}
		if l := w.def.Levy; l != nil && l.Recipient != "" {
			to, n, err := ParseAddress(l.Recipient)
			if err != nil || n != r.net || l.Fee < 0 || l.Type != 1 && l.Type != 2 {
				return fail("the levy of %s cannot be read: type %d, fee %d, recipient %q", id, l.Type, l.Fee, clip(l.Recipient))
			}
			d.levy = &levy{l.Type == 2, to, assetOf(l.Mosaic), money.Units(uint64(l.Fee))}
		}
		r.defs[id] = d
	}
	return nil
}

// assets lists XEM and the mosaics that move. XEM alone is vouched for: anybody
// may name a mosaic.
func (r *reader) assets() []money.Asset {
	seen := map[money.AssetID]bool{}
	for i := range r.out {
		seen[r.out[i].Asset] = true
	}
	delete(seen, XEM)
	return append([]money.Asset{xem}, r.named(seen)...)
}

// named describes mosaics, sorted.
func (r *reader) named(ids map[money.AssetID]bool) (out []money.Asset) {
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		out = append(out, money.Asset{ID: id, Symbol: string(id), Decimals: r.defs[id].decimals})
	}
	return out
}

// reconcile compares what each account of a known balance received and spent with
// that balance: tracing is complete where nothing is left over.
func (r *reader) reconcile(balances map[ledger.Account]balance) map[ledger.Account]ledger.Known {
	in, out := map[ledger.Account]money.Amount{}, map[ledger.Account]money.Amount{}
	for i := range r.out {
		t := &r.out[i]
		if t.Asset != XEM {
			continue
		}
		out[t.From()] = out[t.From()].Add(t.Debits[0].Amount)
		if to := t.To(); to != "" {
			in[to] = in[to].Add(t.Amount())
		}
	}
	known := map[ledger.Account]ledger.Known{}
	for a, b := range balances {
		known[a] = ledger.Gap
		if in[a] == out[a].Add(b.amount) {
			known[a] = ledger.Complete
		}
	}
	return known
}

func (r *reader) notes(c *collection) []string {
	var out []string
	say := func(when bool, format string, args ...any) {
		if when {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	say(c.repeated > 0, "%d transactions stand on several pages, taken once", c.repeated)
	say(r.multi > 0, "%d multisig transactions: value and fees leave the multisig account", r.multi)
	for _, k := range slices.Sorted(maps.Keys(r.counts)) {
		if what := others[k]; what != "" {
			say(true, "%d %s (type %d): only what they paid is taken", r.counts[k], what, k)
		} else {
			say(true, "%d transactions of type %d, which is not known: left out but for the fee", r.counts[k], k)
		}
	}
	say(r.counts[16386] > 0, "units of mosaics that a change of supply made or destroyed are not in the data")
	for _, id := range slices.Sorted(maps.Keys(r.undef)) {
		say(true, "%d transfers of %s without its definition: amounts are in its smallest unit, and a levy is not known", r.undef[id], id)
	}
	levies := slices.ContainsFunc(r.out, func(t ledger.Transfer) bool { return t.Attrs["what"] == "levy" })
	say(levies, "levies are reckoned by the definitions that were read; a definition may have been another at the time")
	say(r.cut > 0, "%d quantities did not divide and are cut, as the ledger does", r.cut)
	for _, a := range slices.Sorted(maps.Keys(c.balances)) {
		if k := r.reconcile(c.balances)[a]; k != ledger.Complete {
			say(true, "the transfers of %s do not add up to its balance of %s XEM in %s: some are missing, or it harvested", a, c.balances[a].amount.Grouped(6), c.balances[a].file)
		}
	}
	return out
}

// digest is the SHA-256 of the only answer, or of the digests of all, a line each
// with its name, sorted.
func digest(answers []Answer) string {
	var lines []string
	for _, a := range answers {
		h := sha256.Sum256(a.Body)
		lines = append(lines, hex.EncodeToString(h[:])+"  "+a.Name)
	}
	if len(lines) == 1 {
		return lines[0][:64]
	}
	slices.Sort(lines)
	h := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(h[:])
}

// Info implements ledger.Source.
func (s *Source) Info() ledger.Info { return s.info }

// Completeness implements ledger.Source. An account is complete when its transfers
// add up to the balance that a node reported, and of none more is known but with
// every block from the first.
func (s *Source) Completeness(a ledger.Account) ledger.Completeness {
	c := ledger.Completeness{External: ledger.Unknown, Tokens: ledger.Unknown, Opening: ledger.Unknown}
	if s.whole {
		return ledger.Completeness{}
	}
	if k, ok := s.known[a]; ok {
		c.External, c.Opening = k, k
	}
	return c
}

// All implements ledger.Source.
func (s *Source) All(ctx context.Context) iter.Seq2[ledger.Transfer, error] {
	return s.From(ctx, ledger.Cursor{})
}

// From implements ledger.Resumer.
func (s *Source) From(ctx context.Context, after ledger.Cursor) iter.Seq2[ledger.Transfer, error] {
	return func(yield func(ledger.Transfer, error) bool) {
		i := 0
		if !after.IsZero() {
			i = sort.Search(len(s.all), func(i int) bool { return s.all[i].Key.Cmp(after.Key) >= 0 })
			if i == len(s.all) || ledger.At(&s.all[i]) != after {
				yield(ledger.Transfer{}, fmt.Errorf("%s: no transfer %s at height %d: %w", s.info.Input, after.ID, after.Key.Block, ledger.ErrCursor))
				return
			}
			i++
		}
		for ; i < len(s.all); i++ {
			if err := ctx.Err(); err != nil {
				yield(ledger.Transfer{}, err)
				return
			}
			if !yield(own(s.all[i]), nil) {
				return
			}
		}
	}
}

// own gives the reader a transfer that it may change.
func own(t ledger.Transfer) ledger.Transfer {
	t.Debits, t.Credits, t.Attrs = slices.Clone(t.Debits), slices.Clone(t.Credits), maps.Clone(t.Attrs)
	return t
}
