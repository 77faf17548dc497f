package report

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/study"
)

// ErrOtherRegister marks a study shown with a register it was not built from.
var ErrOtherRegister = errors.New("the study was built from another register")

// studyNumber is an entry of the appendix: a number and what it stands on.
type studyNumber struct {
	Anchor, ID, What, Text string
	Rows, Claims           []studyLink
}

// studyLink leads to another entry.
type studyLink struct{ Anchor, Text string }

// studyIncident is an incident with the claims that the study uses.
type studyIncident struct {
	Anchor, ID, Title string
	Claims            []studyClaim
}

type studyClaim struct {
	Anchor, ID, Property, Says, Grade, When, Standing, Locator string
	Sources                                                    []studyLink
}

type studySource struct {
	Anchor, ID, Publisher, Title, Link, Address, When, Kind, Reliability, Licence, Repeats string
}

// appendix lists the numbers, then the claims they stand on by incident, then the
// sources of the claims.
func (p *studyPage) appendix(st *study.Study, reg *heist.Register) error {
	used := map[string]map[string]bool{} // incident to claims
	for _, n := range st.Numbers {
		entry := studyNumber{Anchor: anchor("n", n.ID), ID: clean(n.ID), What: clean(n.What), Text: clean(n.Text)}
		for _, id := range n.Rows {
			if reg.Incident(id) == nil {
				return fmt.Errorf("%w: number %s stands on incident %s, which is not in it", ErrOtherRegister, n.ID, id)
			}
			if used[id] == nil {
				used[id] = map[string]bool{}
			}
			entry.Rows = append(entry.Rows, studyLink{anchor("i", id), clean(id)})
		}
		for _, id := range n.Claims {
			incident, claim, _ := strings.Cut(id, "#")
			if i := reg.Incident(incident); i == nil || i.Claim(claim) == nil {
				return fmt.Errorf("%w: number %s stands on claim %s, which is not in it", ErrOtherRegister, n.ID, id)
			}
			if used[incident] == nil {
				used[incident] = map[string]bool{}
			}
			used[incident][claim] = true
			entry.Claims = append(entry.Claims, studyLink{anchor("c", id), clean(id)})
		}
		p.Numbers = append(p.Numbers, entry)
	}
	sources := map[string]bool{}
	for _, i := range reg.Incidents {
		if used[i.ID] == nil {
			continue
		}
		entry := studyIncident{Anchor: anchor("i", i.ID), ID: clean(i.ID), Title: clean(i.Title)}
		for _, cl := range i.Claims {
			if used[i.ID][cl.ID] {
				entry.Claims = append(entry.Claims, claimEntry(cl, sources))
			}
		}
		p.Incidents = append(p.Incidents, entry)
	}
	return p.sourceList(reg, sources)
}

func claimEntry(cl *heist.Claim, sources map[string]bool) studyClaim {
	c := studyClaim{Anchor: anchor("c", cl.GlobalID()), ID: clean(cl.ID), Property: words(string(cl.Property)), Says: clean(cl.Summary()), Grade: clean(string(cl.Grade)), Locator: clean(cl.Locator)}
	if !cl.AssertedOn.IsZero() {
		c.When = "asserted " + cl.AssertedOn.String()
	}
	c.Standing = "draft: not checked a second time"
	if !cl.Draft() {
		c.Standing = "reviewed " + cl.ReviewedOn.String()
	}
	if cl.SharedSources() {
		c.Standing += "; which of these sources says it is not recorded"
	}
	for _, id := range cl.Sources {
		sources[id] = true
		c.Sources = append(c.Sources, studyLink{anchor("s", id), clean(id)})
	}
	return c
}

func (p *studyPage) sourceList(reg *heist.Register, sources map[string]bool) error {
	var ids []string
	for id := range sources {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		s := reg.Source(id)
		if s == nil {
			return fmt.Errorf("%w: source %s is not in it", ErrOtherRegister, id)
		}
		entry := studySource{
			Anchor: anchor("s", id), ID: clean(id), Publisher: clean(s.Publisher), Title: clean(s.Title), Link: link(s.URL), Address: clean(s.URL),
			Kind: words(string(s.Kind)), Reliability: clean(s.Reliability), Licence: clean(s.Licence), Repeats: clean(strings.Join(s.DerivedFrom, ", ")),
		}
		if !s.PublishedOn.IsZero() {
			entry.When = s.PublishedOn.String()
		}
		p.Sources = append(p.Sources, entry)
	}
	return nil
}
