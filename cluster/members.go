package cluster

import "slices"

// Members lists the accounts of every cluster, for whoever asks often: Result.Members
// goes through all accounts each time. It holds for the clustering as it was made.
type Members struct {
	roots []uint32 // ascending, as the clusters
	first []uint32 // where a cluster's accounts begin
	list  []uint32
}

// IndexMembers makes the lists: 4 bytes an account and 8 a cluster stay.
func (r *Result) IndexMembers() *Members {
	m := &Members{roots: make([]uint32, len(r.Clusters)), first: make([]uint32, len(r.Clusters)+1), list: make([]uint32, len(r.Labels))}
	place := make([]uint32, len(r.Labels)) // of a root among the clusters
	for i, c := range r.Clusters {
		m.roots[i], place[c.Root] = c.Root, uint32(i)
		m.first[i+1] = m.first[i] + c.Size
	}
	next := slices.Clone(m.first)
	for a, root := range r.Labels {
		at := &next[place[root]]
		m.list[*at] = uint32(a)
		*at++
	}
	return m
}

// Of gives the accounts of a cluster, ascending; nil when no cluster has that root.
// The caller must not change them.
func (m *Members) Of(root uint32) []uint32 {
	i, ok := slices.BinarySearch(m.roots, root)
	if !ok {
		return nil
	}
	return m.list[m.first[i]:m.first[i+1]:m.first[i+1]]
}
