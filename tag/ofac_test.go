package tag

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// show writes listed tags, one a line.
func showListed(tags []Tag, r *Report) string {
	var b strings.Builder
	for _, t := range tags {
		l := t.Listed
		fmt.Fprintf(&b, "%d %s %s %s | %s | %s | %s..%s | %s\n", t.Line, l.Asset, t.Account, t.Ledger, l.Party, l.Programme, l.Begin, l.End, l.ListDate)
	}
	for _, x := range r.Bent {
		fmt.Fprintf(&b, "bent %d: %s\n", x.Count, x.What)
	}
	return b.String()
}

const plainXML = `<?xml version="1.0" standalone="yes"?>
<sdnList xmlns="http://tempuri.org/sdnList.xsd">
  <publshInformation><Publish_Date>09/27/2024</Publish_Date><Record_Count>2</Record_Count></publshInformation>
  <sdnEntry><uid>1</uid><firstName>Jane</firstName><lastName>DOE</lastName><programList><program>CYBER2</program><program>DPRK3</program></programList>
    <idList>
      <id><uid>2</uid><idType>Passport</idType><idNumber>X1</idNumber></id>
      <id><uid>3</uid><idType>Digital Currency Address - XBT</idType><idNumber>1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa</idNumber></id>
      <id><uid>4</uid><idType>Digital Currency Address - USDT</idType><idNumber>TRYL7PKCG4b4xRCM554Q5J6o8f1UjUmfnY</idNumber></id>
    </idList>
    <akaList><aka><lastName>OTHER</lastName></aka></akaList></sdnEntry>
  <sdnEntry><lastName>Firm &amp; Co</lastName><programList/><idList><id><idType>Digital Currency Address - ETH</idType><idNumber>0xAbc0000000000000000000000000000000000001</idNumber></id></idList></sdnEntry>
</sdnList>`

const advancedXML = `<?xml version="1.0" encoding="utf-8"?>
<s:Sanctions xmlns:s="http://example.org/any">
 <s:DateOfIssue CalendarTypeID="1"><s:Year>2024</s:Year><s:Month>9</s:Month><s:Day>27</s:Day></s:DateOfIssue>
 <s:ReferenceValueSets><s:FeatureTypeValues>
  <s:FeatureType ID="344" FeatureTypeGroupID="1">Digital Currency Address - XBT</s:FeatureType>
  <s:FeatureType ID="345">Digital Currency Address - ETH</s:FeatureType>
  <s:FeatureType ID="8">Birthdate</s:FeatureType>
 </s:FeatureTypeValues></s:ReferenceValueSets>
 <s:DistinctParties>
  <s:DistinctParty FixedRef="77"><s:Profile ID="77" PartySubTypeID="4">
   <s:Identity ID="1"><s:Alias Primary="true"><s:DocumentedName ID="1">
     <s:DocumentedNamePart><s:NamePartValue NamePartGroupID="1">LAZARUS</s:NamePartValue></s:DocumentedNamePart>
     <s:DocumentedNamePart><s:NamePartValue NamePartGroupID="2">GROUP</s:NamePartValue></s:DocumentedNamePart></s:DocumentedName></s:Alias>
    <s:Alias><s:DocumentedName ID="2"><s:DocumentedNamePart><s:NamePartValue>HIDDEN COBRA</s:NamePartValue></s:DocumentedNamePart></s:DocumentedName></s:Alias></s:Identity>
   <s:Feature ID="9" FeatureTypeID="8"><s:FeatureVersion><s:VersionDetail>1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa</s:VersionDetail></s:FeatureVersion></s:Feature>
   <s:Feature ID="10" FeatureTypeID="344"><s:FeatureVersion ID="1"><s:VersionDetail DetailTypeID="1432">1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa</s:VersionDetail></s:FeatureVersion></s:Feature>
   <s:Feature ID="11" FeatureTypeID="345"><s:FeatureVersion ID="2"><s:VersionDetail>0xabc0000000000000000000000000000000000001</s:VersionDetail></s:FeatureVersion></s:Feature>
  </s:Profile></s:DistinctParty>
 </s:DistinctParties>
 <s:SanctionsEntries><s:SanctionsEntry ID="1" ProfileID="77">
   <s:EntryEvent><s:Date><s:Year>2022</s:Year><s:Month>04</s:Month><s:Day>14</s:Day></s:Date></s:EntryEvent>
   <s:EntryEvent><s:Date><s:Year>2019</s:Year><s:Month>9</s:Month><s:Day>13</s:Day></s:Date></s:EntryEvent>
   <s:SanctionsMeasure><s:Comment>DPRK3</s:Comment></s:SanctionsMeasure>
   <s:SanctionsMeasure><s:Comment/></s:SanctionsMeasure>
 </s:SanctionsEntry></s:SanctionsEntries>
</s:Sanctions>`

func TestSDNXML(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain": {plainXML, `7 XBT 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa bip122:000000000019d6689c085ae165831e93 | DOE, Jane | CYBER2, DPRK3 | .. | 2024-09-27
8 USDT TRYL7PKCG4b4xRCM554Q5J6o8f1UjUmfnY tagpack:TRX | DOE, Jane | CYBER2, DPRK3 | .. | 2024-09-27
11 ETH 0xabc0000000000000000000000000000000000001 eip155:1 | Firm & Co |  | .. | 2024-09-27
bent 1: address with a wrong checksum, kept
`},
		"advanced": {advancedXML, `16 XBT 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa bip122:000000000019d6689c085ae165831e93 | LAZARUS GROUP | DPRK3 | 2019-09-13.. | 2024-09-27
17 ETH 0xabc0000000000000000000000000000000000001 eip155:1 | LAZARUS GROUP | DPRK3 | 2019-09-13.. | 2024-09-27
`},
	} {
		tags, r, err := ReadSDNXML("s.xml", strings.NewReader(c.in))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := showListed(tags, r); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
		if r.Kind != map[string]string{"plain": "sdn-xml", "advanced": "sdn-advanced-xml"}[name] {
			t.Errorf("%s: kind %s", name, r.Kind)
		}
		for _, x := range tags {
			if err := x.Validate(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestXMLBombs: document types, entities, depth and cut ends are refused with
// file, line and hint.
func TestXMLBombs(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"entities": {"<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"" + strings.Repeat("x", 99) + "\"><!ENTITY c \"&b;&b;\">]>\n<sdnList>&c;</sdnList>", "s.xml:2: a document type or another directive"},
		"outside":  {`<!DOCTYPE sdnList SYSTEM "file:///etc/passwd"><sdnList/>`, "s.xml:1: a document type"},
		"no dtd":   {"<sdnList>&c;</sdnList>", "s.xml:1: cannot be read as XML: XML syntax error on line 1: invalid character entity &c;"},
		"deep":     {"<sdnList>" + strings.Repeat("<a>", 100), "s.xml:1: elements nest deeper than 64"},
		"long":     {"<sdnList><a>" + strings.Repeat("x", maxText+1), "s.xml:1: a text longer than 65536 bytes"},
		"cut":      {plainXML[:700], "s.xml:8: cannot be read as XML: XML syntax error on line 8: unexpected EOF; is the file whole"},
		"empty":    {"", "s.xml:1: cannot be read as XML: EOF"},
		"latin":    {`<?xml version="1.0" encoding="latin1"?><sdnList/>`, "s.xml:1: cannot be read as XML: xml: opening charset"},
		"html":     {"<html><body>Not found</body></html>", `s.xml:1: the root is "html"; want sdn.xml or sdn_advanced.xml`},
	} {
		tags, _, err := ReadSDNXML("s.xml", strings.NewReader(c.in))
		var fault *Fault
		if err == nil || len(tags) > 0 || !errors.As(err, &fault) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// repeat is an endless middle of an XML file, to see that nothing piles up.
type repeat struct {
	head, body, tail string
	n                int
	buf              string
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.buf == "" {
		switch {
		case r.head != "":
			r.buf, r.head = r.head, ""
		case r.n > 0:
			r.buf, r.n = r.body, r.n-1
		case r.tail != "":
			r.buf, r.tail = r.tail, ""
		default:
			return 0, fmt.Errorf("read past the end")
		}
	}
	n := copy(p, r.buf)
	r.buf = r.buf[n:]
	return n, nil
}

// TestXMLStreams: 20 MB of parties without addresses leave no memory behind.
func TestXMLStreams(t *testing.T) {
	party := "<sdnEntry><lastName>" + strings.Repeat("NAME ", 200) + "</lastName><programList><program>X</program></programList></sdnEntry>\n"
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tags, r, err := ReadSDNXML("s.xml", &repeat{head: "<sdnList>", body: party, tail: "</sdnList>", n: 20_000})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if len(tags) != 0 || err == nil || !strings.Contains(err.Error(), "read past the end") || r == nil {
		t.Fatalf("%d tags, %v", len(tags), err)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("%d bytes are left of a list without addresses", grown)
	}
}

const sdnRow = `1,"DOE, Jane","individual","CYBER2",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"POB X; Digital Currency Address - XBT 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa; alt. Digital Currency Address - ETH 0xabc0000000000000000000000000000000000001; a.k.a. 'J'."` + "\r\n"

func TestSDNCSV(t *testing.T) {
	tags, r, err := ReadSDNCSV("sdn.csv", strings.NewReader(sdnRow+"2,short\r\n3,\"X\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"Digital Currency Address - USDT TRYL7PKCG4b4xRCM554Q5J6o8f1UjUmfnY.\"\r\n\x1a"), "")
	want := `1 XBT 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa bip122:000000000019d6689c085ae165831e93 | DOE, Jane | CYBER2 | .. | 
1 ETH 0xabc0000000000000000000000000000000000001 eip155:1 | DOE, Jane | CYBER2 | .. | 
3 USDT TRYL7PKCG4b4xRCM554Q5J6o8f1UjUmfnY tagpack:TRX | X |  | .. | 
bent 1: a list without a date; give it with --list-date
`
	if got := showListed(tags, r); err != nil || got != want || r.Skipped != 1 {
		t.Errorf("%v, %d skipped\ngot\n%s\nwant\n%s", err, r.Skipped, got, want)
	}
	for in, want := range map[string]string{
		"":                    "sdn.csv: no entry of an SDN list",
		"a,b,c\n":             "sdn.csv: no entry of an SDN list",
		sdnRow + "2,\"open\n": "sdn.csv:2: cannot be read as CSV",
	} {
		if _, _, err := ReadSDNCSV("sdn.csv", strings.NewReader(in), ""); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestOFACList(t *testing.T) {
	tags, r, err := ReadOFACList("x/sanctioned_addresses_xbt.txt", []byte("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\r\n# note\n\n<html>\n"), "2024-09-27")
	if err != nil || len(tags) != 1 || r.Skipped != 1 || r.Faults[0].Line != 4 || tags[0].Listed.Asset != "XBT" {
		t.Errorf("%v %+v %+v", err, tags, r)
	}
	if _, _, err := ReadOFACList("addresses.txt", nil, ""); !errors.Is(err, ErrSyntax) {
		t.Error(err)
	}
}

// TestSDNCut: remarks of 1,000 characters are cut there; an address at their end
// is not taken for a whole one.
func TestSDNCut(t *testing.T) {
	whole, part := "Digital Currency Address - XBT 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa; ", "alt. Digital Currency Address - XBT 1Gq"
	row := func(remarks string) string { return "1,X,-0-,-0-,-0-,-0-,-0-,-0-,-0-,-0-,-0-,\"" + remarks + "\"\n" }
	tags, r, err := ReadSDNCSV("sdn.csv", strings.NewReader(row(whole+strings.Repeat("x", 1000-len(whole)-len(part))+part)), "2021-07")
	if err != nil || len(tags) != 1 || r.Skipped != 1 || len(r.Bent) != 1 || !strings.Contains(r.Faults[0].Error(), "cut off in the middle (1Gq)") {
		t.Errorf("%v %+v %+v %+v", err, tags, r.Bent, r.Faults)
	}
	if tags, r, _ = ReadSDNCSV("sdn.csv", strings.NewReader(row(whole+strings.TrimSuffix(whole, "; "))), "2021-07"); len(tags) != 2 || r.Skipped != 0 {
		t.Errorf("an address at the end of short remarks: %d tags", len(tags))
	}
}

// TestEndListings: an address that a later list lacks has an end; one on it,
// one of another asset and one of a list without a date have none.
func TestEndListings(t *testing.T) {
	var tags []Tag
	for _, x := range [][3]string{{"left", "2021-07", "XBT"}, {"stays", "2021-07", "XBT"}, {"stays", "2024-09-27", "XBT"}, {"new", "2024-09-27", "XBT"}, {"other", "2021-07", "ETH"}, {"undated", "", "XBT"}} {
		tags = append(tags, Tag{Account: Canonical(x[0]), Listed: &Listing{List: "OFAC SDN", ListDate: x[1], Asset: x[2]}})
	}
	tags = append(tags, Tag{Account: "left"})
	EndListings(tags)
	for i, want := range []string{"2024-09-27", "", "", "", "", ""} {
		if got := tags[i].Listed.End; got != want {
			t.Errorf("%s: end %q, want %q", tags[i].Account, got, want)
		}
	}
}

// FuzzSDNXML: whatever the bytes, a *Fault or tags that are whole.
func FuzzSDNXML(f *testing.F) {
	f.Add([]byte(plainXML))
	f.Add([]byte(advancedXML))
	f.Add([]byte("<Sanctions><Feature FeatureTypeID=\"\"><VersionDetail>x</VersionDetail></Feature></Sanctions>"))
	f.Add([]byte("<!DOCTYPE a><sdnList/>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		tags, _, err := ReadSDNXML("f", strings.NewReader(string(text)))
		wholeOrFault(t, tags, err)
	})
}

// FuzzSDNCSV does the same for the classic CSV.
func FuzzSDNCSV(f *testing.F) {
	f.Add([]byte(sdnRow))
	f.Add([]byte(sdnRow + "\x1a"))
	f.Add([]byte("1,\"a\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		tags, _, err := ReadSDNCSV("f", strings.NewReader(string(text)), "")
		if err != nil {
			tags = nil
		}
		wholeOrFault(t, tags, err)
	})
}

func wholeOrFault(t *testing.T, tags []Tag, err error) {
	t.Helper()
	var fault *Fault
	if err != nil && (!errors.As(err, &fault) || fault.Err == nil || len(tags) > 0) {
		t.Fatalf("%T is no whole fault, or tags came with it: %v", err, err)
	}
	for _, x := range tags {
		if e := x.Validate(); e != nil || x.Listed == nil {
			t.Fatalf("%v: %+v", e, x)
		}
	}
}
