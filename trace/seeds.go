package trace

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// mark is a seed that recolours a credit of the ledger.
type mark struct {
	id             graph.ID
	out            int32
	colour         colour
	part           bool
	offset, length money.Amount
	row            int
}

// injection is a seed that adds value the ledger lacks, just before a transfer.
type injection struct {
	before graph.ID
	index  int // among all injections, in order
	pool   graph.Pool
	amount money.Amount
	mark   mark
}

// seeds are the seeds of all thefts, found in the ledger.
type seeds struct {
	marks      map[graph.ID][]mark
	injections []injection // in order
	into       map[graph.Pool][]injection
	at         map[graph.ID][]injection
	rows       []SeedRow
}

// findSeeds resolves every seed of the question, or says which candidates there
// are.
func (e *Engine) findSeeds() error {
	e.seeds = seeds{marks: map[graph.ID][]mark{}, into: map[graph.Pool][]injection{}, at: map[graph.ID][]injection{}}
	for i, theft := range e.q.Thefts {
		if len(theft.Seeds) == 0 {
			return fmt.Errorf("theft %q has no seed: %w", theft.Name, ErrSeed)
		}
		for n, s := range theft.Seeds {
			var err error
			switch {
			case s.Inject:
				err = e.findInjection(i, s)
			case s.Ref != "":
				err = e.findMark(i, s)
			case s.Where != nil:
				err = e.findMarks(i, s)
			default:
				err = fmt.Errorf("neither marks nor injects anything: %w", ErrSeed)
			}
			if err != nil {
				return fmt.Errorf("theft %q, seed %d: %w", theft.Name, n+1, err)
			}
		}
	}
	in := e.seeds.injections
	sort.SliceStable(in, func(a, b int) bool { return in[a].before < in[b].before })
	for k := range in {
		in[k].index = k
		e.seeds.into[in[k].pool] = append(e.seeds.into[in[k].pool], in[k])
		e.seeds.at[in[k].before] = append(e.seeds.at[in[k].before], in[k])
	}
	return nil
}

// candidate is a credit that a seed may mean.
type candidate struct {
	id  graph.ID
	out int
	en  graph.Entry
}

func (c candidate) credit() ledger.Credit { return c.en.Credits[c.out] }

// findMark finds the one credit that a reference means.
func (e *Engine) findMark(theft int, s Seed) error {
	ref, coinOnly := s.Ref, -1
	ids, err := e.g.Find(ref)
	if errors.Is(err, graph.ErrNotFound) {
		c, bad := ledger.ParseCoin(ref)
		if bad != nil {
			return fmt.Errorf("%w: %w", err, ErrSeed)
		}
		if ids, err = e.g.Find(c.Tx); errors.Is(err, graph.ErrNotFound) {
			return fmt.Errorf("%w: %w", err, ErrSeed)
		}
		coinOnly = int(c.Index)
	}
	if err != nil {
		return err
	}
	var found []candidate
	for _, id := range ids {
		en, err := e.g.Entry(id)
		if err != nil {
			return err
		}
		if s.Where != nil && !s.Where.Match(en.Transfer) || en.Failed || en.Kind == ledger.Gas {
			continue
		}
		for j, c := range en.Credits {
			swap := en.Conversion != "" && c.Account == ledger.SwapAccount(en.Conversion)
			if coinOnly >= 0 && coinOnly != j || swap || s.Where != nil && s.Where.To != "" && s.Where.To != c.Account {
				continue
			}
			found = append(found, candidate{id, j, en})
		}
	}
	if len(found) != 1 {
		return fmt.Errorf("%q matches %d credits, not one%s: %w", ref, len(found), list(found), ErrSeed)
	}
	return e.addMark(theft, s, found[0])
}

// list shows the candidates of a seed, and how to name one.
func list(found []candidate) string {
	if len(found) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("; say which:")
	for i, c := range found {
		if i == 8 {
			fmt.Fprintf(&b, " and %d more", len(found)-i)
			break
		}
		cr := c.credit()
		fmt.Fprintf(&b, "\n  %s credit %d: %s %s to %s", c.en.ID, c.out, cr.Amount, c.en.Asset, cr.Account)
	}
	return b.String()
}

func (e *Engine) addMark(theft int, s Seed, c candidate) error {
	cr := c.credit()
	if cr.Amount.IsZero() {
		return fmt.Errorf("%s credits nothing: %w", c.en.ID, ErrSeed)
	}
	accounts := e.models[c.en.Ledger].Model == ledger.Accounts
	if accounts && c.en.From() == c.en.To() {
		return fmt.Errorf("%s pays its own sender: nothing moved: %w", c.en.ID, ErrSeed)
	}
	if s.Part && accounts {
		return fmt.Errorf("%s: only coins can be marked in part; on accounts use an injection or a whole credit: %w", c.en.ID, ErrSeed)
	}
	m := mark{id: c.id, out: int32(c.out), colour: colour(theft + 1), part: s.Part, offset: s.Offset, length: s.Length, row: len(e.seeds.rows)}
	e.seeds.marks[c.id] = append(e.seeds.marks[c.id], m)
	amount := cr.Amount
	if s.Part {
		amount = s.Length
	}
	e.seeds.rows = append(e.seeds.rows, SeedRow{
		Theft: e.q.Thefts[theft].Name, Transfer: c.en.ID, Evidence: c.en.Evidence, Account: cr.Account,
		Ledger: c.en.Ledger, Asset: e.info.Asset(c.en.Asset), Amount: amount, Time: c.en.Time,
	})
	return nil
}

// findMarks marks every credit a filter selects, and holds the seed to the
// count and sum that it states.
func (e *Engine) findMarks(theft int, s Seed) error {
	ids, err := graph.Select(e.g, *s.Where)
	if err != nil {
		return err
	}
	var sum money.Amount
	n := 0
	for _, id := range ids {
		en, err := e.g.Entry(id)
		if err != nil {
			return err
		}
		for j, c := range en.Credits {
			if s.Where.To != "" && s.Where.To != c.Account || c.Amount.IsZero() {
				continue
			}
			var fits bool
			if sum, fits = sum.CheckedAdd(c.Amount); !fits {
				return fmt.Errorf("sum of the selected rows: %w", money.ErrOverflow)
			}
			n++
			if err := e.addMark(theft, s, candidate{id, j, en}); err != nil {
				return err
			}
		}
	}
	if n == 0 {
		return fmt.Errorf("the filter selects no credit: %w", ErrSeed)
	}
	if n != s.Count || sum != s.Sum {
		return fmt.Errorf("the filter selects %d credits of %s in sum, the seed states %d and %s: %w", n, sum, s.Count, s.Sum, ErrSeed)
	}
	return nil
}

// findInjection places value that the ledger lacks.
func (e *Engine) findInjection(theft int, s Seed) error {
	l, ok := e.models[s.Ledger]
	switch {
	case !ok:
		return fmt.Errorf("ledger %q is not in the data: %w", s.Ledger, ErrSeed)
	case l.Model == ledger.UTXO:
		return fmt.Errorf("coins cannot be injected: give the coin to the ledger (text form: coin) and mark it: %w", ErrSeed)
	case s.Amount.IsZero():
		return fmt.Errorf("injects nothing: %w", ErrSeed)
	case !knownAsset(l, s.Asset):
		return fmt.Errorf("asset %q is not in the data of %s: %w", s.Asset, s.Ledger, ErrSeed)
	}
	before, at, err := e.position(s)
	if err != nil {
		return err
	}
	pool := graph.Pool{Ledger: s.Ledger, Account: s.Account, Asset: s.Asset}
	row := SeedRow{Theft: e.q.Thefts[theft].Name, Account: s.Account, Ledger: s.Ledger, Asset: e.info.Asset(s.Asset), Amount: s.Amount, Injected: true, Evidence: "stated by the question"}
	if at.Transfer != nil {
		row.Time = at.Time
	}
	m := mark{id: before, colour: colour(theft + 1), row: len(e.seeds.rows)}
	e.seeds.rows = append(e.seeds.rows, row)
	e.seeds.injections = append(e.seeds.injections, injection{before: before, pool: pool, amount: s.Amount, mark: m})
	return nil
}

func knownAsset(l ledger.Info, id money.AssetID) bool {
	for _, a := range l.Assets {
		if a.ID == id {
			return true
		}
	}
	return false
}

// position finds the transfer before which an injection stands, and refuses it
// when that transaction credits the very amount after all.
func (e *Engine) position(s Seed) (graph.ID, graph.Entry, error) {
	var ids []graph.ID
	var err error
	switch {
	case s.Before != "":
		if ids, err = e.g.Find(s.Before); errors.Is(err, graph.ErrNotFound) {
			return 0, graph.Entry{}, fmt.Errorf("place of the injection: %w: %w", err, ErrSeed)
		}
	case s.BeforeFirst != nil:
		if ids, err = graph.Select(e.g, *s.BeforeFirst); err == nil && len(ids) == 0 {
			return 0, graph.Entry{}, fmt.Errorf("place of the injection: the filter selects no transfer: %w", ErrSeed)
		}
	default:
		return 0, graph.Entry{}, nil
	}
	if err != nil {
		return 0, graph.Entry{}, err
	}
	for _, id := range ids {
		en, err := e.g.Entry(id)
		if err != nil {
			return 0, en, err
		}
		if s.Before != "" && en.To() == s.Account && en.Asset == s.Asset && en.Amount() == s.Amount && !en.Failed {
			return 0, en, fmt.Errorf("%s: transfer %s credits %s to %s after all: mark it instead of injecting: %w", en.Evidence, en.ID, s.Amount, s.Account, ErrSeed)
		}
	}
	en, err := e.g.Entry(ids[0])
	// Among tied transfers the injection stands before the whole group.
	return en.TieFirst, en, err
}

// inject applies the injections that stand just before a transfer.
func (e *Engine) inject(at graph.ID) error {
	for _, in := range e.seeds.at[at] {
		e.at = at
		row := e.seeds.rows[in.mark.row]
		t := &ledger.Transfer{Ledger: in.pool.Ledger, ID: "(injected)", Tx: "(injected)", Asset: in.pool.Asset, Time: row.Time}
		pc := e.clean(in.amount)
		pc.injected, pc.row = true, int32(in.mark.row)
		e.stain(t, in.mark, &pc)
		e.hops = append(e.hops, Hop{ID: at, Ledger: t.Ledger, Time: row.Time, Asset: row.Asset, To: in.pool.Account, Place: -1, Value: in.amount, Seed: true, Figures: pc.figs})
		if b, stop := e.boundary(in.pool.Ledger, in.pool.Account); stop && b.Kind != "elsewhere" {
			return fmt.Errorf("%s is a boundary (%s): nothing can be traced from it: %w", in.pool.Account, b.Why, ErrSeed)
		}
		if end, stop := e.endOf(t, in.pool.Account); stop {
			edge := e.net(t.Asset).add(pc.node, sink, pc.n, pc.figs, e.fifo(), label{kind: edgeTheft, id: at, out: pc.row})
			e.deliver(end, pc.n, pc.figs, edge, t.Time)
			continue
		}
		p := e.pools[in.pool]
		if p == nil {
			var err error
			if p, err = e.openPool(in.pool, at, in.index); err != nil {
				return err
			}
		}
		e.touchPool(p)
		e.deposit(t, at, p, pc)
	}
	return nil
}
