package graph_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/internal/disk"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// forge rewrites a small column of a store, with the checksum that it then needs.
func forge(t *testing.T, dir, column string, b []byte) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, disk.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := bytes.Cut(text, []byte("\n"))
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		t.Fatal(err)
	}
	sum := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
	if list, ok := m["credited"].([]any); strings.HasSuffix(column, ".idx") && ok {
		if debited, ok := m["debited"].([]any); ok {
			list = append(list, debited...)
		}
		for _, x := range list {
			if x := x.(map[string]any); x["file"] == column {
				x["crc"] = sum
			}
		}
	} else if column != "out.spent.col" {
		m["extents"].(map[string]any)[strings.TrimSuffix(column, ".col")].(map[string]any)["tail"] = sum
	}
	if err := disk.WriteManifest(dir, 1, m); err != nil {
		t.Fatal(err)
	}
}

// TestLyingStore: a store whose checksums are right and whose numbers lead nowhere
// makes nobody fall: opening, checking and asking end, with answers or with errors.
func TestLyingStore(t *testing.T) {
	for name, src := range map[string]ledger.Source{
		"blocks": ledgertest.Chain{Seed: 4, Length: 5}, "coins": ledgertest.AnyCoins(4, 12),
		"moves": ledgertest.AnyAccounts(4, 12), "flows": ledgertest.Payments{Seed: 4, Transfers: 25, PerBlock: 9, Hashed: true},
	} {
		dir := t.TempDir()
		ingest(t, dir, src, graph.IngestOptions{})
		var files []string
		for _, pattern := range []string{"*.col", "*.idx"} {
			some, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, some...)
		}
		manifest := filepath.Join(dir, disk.ManifestName)
		first, err := os.ReadFile(manifest)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			whole, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, lie := range lies(whole) {
				if err := os.WriteFile(f, lie, 0o644); err != nil {
					t.Fatal(err)
				}
				forge(t, dir, filepath.Base(f), lie)
				asked(t, name, f, dir)
			}
			if err := errors.Join(os.WriteFile(f, whole, 0o644), os.WriteFile(manifest, first, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		if err := fault(t, dir); err != nil {
			t.Errorf("%s: put back as it was: %v", name, err)
		}
	}
}

// lies are what a column could say in its place: at its ends and in its middle, a
// number beyond everything, nothing, and one more.
func lies(whole []byte) (out [][]byte) {
	for _, at := range []int{0, len(whole) / 2 &^ 7, len(whole) - 8} {
		if at < 0 || at+8 > len(whole) {
			continue
		}
		for _, with := range [][]byte{bytes.Repeat([]byte{0xff}, 8), make([]byte, 4), {whole[at] + 1}} {
			if testing.Short() && len(out)%2 == 1 && at > 0 && at < len(whole)-8 {
				continue
			}
			b := bytes.Clone(whole)
			copy(b[at:], with)
			out = append(out, b)
		}
	}
	return out
}

// asked asks a store everything, and tells who fell over it.
func asked(t *testing.T, name, file, dir string) {
	defer func() {
		if v := recover(); v != nil {
			t.Errorf("%s: %s: %v", name, filepath.Base(file), fmt.Sprint(v))
		}
	}()
	walk(t, dir)
}
