package cluster

// generic is BlockSci's rule of a CoinJoin: half of the outputs, rounded up, are
// of one value, and there are as many parties. Its values 546 and 2730 are the
// dust limits that other protocols pay.
func generic(t *Tx) (confidence int) {
	in, out := len(t.Ins), len(t.Outs)
	parties := (out + 1) / 2
	if in < 2 || out < 3 || parties > in || parties > t.inScripts {
		return 0
	}
	d := t.frequent()
	if d.n != parties || d.value == 546 || d.value == 2730 {
		return 0
	}
	return certain
}

// certain is the confidence of a rule that has none of its own: it excludes.
const certain = 100
