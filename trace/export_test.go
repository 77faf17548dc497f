package trace

// SweepFirst makes every network large enough for the sweeps before a search, and
// gives back how it was.
func SweepFirst() func() {
	was := smallNetwork
	smallNetwork = 0
	return func() { smallNetwork = was }
}

// LongTrail sets from how many transactions on policies run apart, and gives back
// how it was.
func LongTrail(txs int) func() {
	was := longTrail
	longTrail = txs
	return func() { longTrail = was }
}
