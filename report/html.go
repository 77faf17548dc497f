package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

var (
	//go:embed page.tmpl
	pageText string
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string

	pageTemplate = template.Must(template.New("page").Parse(pageText))
)

// htmlPlaces is how many places a table of the page lists.
const htmlPlaces = 1000

// htmlPictures is how many pictures of each kind a page carries; beyond it only
// the leading policy is drawn.
const htmlPictures = 48

// HTML writes the document as one page that needs nothing but itself: facts,
// conservation, pictures, a table of places that sorts and filters, bounds with
// their certificates in words, findings, seeds, warnings, methods, limits, and
// the stamp. A switch shows the figures and pictures of one policy at a time. It
// reads without scripts, in light and dark, on paper, and by keyboard; it loads
// nothing. Every string from outside is shown as text.
func HTML(w io.Writer, d *Document, o Options) (err error) {
	defer failed(&err)
	p, err := newPage(d, o)
	if err != nil {
		return err
	}
	return pageTemplate.Execute(w, p)
}

// page is what the template shows.
type page struct {
	Title, Question, Summary, Theme string
	Style                           template.CSS
	Script                          template.JS
	Policies                        []pagePolicy
	Scopes                          []pageScope
	Findings                        []Finding
	OK, Bad, Notes                  int
	Seeds                           []pageSeed
	Unobserved                      []pageSeed
	Conversions, Unclear            []pageConversion
	Warnings                        []string
	Limits                          []string
	Stamp                           []stampLine
}

// pagePolicy is one choice of the switch.
type pagePolicy struct {
	Index              int
	Name, Rule, Source string
	On                 string
	Chosen             bool
	Reach              bool // does not conserve
}

// pageSeed is a line of the seeds, or of unobserved value.
type pageSeed struct{ Theft, Amount, Account, How, Time string }

func newPage(d *Document, o Options) (*page, error) {
	scopes, err := d.scopes(o)
	if err != nil {
		return nil, err
	}
	p := &page{Title: clean(d.Title), Question: clean(d.Question), Summary: clean(d.Summary), Theme: o.Theme, Script: template.JS(pageScript), Limits: limits, Stamp: d.stamp()}
	if o.Theme != "light" && o.Theme != "dark" {
		p.Theme = ""
	}
	if p.Title == "" {
		p.Title = "A trail of stolen value"
	}
	lead := 0
	if len(scopes) > 0 {
		lead = scopes[0].policy
	}
	for i, m := range d.methods() {
		p.Policies = append(p.Policies, pagePolicy{i, string(m.Policy), m.Rule, m.Source, m.On, i == lead, !m.Policy.Conserves()})
	}
	p.Style = template.CSS(pageStyle + pictureStyle + switchStyle(len(p.Policies)))
	n := newNames(d.Trail)
	pictures := 0
	for _, s := range scopes {
		pictures += len(s.agreeing())
	}
	leadOnly := pictures > htmlPictures
	for i, s := range scopes {
		p.Scopes = append(p.Scopes, s.page(n, o, i, leadOnly))
	}
	for _, f := range d.Findings {
		p.Findings = append(p.Findings, Finding{clean(f.Title), f.Status, clean(f.Want), clean(f.Got), clean(f.Source), clean(f.Text)})
	}
	p.OK, p.Bad, p.Notes = tally(d.Findings)
	p.lists(d, n)
	return p, nil
}

// lists fills the seeds, the unobserved value and the warnings.
func (p *page) lists(d *Document, n *names) {
	for _, s := range d.Trail.Seeds {
		how := "credit " + clean(s.Transfer)
		if s.Injected {
			how = "put in: the ledger lacks it"
		}
		if !s.Overlap.IsZero() {
			how += fmt.Sprintf("; %s of it an earlier theft had marked", clean(s.Asset.Format(s.Overlap)))
		}
		p.Seeds = append(p.Seeds, pageSeed{clean(s.Theft), clean(s.Asset.Format(s.Amount)), n.look(string(s.Account)), how, when(s.Time)})
	}
	p.conversions(d, n)
	for _, u := range d.Trail.Unobserved {
		p.Unobserved = append(p.Unobserved, pageSeed{Amount: clean(u.Asset.Format(u.Amount)), Account: n.look(string(u.Pool.Account))})
	}
	for _, w := range d.Trail.Warnings {
		p.Warnings = append(p.Warnings, clean(w))
	}
	if len(n.alikes) > 0 {
		p.Warnings = append(p.Warnings, alike+" marks an address that another address of this trail looks like at both ends")
	}
}

// switchStyle makes the choice of a policy work without scripts: what belongs to
// the other policies is not shown, the chosen column stands out.
func switchStyle(policies int) string {
	var b strings.Builder
	for i := range policies {
		fmt.Fprintf(&b, "html:has(#p%d:checked) .pol:not(.p%d){display:none}\n", i, i)
		fmt.Fprintf(&b, "html:has(#p%d:checked) .c%d{background:var(--chosen)}\n", i, i)
	}
	return b.String()
}
