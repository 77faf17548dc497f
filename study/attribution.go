package study

import (
	"slices"

	"github.com/coldtrail/coldtrail/heist"
)

// standing orders how far an attribution has got; disputed ones are told apart.
var standing = map[heist.AttributionStatus]int{"claimed": 1, "disputed": 1, "assessed": 2, "indicted": 3, "sanctioned": 4, "convicted": 5}

var confidences = map[heist.Confidence]int{"low": 1, "moderate": 2, "high": 3}

// permille are the probabilities of the seeded runs: the middle of the ICD 203
// band, or a value by confidence where no likelihood is told (docs/study.md).
var (
	byLikelihood = map[heist.Likelihood]int{"almost_no_chance": 30, "very_unlikely": 125, "unlikely": 325, "roughly_even": 500,
		"likely": 675, "very_likely": 875, "almost_certain": 970}
	byConfidence = map[heist.Confidence]int{"low": 400, "moderate": 750, "high": 950}
)

// attribution reads who did it: the best claim for the actor decides; claims
// against it, and withdrawals, make it disputed.
func (r *reading) attribution(i *heist.Incident) Attribution {
	a := Attribution{Verdict: Nobody}
	var best *heist.Claim
	disputed := true
	passes := false
	for _, cl := range r.reg.Attributions(i, r.q) {
		if !r.reg.IsOrPartOf(cl.Actor, r.actor) {
			continue
		}
		if cl.Polarity == heist.Against || cl.Polarity == heist.Withdrawn {
			a.Against = append(a.Against, cl.GlobalID())
			continue
		}
		a.Claims = append(a.Claims, cl.GlobalID())
		disputed = disputed && cl.Standing == heist.StatusDisputed
		ok := r.strong(cl)
		if best == nil || ok && !passes {
			best = cl
		}
		passes = passes || ok
	}
	if best == nil {
		return a
	}
	a.Actor, a.Standing, a.Confidence = best.Actor, string(best.Standing), string(best.Confidence)
	a.Parties, a.On = best.Parties, best.AssertedOn.String()
	a.Permille = byConfidence[best.Confidence]
	if p, ok := byLikelihood[best.Likelihood]; ok {
		a.Permille = p
	}
	switch {
	case disputed || len(a.Against) > 0:
		a.Verdict = Disputed
	case passes:
		a.Verdict = Counted
	default:
		a.Verdict = TooWeak
	}
	return a
}

// strong reports that a claim reaches the policy's threshold.
func (r *reading) strong(cl *heist.Claim) bool {
	p := r.pol.Attribution
	return confidences[cl.Confidence] >= confidences[p.MinConfidence] && standing[cl.Standing] >= standing[p.MinStatus]
}

// counts reports that the policy's central number takes the row as the actor's.
func (r *reading) counts(row *Row) bool {
	return row.Claimed.Verdict == Counted || row.Claimed.Verdict == Disputed && r.pol.Attribution.Disputed == "include"
}

// in says why an incident is left out, or "".
func (r *reading) leftOut(i *heist.Incident) string {
	for _, e := range r.pol.Exclude {
		if e.Incident == i.ID {
			return "excluded by the policy: " + e.Reason
		}
	}
	switch {
	case i.DuplicateOf != "":
		return "the same as " + i.DuplicateOf
	case !slices.Contains(r.pol.Scope, i.Scope):
		return "scope " + string(i.Scope) + " is not counted"
	case len(r.pol.Sectors) > 0 && !slices.Contains(r.pol.Sectors, i.Sector):
		return "sector " + string(i.Sector) + " is not counted"
	case !r.reg.Known(i, r.q):
		return "not yet known on " + r.day
	case i.Occurred().IsZero():
		return "no date"
	}
	return ""
}

// inPeriod reports that the incident began inside the policy's period.
func (r *reading) inPeriod(i *heist.Incident) bool {
	begun := i.Occurred().First()
	from, to := r.pol.Period.From.First(), r.pol.Period.To.Last()
	return (from.IsZero() || !begun.Before(from)) && (to.IsZero() || !begun.After(to))
}
