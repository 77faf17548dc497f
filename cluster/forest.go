package cluster

// Forest is a union-find over account numbers by Rem's algorithm with splicing
// (Patwary, Blair, Manne: Experiments on Union-Find Algorithms, 2010): 4 bytes
// an account. A parent's number is never larger than its child's, so that the
// smallest account of a cluster is its root, and names it, in whatever order
// the unions came.
type Forest []uint32

// NewForest is a forest of n accounts, each a cluster of its own.
func NewForest(n int) Forest { return Forest(nil).Grow(n) }

// Grow adds accounts, each on its own, until there are n. Accounts that there
// are already keep their clusters.
func (f Forest) Grow(n int) Forest {
	if n <= len(f) {
		return f
	}
	g := f
	if cap(f) < n {
		g = make(Forest, len(f), n)
		copy(g, f)
	}
	for i := len(g); i < n; i++ {
		g = append(g, uint32(i))
	}
	return g
}

// Union joins the clusters of two accounts. It reports whether they were two.
func (f Forest) Union(u, v uint32) bool {
	pu, pv := f[u], f[v]
	for pu != pv {
		if pu < pv {
			u, v, pu, pv = v, u, pv, pu
		}
		f[u] = pv // u hangs under the smaller one, whether it was a root or not
		if u == pu {
			return true
		}
		u, pu = pu, f[pu]
	}
	return false
}

// Root is the smallest account of a cluster. It changes nothing, so that
// readers may share a forest that nobody writes to.
func (f Forest) Root(a uint32) uint32 {
	for f[a] != a {
		a = f[a]
	}
	return a
}

// Flatten hangs every account right under its root, and counts the clusters.
func (f Forest) Flatten() (clusters int) {
	for i, p := range f {
		if uint32(i) == p {
			clusters++
		} else {
			f[i] = f[p] // a parent comes before its child, so it is flat
		}
	}
	return clusters
}

// Count counts the clusters.
func (f Forest) Count() (clusters int) {
	for i, p := range f {
		if uint32(i) == p {
			clusters++
		}
	}
	return clusters
}
