package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/study"
)

var (
	//go:embed study.tmpl
	studyText string
	//go:embed study.css
	studyStyle string

	studyTemplate = template.Must(template.New("study").Parse(studyText))
)

// StudyHTML writes a study as one page that needs nothing but itself: first the
// totals with and without Coincheck, each as attempted, left control and net; then
// the figures, each twice, for a wide page and for a narrow one, with its table
// beside; then every number with the claims and sources it stands on. Each number
// of a figure or table leads to its entry. The page has no script and no style
// attribute: its content security policy allows one style sheet, by hash, and
// nothing else. Strings of the register are shown as text; only http and https
// addresses become links.
//
// The register must be the one that the study was built from: a claim that it
// lacks is an error.
func StudyHTML(w io.Writer, st *study.Study, reg *heist.Register, o Options) error {
	p := &studyPage{Header: st.Header, Theme: o.Theme}
	h := &p.Header
	for _, s := range []*string{&h.Policy, &h.PolicyTitle, &h.Scope, &h.From, &h.To, &h.MinConfidence, &h.MinStatus, &h.Disputed, &h.MinGrade, &h.TieBreak, &h.Independence, &h.Prices, &h.RegisterHash, &h.Terms.Valuation, &h.Terms.AsKnownOn} {
		*s = clean(*s)
	}
	if o.Theme != "light" && o.Theme != "dark" {
		p.Theme = ""
	}
	tables, err := studyTables(st)
	if err != nil {
		return err
	}
	if err := p.figures(st, o, tables); err != nil {
		return err
	}
	if err := p.first(st); err != nil {
		return err
	}
	if err := p.appendix(st, reg); err != nil {
		return err
	}
	style := pageStyle + pictureStyle + chartStyle + studyStyle
	sum := sha256.Sum256([]byte(style))
	p.Style = template.CSS(style)
	p.Policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	return studyTemplate.Execute(w, p)
}

// studyPage is what the template shows.
type studyPage struct {
	Header    study.Header
	Theme     string
	Policy    string // of the content
	Style     template.CSS
	Facts     []studyFact
	Parts     []studyPart
	Numbers   []studyNumber
	Incidents []studyIncident
	Sources   []studySource
}

// studyFact is a total of the first page.
type studyFact struct {
	Name   string
	Terms  string
	Sums   []studyCell
	Note   string
	Anchor string
}

// studyPart is a section: a figure, a table, or both.
type studyPart struct {
	ID, Title    string
	Wide, Narrow template.HTML
	Table        *studyTable
	Same         string // the section that has the table
}

// Anchor is where a number's entry stands.
func (c studyCell) Anchor() string { return anchor("n", c.Number) }

// anchor makes an id of the page: letters, digits, points and hyphens stay, every
// other byte becomes its two hex digits after an underscore.
func anchor(kind, id string) string {
	var b strings.Builder
	b.WriteString(kind + "-")
	for i := range len(id) {
		c := id[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	return b.String()
}

// first fills the totals of the first page.
func (p *studyPage) first(st *study.Study) error {
	b := &binder{st: st}
	f := st.Front
	for _, r := range []struct {
		name string
		x    study.Total
		note string
	}{
		{"Attributed to the " + b.actorName() + ", with Coincheck", f.With, f.ShareWith.String()},
		{"The same without Coincheck", f.Without, f.Share.String()},
		{"All incidents of the period", f.All, ""},
	} {
		fact := studyFact{Name: r.name, Anchor: anchor("n", r.x.Number)}
		for _, basis := range totalBases {
			v := r.x.On(basis)
			fact.Sums = append(fact.Sums, studyCell{basisName(basis) + " USD " + b.short(v, b.on(basis)), r.x.Number})
			if _, err := v.Text(); err != nil {
				return err
			}
		}
		fact.Note = plural(r.x.N, "incident", "incidents")
		if r.note != "" {
			fact.Note += "; " + r.note + " of the period by value"
		}
		if r.x.Drafts > 0 {
			fact.Note += fmt.Sprintf("; %s on unreviewed claims", plural(r.x.Drafts, "rests", "rest"))
		}
		fact.Terms = fmt.Sprintf("%s, as known on %s", words(st.Header.Terms.Valuation), st.Header.Terms.AsKnownOn)
		p.Facts = append(p.Facts, fact)
	}
	return b.err
}

// figures draws the figures and puts the tables under them.
func (p *studyPage) figures(st *study.Study, o Options, tables []studyTable) error {
	left := map[string]*studyTable{}
	for i := range tables {
		left[tables[i].Name] = &tables[i]
	}
	shown := map[string]string{}
	for _, f := range studyFigures {
		part := studyPart{ID: f.name, Title: f.title}
		for _, one := range []struct {
			to     *template.HTML
			width  int
			prefix string
		}{{&part.Wide, wideFigure, "w-"}, {&part.Narrow, narrowFigure, "n-"}} {
			svg, err := f.svg(st, sheetOptions{Options: Options{Theme: o.Theme}, width: one.width, prefix: one.prefix + f.name + "-", linked: true})
			if err != nil {
				return err
			}
			*one.to = template.HTML(svg)
		}
		part.Table, part.Same = left[f.table], shown[f.table]
		delete(left, f.table)
		if part.Same == "" {
			shown[f.table] = f.name
		}
		p.Parts = append(p.Parts, part)
	}
	for i := range tables {
		if t := &tables[i]; left[t.Name] != nil {
			p.Parts = append(p.Parts, studyPart{ID: "t-" + t.Name, Title: t.Title, Table: t})
		}
	}
	return nil
}

// link gives an address that may be followed: http and https only.
func link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return u.String()
}
