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
	accounts *accounts
	whole    bool // every block's transactions are there
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
	if s.id == "" { // no table of an export says its chain
		s.id = "eip155:1"
		s.found = append(s.found, "no id of the ledger was given: read as Ethereum itself (eip155:1), by its dates and addresses")
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
	known := &names{}
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
			r := &rowReader{in: in, names: known}
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
		if strings.EqualFold(r.text(colIsERC721), "true") {
			s.collectibles[r.address(colAddress)] = true
		}
	})
}

func (s *Source) readTokens() error {
	return s.eachRow(assetTable, func(r *rowReader) {
		a := r.address(colAddress)
		d, _ := r.number(colDecimals)
		if d > 63 {
			d = 0
		}
		s.tokens[a] = money.Asset{ID: s.tokenID(a), Symbol: r.text(colSymbol), Decimals: int(d)}
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
	known := &names{}
	for _, k := range inBlocks {
		if t := s.tables[k]; t != nil {
			t.reader.names = known
			if err := t.rewind(); err != nil {
				return err
			}
			defer t.close()
		}
	}
	b := newBuilder(s)
	r := &reading{s: s, accounts: newAccounts(), whole: s.tables[blockTable] != nil && s.tables[txTable] != nil}
	for {
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
	say(n.tipped > 0, "%d tips to the fee recipients of blocks stand apart from what is burnt", n.tipped)
	say(n.whole > 0, "fees of %d transactions are not split into burnt and tip: the price paid is not said, or lies below the block's base fee", n.whole)
	say(n.derived > 0, "%d addresses of contracts made are derived from sender and nonce", n.derived)
	say(n.loose > 0, "%d token transfers without their transaction: tied within their block", n.loose)
	say(n.echoes > 0, "%d events of the protocol about ether that moved (EIP-7708) are left out: no token moved", n.echoes)
	say(n.doubted > 0, "%d calls have status 0 without an error, and the calls above them did not fail: taken as done", n.doubted)
	say(n.burnt > 0, "%d contracts destroyed themselves in their own favour: what they had is burnt", n.burnt)
	say(n.collectibles > 0, "%d transfers of collectibles", n.collectibles)
	say(n.receipts < 0, "%d receipts of transactions that are not in the data", -n.receipts)
	say(n.rewards > 0, "%d rewards of blocks", n.rewards)
	say(n.unpaid > 0, "%d blocks of a table without withdrawals: what they paid from the consensus layer is not in the data", n.unpaid)
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
	} else if s.accounts.lacks(a) {
		c.External = ledger.Gap
	}
	return c
}
