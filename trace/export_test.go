package trace

// LongTrail sets from how many transactions on policies run apart, and gives back
// how it was.
func LongTrail(txs int) func() {
	was := longTrail
	longTrail = txs
	return func() { longTrail = was }
}
