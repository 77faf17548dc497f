package tagdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/tag"
)

const pack = `title: Two networks
creator: test
source: https://example.org/list
tags:
- address: "0xAbC0000000000000000000000000000000000001"
  network: ETH
  label: Some exchange 1
  confidence: service_data
  category: exchange
  actor: some
- address: "0xabc0000000000000000000000000000000000001"
  network: ETH
  label: Some exchange, crawled
  confidence: web_crawl
  context: '{"seen": 3}'
- address: "0xabc0000000000000000000000000000000000001"
  network: BSC
  label: Other chain
  confidence: ownership
- tx_hash: AA11
  network: BTC
  label: the payment
  tag_type: event
- tx_hash: AA11
  network: BTC
  label: the payment
  tag_type: event
`

const actors = `title: Actors
creator: test
actors:
- {id: some, label: Some Exchange Ltd, uri: example.org, lastmod: 2020-01-01, categories: [exchange], jurisdictions: [US], aliases: [somex], context: {notes: kept}}
`

func files(t testing.TB) []*tag.File {
	t.Helper()
	p, r, err := tag.ReadTagPack("pack.yaml", []byte(pack), nil)
	if err != nil {
		t.Fatal(err)
	}
	a, ra, err := tag.ReadActorPack("actors.yaml", []byte(actors))
	if err != nil {
		t.Fatal(err)
	}
	l, rl, err := tag.ReadOFACList("sanctioned_addresses_ETH.txt", []byte("0xabc0000000000000000000000000000000000002\n"), "2024-09-27")
	if err != nil {
		t.Fatal(err)
	}
	return []*tag.File{{Report: r, Pack: p}, {Report: ra, Actors: a}, {Report: rl, Pack: &tag.Pack{Title: "OFAC SDN", Tags: l}}}
}

func built(t testing.TB, path string) {
	t.Helper()
	err := Build(context.Background(), path, func(b *Builder) error {
		for _, f := range files(t) {
			b.Add(f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b#c?.tags")
	built(t, path)
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	set := &tag.Set{}
	for _, f := range files(t) {
		if f.Pack == nil {
			continue
		}
		for _, x := range f.Pack.Tags {
			if err := set.Add(x); err != nil {
				t.Fatal(err)
			}
		}
	}
	a := tag.Canonical("0xABC0000000000000000000000000000000000001")
	got, err := d.On("eip155:1", a)
	if err != nil {
		t.Fatal(err)
	}
	want := set.On("eip155:1", a)
	want[0].Entity = "Some Exchange Ltd" // of the ActorPack
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got[0].Label != "Some exchange 1" || len(got) != 2 {
		t.Errorf("not both claims of this network, surest first: %+v", got)
	}
	if on, _ := d.On("eip155:56", a); len(on) != 1 || on[0].Label != "Other chain" {
		t.Errorf("on BSC: %+v", on)
	}
	if on, _ := d.OnTx("bip122:000000000019d6689c085ae165831e93", "aa11"); len(on) != 1 || on[0].Tx != "aa11" || d.Repeated() != 1 {
		t.Errorf("transaction: %+v, repeated %d", on, d.Repeated())
	}
	hits, err := d.Screen("0XABC0000000000000000000000000000000000002")
	if err != nil || len(hits) != 1 || hits[0].Listed.ListDate != "2024-09-27" {
		t.Errorf("screen: %+v %v", hits, err)
	}
	if hits, _ := d.Screen(string(a)); len(hits) != 0 {
		t.Errorf("an exchange is a hit: %+v", hits)
	}
	if x, ok, err := d.Actor("some"); !ok || err != nil || x.Context != `{"notes":"kept"}` {
		t.Errorf("actor %+v %v", x, err)
	}
	if d.Len() != 5 || len(d.Packs()) != 3 {
		t.Errorf("%d tags, %d packs", d.Len(), len(d.Packs()))
	}
	if n, _ := d.Subjects(context.Background()); n != 3 {
		t.Errorf("%d subjects", n)
	}
	if c, err := d.Stats(context.Background(), "network"); err != nil || fmt.Sprint(c) != "[{ETH 3} {BSC 1} {BTC 1}]" {
		t.Errorf("%v %v", c, err)
	}
}

// TestSameBytes: an index is a function of its files.
func TestSameBytes(t *testing.T) {
	dir := t.TempDir()
	var texts [2][]byte
	for i := range texts {
		path := filepath.Join(dir, fmt.Sprint(i))
		built(t, path)
		texts[i], _ = os.ReadFile(path)
	}
	if !bytes.Equal(texts[0], texts[1]) || len(texts[0]) == 0 {
		t.Error("the same files gave different bytes")
	}
}

// TestDamage: no byte can turn, and no end be missing, without Open saying so.
func TestDamage(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.tags")
	built(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		bad := bytes.Clone(whole)
		at := rng.IntN(len(bad))
		bad[at] ^= 1 << rng.IntN(8)
		refuse(t, path, bad, ErrDamaged, ErrVersion, ErrNotIndex)
		refuse(t, path, whole[:at], ErrDamaged, ErrNotIndex)
	}
	newer := bytes.Clone(whole)
	newer[len(newer)-trailerLen+len(mark)] = Version + 1
	refuse(t, path, newer, ErrVersion)
	refuse(t, path, []byte("a text of somebody, which is no index of tags at all"), ErrNotIndex)
	refuse(t, path, nil, ErrNotIndex)
}

func refuse(t *testing.T, path string, text []byte, want ...error) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := Open(path)
	if err == nil {
		d.Close()
		t.Fatalf("%d bytes were opened", len(text))
	}
	for _, w := range want {
		if errors.Is(err, w) {
			return
		}
	}
	t.Errorf("%v is none of %v", err, want)
}

// TestAtomic: a build that fails leaves the old index, and nothing beside it; a
// file of another kind is not replaced.
func TestAtomic(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.tags")
	built(t, path)
	before, _ := os.ReadFile(path)
	stop := errors.New("stop")
	if err := Build(context.Background(), path, func(*Builder) error { return stop }); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err := Build(ctx, path, func(b *Builder) error {
		for _, f := range files(t) {
			b.Add(f)
		}
		cancel()
		return nil
	})
	if err == nil {
		t.Fatal("a cancelled build ended well")
	}
	after, _ := os.ReadFile(path)
	left, _ := os.ReadDir(dir)
	if !bytes.Equal(before, after) || len(left) != 1 {
		t.Errorf("the index changed, or %d files are left", len(left))
	}
	letter := filepath.Join(dir, "letter.txt")
	os.WriteFile(letter, []byte("dear reader"), 0o644)
	if err := Build(context.Background(), letter, func(*Builder) error { return nil }); !errors.Is(err, ErrNotIndex) {
		t.Errorf("a letter was replaced: %v", err)
	}
}

// synthetic is a pack of n tags in the shape of the public corpus, with every
// address written once.
func synthetic(n int) []byte {
	var b strings.Builder
	b.WriteString("title: Synthetic\ncreator: test\ncurrency: BTC\nconfidence: service_data\ntags:\n")
	rng := rand.New(rand.NewPCG(7, 7))
	const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	for i := range n {
		b.WriteString("- address: 1")
		for range 33 {
			b.WriteByte(letters[rng.IntN(len(letters))])
		}
		fmt.Fprintf(&b, "\n  label: Exchange %d\n  source: https://example.org/wallets/%d\n  category: exchange\n  actor: ex%d\n", i%1000, i%50, i%1000)
	}
	return []byte(b.String())
}

// BenchmarkImport reads a pack of 500,000 tags and builds its index.
func BenchmarkImport(b *testing.B) {
	text := synthetic(500_000)
	path := filepath.Join(b.TempDir(), "x.tags")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		err := Build(context.Background(), path, func(d *Builder) error {
			p, r, err := tag.ReadTagPack("synthetic.yaml", text, nil)
			if err == nil {
				d.Add(&tag.File{Report: r, Pack: p})
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	info, _ := os.Stat(path)
	b.ReportMetric(float64(info.Size())/1e6, "MB")
}

// BenchmarkOpen opens an index of 500,000 tags and looks one address up.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "x.tags")
	p, r, err := tag.ReadTagPack("synthetic.yaml", synthetic(500_000), nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := Build(context.Background(), path, func(d *Builder) error { d.Add(&tag.File{Report: r, Pack: p}); return nil }); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		d, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if on, err := d.On(p.Tags[77].Ledger, p.Tags[77].Account); err != nil || len(on) == 0 {
			b.Fatal(on, err)
		}
		d.Close()
	}
}
