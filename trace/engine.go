package trace

import (
	"errors"
	"fmt"
	"time"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// Errors of a run. They are wrapped with the transfer or seed they are about.
var (
	// ErrQuestion marks a question that cannot be asked of this ledger.
	ErrQuestion = errors.New("cannot be asked of this ledger")
	// ErrSeed marks a seed that does not match the ledger.
	ErrSeed = errors.New("seed does not match the ledger")
	// ErrConservation marks a unit that a policy lost or made: a defect of the
	// program, never of the ledger.
	ErrConservation = errors.New("value is not conserved")
	// ErrHistory marks an account that paid more than the opening balance the
	// engine began with: later data changed the past, and the trail must be
	// made again from the start.
	ErrHistory = errors.New("opening balance has changed")
	// ErrCoinbase marks a block whose coinbase cannot be right.
	ErrCoinbase = errors.New("coinbase does not fit its block")
)

// Engine draws from pools, mixes in the transfer and deposits to pools, for all
// policies at once. Run drives it along the trail; a live follower drives it
// block by block with Apply and Undo.
type Engine struct {
	g    graph.Graph
	q    Question
	info graph.Info

	policies []Policy
	views    []view
	slots    []slot // of coins
	lifo     bool   // whether accounts need it
	own      bool

	seeds   seeds
	through map[ledger.Account]bool
	models  map[ledger.ID]ledger.Info

	state
	at      graph.ID          // the transfer in work
	done    map[graph.ID]bool // tie groups the sweep has visited, by first transfer
	journal []*snapshot       // one per applied block, newest last
	open    *snapshot         // of the block being applied, nil when not journalling
	blocks  uint64            // blocks applied, for first-touch marks
}

// view is one theft or the union of all.
type view struct {
	name      string
	continues string
	in        []bool // by colour
}

// slot is one list of lots kept on every tainted coin: an ordered policy, in
// colours or, for T and C inputs and pro-rata fees, which look at taint, in one
// view.
type slot struct {
	policy int
	order  order
	view   int // -1: colours
}

// state is everything that a block changes.
type state struct {
	pools   map[graph.Pool]*pool
	coins   map[coinID]*coin
	fees    map[graph.ID]*coin // fees on the way to their coinbase
	swaps   map[swapID]*parcel // between the legs of a conversion
	terms   []*terminal
	byName  map[termID]int
	nets    map[money.AssetID]*network
	assets  map[money.AssetID]*assetState
	order   []money.AssetID // of assets, by first use
	hops    []Hop
	seeded  []SeedRow
	ties    int
	read    int
	worst   ledger.Completeness
	touched map[graph.ID]bool
}

type coinID struct {
	ledger ledger.ID
	coin   ledger.Coin
}

type swapID struct {
	ledger ledger.ID
	id     string
}

// assetState is the account of what entered a view in one asset.
type assetState struct {
	views []viewState
}

type viewState struct {
	k         money.Amount   // stolen, and converted in at most
	seeded    []money.Amount // by policy
	converted []money.Amount // in, by policy
	unbounded string         // why there are no exact bounds
}

// NewEngine checks a question against a graph and prepares to answer it.
func NewEngine(g graph.Graph, q Question) (*Engine, error) {
	e := &Engine{g: g, q: q, info: g.Info(), through: map[ledger.Account]bool{}, models: map[ledger.ID]ledger.Info{}}
	e.state = state{
		pools: map[graph.Pool]*pool{}, coins: map[coinID]*coin{}, fees: map[graph.ID]*coin{}, swaps: map[swapID]*parcel{},
		byName: map[termID]int{}, nets: map[money.AssetID]*network{}, assets: map[money.AssetID]*assetState{},
		touched: map[graph.ID]bool{},
	}
	e.done = map[graph.ID]bool{}
	for _, l := range e.info.Ledgers {
		e.models[l.ID] = l
	}
	for _, a := range q.Through {
		e.through[a] = true
	}
	if err := e.settle(); err != nil {
		return nil, err
	}
	if err := e.findSeeds(); err != nil {
		return nil, err
	}
	return e, nil
}

// settle fills in the defaults of the question and checks what can be checked
// without the transfers.
func (e *Engine) settle() error {
	q := &e.q
	if len(q.Thefts) == 0 {
		return fmt.Errorf("no theft: say where stolen value enters: %w", ErrQuestion)
	}
	if q.FeeRule == "" {
		q.FeeRule = FeeLast
	}
	if q.FeeFate == "" {
		q.FeeFate = FeeSink
	}
	if q.MaxBounds == 0 {
		q.MaxBounds = 1000
	}
	if q.FeeFate != FeeSink {
		for _, l := range e.info.Ledgers {
			if l.Model == ledger.UTXO && !l.Blocks {
				return fmt.Errorf("fees of %s cannot be followed into coinbases: the data has no blocks: %w", l.ID, ErrQuestion)
			}
		}
	}
	e.policies = []Policy{FIFO}
	if len(q.Policies) > 0 {
		e.policies = nil
	}
	fifo := false
	for _, p := range q.Policies {
		e.policies = append(e.policies, p)
		fifo = fifo || p == FIFO
	}
	if len(q.Policies) == 0 {
		e.policies, fifo = append([]Policy(nil), Default...), true
	}
	if !fifo {
		e.policies = append([]Policy{FIFO}, e.policies...)
	}
	if err := e.settleViews(); err != nil {
		return err
	}
	e.settlePolicies()
	return nil
}

func (e *Engine) settleViews() error {
	names := map[string]bool{"any": true}
	union := len(e.q.Thefts) > 1
	for _, t := range e.q.Thefts {
		if names[t.Name] || t.Name == "" {
			return fmt.Errorf("theft %q: the name is empty, taken or the reserved \"any\": %w", t.Name, ErrQuestion)
		}
		names[t.Name] = true
		union = union && t.Continues == ""
	}
	for i, t := range e.q.Thefts {
		if t.Continues != "" && (!names[t.Continues] || t.Continues == t.Name) {
			return fmt.Errorf("theft %q continues %q, which is no other theft of this question: %w", t.Name, t.Continues, ErrQuestion)
		}
		in := make([]bool, len(e.q.Thefts)+1)
		in[i+1] = true
		e.views = append(e.views, view{t.Name, t.Continues, in})
	}
	if union {
		in := make([]bool, len(e.q.Thefts)+1)
		for i := range e.q.Thefts {
			in[i+1] = true
		}
		e.views = append(e.views, view{name: "any", in: in})
	}
	return nil
}

func (e *Engine) settlePolicies() {
	for i, p := range e.policies {
		e.lifo = e.lifo || p == LIFO
		e.own = e.own || p == OwnFirst
		o, ok := coinOrder(p)
		if !ok {
			continue
		}
		if e.q.FeeRule != FeeProrata && o.in != 'T' && o.in != 'C' {
			e.slots = append(e.slots, slot{i, o, -1})
			continue
		}
		for v := range e.views {
			e.slots = append(e.slots, slot{i, o, v})
		}
	}
}

// step applies one transfer if it touches tainted value. The driver gives
// transfers in canonical order and has opened the pools of tie groups.
func (e *Engine) step(en graph.Entry, id graph.ID) error {
	if e.models[en.Ledger].Model == ledger.UTXO {
		return e.stepCoins(en, id)
	}
	return e.stepAccounts(en, id)
}

// overflow turns a sum beyond 128 bits into an error that names the transfer in
// work. It needs a spam token whose single amounts fit and whose balances do
// not; checking every addition of the pass apart would bury its meaning.
func (e *Engine) overflow(err *error) {
	switch r := recover().(type) {
	case nil:
	case money.Overflow:
		*err = r
		if en, bad := e.g.Entry(e.at); bad == nil {
			*err = fmt.Errorf("%s: at transfer %s: %w", en.Evidence, en.ID, r)
		}
	default:
		panic(r)
	}
}

// boundary says whether tracing stops at an account.
func (e *Engine) boundary(l ledger.ID, a ledger.Account) (Boundary, bool) {
	if a == ledger.Outside {
		return Boundary{}, false
	}
	if e.q.Boundary == nil || e.through[a] {
		return Boundary{}, false
	}
	return e.q.Boundary(l, a)
}

func (e *Engine) asset(id money.AssetID) *assetState {
	s := e.assets[id]
	if s == nil {
		s = &assetState{views: make([]viewState, len(e.views))}
		for v := range s.views {
			s.views[v].seeded = make([]money.Amount, len(e.policies))
			s.views[v].converted = make([]money.Amount, len(e.policies))
		}
		e.assets[id] = s
		e.order = append(e.order, id)
	}
	return s
}

func (e *Engine) net(id money.AssetID) *network {
	n := e.nets[id]
	if n == nil {
		n = newNetwork(len(e.views))
		e.nets[id] = n
	}
	return n
}

// figures returns zeroed figures for every view.
func (e *Engine) figures() []Figures {
	fs := make([]Figures, len(e.views))
	all := make([]money.Amount, len(e.views)*len(e.policies))
	for v := range fs {
		fs[v].Amounts, all = all[:len(e.policies):len(e.policies)], all[len(e.policies):]
	}
	return fs
}

// any reports whether any view has a tainted unit under any policy or bound.
func anyTaint(fs []Figures) bool {
	for _, f := range fs {
		if !f.Upper.IsZero() {
			return true
		}
		for _, a := range f.Amounts {
			if !a.IsZero() {
				return true
			}
		}
	}
	return false
}

func (e *Engine) until(t time.Time) bool {
	return !e.q.Until.IsZero() && !t.IsZero() && !t.Before(e.q.Until)
}
