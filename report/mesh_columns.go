package report

// columns gives each node its column: one more than the farthest node that feeds
// it, but for links that lead back.
func (m *mesh) columns() {
	m.backLinks()
	outs := m.outs()
	waiting := make([]int, len(m.nodes))
	for _, l := range m.links {
		if !l.back {
			waiting[l.to.num]++
		}
	}
	var ready []*meshNode
	for _, n := range m.nodes {
		n.col = 0
		if waiting[n.num] == 0 {
			ready = append(ready, n)
		}
	}
	for len(ready) > 0 {
		n := ready[0]
		ready = ready[1:]
		for _, l := range outs[n.num] {
			if l.back {
				continue
			}
			l.to.col = max(l.to.col, n.col+1)
			if waiting[l.to.num]--; waiting[l.to.num] == 0 {
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
	state := make([]int, len(m.nodes)) // 1 on the walk, 2 done
	type step struct {
		n *meshNode
		i int
	}
	for _, l := range m.links {
		l.back = false
	}
	for _, root := range m.nodes {
		if state[root.num] != 0 {
			continue
		}
		state[root.num] = 1
		for walk := []step{{root, 0}}; len(walk) > 0; {
			top := &walk[len(walk)-1]
			if top.i == len(outs[top.n.num]) {
				state[top.n.num] = 2
				walk = walk[:len(walk)-1]
				continue
			}
			l := outs[top.n.num][top.i]
			top.i++
			switch state[l.to.num] {
			case 0:
				state[l.to.num] = 1
				walk = append(walk, step{l.to, 0})
			case 1:
				l.back = true
			}
		}
	}
}

// hops counts for each node the least number of ribbons from a theft, or from where
// value enters without one. The ribbon to what stays on an account counts: a place
// stands right of its account.
func (m *mesh) hops() {
	outs := m.outs()
	fed := make([]bool, len(m.nodes))
	for _, l := range m.links {
		fed[l.to.num] = true
	}
	var queue []*meshNode
	seen := make([]bool, len(m.nodes))
	for _, n := range m.nodes {
		n.hop = 0
		if n.node.kind == aTheft || !fed[n.num] {
			queue, seen[n.num] = append(queue, n), true
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, l := range outs[n.num] {
			if !seen[l.to.num] {
				seen[l.to.num], l.to.hop = true, n.hop+1
				queue = append(queue, l.to)
			}
		}
	}
}
