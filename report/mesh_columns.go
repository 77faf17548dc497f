package report

// columns gives each node its column: one more than the farthest node that feeds
// it, but for links that lead back.
func (m *mesh) columns() {
	m.backLinks()
	waiting := map[*meshNode]int{}
	for _, l := range m.links {
		if !l.back {
			waiting[l.to]++
		}
	}
	var ready []*meshNode
	for _, n := range m.nodes {
		n.col = 0
		if waiting[n] == 0 {
			ready = append(ready, n)
		}
	}
	outs := m.outs()
	for len(ready) > 0 {
		n := ready[0]
		ready = ready[1:]
		for _, l := range outs[n] {
			if l.back {
				continue
			}
			l.to.col = max(l.to.col, n.col+1)
			if waiting[l.to]--; waiting[l.to] == 0 {
				ready = append(ready, l.to)
			}
		}
	}
}

// backLinks marks the links that close a circle: value that came back. Each circle
// loses the link that a walk from the thefts, in the order of time, meets when the
// circle closes.
func (m *mesh) backLinks() {
	outs := m.outs()
	state := map[*meshNode]int{} // 1 on the walk, 2 done
	type step struct {
		n *meshNode
		i int
	}
	for _, l := range m.links {
		l.back = false
	}
	for _, root := range m.nodes {
		if state[root] != 0 {
			continue
		}
		state[root] = 1
		for walk := []step{{root, 0}}; len(walk) > 0; {
			top := &walk[len(walk)-1]
			if top.i == len(outs[top.n]) {
				state[top.n] = 2
				walk = walk[:len(walk)-1]
				continue
			}
			l := outs[top.n][top.i]
			top.i++
			switch state[l.to] {
			case 0:
				state[l.to] = 1
				walk = append(walk, step{l.to, 0})
			case 1:
				l.back = true
			}
		}
	}
}

// hops counts for each node the least number of movements from a theft, or from
// where value enters without one.
func (m *mesh) hops() {
	outs := m.outs()
	fed := map[*meshNode]bool{}
	for _, l := range m.links {
		fed[l.to] = true
	}
	var queue []*meshNode
	seen := map[*meshNode]bool{}
	for _, n := range m.nodes {
		n.hop = 0
		if n.node.kind == aTheft || !fed[n] {
			queue, seen[n] = append(queue, n), true
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, l := range outs[n] {
			if !seen[l.to] {
				seen[l.to], l.to.hop = true, n.hop+1
				queue = append(queue, l.to)
			}
		}
	}
}
