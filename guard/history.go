package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sort"
	"time"

	"github.com/holiman/uint256"
)

// HistoryFormat is the name of the file format.
const HistoryFormat = "coldtrail/guard-history/v1"

// ErrHistory marks a file that cannot be read as a history.
var ErrHistory = errors.New("not a history of format " + HistoryFormat)

// History is what the wallets did before, learnt from their own executed
// outflows. It is data, not trust: whoever can write the file can make a
// destination known.
type History struct {
	Format  string           `json:"format"`
	Wallets map[string]*Past `json:"wallets"`
}

// NewHistory returns an empty history.
func NewHistory() *History { return &History{HistoryFormat, map[string]*Past{}} }

// Of returns the past of a wallet, made if it has none.
func (h *History) Of(wallet string) *Past {
	p := h.Wallets[wallet]
	if p == nil {
		p = newPast()
		h.Wallets[wallet] = p
	}
	return p
}

// maxOutflows bounds what is kept of single outflows.
const maxOutflows = 10000

// Past is what one wallet did. Places are in the form of Place.
type Past struct {
	// Rows counts the executed transactions that were learnt.
	Rows int `json:"rows"`
	// Destinations gives the time of the first payment to each.
	Destinations map[string]time.Time `json:"destinations"`
	// Addresses are the same places as they were written.
	Addresses map[string]string `json:"addresses"`
	Executors map[string]int    `json:"executors"`
	// Tokens are the contracts of which tokens were moved.
	Tokens map[string]int `json:"tokens"`
	// ProposerSeen is set from the first row with a proposer on.
	ProposerSeen bool `json:"proposer_seen"`
	// Params holds the values of each parameter in order, Seen how often each was.
	Params map[string][]string       `json:"params"`
	Seen   map[string]map[string]int `json:"seen"`
	// Outflows are in order of time.
	Outflows []Outflow `json:"outflows"`
	// LastFailed is the time of the last legitimate transfer that failed.
	LastFailed time.Time `json:"last_failed"`
}

// Outflow is one executed payment.
type Outflow struct {
	At     time.Time   `json:"at"`
	Asset  string      `json:"asset"`
	Amount uint256.Int `json:"amount"`
	To     string      `json:"to"`
}

func newPast() *Past {
	return &Past{
		Destinations: map[string]time.Time{}, Addresses: map[string]string{}, Executors: map[string]int{}, Tokens: map[string]int{},
		Params: map[string][]string{}, Seen: map[string]map[string]int{},
	}
}

// Executed is a transaction that was executed, to learn from.
type Executed struct {
	At                 time.Time
	Executor, Proposer string
	// Failed is set for a legitimate transfer that the chain reverted.
	Failed bool
}

// Learn adds an executed transaction by the verdict that the guard gave on its
// bytes. Only transfers count, not what foreign code did as the wallet.
func (p *Past) Learn(v *Verdict, params map[string]string, x Executed) {
	if x.Failed {
		p.LastFailed = x.At
		return
	}
	p.Rows++
	if x.Executor != "" {
		p.Executors[key(x.Executor)]++
	}
	p.ProposerSeen = p.ProposerSeen || x.Proposer != ""
	for i := range v.Decoded.Effects {
		e := &v.Decoded.Effects[i]
		if !e.pays() || e.Delegate {
			continue
		}
		to := key(e.To)
		if _, ok := p.Destinations[to]; !ok {
			p.Destinations[to], p.Addresses[to] = x.At, e.To
		}
		if e.Type == TokenTransfer {
			p.Tokens[key(e.Contract)]++
		}
		p.Outflows = append(p.Outflows, Outflow{x.At, e.Asset, e.Amount, to})
	}
	if n := len(p.Outflows) - maxOutflows; n > 0 {
		p.Outflows = slices.Delete(p.Outflows, 0, n)
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		value := params[name]
		p.Params[name] = append(p.Params[name], value)
		if n := len(p.Params[name]) - 100; n > 0 {
			p.Params[name] = slices.Delete(p.Params[name], 0, n)
		}
		if p.Seen[name] == nil {
			p.Seen[name] = map[string]int{}
		}
		p.Seen[name][value]++
	}
}

func (p *Past) paid(place string) bool {
	_, ok := p.Destinations[key(place)]
	return ok
}

// sent sums what left in an asset after from and up to at.
func (p *Past) sent(asset string, from, at time.Time) (sum uint256.Int) {
	for i := len(p.Outflows) - 1; i >= 0; i-- {
		o := &p.Outflows[i]
		if o.At.After(from) && !o.At.After(at) && sameAsset(o.Asset, asset) {
			if _, over := sum.AddOverflow(&sum, &o.Amount); over {
				sum.SetAllOne()
				return sum
			}
		}
	}
	return sum
}

// amounts returns the amounts sent in an asset, ascending.
func (p *Past) amounts(asset string) []uint256.Int {
	var all []uint256.Int
	for i := range p.Outflows {
		if sameAsset(p.Outflows[i].Asset, asset) {
			all = append(all, p.Outflows[i].Amount)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Lt(&all[j]) })
	return all
}

// sitting is the time within which outflows belong to one sitting of the signers.
const sitting = time.Hour

// gaps returns the times between sittings, ascending, and the last outflow.
func (p *Past) gaps() (all []time.Duration, last time.Time) {
	for i := range p.Outflows {
		at := p.Outflows[i].At
		if !last.IsZero() && at.Sub(last) >= sitting {
			all = append(all, at.Sub(last))
		}
		last = at
	}
	slices.Sort(all)
	return all, last
}

// ReadHistory reads a history file; one that does not exist is an error. Unknown
// and duplicate keys are errors that wrap ErrHistory.
func ReadHistory(file string) (*History, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	h := &History{}
	if err := StrictJSON(data, MaxNesting, ""); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHistory, err)
	}
	if err := json.Unmarshal(data, h); err != nil || h.Format != HistoryFormat {
		return nil, fmt.Errorf("%w: format %q: %v", ErrHistory, h.Format, err)
	}
	for name, p := range h.Wallets {
		if p == nil || p.Destinations == nil || p.Addresses == nil || p.Executors == nil || p.Tokens == nil || p.Params == nil || p.Seen == nil {
			return nil, fmt.Errorf("%w: wallet %q is not whole", ErrHistory, clip(name))
		}
	}
	return h, nil
}

// Write writes the history to a file, which is replaced as a whole.
func (h *History) Write(file string) error {
	data, err := json.MarshalIndent(h, "", " ")
	if err != nil {
		return err
	}
	next := file + ".new"
	if err := os.WriteFile(next, append(data, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(next, file)
}
