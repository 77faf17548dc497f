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
	whole := file(f, &Result{
		Params: Params{RulesVersion: RulesVersion, Rules: []string{"generic"}}, Marks: []Mark{{3, "b"}, {5, "c"}}, Labels: Forest{0, 0, 2, 2},
		Edges: []Edge{{1, 0, 1}}, KeyEdges: []Edge{{NoTx, 2, 3}}, Excluded: []Exclusion{{4, 0}}, Clusters: []Summary{{0, 2, 7}, {2, 2, 0}},
	})
	if _, err := decode(whole); err != nil {
		f.Fatal(err)
	}
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
