package tag

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/money"
)

// dataDir is the folder of outside data, or the test is skipped and says so.
func dataDir(t testing.TB) string {
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set: the packs and lists of others are not read")
	}
	return filepath.Join(root, "data")
}

// readAll reads every pack and list of a folder into one set.
func readAll(t testing.TB, folder string) (*Set, map[string]*File) {
	t.Helper()
	dir, names, _, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	set, files := &Set{}, map[string]*File{}
	for _, n := range names {
		f, err := ReadFile(dir, n, "2024-09-27")
		if err != nil {
			t.Fatalf("%s: %v", n, err)
		}
		files[n] = f
		if f.Pack == nil {
			continue
		}
		for _, x := range f.Pack.Tags {
			if err := set.Add(x); err != nil {
				t.Fatal(err)
			}
		}
	}
	return set, files
}

func TestAllPacks(t *testing.T) {
	set, files := readAll(t, filepath.Join(dataDir(t), "tags", "graphsense"))
	packs, actors, tags := 0, 0, 0
	bent := map[string]int{}
	for n, f := range files {
		if f.Pack != nil {
			packs++
			tags += len(f.Pack.Tags)
		}
		if f.Actors != nil {
			actors += len(f.Actors.Actors)
		}
		if f.Report.Skipped > 0 {
			t.Errorf("%s: %d skipped: %v", n, f.Report.Skipped, f.Report.Faults[0])
		}
		for _, b := range f.Report.Bent {
			bent[b.What] += b.Count
			t.Logf("%s:%d: %s (%d): %s", n, b.Line, b.What, b.Count, b.Example)
		}
	}
	if packs != 29 || actors != 3813 || tags != 12307 || set.Len() != tags {
		t.Errorf("%d packs, %d actors, %d tags, %d in the set", packs, actors, tags, set.Len())
	}
	if bent["no confidence, read as unknown (level 5)"] != 572 {
		t.Errorf("%d tags without confidence, want the 572 of ofac", bent["no confidence, read as unknown (level 5)"])
	}
}

// A reader of packs for the test alone: it knows the lines of the public
// corpus, not YAML.
type tiny struct{ address, label, source, currency, confidence string }

func tinyRead(t *testing.T, path string) []tiny {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if text, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	head, cur, out, at := map[string]string{}, map[string]string(nil), []map[string]string{}, false
	for _, l := range strings.Split(string(text), "\n") {
		word := strings.TrimSpace(l)
		if word == "tags:" {
			at = true
			continue
		}
		if at && strings.HasPrefix(word, "- ") && strings.Contains(word, ": ") {
			cur = map[string]string{}
			out = append(out, cur)
			word = word[2:]
		}
		k, v, ok := strings.Cut(word, ": ")
		if !ok {
			continue
		}
		v = strings.TrimSpace(strings.Trim(strings.TrimSpace(v), `'"`))
		if at {
			cur[strings.TrimSpace(k)] = strings.ReplaceAll(v, "''", "'")
		} else {
			head[k] = v
		}
	}
	var all []tiny
	for _, m := range out {
		get := func(k string) string {
			if m[k] != "" {
				return m[k]
			}
			return head[k]
		}
		c := get("confidence")
		if c == "" {
			c = "unknown"
		}
		all = append(all, tiny{get("address"), get("label"), get("source"), get("currency"), c})
	}
	return all
}

// TestLookups: 100 addresses drawn with a seed have exactly the claims that an
// independent reader finds, each on its own network.
func TestLookups(t *testing.T) {
	folder := filepath.Join(dataDir(t), "tags", "graphsense")
	set, files := readAll(t, folder)
	var all []tiny
	by := map[string][]string{}
	line := func(label, source, network, confidence string) string {
		return strings.Join([]string{label, source, network, confidence}, " | ")
	}
	for n, f := range files {
		if f.Pack == nil {
			continue
		}
		for _, x := range tinyRead(t, filepath.Join(folder, n)) {
			all = append(all, x)
			k := strings.ToLower(x.address)
			if !strings.HasPrefix(k, "0x") {
				k = x.address
			}
			by[k] = append(by[k], line(x.label, x.source, x.currency, x.confidence))
		}
	}
	if len(all) != 12307 {
		t.Fatalf("the independent reader finds %d tags", len(all))
	}
	sort.Slice(all, func(i, j int) bool { return fmt.Sprint(all[i]) < fmt.Sprint(all[j]) })
	rng := rand.New(rand.NewPCG(20240927, 1))
	for range 100 {
		x := all[rng.IntN(len(all))]
		a := Canonical(x.address)
		var got []string
		for _, g := range set.Anywhere(a) {
			got = append(got, line(g.Label, g.Source, g.Network, g.Confidence))
			if on := set.On(g.Ledger, a); len(on) == 0 {
				t.Errorf("%s: not found on its own network %s", a, g.Ledger)
			}
			for _, other := range []ledgerID{"eip155:1", bitcoin, "eip155:56", "tagpack:EOS"} {
				for _, o := range set.On(other, a) {
					if o.Ledger != other {
						t.Errorf("%s: a label of %s shows on %s", a, o.Ledger, other)
					}
				}
			}
		}
		want := by[string(a)]
		sort.Strings(got)
		sort.Strings(want)
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s:\ngot  %q\nwant %q", a, got, want)
		}
	}
}

// TestBitfinex2016: the sum to the satoshi, every address by its checksum, and
// 196 receivers named by the pack of hacks; none of them a boundary, although
// that pack calls them an exchange's.
func TestBitfinex2016(t *testing.T) {
	data := dataDir(t)
	set, _ := readAll(t, filepath.Join(data, "tags", "graphsense"))
	f, err := os.Open(filepath.Join(data, "cases", "bitfinex-2016", "theft_transactions.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sum, valid, tagged := money.Zero, map[string]bool{}, 0
	for _, row := range rows[1:] {
		n, err := money.ParseDecimal(row[3], 8)
		if err != nil {
			t.Fatal(err)
		}
		sum = sum.Add(n)
		for _, a := range row[1:3] {
			if checked, err := Check(bitcoin, a); err != nil || !checked {
				t.Errorf("%s: checked %v, %v", a, checked, err)
			}
			valid[a] = true
		}
		on := set.On(bitcoin, Canonical(row[2]))
		for _, x := range on {
			if x.Pack == "Known Cryptoservice hacks" {
				tagged++
				break
			}
		}
		if stop, ok, _ := Stop(on); ok {
			t.Errorf("%s, an address of the thief, is a boundary by %q", row[2], stop.Label)
		}
		if len(on) > 0 && len(set.Screen(row[2])) == 0 {
			t.Errorf("%s: no hit when screened", row[2])
		}
	}
	if len(rows)-1 != 2072 || sum.Decimal(8) != "119756.62032288" || len(valid) != 4144 || tagged != 196 {
		t.Errorf("%d transactions, %s BTC, %d addresses, %d tagged", len(rows)-1, sum.Decimal(8), len(valid), tagged)
	}
}

// TestRoninListed: the eight addresses of the Ronin case that OFAC lists are
// found, with the date of the list, on Ethereum and on any EVM network, beside the
// mixer they paid.
func TestRoninListed(t *testing.T) {
	data := dataDir(t)
	set, _ := readAll(t, filepath.Join(data, "tags", "ofac"))
	f, err := os.Open(filepath.Join(data, "cases", "ronin-2022", "labels.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	listed := 0
	for _, row := range rows[1:] {
		if row[1] != "ofac.yaml" {
			continue
		}
		hits := set.Screen(strings.ToUpper(row[0][:2]) + strings.ToUpper(row[0][2:]))
		if len(hits) == 0 || hits[0].Listed == nil || hits[0].Listed.ListDate != "2024-09-27" {
			t.Errorf("%s: %+v", row[0], hits)
			continue
		}
		if row[0] != "0xd90e2f925da726b50c4ed8d0fb90ad053324f31b" { // the router of Tornado Cash, listed in August
			listed++
		}
		if n := len(set.On("eip155:56", Canonical(row[0]))); n != 0 {
			t.Errorf("%s: %d labels of Ethereum show on another network", row[0], n)
		}
	}
	if listed != 8 {
		t.Errorf("%d listed addresses, want 8", listed)
	}
}

// TestOFACFiles counts what stands in the lists.
func TestOFACFiles(t *testing.T) {
	_, files := readAll(t, filepath.Join(dataDir(t), "tags", "ofac"))
	lists, sdn := 0, 0
	for n, f := range files {
		if f.Report.Kind == "sdn-csv" {
			sdn += f.Report.Tags
		} else {
			lists += f.Report.Tags
		}
		for _, b := range f.Report.Bent {
			t.Logf("%s: %s (%d): %s", n, b.What, b.Count, b.Example)
		}
		if want := map[string]int{"sdn-2021-07.csv.gz": 1}[n]; f.Report.Skipped != want {
			t.Errorf("%s: %d skipped: %v", n, f.Report.Skipped, f.Report.Faults)
		}
	}
	if lists != 654 {
		t.Errorf("%d lines of lists, want 654", lists)
	}
	if f := files["sdn-2021-07.csv.gz"]; sdn != 80 || f.Pack.Tags[0].Listed.ListDate != "2021-07" {
		t.Errorf("%d addresses in the remarks of sdn.csv, list of %s", sdn, f.Pack.Tags[0].Listed.ListDate)
	}
}
