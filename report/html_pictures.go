package report

import (
	"fmt"
	"html/template"
)

// pictures draws the scope under each policy, or only under the leading one.
// Policies that agree on every movement and place share a picture.
func (s scope) pictures(n *names, o Options, index int, leadOnly bool) []pagePicture {
	var out []pagePicture
	for i, same := range s.agreeing() {
		one := s
		one.policy, one.also = same[0], same[1:]
		pic := pagePicture{Policy: one.policyNames()}
		lead := false
		for _, p := range same {
			pic.Classes += fmt.Sprintf(" p%d", p)
			lead = lead || p == s.policy
		}
		if s.on(same[0]) && (lead || !leadOnly) {
			o := Options{Theme: o.Theme}
			pic.Sankey = template.HTML(drawSankey(one, n, o, fmt.Sprintf("k%d-%d-", index, i), false))
			pic.Timeline = template.HTML(drawTimeline(one, n, o, fmt.Sprintf("t%d-%d-", index, i), false))
		}
		out = append(out, pic)
	}
	return out
}

// agreeing puts together the policies under which every movement and place of
// the scope has the same figure. What does not conserve stands alone, as does
// what the ledger does not have.
func (s scope) agreeing() [][]int {
	var out [][]int
	for i, p := range s.t.Policies {
		joined := false
		for k := range out {
			j := out[k][0]
			if !joined && p.Conserves() && s.t.Policies[j].Conserves() && s.on(i) && s.on(j) && s.agree(i, j) {
				out[k] = append(out[k], i)
				joined = true
			}
		}
		if !joined {
			out = append(out, []int{i})
		}
	}
	return out
}

func (s scope) agree(i, j int) bool {
	for _, h := range s.t.Hops {
		if a := h.Figures[s.view].Amounts; h.Asset.ID == s.asset().ID && a[i] != a[j] {
			return false
		}
	}
	for _, p := range s.t.Places {
		if a := s.figures(p).Amounts; p.Asset.ID == s.asset().ID && a[i] != a[j] {
			return false
		}
	}
	return true
}
