package bitcoin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/ledger"
)

// chain is the branch of most work: numbers of records, by height.
type chain struct {
	order []int32
	index map[ledger.Hash]int32 // hash to record, stale ones too
	stale int
	tied  bool // another branch has as much work
}

// target expands the bits of a header; false when they are negative, zero or
// beyond 256 bits.
func target(bits uint32) (*uint256.Int, bool) {
	exp, man := bits>>24, bits&0x7fffff
	if bits&0x800000 != 0 || man == 0 || exp > 34 || exp > 33 && man > 0xff || exp > 32 && man > 0xffff {
		return nil, false
	}
	t := uint256.NewInt(uint64(man))
	if exp <= 3 {
		t.Rsh(t, uint(8*(3-exp)))
	} else {
		t.Lsh(t, uint(8*(exp-3)))
	}
	return t, !t.IsZero()
}

func meets(h ledger.Hash, bits uint32) bool {
	t, ok := target(bits)
	var b [32]byte
	for i := range b {
		b[i] = h[31-i]
	}
	return ok && new(uint256.Int).SetBytes32(b[:]).Cmp(t) <= 0
}

// work is 2^256 / (target+1), the hashes that a block stands for.
func work(bits uint32) *uint256.Int {
	t, _ := target(bits)
	w := new(uint256.Int).Not(t)
	t.AddUint64(t, 1)
	w.Div(w, t)
	return w.AddUint64(w, 1)
}

// link joins records to a tree and takes the branch of most work. Of two with
// equal work the one whose tip stands first in the files wins, as a node keeps
// the one it saw first.
func (d *blockDir) link(all []record) (*chain, error) {
	c := &chain{index: make(map[ledger.Hash]int32, len(all))}
	for i := range all {
		if _, seen := c.index[all[i].hash]; seen {
			d.duplicates++
			continue
		}
		c.index[all[i].hash] = int32(i)
	}
	total := make([]uint256.Int, len(all)) // work up to here; zero is "not yet known"
	height := make([]int32, len(all))
	best := int32(-1)
	var path []int32
	for i := range all {
		if c.index[all[i].hash] != int32(i) {
			continue
		}
		path = path[:0]
		for j := int32(i); total[j].IsZero(); {
			path = append(path, j)
			if all[j].parent == (ledger.Hash{}) {
				break
			}
			up, ok := c.index[all[j].parent]
			if !ok {
				return nil, d.gap(&all[j])
			}
			j = up
		}
		for k := len(path) - 1; k >= 0; k-- {
			j := path[k]
			total[j].Set(work(all[j].bits))
			if up, ok := c.index[all[j].parent]; ok {
				total[j].Add(&total[j], &total[up])
				height[j] = height[up] + 1
			}
		}
		if best < 0 || total[i].Gt(&total[best]) {
			best, c.tied = int32(i), false
		} else if total[i].Eq(&total[best]) {
			c.tied = true
		}
	}
	c.order = make([]int32, height[best]+1)
	for j := best; ; j = c.index[all[j].parent] {
		c.order[height[j]] = j
		if height[j] == 0 {
			break
		}
	}
	c.stale = len(c.index) - len(c.order)
	return c, d.genesis(all[c.order[0]])
}

func (d *blockDir) gap(r *record) error {
	return &Error{
		File: d.files[r.file], Offset: r.offset, Msg: fmt.Sprintf("block %s: its parent %s is not in the files", r.hash, r.parent),
		Hint: "a block file is missing, or the node is pruned or still loading", Err: ErrGap,
	}
}

// genesis holds the first block of the chain, where it is known.
func (d *blockDir) genesis(first record) error {
	if d.net.Genesis == "" || d.net.GenesisFree || first.hash.String() == d.net.Genesis {
		return nil
	}
	return &Error{
		File: d.files[first.file], Offset: first.offset, Msg: fmt.Sprintf("the first block is %s, that of %s is %s", first.hash, d.net.Name, d.net.Genesis),
		Hint: "the files are of another coin with the same magic: state its network", Err: ErrNetwork,
	}
}

// digest is SHA-256 over the hashes of the chain, from the first block on: it
// commits to every byte but the witnesses' of a block that has no commitment.
func (c *chain) digest(all []record) string {
	h := sha256.New()
	for _, i := range c.order {
		h.Write(all[i].hash[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}
