package heist

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// family is a public collection whose pages a draft cites one by one.
type family struct {
	match       *regexp.Regexp // its submatches make the id
	prefix      string
	publisher   string
	kind        SourceKind
	reliability string
	licence     string
}

// families: licences as their repositories state them; where none was seen, single
// facts are cited and no text is taken.
var families = []family{
	{regexp.MustCompile(`^https://github\.com/1712n/dn-institute/.*/incidents/([^/]+)\.md$`), "dn-institute", "dn.institute", "aggregator", "C", "Unlicense"},
	{regexp.MustCompile(`^https://github\.com/magoo/Blockchain-Graveyard/.*/_posts/([^/]+)\.markdown$`), "graveyard", "Blockchain Graveyard", "aggregator", "C", "none seen: single facts only"},
	{regexp.MustCompile(`^https://github\.com/liqtags/crypto-rekts/.*/rekts/([^/]+)\.md$`), "crypto-rekts", "liqtags/crypto-rekts", "aggregator", "C", "none seen: single facts only"},
	{regexp.MustCompile(`^https://github\.com/tayvano/lazarus-bluenoroff-research/blob/([0-9a-f]{7})[0-9a-f]*/(?:.*/)?([^/]+)\.md$`), "tayvano", "T. Monahan (tayvano)", "researcher", "C", "not checked: single facts only"},
	{regexp.MustCompile(`^https://github\.com/vz-risk/VCDB/issues/([0-9]+)$`), "vcdb", "VERIS Community Database", "aggregator", "C", "not checked: single facts only"},
	{regexp.MustCompile(`^https://github\.com/eggbertgjk/vault-risk-framework/blob/([0-9a-f]{7})[0-9a-f]*/`), "defillama-copy", "third-party copy of the DefiLlama hacks list", "aggregator", "C", "CC-BY-NC-4.0"},
}

// source gives the id of the source behind a citation, making it when it is new.
// "URL (remark)": the remark becomes its title.
func (m *importer) source(cite string) string {
	address, remark, _ := strings.Cut(cite, " (")
	if s := m.byURL[address]; s != nil {
		return s.ID
	}
	s := &Source{URL: address, Title: strings.TrimSuffix(remark, ")"), Kind: "press", Licence: "facts only"}
	s.setPlace(m.file, m.line, nil)
	base := ""
	for _, f := range families {
		if t := f.match.FindStringSubmatch(address); t != nil {
			s.Publisher, s.Kind, s.Reliability, s.Licence = f.publisher, f.kind, f.reliability, f.licence
			base = f.prefix + "-" + strings.Join(t[1:], "-")
			break
		}
	}
	if base == "" {
		base, s.Publisher = pressID(address)
		if strings.Contains(s.Publisher, ".gov") || strings.HasSuffix(s.Publisher, ".gov") {
			s.Kind = "government"
		}
	}
	s.ID = slugOf(base)
	for n := 2; m.ids[s.ID]; n++ {
		s.ID = slugOf(base) + "-" + strconv.Itoa(n)
	}
	m.ids[s.ID] = true
	m.byURL[address] = s
	m.out.Sources = append(m.out.Sources, s)
	return s.ID
}

// pressID makes an id of a page's host and the end of its path.
func pressID(address string) (id, host string) {
	u, err := url.Parse(address)
	if err != nil {
		return address, address
	}
	host = strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	parts := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	tail := u.RawQuery
	if len(parts) > 0 {
		if last := parts[len(parts)-1]; len(last) > 4 && !strings.HasPrefix(last, "articleView") && !strings.HasPrefix(last, "index") {
			tail = last
		} else if tail == "" {
			tail = strings.Join(parts, "-")
		}
	}
	return host + "-" + tail, host
}

// slugOf writes a text as an id of at most 60 letters.
func slugOf(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
