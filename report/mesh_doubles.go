package report

// faces gives the nodes that another of the mesh can be mistaken for the face that
// they share.
func (m *mesh) faces() map[*meshNode]string {
	by, shared := map[string]string{}, map[string]bool{}
	for _, n := range m.nodes {
		if f, ok := n.face(); ok {
			name, seen := by[f]
			shared[f] = shared[f] || seen && name != nodeName(n)
			by[f] = nodeName(n)
		}
	}
	out := map[*meshNode]string{}
	for _, n := range m.nodes {
		if f, ok := n.face(); ok && shared[f] {
			out[n] = f
		}
	}
	return out
}

// face is that of the name of one account or place.
func (n *meshNode) face() (string, bool) {
	if n.fold != nil {
		return "", false
	}
	return face(nodeName(n))
}

// doubles takes out of the rest what can be mistaken for a node that is shown, the
// first so many.
func doubles(shown, rest []*meshNode, faces map[*meshNode]string, most int) (twins, others []*meshNode) {
	if len(faces) == 0 {
		return nil, rest
	}
	there := map[string]bool{}
	for _, n := range shown {
		if f := faces[n]; f != "" {
			there[f] = true
		}
	}
	for _, n := range rest {
		if there[faces[n]] && len(twins) < most {
			twins = append(twins, n)
		} else {
			others = append(others, n)
		}
	}
	return twins, others
}
