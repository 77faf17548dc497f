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

// TestLyingFile: a file whose checksum is right and whose numbers are not is refused,
// whatever the lie is about, before anybody walks where the numbers lead.
func TestLyingFile(t *testing.T) {
	truth := func() *Result {
		return &Result{
			Params: Params{RulesVersion: RulesVersion, Rules: []string{"generic"}}, Marks: []Mark{{3, "b"}, {5, "c"}}, Labels: Forest{0, 0, 2, 2, 4},
			Edges: []Edge{{1, 0, 1}}, KeyEdges: []Edge{{NoTx, 2, 3}}, Excluded: []Exclusion{{3, 0}, {4, 0}}, Clusters: []Summary{{0, 2, 7}, {2, 2, 0}, {4, 1, 0}},
		}
	}
	if _, err := decode(file(t, truth())); err != nil {
		t.Fatal(err)
	}
	for name, lie := range map[string]func(*Result){
		"marks that fall":           func(r *Result) { r.Marks[1].Txs = 2 },
		"a mark at nothing":         func(r *Result) { r.Marks[0].Txs = 0 },
		"a label to a later one":    func(r *Result) { r.Labels[0] = 1 },
		"a label to no root":        func(r *Result) { r.Labels[4] = 3 },
		"a label beyond":            func(r *Result) { r.Labels[4] = 9 },
		"an edge beyond the marks":  func(r *Result) { r.Edges[0].Tx = 5 },
		"an edge between clusters":  func(r *Result) { r.Edges[0].B = 2 },
		"an edge to nobody":         func(r *Result) { r.Edges[0].A = 5 },
		"a key edge of a tx":        func(r *Result) { r.KeyEdges[0].Tx = 1 },
		"a key edge apart":          func(r *Result) { r.KeyEdges[0].A = 0 },
		"exclusions that fall":      func(r *Result) { r.Excluded[1].Tx = 3 },
		"an exclusion beyond":       func(r *Result) { r.Excluded[1].Tx = 5 },
		"a rule that is not there":  func(r *Result) { r.Excluded[0].Rule = 1 },
		"a rule nobody knows":       func(r *Result) { r.Params.Rules = []string{"generik"} },
		"other rules":               func(r *Result) { r.Params.RulesVersion++ },
		"a cluster of no root":      func(r *Result) { r.Clusters[1].Root = 3 },
		"a cluster beyond":          func(r *Result) { r.Clusters[2].Root = 5 },
		"a cluster twice":           func(r *Result) { r.Clusters[1] = r.Clusters[0] },
		"a cluster left out":        func(r *Result) { r.Clusters = r.Clusters[:2] },
		"a cluster larger":          func(r *Result) { r.Clusters[0].Size = 3 },
		"a cluster smaller":         func(r *Result) { r.Clusters[0].Size = 1 },
		"a cluster without members": func(r *Result) { r.Clusters[2].Size = 0 },
	} {
		r := truth()
		lie(r)
		if got, err := decode(file(t, r)); !errors.Is(err, ErrFile) && !errors.Is(err, ErrVersion) {
			t.Errorf("%s: %v", name, err)
			got.IndexMembers()
		}
	}
}
