package cluster

// pools are Whirlpool's: what each output of a mix holds, and the fee of a Tx0,
// in satoshi.
var pools = []struct{ value, fee uint64 }{
	{100_000, 5_000}, {1_000_000, 50_000}, {5_000_000, 175_000}, {50_000_000, 1_750_000},
}

// The most and least that a new entrant of a mix brings for the miners.
const entrantMost, entrantLeast = 110_000, 100

func whirlpoolMix(t *Tx) (confidence int) {
	n := len(t.Ins)
	if n < 5 || n > 8 || len(t.Outs) != n || len(t.values) != 1 || t.inScripts != n || t.outScripts != n {
		return 0
	}
	d := t.values[0].value
	if pool(d) < 0 {
		return 0
	}
	entrants := 0
	for _, in := range t.Ins {
		if in.Value < d || in.Value > d+entrantMost {
			return 0
		}
		if in.Value >= d+entrantLeast {
			entrants++
		}
	}
	if entrants < 1 || entrants > 4 {
		return 0
	}
	return 60
}

// pool gives the place of the pool whose outputs hold a value, or -1.
func pool(value uint64) int {
	for i, p := range pools {
		if p.value == value {
			return i
		}
	}
	return -1
}

func whirlpoolTx0(t *Tx) (confidence int) {
	if t.Data != 1 {
		return 0
	}
	d := t.frequent()
	for _, p := range pools {
		if d.value < p.value+entrantLeast || d.value > p.value+entrantMost || d.n < 1 || d.n > 70 || d.n < len(t.Outs)-2 {
			continue
		}
		fees := 0
		for _, v := range t.values {
			if 2*v.value >= p.fee && v.value <= 3*p.fee {
				fees += v.n
			}
		}
		if fees == 1 {
			return 60
		}
	}
	return 0
}

// Lineage raises the confidence of a Tx0 when one of its premix outputs is
// spent in a mix: 60 becomes 90.
func Lineage(tx0 Found, spentInMix bool) Found {
	if tx0.Rule == "whirlpool-tx0" && spentInMix {
		tx0.Confidence = 90
	}
	return tx0
}

func stonewall(t *Tx) (confidence int) {
	out := len(t.Outs)
	if len(t.Ins) < 2 || out < 3 || out > 4 || t.outScripts != out || t.inScripts != len(t.Ins) {
		return 0
	}
	// One value twice, and the others all different.
	d := t.frequent()
	if d.n != 2 || d.value < 5000 || len(t.values) != out-1 {
		return 0
	}
	return certain
}

// chipMixerSince is the end of May 2017 in Unix seconds.
const chipMixerSince = 1_496_275_200

// chipMixer knows the chips, not the service: it is a hint and excludes
// nothing.
func chipMixer(t *Tx) (confidence int) {
	if len(t.Outs) < 4 || len(t.values) > 2 || t.Time < chipMixerSince {
		return 0
	}
	d := t.frequent()
	if d.n < 2 || d.value < 100_000 || d.value%100_000 != 0 {
		return 0
	}
	return doubtful
}
