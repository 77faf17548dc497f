package casefile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/tag"
)

// packCase is a case over three accounts and a pack of tags on four.
const packCase = `-- case.yaml --
tagpacks:
  - p/pack.yaml
  - {path: p/sanctioned_addresses_ETH.txt, list_date: 2024-09-27}
-- ledger.txt --
ledger eip155:1 account native ETH
e1 2018-01-26T00:02Z 0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa > 0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb 5 ETH
e2 2018-01-26T00:03Z 0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa > 0xcccccccccccccccccccccccccccccccccccccccc 5 ETH
-- header.yaml --
title: Pack
creator: test
source: https://example.org
network: ETH
confidence: service_data
-- p/pack.yaml --
header: !include header.yaml
tags:
- {address: "0xBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB", label: Some exchange, category: exchange, actor: some}
- {address: "0xcccccccccccccccccccccccccccccccccccccccc", label: Other exchange, category: exchange}
- {address: "0xcccccccccccccccccccccccccccccccccccccccc", label: Thief, abuse: service_hack, confidence: unknown}
- {address: "0xdddddddddddddddddddddddddddddddddddddddd", label: Elsewhere, category: exchange}
- {address: "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", label: Other chain, category: exchange, network: BSC}
-- p/sanctioned_addresses_ETH.txt --
0xAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
`

func TestTagPacks(t *testing.T) {
	l, err := load(packCase)
	if err != nil {
		t.Fatal(err)
	}
	at := func(c string) ledger.Account { return ledger.Account("0x" + strings.Repeat(c, 40)) }
	if s, ok := l.Boundary("eip155:1", at("b")); !ok || s.Name != "some" || s.Kind != "service" || !strings.Contains(s.Why, "https://example.org") {
		t.Errorf("the exchange: %+v %v", s, ok)
	}
	for _, c := range []string{"a", "c", "d"} {
		if s, ok := l.Boundary("eip155:1", at(c)); ok {
			t.Errorf("%s is a boundary: %+v", c, s)
		}
	}
	if on := l.Tags.On("eip155:1", at("a")); len(on) != 1 || on[0].Listed == nil || on[0].Listed.ListDate != "2024-09-27" {
		t.Errorf("a has %+v", on)
	}
	if l.Tags.Len() != 4 {
		t.Errorf("%d tags kept, want those on the accounts of the ledger", l.Tags.Len())
	}
	notes, inputs := strings.Join(l.Notes, "\n"), ""
	for _, in := range l.Inputs {
		inputs += in.Name + " "
	}
	if !strings.Contains(notes, at2("c")+" bears tags of a service and of a theft") {
		t.Errorf("no word of the dispute: %s", notes)
	}
	if inputs != "case.yaml ledger.txt p/pack.yaml header.yaml p/sanctioned_addresses_ETH.txt " {
		t.Errorf("inputs %s", inputs)
	}
	without, err := load(strings.Replace(packCase, "label: Thief, abuse: service_hack", "label: Owner, category: user", 1))
	if err != nil || without.BoundaryDigest == l.BoundaryDigest || l.BoundaryDigest == "" {
		t.Errorf("the digest does not see the packs: %v", err)
	}
	elsewhere, err := load(strings.Replace(packCase, "label: Elsewhere", "label: Another", 1))
	if err != nil || elsewhere.BoundaryDigest != l.BoundaryDigest {
		t.Errorf("the digest sees accounts of no ledger: %v", err)
	}
}

func at2(c string) string { return "0x" + strings.Repeat(c, 40) }

func TestTagPackFaults(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"missing":     {"p/pack.yaml\n  -", "p/none.yaml\n  -", "case.yaml:"},
		"broken":      {"tags:\n- {address", "tags:\n- {{address", "case.yaml:"},
		"outside":     {"- p/pack.yaml", "- ../pack.yaml", "leaves the folder of the data"},
		"hash":        {"- p/pack.yaml", "- {path: p/pack.yaml, sha256: " + strings.Repeat("0", 64) + "}", "has SHA-256"},
		"unknown key": {"list_date", "date", `unknown key "date" in a tagpack`},
		"no date":     {"2024-09-27", "yesterday", "must be a date"},
	} {
		_, err := load(strings.Replace(packCase, c.old, c.new, 1))
		var fault *casefile.Error
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l, err := load(strings.Replace(packCase, "label: Some exchange, ", "", 1))
	if err != nil {
		t.Fatal(err)
	}
	if l.Skipped != 1 || !strings.Contains(strings.Join(l.Notes, "\n"), "p/pack.yaml: 1 records left out, the first: p/pack.yaml:3: a tag on") {
		t.Errorf("%v %v", err, l.Notes)
	}
}

// TestRoninByPacks: with no tag and no boundary of its own, the Ronin case has
// its services named by the packs of others, each with source and confidence;
// and nothing that any pack labels as theft becomes a boundary.
func TestRoninByPacks(t *testing.T) {
	root := os.Getenv("COLDTRAIL_DATA")
	if root == "" {
		t.Skip("COLDTRAIL_DATA is not set: the Ronin case needs its data folder and the packs")
	}
	set := &tag.Set{}
	for _, folder := range []string{"graphsense", "ofac"} {
		dir, names, _, err := tag.Open(filepath.Join(root, "data", "tags", folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			f, err := tag.ReadFile(dir, n, "2024-09-27")
			if err != nil {
				t.Fatal(err)
			}
			if f.Pack == nil {
				continue
			}
			for _, x := range f.Pack.Tags {
				if err := set.Add(x); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	c, err := casefile.Open(filepath.Join("testdata", "ronin-2022.yaml"), filepath.Join(root, "data", "cases", "ronin-2022"))
	if err != nil {
		t.Fatal(err)
	}
	c.Tags, c.Boundaries, c.Through, c.Expect, c.Groups = nil, nil, nil, nil, nil
	c.Books = []casefile.Book{{Name: "packs", On: func(l ledger.ID, a ledger.Account) ([]tag.Tag, error) { return set.On(l, a), nil }}}
	l, err := casefile.Load(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	for account, want := range map[ledger.Account]string{
		"0xd90e2f925da726b50c4ed8d0fb90ad053324f31b": "mixer tornado",
		"0x28ffe35688ffffd0659aee2e34778b0ae4e193ad": "service huobi",
		"0xcac725bef4f114f728cbcfd744a731c2a463c3fc": "service huobi",
		"0x73f8fc2e74302eb2efda125a326655acf0dc2d1b": "service huobi",
		"0xc098b2a3aa256d2140208c3de6543aaef5cd3a94": "service ftx",
		"0x4976a4a02f38326660d17bf34b431dc6e2eb2327": "service binance",
	} {
		s, ok := l.Boundary("eip155:1", account)
		if !ok || s.Kind+" "+s.Name != want || !strings.Contains(s.Why, "https://") {
			t.Errorf("%s: %+v %v, want %s", account, s, ok, want)
		}
		if stop, _, _ := tag.Stop(l.Tags.On("eip155:1", account)); tag.Confidence[stop.Confidence] < tag.BoundaryLevel {
			t.Errorf("%s: confidence %s", account, stop.Confidence)
		}
	}
	thefts, stops := 0, 0
	for account := range accountsOf(t, l.Graph) {
		_, stop := l.Boundary("eip155:1", account)
		if stop {
			stops++
		}
		for _, x := range set.Anywhere(account) {
			if x.Theft() {
				thefts++
				if stop {
					t.Errorf("%s is a boundary, and %q says theft", account, x.Label)
				}
			}
		}
	}
	if thefts < 6 || stops < 6 {
		t.Errorf("%d tags of theft and %d boundaries in the case: too few to show anything", thefts, stops)
	}
}

func accountsOf(t *testing.T, g graph.Graph) map[ledger.Account]bool {
	all := map[ledger.Account]bool{}
	for id := range graph.ID(g.Info().Transfers) {
		en, err := g.Entry(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range en.Debits {
			all[d.Account] = true
		}
		for _, c := range en.Credits {
			all[c.Account] = true
		}
	}
	return all
}
