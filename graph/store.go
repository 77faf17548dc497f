package graph

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
)

// Store is a graph of one ledger on disk: columns in mapped files, read where
// they stand. Opening one costs the same whatever it holds. It is safe for
// concurrent readers. The files are described in docs/design/0006-store.md.
type Store struct {
	dir   string
	m     manifest
	codec ledger.Codec
	info  Info
	*columns
	names    *disk.Table // by ids and transactions; conversions too
	byKey    *disk.Table // accounts by key
	credited []*disk.Index
	debited  []*disk.Index
}

// OpenStore opens a store for reading. It fails with ErrNoStore, ErrVersion or
// ErrDamaged, or when the store needs a codec that is not among those given
// (ledger.Plain is always there).
func OpenStore(dir string, codecs ...ledger.Codec) (*Store, error) {
	for {
		m, err := readManifest(dir)
		if err != nil {
			return nil, err
		}
		s := &Store{dir: dir, m: m}
		err = s.open(codecs, false)
		if err == nil {
			return s, nil
		}
		err = errors.Join(err, s.Close())
		// A commit beside us takes away files that only the manifest before it names:
		// that is no damage. Each turn of the loop is a commit.
		if now, e := readManifest(dir); e != nil || now.Commit == m.Commit {
			return nil, err
		}
	}
}

func (s *Store) open(codecs []ledger.Codec, writable bool) error {
	for _, c := range append(codecs, ledger.Plain{}) {
		if c.Name() == s.m.Codec {
			s.codec = c
		}
	}
	if s.codec == nil {
		return fmt.Errorf("%s: accounts are written with the codec %q, which this program does not have: %w", s.dir, s.m.Codec, ErrVersion)
	}
	var err error
	if s.columns, err = openColumns(s.dir, &s.m, writable); err != nil {
		return err
	}
	if err := s.agree(); err != nil {
		return err
	}
	if s.names, err = disk.OpenTable(s.dir, "names", s.m.Names, writable); err != nil {
		return missing(err)
	}
	if s.byKey, err = disk.OpenTable(s.dir, "accounts", s.m.AccountTable, writable); err != nil {
		return missing(err)
	}
	if s.credited, err = openIndexes(s.dir, s.m.Credited); err != nil {
		return err
	}
	if s.debited, err = openIndexes(s.dir, s.m.Debited); err != nil {
		return err
	}
	s.describe()
	return nil
}

func openIndexes(dir string, infos []disk.IndexInfo) ([]*disk.Index, error) {
	var out []*disk.Index
	for _, info := range infos {
		x, err := disk.OpenIndex(dir, info)
		if err != nil {
			return out, missing(err)
		}
		out = append(out, x)
	}
	return out, nil
}

// agree checks that columns of one thing have one length.
func (s *Store) agree() error {
	c := s.columns
	same := func(what string, ns ...int) error {
		for _, n := range ns[1:] {
			if n != ns[0] {
				return fmt.Errorf("%s: columns of %s have %d and %d values: %w", s.dir, what, ns[0], n, ErrDamaged)
			}
		}
		return nil
	}
	switch s.m.Layout {
	case layoutMoves:
		return same("transfers", c.from.Len(), c.to.Len(), c.asset.Len(), c.amount.Len(), c.flags.Len(), c.rec.Len())
	case layoutFlows:
		return errors.Join(same("transfers", c.from.Len(), c.to.Len(), c.asset.Len(), c.amount.Len(), c.flags.Len()),
			same("transactions", c.txMove.Len(), c.txPlace.Len()), c.idsAgree(s.dir),
			same("blocks", c.blockTx.Len(), c.blockTime.Len(), c.blockHash.Len(), c.blockHeight.Len(), c.blockFile.Len(), c.blockAccounts.Len(), c.blockOffset.Len()))
	case layoutCoins:
		if err := same("transactions", c.txOut.Len(), c.txIn.Len(), c.txFee.Len(), c.rec.Len()); err != nil {
			return err
		}
	default:
		if err := errors.Join(same("transactions", c.txOut.Len(), c.txIn.Len(), c.txFee.Len(), c.txID.Len()),
			same("blocks", c.blockTx.Len(), c.blockTime.Len(), c.blockHash.Len(), c.blockHeight.Len(), c.blockFile.Len(), c.blockAccounts.Len(), c.blockSubsidy.Len(), c.blockOffset.Len())); err != nil {
			return err
		}
	}
	return same("outputs", c.outValue.Len(), c.outAccount.Len(), c.outSpent.Len())
}

func (s *Store) describe() {
	s.info = Info{Ledgers: []ledger.Info{s.m.Ledger}, Transfers: s.transfers()}
}

// Close ends the use of the store.
func (s *Store) Close() error {
	var err error
	if s.columns != nil {
		err = s.columns.close()
	}
	for _, t := range []*disk.Table{s.names, s.byKey} {
		if t != nil {
			err = errors.Join(err, t.Close())
		}
	}
	for _, x := range append(s.credited, s.debited...) {
		err = errors.Join(err, x.Close())
	}
	s.columns, s.names, s.byKey, s.credited, s.debited = nil, nil, nil, nil, nil
	return err
}

// Dir is the store's folder.
func (s *Store) Dir() string { return s.dir }

func (s *Store) coins() bool { return s.m.Layout == layoutCoins || s.m.Layout == layoutBlocks }

// inBlocks reports whether the ledger came in blocks, without records.
func (s *Store) inBlocks() bool { return s.columns != nil && s.blockTx != nil }

func (s *Store) transfers() int {
	if s.coins() {
		return s.txOut.Len()
	}
	return s.from.Len()
}

// Info implements Graph.
func (s *Store) Info() Info { return s.info }

// Entry implements Graph. The transfer is made anew at each call.
func (s *Store) Entry(id ID) (Entry, error) {
	if int(id) >= s.transfers() {
		return Entry{}, fmt.Errorf("transfer number %d: %w", id, ErrNotFound)
	}
	switch s.m.Layout {
	case layoutMoves:
		return s.moveEntry(id)
	case layoutFlows:
		return s.flowEntry(id)
	case layoutCoins:
		return s.coinEntry(id)
	}
	return s.blockEntry(id)
}

// Find implements Graph.
func (s *Store) Find(ref string) ([]ID, error) {
	var ids []ID
	switch s.m.Layout {
	case layoutBlocks:
		ids = s.findBlockTx(ref)
	case layoutFlows:
		ids = s.findFlows(ref)
	default:
		ids = s.findNamed(ref)
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("%q: %w", ref, ErrNotFound)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// findNamed looks a name up among the records: ids, and transactions, of which
// the table has the first of each run of transfers.
func (s *Store) findNamed(ref string) []ID {
	var ids []ID
	for p := s.names.Seek(disk.Hash([]byte(ref))); ; {
		n, ok := p.Next()
		if !ok {
			return ids
		}
		if int(n) >= s.transfers() {
			continue
		}
		tx, id := s.namesOf(int(n))
		if id == ref {
			ids = append(ids, ID(n))
		}
		for ; tx == ref; tx, _ = s.namesOf(int(n)) {
			ids = append(ids, ID(n))
			if n++; int(n) == s.transfers() {
				break
			}
		}
	}
}

func (s *Store) namesOf(i int) (tx, id string) {
	r := recordReader{b: s.rec.At(i)}
	_, tx, id = r.readNames()
	return tx, id
}

// parseHash reads a transaction id as explorers print it.
func parseHash(ref string) (h ledger.Hash, ok bool) {
	raw, err := hex.DecodeString(ref)
	if err != nil || len(raw) != len(h) || strings.ToLower(ref) != ref {
		return h, false
	}
	slices.Reverse(raw)
	return ledger.Hash(raw), true
}

// findBlockTx looks up "txid", which twins share, or "txid@height", the id of a
// later twin.
func (s *Store) findBlockTx(ref string) []ID {
	text, height, twin := strings.Cut(ref, "@")
	h, ok := parseHash(text)
	if !ok {
		return nil
	}
	ids := s.txsOf(h)
	if !twin {
		return ids
	}
	return slices.DeleteFunc(ids, func(id ID) bool {
		b := s.blockOf(id)
		return !s.isTwin(id) || b < 0 || strconv.FormatUint(s.blockHeight.At(b), 10) != height
	})
}

// txsOf lists the transactions with an id, as they were written.
func (s *Store) txsOf(h ledger.Hash) []ID {
	var ids []ID
	for p := s.names.Seek(txHash((*[32]byte)(&h))); ; {
		n, ok := p.Next()
		if !ok {
			return ids
		}
		if int(n) < s.transfers() && s.txID.At(int(n)) == h && !slices.Contains(ids, ID(n)) {
			ids = append(ids, ID(n))
		}
	}
}

// accountNumber gives an account's number; false when the store has none of this name.
func (s *Store) accountNumber(key []byte) (uint32, bool) {
	return s.accountHashed(key, disk.Hash(key))
}

func (s *Store) accountHashed(key []byte, hash uint64) (uint32, bool) {
	for p := s.byKey.Seek(hash); ; {
		n, ok := p.Next()
		if !ok {
			return 0, false
		}
		if int(n) < s.accounts.Len() && bytes.Equal(s.accounts.At(int(n)), key) {
			return uint32(n), true
		}
	}
}

// accountName gives the name of an account by number.
func (s *Store) accountName(n uint32) (ledger.Account, error) {
	if int(n) >= s.accounts.Len() {
		return "", fmt.Errorf("%s: account number %d of %d: %w", s.dir, n, s.accounts.Len(), ErrDamaged)
	}
	a, err := s.codec.Account(s.accounts.At(int(n)))
	if err != nil {
		return "", fmt.Errorf("%s: account number %d: %w: %w", s.dir, n, err, ErrDamaged)
	}
	return a, nil
}

func (s *Store) str(n uint64) string { return string(s.strings.At(int(n))) }

// Events implements Graph.
func (s *Store) Events(p Pool) ([]ID, error) {
	if p.Ledger != s.m.Ledger.ID || p.Account == ledger.Outside {
		return nil, nil
	}
	n, ok := s.accountNumber(s.codec.AppendKey(nil, p.Account))
	if !ok {
		return nil, nil
	}
	if s.coins() {
		return s.coinEvents(n, p.Asset)
	}
	return s.moveEvents(n, p.Asset)
}

// listed gathers the items of a key from indexes, and by looking at what came
// after the last of them. An index that lists what the column does not say is
// damaged.
func (s *Store) listed(indexes []*disk.Index, keyOf []uint32, key uint32) ([]uint32, error) {
	var out []uint32
	from := 0
	for _, x := range indexes {
		for _, item := range x.Of(key) {
			if int(item) >= len(keyOf) || keyOf[item] != key {
				return nil, fmt.Errorf("%s: %s lists item %d under account %d: %w", s.dir, x.File, item, key, ErrDamaged)
			}
			out = append(out, item)
		}
		from = int(min(x.To, uint64(len(keyOf))))
	}
	for i := from; i < len(keyOf); i++ {
		if keyOf[i] == key {
			out = append(out, uint32(i))
		}
	}
	return out, nil
}

// Completeness implements Graph.
func (s *Store) Completeness(l ledger.ID, a ledger.Account) ledger.Completeness {
	if l != s.m.Ledger.ID {
		u := ledger.Unknown
		return ledger.Completeness{External: u, Internal: u, Tokens: u, Opening: u}
	}
	if s.known.Len() > 0 {
		if n, ok := s.accountNumber(s.codec.AppendKey(nil, a)); ok && int(n) < s.known.Len() {
			return unpackVerdict(s.known.At(int(n)))
		}
	}
	return s.m.Elsewhere
}

// packVerdict puts the four verdicts of completeness in a byte.
func packVerdict(c ledger.Completeness) uint8 {
	return uint8(c.External) | uint8(c.Internal)<<2 | uint8(c.Tokens)<<4 | uint8(c.Opening)<<6
}

func unpackVerdict(b uint8) ledger.Completeness {
	return ledger.Completeness{
		External: ledger.Known(b & 3), Internal: ledger.Known(b >> 2 & 3),
		Tokens: ledger.Known(b >> 4 & 3), Opening: ledger.Known(b >> 6 & 3),
	}
}

// Done reports whether the source was read to its end.
func (s *Store) Done() bool { return s.m.Done }
