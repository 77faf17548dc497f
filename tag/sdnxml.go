package tag

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// ReadSDNXML reads the SDN list in XML, either form: sdn.xml (sdnList) and
// sdn_advanced.xml (Sanctions). Names are matched without their namespaces,
// which changed over the years. The file is streamed: 80 MB of it need the
// memory of their addresses. A document type, and with it every entity of its
// own, is refused. In the advanced form parties stand before the entries that
// date them, so dates are joined at the end.
func ReadSDNXML(file string, in io.Reader) ([]Tag, *Report, error) {
	x := &sdnXML{report: &Report{File: file, Kind: "sdn-xml", Title: "OFAC SDN"}, file: file,
		assets: map[string]string{}, entries: map[string]entry{}}
	x.d = xml.NewDecoder(in)
	x.d.Strict = true
	x.d.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("encoding %q; the list is UTF-8", charset)
	}
	if err := x.walk(); err != nil {
		return nil, x.report, err
	}
	x.join()
	x.report.Tags = len(x.tags)
	return x.tags, x.report, nil
}

// entry is what the advanced form says of a listing.
type entry struct{ begin, programme string }

type found struct {
	profile, party, programme, asset, address string
	line                                      int
}

type sdnXML struct {
	d      *xml.Decoder
	file   string
	report *Report
	tags   []Tag
	found  []found
	date   string // of the list

	path []string // open elements
	text strings.Builder

	assets  map[string]string // FeatureType id to asset
	entries map[string]entry  // by profile

	featureType, feature string // ids of the open elements
	profile, party       string
	nameParts            []string
	partyFirst           int // index in found of the open party's first
	idType, idNumber     string
	last, first          string
	programmes           []string
	year, month, day     string
	entryProfile         string
	cur                  entry
}

const (
	maxDepth  = 64
	maxText   = 1 << 16
	maxFound  = 1 << 20
	curPrefix = "Digital Currency Address - "
)

func (x *sdnXML) fail(hint string, err error, format string, args ...any) error {
	line, _ := x.d.InputPos()
	return &Fault{x.file, line, fmt.Sprintf(format, args...), hint, err}
}

func (x *sdnXML) walk() error {
	root := ""
	for {
		tok, err := x.d.Token()
		if errors.Is(err, io.EOF) && root != "" {
			break
		}
		if err != nil {
			return x.fail("is the file whole, and the list as OFAC publishes it?", err, "cannot be read as XML")
		}
		switch t := tok.(type) {
		case xml.Directive:
			return x.fail("OFAC's lists have none; a document type can make a small file unfold without end", ErrSyntax, "a document type or another directive")
		case xml.StartElement:
			if root == "" {
				if root = t.Name.Local; root != "sdnList" && root != "Sanctions" {
					return x.fail("want sdn.xml or sdn_advanced.xml", ErrSyntax, "the root is %q", root)
				}
				if root == "Sanctions" {
					x.report.Kind = "sdn-advanced-xml"
				}
			}
			x.path = append(x.path, t.Name.Local)
			x.text.Reset()
			if len(x.path) > maxDepth {
				return x.fail("", ErrSyntax, "elements nest deeper than %d", maxDepth)
			}
			x.open(t)
		case xml.CharData:
			if x.text.Len()+len(t) > maxText {
				return x.fail("", ErrSyntax, "a text longer than %d bytes", maxText)
			}
			x.text.Write(t)
		case xml.EndElement:
			x.close(strings.TrimSpace(x.text.String()))
			x.text.Reset()
			x.path = x.path[:len(x.path)-1]
			if len(x.found) > maxFound {
				return x.fail("", ErrSyntax, "more than %d addresses", maxFound)
			}
		}
	}
	return nil
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// open notes the ids of elements.
func (x *sdnXML) open(t xml.StartElement) {
	switch t.Name.Local {
	case "FeatureType":
		x.featureType = attr(t, "ID")
	case "Feature":
		x.feature = attr(t, "FeatureTypeID")
	case "DistinctParty", "sdnEntry":
		x.profile, x.party, x.nameParts, x.partyFirst = "", "", nil, len(x.found)
		x.last, x.first, x.programmes = "", "", nil
	case "Profile":
		x.profile = attr(t, "ID")
	case "DocumentedName":
		x.nameParts = nil
	case "id":
		x.idType, x.idNumber = "", ""
	case "SanctionsEntry":
		x.entryProfile, x.cur = attr(t, "ProfileID"), entry{}
	case "Date", "From", "DateOfIssue", "EntryEvent":
		x.year, x.month, x.day = "", "", ""
	}
}

func (x *sdnXML) inside(names ...string) bool {
	for _, p := range x.path[:len(x.path)-1] {
		for _, n := range names {
			if p == n {
				return true
			}
		}
	}
	return false
}

// close takes the text of elements.
func (x *sdnXML) close(text string) {
	switch name := x.path[len(x.path)-1]; name {
	case "FeatureType":
		if a, ok := strings.CutPrefix(text, curPrefix); ok && x.featureType != "" {
			x.assets[x.featureType] = strings.TrimSpace(a)
		}
	case "VersionDetail":
		if asset := x.assets[x.feature]; asset != "" && text != "" {
			x.keep(asset, text)
		}
	case "Feature":
		x.feature = ""
	case "NamePartValue":
		x.nameParts = append(x.nameParts, text)
	case "DocumentedName":
		if x.party == "" {
			x.party = strings.Join(x.nameParts, " ")
		}
	case "idType":
		x.idType = text
	case "idNumber":
		x.idNumber = text
	case "id":
		if a, ok := strings.CutPrefix(x.idType, curPrefix); ok && x.idNumber != "" {
			x.keep(strings.TrimSpace(a), x.idNumber)
		}
	case "DistinctParty", "sdnEntry":
		x.closeParty()
	default:
		x.closeMore(name, text)
	}
}

// closeMore takes the names of sdn.xml, dates and entries.
func (x *sdnXML) closeMore(name, text string) {
	switch name {
	case "lastName":
		if !x.inside("akaList") {
			x.last = text
		}
	case "firstName":
		if !x.inside("akaList") {
			x.first = text
		}
	case "program":
		x.programmes = append(x.programmes, text)
	case "Publish_Date":
		if t, err := time.Parse("01/02/2006", text); err == nil {
			x.date = t.Format("2006-01-02")
		} else {
			line, _ := x.d.InputPos()
			x.report.bend(line, "date of the list is not MM/DD/YYYY, left out", text)
		}
	case "Year":
		x.year = text
	case "Month":
		x.month = text
	case "Day":
		x.day = text
	case "DateOfIssue":
		x.date = x.ymd()
	case "EntryEvent":
		if d := x.ymd(); d != "" && (x.cur.begin == "" || d < x.cur.begin) {
			x.cur.begin = d
		}
	case "Comment":
		if x.inside("SanctionsMeasure") && text != "" {
			x.cur.programme = strings.TrimPrefix(x.cur.programme+", "+text, ", ")
		}
	case "SanctionsEntry":
		if x.entryProfile != "" {
			x.entries[x.entryProfile] = x.cur
		}
	}
}

// ymd is the date of the parts read last, or "" when they make none.
func (x *sdnXML) ymd() string {
	pad := func(s string) string {
		if len(s) == 1 {
			return "0" + s
		}
		return s
	}
	if d := x.year + "-" + pad(x.month) + "-" + pad(x.day); ValidDate(d) {
		return d
	}
	return ""
}

func (x *sdnXML) keep(asset, address string) {
	line, _ := x.d.InputPos()
	if strings.ContainsAny(address, " \t\n") || Canonical(address) == "" || len(address) > 200 {
		x.report.refuse(line, "", "%.60q is no address", address)
		return
	}
	x.found = append(x.found, found{profile: x.profile, asset: asset, address: address, line: line})
}

// closeParty gives the addresses of a party its name.
func (x *sdnXML) closeParty() {
	party := x.party
	if party == "" {
		party = strings.Trim(x.last+", "+x.first, ", ")
	}
	for i := x.partyFirst; i < len(x.found); i++ {
		f := &x.found[i]
		f.party, f.programme = party, strings.Join(x.programmes, ", ")
		if f.profile == "" {
			f.profile = x.profile
		}
	}
}

// join makes the tags, with the dates of their entries.
func (x *sdnXML) join() {
	if x.date == "" {
		x.report.bend(0, "the list does not state its date", "")
	}
	for _, f := range x.found {
		l := Listing{ListDate: x.date, Party: f.party, Programme: f.programme}
		if e, ok := x.entries[f.profile]; ok && f.profile != "" {
			l.Begin = e.begin
			if e.programme != "" {
				l.Programme = e.programme
			}
		}
		x.tags = append(x.tags, ofac(x.report, f.line, f.asset, f.address, l))
	}
}
