package study

import (
	"strings"

	"github.com/coldtrail/coldtrail/heist"
)

// evidence shows the grade of the claim that answers each question.
func (b *builder) evidence() error {
	for _, row := range b.ranked(b.rows, b.basis()) {
		i := b.reg.Incident(row.ID)
		grade := func(p heist.Property) string { return gradeOf(b.reg.Resolve(i, p, b.q).Claim) }
		g := Grades{ID: row.ID, Title: row.Title, Date: grade(heist.PropOccurred), Method: grade(heist.PropMethod), Actor: grade(heist.PropAttribution),
			Amount: gradeOf(b.reg.Amounts(i, heist.LeftCtrl, "USD", b.q).Claim), Sources: row.Roots, Reviewed: !row.Draft}
		if g.Amount == "" {
			g.Amount = grade(heist.PropAmount)
		}
		b.s.Evidence = append(b.s.Evidence, g)
	}
	return nil
}

func gradeOf(cl *heist.Claim) string {
	if cl == nil {
		return ""
	}
	if cl.Grade == "" && cl.Incident().Import != nil {
		return string(cl.Incident().Import.Grade)
	}
	return string(cl.Grade)
}

// disputes lists the questions on which claims that stand differ, with the rule
// that chose. It covers every incident of the register.
func (b *builder) disputes() error {
	for _, i := range b.reg.Incidents {
		for _, basis := range heist.Bases() {
			if additive[basis] {
				continue
			}
			for _, code := range b.reg.AssetsOf(i, basis, b.q) {
				b.conflict(i, string(basis)+" "+code, b.reg.Amounts(i, basis, code, b.q))
			}
		}
		for _, p := range []heist.Property{heist.PropOccurred, heist.PropDisclosed, heist.PropMethod, heist.PropTemperature, heist.PropCountry, heist.PropVictim} {
			b.conflict(i, string(p), b.reg.Resolve(i, p, b.q))
		}
		b.sides(i)
		b.corrections(i)
	}
	return nil
}

func (b *builder) conflict(i *heist.Incident, question string, res heist.Resolved) {
	if res.Claim == nil {
		return
	}
	d := Dispute{ID: i.ID, Title: i.Title, Question: question, Chosen: res.Claim.GlobalID(), Says: said(res.Claim)}
	var best *heist.Claim
	for _, cl := range res.Considered {
		if cl != res.Claim && said(cl) != d.Says {
			d.Others, d.Against = append(d.Others, cl.GlobalID()), append(d.Against, said(cl))
			if best == nil {
				best = cl
			}
		}
	}
	if best == nil {
		return
	}
	d.Why = whyChosen(res.Claim, best)
	b.s.Disputes = append(b.s.Disputes, d)
}

func said(cl *heist.Claim) string {
	switch {
	case cl.Missing != "":
		return string(cl.Missing)
	case cl.Value != "":
		return cl.Value
	}
	return cl.Low + " to " + cl.High
}

// whyChosen names the first rule of docs/register.md on which two claims differ.
func whyChosen(cl, other *heist.Claim) string {
	switch {
	case cl.Missing != other.Missing:
		return "a value before a missing one"
	case cl.Rank != other.Rank:
		return "preferred: " + cl.Reason
	case gradeOf(cl) != gradeOf(other):
		return "the better grade, " + gradeOf(cl) + " before " + gradeOf(other)
	case !cl.AssertedOn.First().Equal(other.AssertedOn.First()):
		return "the later statement, " + cl.AssertedOn.String()
	}
	return "the lower id: the claims are of one grade and day"
}

// sides shows an attribution that somebody contradicts or took back.
func (b *builder) sides(i *heist.Incident) {
	var pro, con []*heist.Claim
	for _, cl := range b.reg.Attributions(i, b.q) {
		if cl.Polarity == heist.Against || cl.Polarity == heist.Withdrawn {
			con = append(con, cl)
		} else if cl.Actor != "" {
			pro = append(pro, cl)
		}
	}
	if len(con) == 0 {
		return
	}
	d := Dispute{ID: i.ID, Title: i.Title, Question: "attribution", Why: "both sides stand; the policy takes disputed attributions as: " + b.pol.Attribution.Disputed}
	for _, cl := range pro {
		d.Chosen, d.Says = cl.GlobalID(), cl.Actor+", "+string(cl.Standing)+", by "+strings.Join(cl.Parties, "; ")
		break
	}
	for _, cl := range con {
		d.Others = append(d.Others, cl.GlobalID())
		d.Against = append(d.Against, string(cl.Polarity)+" "+cl.Actor+", by "+strings.Join(cl.Parties, "; "))
	}
	b.s.Disputes = append(b.s.Disputes, d)
}

// corrections shows claims that newer ones supersede: the adjudications.
func (b *builder) corrections(i *heist.Incident) {
	for _, cl := range i.Claims {
		old := i.Claim(cl.Supersedes)
		if old == nil || !b.reg.Sees(cl, b.q) {
			continue
		}
		b.s.Disputes = append(b.s.Disputes, Dispute{ID: i.ID, Title: i.Title, Question: "correction of " + string(old.Property), Chosen: cl.GlobalID(),
			Others: []string{old.GlobalID()}, Says: said(cl), Against: []string{said(old)}, Why: cl.Reason})
	}
}
