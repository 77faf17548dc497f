package tag

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"
)

const packHead = "title: T\ncreator: c\nsource: https://e.org\nnetwork: ETH\n"

// read reads a pack and shows it and its report, one thing a line.
func read(text string) string {
	p, r, err := ReadTagPack("p.yaml", []byte(text), nil)
	if err != nil {
		return "error: " + err.Error()
	}
	var b strings.Builder
	for _, t := range p.Tags {
		fmt.Fprintf(&b, "%d %s%s %s %q %s %v %s %s\n", t.Line, t.Account, t.Tx, t.Ledger, t.Label, t.Confidence, t.Concepts, t.Actor, t.Context)
	}
	for _, x := range r.Bent {
		fmt.Fprintf(&b, "bent %d at %d: %s: %s\n", x.Count, x.Line, x.What, x.Example)
	}
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "left out: %v\n", f)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

const a1 = "0xabc0000000000000000000000000000000000001"

func TestReadTagPack(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"inherits; its own value wins": {
			packHead + "confidence: forensic\nlabel: L\ncategory: exchange\ntags:\n- address: '" + a1 + "'\n- address: x\n  network: BCH \n  label: 'M'\n  category: market\n",
			"9 " + a1 + ` eip155:1 "L" forensic [exchange]  ` + "\n" + `10 x tagpack:BCH "M" forensic [market]`,
		},
		"no title":   {"creator: c\ntags: []\n", "error: p.yaml: no title or no creator; a TagPack begins with title: and creator:"},
		"no tags":    {packHead, "error: p.yaml: no tags; a TagPack has a list of tags"},
		"not a list": {packHead + "tags: {a: b}\n", "error: p.yaml:5: tags is not a list; begin each tag with a dash"},
		"a list":     {"- a\n", "error: p.yaml: not a mapping; a pack begins with title: and creator:"},
		"empty":      {"", "error: p.yaml: "},
		"key twice":  {"title: a\ntitle: b\ncreator: c\ntags: []\n", `error: p.yaml:2: key "title" is there twice, before on line 1; keep one of the two`},
		"tags twice": {packHead + "tags:\n- address: x\ntags:\n- address: y\n", `error: p.yaml:7: key "tags" is there twice`},
		"broken":     {packHead + "tags:\n- address: 'x\n  label: y\n", "error: p.yaml:"},
		"include":    {"header: !include header.yaml\ntags: []\n", "error: p.yaml:1: !include header.yaml cannot be followed here; read the pack from its folder"},
		"key twice in a tag": {packHead + "confidence: forensic\ntags:\n- address: x\n  label: a\n  label: b\n",
			`left out: p.yaml:9: key "label" is there twice, before on line 8; keep one of the two`},
		"no subject": {packHead + "tags:\n- label: a\n", "left out: p.yaml:6: a tag without address and tx_hash; give one of the two"},
		"two":        {packHead + "tags:\n- label: a\n  address: x\n  tx_hash: y\n", "left out: p.yaml:6: a tag with both address and tx_hash; keep one of the two"},
		"no label":   {packHead + "tags:\n- address: x\n", "left out: p.yaml:6: a tag on x without label; give the tag or the head a label"},
		"no source": {"title: T\ncreator: c\ntags:\n- address: x\n  label: l\n  network: BTC\n",
			`left out: p.yaml:4: tag "l" on x without source; give the tag or the head a source; a label without one is hearsay`},
		"no network": {"title: T\ncreator: c\nsource: s\ntags:\n- address: x\n  label: l\n",
			`left out: p.yaml:5: tag "l" on x without network; give the tag or the head a network or currency`},
		"no mapping": {packHead + "tags:\n- just a word\n", "left out: p.yaml:6: a tag is not a mapping; write key: value lines"},
	} {
		if got := read(c.in); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.want)
		}
	}
	got := read(packHead + "confidence: forensic\nlabel: L\ncategory: exchange\nabuse: scam\nis_public: true\nodd: 1\ntags:\n" +
		"- address: '" + strings.ToUpper(a1[:2]) + a1[2:] + "'\n" +
		"- address: x\n  network: 'BCH '\n  label: M\n  category: market, shop\n  abuse: nonsense\n  confidence: sure\n  context: {a: [1, ~, b]}\n" +
		"- tx_hash: AB\n  currency: BTC\n  network: BTC\n  confidence: null\n  context: 'no json'\n  tag_type: rumour\n  xx: y\n")
	want := `12 ` + a1 + ` eip155:1 "L" forensic [exchange scam]  
13 x tagpack:BCH "M" unknown [market shop nonsense]  {"a":[1,null,"b"]}
20 ab bip122:000000000019d6689c085ae165831e93 "L" forensic [exchange scam]  no json
bent 1 at 9: is_public is deprecated and ignored: true
bent 1 at 10: unknown key of the head, ignored: odd
bent 1 at 17: concept that is none of the 93, kept: nonsense
bent 1 at 14: blanks around a value: network: "BCH "
bent 1 at 13: network not in the table, kept under a name of its own: BCH
bent 1 at 13: confidence is none of the fourteen, read as unknown (level 5): sure
bent 1 at 26: unknown key of a tag, ignored: xx
bent 1 at 20: tag_type is none of the four, kept: rumour
bent 1 at 20: context is not JSON, kept as text: no json`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestOwnLists: concepts that two tags inherit are not one list that both grow.
func TestOwnLists(t *testing.T) {
	p, _, err := ReadTagPack("p", []byte(packHead+"label: l\ncategory: exchange\nconfidence: forensic\ntags:\n- address: a\n  abuse: scam\n- address: b\n- address: c\n  abuse: drugs\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(p.Tags[1].Concepts, "spoiled")
	if got := fmt.Sprint(p.Tags[0].Concepts, p.Tags[1].Concepts, p.Tags[2].Concepts); got != "[exchange scam] [exchange] [exchange drugs]" {
		t.Error(got)
	}
}

func TestCrowded(t *testing.T) {
	text := packHead + "confidence: forensic\ntags:\n"
	for i := range 101 {
		text += fmt.Sprintf("- address: x\n  label: l%d\n", i)
	}
	if got := read(text); !strings.Contains(got, "more than 100 tags on one address: x: 101") {
		t.Error(got[len(got)-200:])
	}
}

// TestFastPath: line by line or by the YAML library, a pack reads the same.
func TestFastPath(t *testing.T) {
	word := rapid.SampledFrom([]string{
		"plain", "two words", "'quoted: it'", `"double # it"`, "'it''s'", `"a\tb"`, "null", "~", "", "a: b", "a #b", "a#b", "trailing ", "x:", "- x", "[a, b]", "{a: b}",
		"|\n    block\n    text", "folded\n    on", "&a x", "*a", "!t x", "é", "0x1f", "2021-01-01", "true", "@x", "'", "\"open", "%x", "a\r", "\tx", "'a' b",
	})
	key := rapid.SampledFrom([]string{"address", "label", "concepts", "context", "source", "label", "odd", "Odd", "<<", "? x"})
	tail := rapid.SampledFrom([]string{"", "", "\n", "\n\n", "# end\n", "more: 1\n", "---\n", "...\n", "  \n"})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{packHead, "%YAML 1.1\n---\n" + packHead, packHead + "label: &a inherited\n", packHead + "# tags:\n", "title: |\n  tags:\n" + packHead[9:]}).Draw(t, "head"))
		b.WriteString(rapid.SampledFrom([]string{"tags:\n", "tags: \n", "tags:\r\n", "tags: # these\n"}).Draw(t, "tags"))
		indent := rapid.SampledFrom([]string{"", "", "  ", "    "}).Draw(t, "indent")
		for range rapid.IntRange(0, 4).Draw(t, "n") {
			dash := indent + "- "
			for range rapid.IntRange(1, 4).Draw(t, "fields") {
				b.WriteString(dash + key.Draw(t, "key") + ": " + word.Draw(t, "value") + rapid.SampledFrom([]string{"\n", "\n", "\n", "\n\n", "\r\n", "\n  # c\n"}).Draw(t, "end"))
				dash = indent + rapid.SampledFrom([]string{"  ", "  ", "  ", "  ", "   ", "- "}).Draw(t, "dash")
			}
		}
		b.WriteString(tail.Draw(t, "tail"))
		same(t, []byte(b.String()))
	})
}

// same fails when the two ways to read a pack differ in any record or report.
func same(t interface{ Fatalf(string, ...any) }, text []byte) (fast bool) {
	one := &packReader{report: &Report{File: "p"}}
	head, tags, ok := one.fast(text)
	if !ok {
		return false
	}
	two := &packReader{report: &Report{File: "p"}}
	head2, tags2, err := two.slow(text)
	if err != nil {
		t.Fatalf("fast reads what YAML refuses (%v):\n%q", err, text)
	}
	if len(tags) == 0 && len(tags2) == 0 {
		tags, tags2 = nil, nil
	}
	if !reflect.DeepEqual(head, head2) || !reflect.DeepEqual(tags, tags2) || !reflect.DeepEqual(one.report, two.report) {
		t.Fatalf("%q\nfast %+v %+v %+v\nslow %+v %+v %+v", text, head, tags, one.report, head2, tags2, two.report)
	}
	return true
}

// TestFastPathOnPacks: so do the packs of others, and most go the fast way.
func TestFastPathOnPacks(t *testing.T) {
	dir, names, _, err := Open(filepath.Join(dataDir(t), "tags", "graphsense"))
	if err != nil {
		t.Fatal(err)
	}
	fast := 0
	for _, n := range names {
		raw, err := dir.Open(n)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(raw)
		if err != nil {
			t.Fatal(err)
		}
		if text, err = unpack(n, text); err != nil {
			t.Fatal(err)
		}
		if same(t, text) {
			fast++
		}
	}
	if fast != 29 {
		t.Errorf("%d packs went the fast way, want all 29", fast)
	}
}

// TestWrite: what is written reads as it was, with nothing bent, and the same
// tags give the same bytes.
func TestWrite(t *testing.T) {
	text := rapid.StringMatching(`[ -~é\n\t"'\\#:]{0,20}[a-z!]`)
	rapid.Check(t, func(t *rapid.T) {
		p := &Pack{Title: text.Draw(t, "title"), Creator: "c", Description: "d"}
		for i := range rapid.IntRange(0, 5).Draw(t, "n") {
			x := Tag{
				Ledger: "eip155:1", Network: "ETH", Account: Canonical(fmt.Sprintf("0x%040x", i)), Label: text.Draw(t, "label"), Source: text.Draw(t, "source"),
				Confidence: rapid.SampledFrom(confidenceIDs()).Draw(t, "confidence"), Definer: rapid.Bool().Draw(t, "definer"),
				Type: rapid.SampledFrom([]string{"", "actor", "event"}).Draw(t, "type"), Context: `{"a": 1}`, Pack: p.Title, File: "w",
			}
			if rapid.Bool().Draw(t, "with") {
				x.Concepts = []string{rapid.SampledFrom(Concepts()).Draw(t, "concept")}
			}
			x.Label, x.Source = strings.TrimSpace(x.Label), strings.TrimSpace(x.Source)
			p.Tags = append(p.Tags, x)
		}
		p.Title = strings.TrimSpace(p.Title)
		var b, again bytes.Buffer
		if err := WriteTagPack(&b, p); err != nil {
			t.Fatal(err)
		}
		back, r, err := ReadTagPack("w", b.Bytes(), nil)
		if err != nil || len(r.Bent)+r.Skipped > 0 {
			t.Fatalf("%v %v %v\n%s", err, r.Bent, r.Faults, b.Bytes())
		}
		for i := range back.Tags {
			p.Tags[i].Line, p.Tags[i].AboutTheft, p.Tags[i].Pack = back.Tags[i].Line, back.Tags[i].AboutTheft, back.Tags[i].Pack
			if !reflect.DeepEqual(back.Tags[i], p.Tags[i]) {
				t.Fatalf("got %+v\nwant %+v\n%s", back.Tags[i], p.Tags[i], b.Bytes())
			}
		}
		if err := WriteTagPack(&again, back); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Fatalf("%v: other bytes", err)
		}
	})
}

func TestWriteRefuses(t *testing.T) {
	good := Tag{Network: "ETH", Account: "x", Label: "l", Source: "s", Confidence: "forensic"}
	for name, p := range map[string]*Pack{
		"no creator": {Title: "t"},
		"no network": {Title: "t", Creator: "c", Tags: []Tag{{Account: "x", Label: "l", Source: "s", Confidence: "forensic"}}},
		"concept":    {Title: "t", Creator: "c", Tags: []Tag{{Network: "ETH", Account: "x", Label: "l", Source: "s", Confidence: "forensic", Concepts: []string{"nonsense"}}}},
		"type":       {Title: "t", Creator: "c", Tags: []Tag{{Network: "ETH", Account: "x", Label: "l", Source: "s", Confidence: "forensic", Type: "rumour"}}},
		"confidence": {Title: "t", Creator: "c", Tags: []Tag{{Network: "ETH", Account: "x", Label: "l", Source: "s", Confidence: "sure"}}},
		"twice":      {Title: "t", Creator: "c", Tags: []Tag{good, good}},
	} {
		var b bytes.Buffer
		if err := WriteTagPack(&b, p); !errors.Is(err, ErrRecord) || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, b.Len())
		}
	}
}

// TestReadFile: files by what they hold, gzip, includes up to the root, and
// errors that name file, cause and hint.
func TestReadFile(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write([]byte(packHead + "confidence: forensic\ntags:\n- address: x\n  label: l\n"))
	w.Close()
	dir := fstest.MapFS{
		"a/b/p.yaml":                   {Data: []byte("header: !include header.yaml\ntitle: own\ntags:\n- address: x\n")},
		"header.yaml":                  {Data: []byte("title: of header\ncreator: h\nlabel: l\nsource: s\nnetwork: BTC\nconfidence: forensic\n")},
		"lost.yaml":                    {Data: []byte("header: !include no.yaml\ntags: []\n")},
		"z.yaml.gz":                    {Data: z.Bytes()},
		"cut.yaml.gz":                  {Data: z.Bytes()[:z.Len()-12]},
		"bad.yaml.gz":                  {Data: []byte("\x1f\x8bnonsense that is no gzip")},
		"empty.yaml":                   {Data: nil},
		"actors.yaml":                  {Data: []byte("title: A\ncreator: c\nactors:\n- {id: x, label: X, uri: u, lastmod: d, categories: [exchange]}\n- {id: x, label: Y}\n- {label: Z}\n")},
		"sanctioned_addresses_ETH.txt": {Data: []byte(a1 + "\n\nnot an address\n")},
		"x.xml":                        {Data: []byte("<other/>")},
		"sdn.csv":                      {Data: []byte("a,b\n")},
		"sub/notes.md":                 {Data: []byte("x")},
		".git/p.yaml":                  {Data: []byte("x")},
	}
	f, err := ReadFile(dir, "a/b/p.yaml", "")
	if err != nil || f.Pack.Title != "own" || f.Pack.Tags[0].Label != "l" || len(f.Report.Bent) != 2 {
		t.Errorf("include: %v %+v", err, f.Report)
	}
	if f, err = ReadFile(dir, "z.yaml.gz", ""); err != nil || f.Report.Tags != 1 || f.Report.SHA256 != digest(z.Bytes()) {
		t.Errorf("gzip: %v %+v", err, f.Report)
	}
	if f, err = ReadFile(dir, "actors.yaml", ""); err != nil || f.Report.Actors != 1 || f.Report.Skipped != 2 {
		t.Errorf("actors: %v %+v", err, f.Report)
	}
	if f, err = ReadFile(dir, "sanctioned_addresses_ETH.txt", ""); err != nil || f.Report.Tags != 1 || f.Report.Skipped != 1 || f.Pack.Tags[0].Concepts[0] != "sanction" {
		t.Errorf("list: %v %+v", err, f.Report)
	}
	for name, want := range map[string]string{
		"lost.yaml":   "lost.yaml:1: !include no.yaml: no.yaml: open no.yaml: file does not exist; the file is looked for beside",
		"cut.yaml.gz": "cut.yaml.gz: gzip ends in the middle: unexpected EOF; fetch the file again",
		"bad.yaml.gz": "bad.yaml.gz: cannot be unpacked: gzip: ",
		"empty.yaml":  "empty.yaml: the file is empty",
		"x.xml":       `x.xml:1: the root is "other"; want sdn.xml`,
		"sdn.csv":     "sdn.csv: no entry of an SDN list",
		"none.yaml":   "none.yaml: cannot be opened: open none.yaml: file does not exist",
	} {
		f, err := ReadFile(dir, name, "")
		var fault *Fault
		if err == nil || !strings.HasPrefix(err.Error(), want) || !errors.As(err, &fault) || f.Report == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	names, passed, err := Names(dir)
	if err != nil || len(names) != 10 || strings.Join(passed, " ") != "header.yaml sub/notes.md" {
		t.Errorf("%v\n%v\n%v", names, passed, err)
	}
}

// FuzzTagPack: whatever the bytes, a *Fault, or tags that a claim's checks pass;
// and the fast way never differs from YAML.
func FuzzTagPack(f *testing.F) {
	f.Add([]byte(packHead + "confidence: forensic\ntags:\n- address: x\n  label: l\n  context: '{\"a\": 1}'\n"))
	f.Add([]byte(packHead + "header: {label: x}\ntags:\n  - &a {address: x}\n  - *a\n"))
	f.Add([]byte("title: &a [x]\ncreator: c\ntags:\n- address: 'x\n- y'\n"))
	f.Add([]byte("%YAML 1.1\n---\ntitle: T\ncreator: c\ntags:\n- tx_hash: x\n\n  # c\n- {}\n...\n"))
	f.Add([]byte("title: A\ncreator: c\nactors:\n- {id: x, label: X}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		same(t, text)
		p, r, err := ReadTagPack("p", text, nil)
		var fault *Fault
		if err != nil && (!errors.As(err, &fault) || fault.Err == nil) {
			t.Fatalf("%T is no whole fault: %v", err, err)
		}
		if err == nil {
			for _, x := range p.Tags {
				if e := x.Validate(); e != nil {
					t.Fatal(e)
				}
			}
			if r.Tags != len(p.Tags) {
				t.Fatal("the report counts otherwise")
			}
		}
		if _, _, err := ReadActorPack("p", text); err != nil && !errors.As(err, &fault) {
			t.Fatalf("%T is no fault: %v", err, err)
		}
	})
}
