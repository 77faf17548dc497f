package cluster

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// TestFile: what is written is read back, and a change of any byte is noticed.
func TestFile(t *testing.T) {
	s := put(t, filepath.Join(t.TempDir(), "st"), ledgertest.Chain{Seed: 5, Length: 8, PerBlock: 4})
	r := build(t, s, mirror{}, Params{Rules: DefaultRules(), Keys: true, Cuts: []Cut{{Tx: "b"}, {"a", "x"}, {Tx: "b"}}})
	path := filepath.Join(t.TempDir(), "x")
	if err := r.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("read back (-written +read):\n%s", d)
	}
	b := file(t, r)
	for i := range b {
		b[i] ^= 1
		if _, err := decode(b); !errors.Is(err, ErrFile) && !errors.Is(err, ErrVersion) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
		b[i] ^= 1
	}
	for n := range b {
		if _, err := decode(b[:n]); !errors.Is(err, ErrFile) && !errors.Is(err, ErrVersion) {
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
	}
}

// FuzzFile: no bytes make the reader fall, and what it accepts it can explain.
func FuzzFile(f *testing.F) {
	s := put(f, filepath.Join(f.TempDir(), "st"), ledgertest.Chain{Seed: 5, Length: 4, PerBlock: 3})
	r := build(f, s, nil, Params{Rules: DefaultRules()})
	whole := file(f, r)
	f.Add(whole[:len(whole)-4])
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decode(sealed(b)) // with the checksum that the bytes ask for
		if err != nil {
			return
		}
		for a := range min(len(r.Labels), 20) {
			r.Why(uint32(a), r.Labels[a])
			r.Of(uint32(a))
		}
	})
}

func sealed(b []byte) []byte {
	sum := crc32.Checksum(b, castagnoli)
	return binary.LittleEndian.AppendUint32(slices.Clone(b), sum)
}
