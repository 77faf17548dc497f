package graph

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"unsafe"
)

// Digest is a SHA-256 over what the store says of the ledger, whatever way it
// got there: in one go, resumed after a kill, or with blocks added and taken
// back. Where a transfer was read (evidence) is left out of blocks, since a node
// may write the same block elsewhere; hash tables and indexes follow from the
// rest.
func (s *Store) Digest(ctx context.Context) (string, error) {
	h := sha256.New()
	h.Write([]byte(string(s.m.Layout) + "\n" + string(s.m.Ledger.ID) + "\n" + s.m.Codec + "\n"))
	if !s.inBlocks() {
		return s.digestTransfers(ctx, h)
	}
	for _, c := range s.stored {
		switch c.Name() {
		case "strings", "strings.at", verdictsName(s.m.Verdicts), "block.file", "block.offset", "out.spent":
			continue
		}
		h.Write([]byte(c.Name() + "\n"))
		h.Write(c.Bytes())
	}
	if !s.coins() {
		return hex.EncodeToString(h.Sum(nil)), ctx.Err()
	}
	n := uint32(s.transfers())
	spent := make([]uint32, 0, 1<<16)
	for i, by := range s.outSpent.All() {
		if by >= n {
			by = 0
		}
		if spent = append(spent, by); len(spent) == cap(spent) || i+1 == s.outSpent.Len() {
			h.Write(unsafe.Slice((*byte)(unsafe.Pointer(&spent[0])), 4*len(spent)))
			spent = spent[:0]
		}
	}
	return hex.EncodeToString(h.Sum(nil)), ctx.Err()
}

// digestTransfers hashes every transfer with its links, and every account's
// verdict.
func (s *Store) digestTransfers(ctx context.Context, h hash.Hash) (string, error) {
	var b []byte
	text := func(x string) { b = append(binary.AppendUvarint(b, uint64(len(x))), x...) }
	number := func(n uint64) { b = binary.AppendUvarint(b, n) }
	for id := range s.transfers() {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		e, err := s.Entry(ID(id))
		if err != nil {
			return "", err
		}
		b = b[:0]
		for _, x := range []string{e.ID, e.Tx, string(e.Asset), e.Conversion, e.Evidence, e.Time.UTC().Format("2006-01-02T15:04:05.999999999Z")} {
			text(x)
		}
		failed := uint64(0)
		if e.Failed {
			failed = 1
		}
		for _, n := range []uint64{e.Key.Block, uint64(e.Key.Tx), uint64(e.Key.Sub), uint64(e.Kind), failed, uint64(e.Other), uint64(e.TieFirst), uint64(e.TieLast)} {
			number(n)
		}
		b = appendAmount(b, e.Fee)
		for _, d := range e.Debits {
			text(string(d.Account))
			b = appendAmount(b, d.Amount)
			text(d.Spends.String())
		}
		for i, c := range e.Credits {
			text(string(c.Account))
			b = appendAmount(b, c.Amount)
			if e.SpentBy != nil {
				number(uint64(e.SpentBy[i]))
			}
		}
		for _, k := range slices.Sorted(maps.Keys(e.Attrs)) {
			text(k)
			text(e.Attrs[k])
		}
		h.Write(b)
	}
	for a := range s.accounts.Len() {
		h.Write(s.accounts.At(a))
		if a < s.known.Len() {
			h.Write([]byte{s.known.At(a)})
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
