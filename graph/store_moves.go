package graph

import (
	"fmt"
	"slices"

	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// moveEntry restores a transfer between accounts.
func (s *Store) moveEntry(id ID) (Entry, error) {
	i := int(id)
	t, outside, err := readRecord(s.rec.At(i), s.m.Ledger.Native, s.str)
	if err != nil {
		return Entry{}, fmt.Errorf("%s: transfer number %d: %w", s.dir, id, err)
	}
	t.Ledger = s.m.Ledger.ID
	amount := restore(s.amount.At(i), i, s.wideValue)
	from, err := s.accountName(s.from.At(i))
	if err != nil {
		return Entry{}, err
	}
	paid, fits := amount.CheckedAdd(t.Fee)
	if !fits {
		return Entry{}, fmt.Errorf("%s: transfer number %d: value and fee: %w", s.dir, id, ErrDamaged)
	}
	if len(outside) > 0 {
		paid = outside[0]
	}
	t.Debits = []ledger.Debit{{Account: from, Amount: paid}}
	if to := s.to.At(i); to != noAccount {
		a, err := s.accountName(to)
		if err != nil {
			return Entry{}, err
		}
		t.Credits = []ledger.Credit{{Account: a, Amount: amount}}
	}
	e := Entry{Transfer: &t, Other: None}
	e.TieFirst, e.TieLast = s.tieOf(id)
	if t.Conversion != "" {
		e.Other = s.otherLeg(id, t.Conversion)
	}
	return e, nil
}

// tieOf finds the run of transfers tied with one.
func (s *Store) tieOf(id ID) (first, last ID) {
	first, last = id, id
	for first > 0 && s.flags.At(int(first))&flagTied != 0 {
		first--
	}
	for int(last)+1 < s.flags.Len() && s.flags.At(int(last)+1)&flagTied != 0 {
		last++
	}
	return first, last
}

// conversionName is the name under which the legs of a conversion are found; no
// transfer's name has a zero byte in front.
func conversionName(c string) []byte { return append([]byte{0, 'c'}, c...) }

// legs lists the transfers of a conversion, in order.
func (s *Store) legs(conversion string) []ID {
	var ids []ID
	for p := s.names.Seek(disk.Hash(conversionName(conversion))); ; {
		n, ok := p.Next()
		if !ok {
			break
		}
		if int(n) >= s.transfers() || s.flags.At(int(n))&flagConversion == 0 {
			continue
		}
		if t, _, err := readRecord(s.rec.At(int(n)), "", s.str); err == nil && t.Conversion == conversion {
			ids = append(ids, ID(n))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (s *Store) otherLeg(id ID, conversion string) ID {
	legs := s.legs(conversion)
	switch i := slices.Index(legs, id); {
	case i < 0 || len(legs) < 2:
		return None
	case i+1 < len(legs):
		return legs[i+1]
	default:
		return legs[i-1]
	}
}

// moveEvents lists what credits or debits an account in one asset.
func (s *Store) moveEvents(account uint32, asset money.AssetID) ([]ID, error) {
	in, err := s.listed(s.credited, s.to.All(), account)
	if err != nil {
		return nil, err
	}
	out, err := s.listed(s.debited, s.from.All(), account)
	if err != nil {
		return nil, err
	}
	ids := make([]ID, 0, len(in)+len(out))
	add := func(i uint32) {
		if s.str(uint64(s.asset.At(int(i)))) == string(asset) && (len(ids) == 0 || ids[len(ids)-1] != ID(i)) {
			ids = append(ids, ID(i))
		}
	}
	for len(in) > 0 || len(out) > 0 {
		if len(out) == 0 || len(in) > 0 && in[0] <= out[0] {
			add(in[0])
			in = in[1:]
		} else {
			add(out[0])
			out = out[1:]
		}
	}
	return ids, nil
}
