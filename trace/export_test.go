package trace

// SweepFirst makes every network large enough for the sweeps before a search, and
// gives back how it was.
func SweepFirst() func() {
	was := smallNetwork
	smallNetwork = 0
	return func() { smallNetwork = was }
}
