package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

// expected is a chain's thefts, and figures that must come out, by name: those
// that the rows of a benchmark say.
type expected struct {
	Name   string            `json:"name"`
	Thefts []benchTheft      `json:"thefts"`
	Figure map[string]uint64 `json:"figures"`
}

// benchTheft is an output that was stolen, by the number of its transaction.
type benchTheft struct {
	Name   string `json:"name"`
	Tx     uint32 `json:"transaction"`
	Output uint32 `json:"output"`
}

// bench5m are the figures of the chain of five million transactions that
// docs/benchmarks.md speaks of; BlockSci gives the same.
//
//go:embed bench5m.json
var bench5m []byte

// readExpected reads a file of expected figures, or the one of a known name.
func readExpected(name string) (*expected, error) {
	e := &expected{}
	b := bench5m
	switch name {
	case "":
		return e, nil
	case "bench5m":
	default:
		var err error
		if b, err = os.ReadFile(name); err != nil {
			return nil, err
		}
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(e); err != nil {
		return nil, fmt.Errorf("%s: expected figures: %w", name, err)
	}
	return e, nil
}

// planted is what must come out of a chain that was just made. Of its heists the
// one of the longest trail is followed, and one of a short trail: the shortest of a
// thousand transactions or more, where there is one.
func planted(t *ledgertest.BlockTruth) *expected {
	e := &expected{Name: "planted", Figure: map[string]uint64{
		"blocks": uint64(t.Blocks), "transactions": uint64(t.Txs), "inputs": uint64(t.Inputs), "outputs": uint64(t.Outputs),
		"max-output": t.MaxOutput, "coinjoins": uint64(t.CoinJoins),
	}}
	if len(t.Heists) == 0 {
		return e
	}
	heists := slices.Clone(t.Heists)
	slices.SortStableFunc(heists, func(a, b ledgertest.PlantedHeist) int { return a.Reached - b.Reached })
	at := max(0, slices.IndexFunc(heists, func(h ledgertest.PlantedHeist) bool { return h.Reached >= 1000 }))
	for name, h := range map[string]ledgertest.PlantedHeist{"long": heists[len(heists)-1], "short": heists[at]} {
		e.Thefts = append(e.Thefts, benchTheft{Name: name, Tx: uint32(h.Number)})
		e.Figure[name+".stolen"] = h.Stolen
		e.Figure[name+".poison.transactions"] = uint64(h.Reached)
		e.Figure[name+".poison.ends"] = uint64(h.Ends)
		e.Figure[name+".poison.sum"] = h.Sum
	}
	slices.SortFunc(e.Thefts, func(a, b benchTheft) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return e
}

// mismatch is an expected figure that is another, or that no row gave.
type mismatch struct {
	Figure string  `json:"figure"`
	Want   uint64  `json:"want"`
	Got    *uint64 `json:"got"`
}

func (m mismatch) String() string {
	if m.Got == nil {
		return fmt.Sprintf("%s: no row gives it; %d expected", m.Figure, m.Want)
	}
	return fmt.Sprintf("%s: %d, expected %d", m.Figure, *m.Got, m.Want)
}

// compare gives the mismatches, by name.
func (e *expected) compare(got map[string]uint64) (bad []mismatch) {
	for _, name := range slices.Sorted(maps.Keys(e.Figure)) {
		m := mismatch{Figure: name, Want: e.Figure[name]}
		if n, ok := got[name]; ok {
			m.Got = &n
		}
		if m.Got == nil || *m.Got != m.Want {
			bad = append(bad, m)
		}
	}
	return bad
}
