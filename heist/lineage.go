package heist

import "sort"

// Roots are the sources at the beginning of the chains that a source repeats: its
// own id when it repeats nothing. Two claims corroborate each other only when
// their roots differ.
func (reg *Register) Roots(source string) []string {
	seen, roots := map[string]bool{}, map[string]bool{}
	var walk func(id string)
	walk = func(id string) {
		if seen[id] {
			return
		}
		seen[id] = true
		s := reg.Source(id)
		if s == nil || len(s.DerivedFrom) == 0 {
			roots[id] = true
			return
		}
		for _, up := range s.DerivedFrom {
			walk(up)
		}
	}
	walk(source)
	out := make([]string, 0, len(roots))
	for id := range roots {
		out = append(out, id)
	}
	sort.Strings(out)
	return out
}

// IsOrPartOf reports whether an actor is another one or belongs to it.
func (reg *Register) IsOrPartOf(actor, whole string) bool {
	for n := 0; actor != "" && n < 32; n++ {
		if actor == whole {
			return true
		}
		a := reg.Actor(actor)
		if a == nil {
			return false
		}
		actor = a.PartOf
	}
	return false
}
