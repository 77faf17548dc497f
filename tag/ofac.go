package tag

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"regexp"
	"strings"
	"time"
)

// OFACSource is where the United States Treasury publishes the SDN list.
const OFACSource = "https://sanctionslist.ofac.treas.gov/"

// ofac makes the tag of one listed address.
func ofac(r *Report, line int, asset, address string, l Listing) Tag {
	id, known := Network(asset, address)
	if !known {
		r.bend(line, "asset not in the table of networks, kept under a name of its own", asset)
	}
	if _, err := Check(id, address); err != nil {
		r.bend(line, "address with a wrong checksum, kept", address+" ("+asset+"): "+err.Error())
	}
	l.List, l.Asset = "OFAC SDN", asset
	label := "OFAC SDN list"
	if l.Party != "" {
		label += ": " + l.Party
	}
	return Tag{
		Ledger: id, Account: Canonical(address), Network: asset, Label: label, Concepts: []string{"sanction"},
		Confidence: "authority_data", Source: OFACSource, Pack: "OFAC SDN", File: r.File, Line: line, Listed: &l,
	}
}

var listName = regexp.MustCompile(`(?i)sanctioned_addresses_([a-z0-9]+)\.txt`)

// ReadOFACList reads a list of one asset's addresses, one a line, as made from
// the SDN list under the name sanctioned_addresses_ASSET.txt. The list itself
// has no date: listDate gives its state (YYYY-MM-DD), or "" when it is not known.
func ReadOFACList(file string, text []byte, listDate string) ([]Tag, *Report, error) {
	r := &Report{File: file, Kind: "ofac-list", SHA256: digest(text), Title: "OFAC SDN"}
	m := listName.FindStringSubmatch(path.Base(file))
	if m == nil {
		return nil, r, &Fault{file, 0, "the name does not say the asset", "call it sanctioned_addresses_XBT.txt", ErrSyntax}
	}
	if listDate == "" {
		r.bend(0, "a list without a date; give it with --list-date", path.Base(file))
	}
	var out []Tag
	sc := bufio.NewScanner(bytes.NewReader(text))
	for line := 1; sc.Scan(); line++ {
		a := strings.TrimSpace(sc.Text())
		switch {
		case a == "" || a[0] == '#':
		case strings.ContainsAny(a, " ,;<>{}\"") || len(a) < 10 || len(a) > 200:
			r.refuse(line, "one address a line", "%.40q is no address", a)
		default:
			out = append(out, ofac(r, line, strings.ToUpper(m[1]), a, Listing{ListDate: listDate}))
		}
	}
	if err := sc.Err(); err != nil {
		return out, r, &Fault{file, 0, "cannot be read as lines", "one address a line", err}
	}
	r.Tags = len(out)
	return out, r, nil
}

// currency finds addresses in the remarks of an SDN entry.
var currency = regexp.MustCompile(`Digital Currency Address - ([A-Z0-9]{2,8}) ([^\s;]+)`)

// remarksMax is where sdn.csv cuts its remarks; what is longer goes on in a file of
// its own. Seen in the list of July 2021: four of fifteen entries with addresses
// have remarks of this length, and one ends inside an address.
const remarksMax = 1000

// ReadSDNCSV reads the SDN list in its classic CSV (sdn.csv): no header, twelve
// columns, "-0-" for nothing, addresses in the remarks. listDate is the state
// of the list, which the file does not say.
func ReadSDNCSV(file string, in io.Reader, listDate string) ([]Tag, *Report, error) {
	r := &Report{File: file, Kind: "sdn-csv", Title: "OFAC SDN"}
	if listDate == "" {
		r.bend(0, "a list without a date; give it with --list-date", path.Base(file))
	}
	c := csv.NewReader(in)
	c.FieldsPerRecord, c.ReuseRecord = -1, true
	var out []Tag
	entries := 0
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var pe *csv.ParseError
			line := 0
			if errors.As(err, &pe) {
				line, err = pe.Line, pe.Err
			}
			return out, r, &Fault{file, line, "cannot be read as CSV", "sdn.csv as OFAC publishes it has no other quotes", err}
		}
		line, _ := c.FieldPos(0)
		if len(row) == 1 && strings.Trim(row[0], "\x1a \r") == "" {
			continue // the end mark of DOS files, with which OFAC ends the list
		}
		if len(row) < 12 {
			r.refuse(line, "an entry has number, name, type, programme and eight more", "%d columns, want 12", len(row))
			continue
		}
		entries++
		l := Listing{ListDate: listDate, Party: sdnText(row[1]), Programme: sdnText(row[3])}
		remarks := strings.TrimRight(strings.Join(row[11:], " "), " ")
		cut := len([]rune(remarks)) >= remarksMax
		if cut {
			r.bend(line, "remarks cut off at 1,000 characters: addresses behind that are not in this file; sdn.xml has them", l.Party)
		}
		for _, m := range currency.FindAllStringSubmatch(remarks, -1) {
			if cut && strings.HasSuffix(remarks, m[0]) {
				r.refuse(line, "take it from sdn.xml", "an address of %s that is cut off in the middle (%s)", m[1], m[2])
				continue
			}
			a := strings.TrimRight(m[2], ".,")
			if Canonical(a) == "" {
				r.refuse(line, "", "an address of %s that is empty", m[1])
				continue
			}
			out = append(out, ofac(r, line, m[1], a, l))
		}
	}
	if entries == 0 {
		return nil, r, &Fault{file, 0, "no entry of an SDN list", "sdn.csv as OFAC publishes it", ErrSyntax}
	}
	r.Tags = len(out)
	return out, r, nil
}

func sdnText(s string) string {
	if s = strings.TrimSpace(s); s == "-0-" {
		return ""
	}
	return s
}

// EndListings sets the end of listings when lists of several dates are at hand.
// OFAC's files state no end: an address that left the list is only missing from
// the later one. A listing ends when a later list of the same name and asset
// has addresses, and not this one. The tags without a listing are passed over.
func EndListings(tags []Tag) {
	type of struct{ list, asset string }
	type one struct {
		of
		account string
	}
	newest, last := map[of]string{}, map[one]string{}
	for _, t := range tags {
		if l := t.Listed; l != nil {
			k := of{l.List, l.Asset}
			newest[k] = max(newest[k], l.ListDate)
			o := one{k, string(t.Account)}
			last[o] = max(last[o], l.ListDate)
		}
	}
	for _, t := range tags {
		if l := t.Listed; l != nil && l.ListDate != "" {
			k := of{l.List, l.Asset}
			if last[one{k, string(t.Account)}] < newest[k] {
				l.End = newest[k]
			}
		}
	}
}

// nameDate finds a date in the name of a file: 2021-07 or 2024-09-27.
var nameDate = regexp.MustCompile(`(?:19|20)[0-9]{2}-[01][0-9](?:-[0-3][0-9])?`)

// ValidDate reports whether a date is written YYYY-MM-DD.
func ValidDate(s string) bool {
	_, err := time.Parse("2006-01-02", s)
	return err == nil
}
