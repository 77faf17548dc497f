package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/tag"
)

func (s *Server) addressRoutes() {
	tags := []string{"addresses"}
	at := Prefix + "/addresses/{ledger}/{address}"
	huma.Register(s.api, huma.Operation{OperationID: "address", Method: http.MethodGet, Path: at, Tags: tags, Summary: "What the data shows of an account, and who is said to be behind it"}, s.getAddress)
	huma.Register(s.api, huma.Operation{OperationID: "address-transfers", Method: http.MethodGet, Path: at + "/transfers", Tags: tags, Summary: "Its transfers, both ways"}, s.getMoves)
	huma.Register(s.api, huma.Operation{OperationID: "address-balance", Method: http.MethodGet, Path: at + "/balance", Tags: tags, Summary: "Its balance over time"}, s.getBalance)
	huma.Register(s.api, huma.Operation{OperationID: "address-neighbours", Method: http.MethodGet, Path: at + "/neighbours", Tags: tags, Summary: "Who paid it, and whom it paid"}, s.getNeighbours)
	huma.Register(s.api, huma.Operation{OperationID: "address-cluster", Method: http.MethodGet, Path: at + "/cluster", Tags: tags, Summary: "Addresses that are spent from together, and the chain of evidence to another"}, s.getCluster)
}

// view is an open ledger as a question names it.
type view struct {
	g       graph.Graph
	info    ledger.Info
	account ledger.Account
	opened  *openCase    // nil for the store
	store   *graph.Store // nil for a case
}

// look opens what an address question names.
func (s *Server) look(ctx context.Context, q *AddressQuestion) (*view, error) {
	v := &view{}
	if q.From == storeName {
		if s.o.Store == nil {
			return nil, huma.Error404NotFound("this server was started without a store")
		}
		v.g, v.store = s.o.Store, s.o.Store
	} else {
		l, err := s.loaded(ctx, q.From)
		if err != nil {
			return nil, err
		}
		v.g, v.opened = l.Graph, l
	}
	info, ok := v.g.Info().Ledger(ledger.ID(q.Ledger))
	if !ok {
		var have []string
		for _, l := range v.g.Info().Ledgers {
			have = append(have, string(l.ID))
		}
		return nil, huma.Error404NotFound(fmt.Sprintf("%s has no ledger %s; it has %s", quoted(q.From), quoted(q.Ledger), have))
	}
	v.info, v.account = info, tag.Canonical(q.Address)
	return v, nil
}

// storeName is how a question names the store.
const storeName = "store"

// tagsOf asks the case and every book.
func (s *Server) tagsOf(v *view, a ledger.Account) ([]tag.Tag, error) {
	var out []tag.Tag
	if v.opened != nil {
		out = append(out, v.opened.Tags.On(v.info.ID, a)...)
	}
	for _, b := range s.o.Books {
		on, err := b.On(v.info.ID, a)
		if err != nil {
			return nil, fmt.Errorf("tags of %s: %w", b.Name, err)
		}
		out = append(out, on...)
	}
	tag.Rank(out)
	return slices.CompactFunc(out, func(a, b tag.Tag) bool { return a.Pack == b.Pack && a.Line == b.Line && a.Label == b.Label }), nil
}

func (s *Server) getAddress(ctx context.Context, q *AddressQuestion) (*struct{ Body AddressAnswer }, error) {
	v, err := s.look(ctx, q)
	if err != nil {
		return nil, err
	}
	out := AddressAnswer{Ledger: q.Ledger, Address: string(v.account), From: q.From, Model: v.info.Model.String(), Assets: []ActivityRecord{}, Tags: []tag.Record{}, Alike: []string{}, Decimals: map[string]AssetWord{}}
	assets, err := graph.AssetsOf(v.g, v.info.ID, v.account)
	if err != nil {
		return nil, err
	}
	if len(assets) == 0 {
		return nil, huma.Error404NotFound(fmt.Sprintf("account %s occurs nowhere on %s of %s: check how the ledger writes it", quoted(q.Address), quoted(q.Ledger), quoted(q.From)))
	}
	for _, id := range assets {
		a, _, err := graph.ActivityOf(v.g, graph.Pool{Ledger: v.info.ID, Account: v.account, Asset: id})
		if err != nil {
			return nil, err
		}
		balance, short := a.Balance()
		out.Assets = append(out.Assets, ActivityRecord{string(id), a.Received, a.Sent, balance, short, a.In, a.Out, stamp(a.FirstAt), stamp(a.LastAt)})
		asset := v.g.Info().Asset(id)
		out.Decimals[string(id)] = AssetWord{asset.Symbol, asset.Decimals, asset.Known}
	}
	out.Uncompared = v.g.Info().Transfers
	if v.opened != nil {
		out.Uncompared = max(0, out.Uncompared-mostCompared)
		if out.Alike, err = v.opened.alike(v.info.ID, v.account); err != nil {
			return nil, err
		}
	}
	c := v.g.Completeness(v.info.ID, v.account)
	out.Completeness = CompletenessRecord{c.External.String(), c.Internal.String(), c.Tokens.String(), c.Opening.String()}
	tags, err := s.tagsOf(v, v.account)
	if err != nil {
		return nil, err
	}
	for _, t := range tags {
		out.Tags = append(out.Tags, t.Record(q.Address))
	}
	if len(tags) > 0 {
		stop, ok, disputed := tag.Stop(tags)
		out.Stop = &StopRecord{v.info.ID, ok, stop.Name(), disputed}
	}
	if out.Cluster, err = s.clusterOf(v, 8); err != nil {
		return nil, err
	}
	return &struct{ Body AddressAnswer }{out}, nil
}

// stamp writes a time; one that is not known is "".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// asset chooses the asset of a question: the one named, or the only one.
func (v *view) asset(word string) (money.AssetID, error) {
	all, err := graph.AssetsOf(v.g, v.info.ID, v.account)
	if err != nil {
		return "", err
	}
	for _, id := range all {
		if word == "" && len(all) == 1 || word == string(id) || word != "" && word == v.g.Info().Asset(id).Symbol && v.g.Info().Asset(id).Known {
			return id, nil
		}
	}
	return "", huma.Error422UnprocessableEntity(fmt.Sprintf("asset %s: say which of %s", quoted(word), all))
}

// dealings are an account's transfers in an asset, in order.
func (s *Server) dealings(ctx context.Context, q *AddressQuestion, word string) (*view, money.AssetID, []graph.ID, error) {
	v, err := s.look(ctx, q)
	if err != nil {
		return nil, "", nil, err
	}
	asset, err := v.asset(word)
	if err != nil {
		return nil, "", nil, err
	}
	ids, err := v.g.Events(graph.Pool{Ledger: v.info.ID, Account: v.account, Asset: asset})
	return v, asset, ids, err
}

// reads waits for a place among heavy work where many transfers are to be read.
func (s *Server) reads(ctx context.Context, transfers int) (end func(), err error) {
	if transfers <= 2000 {
		return func() {}, nil
	}
	return s.work(ctx)
}

// mostOthers is how many accounts a transfer of many names.
const mostOthers = 8

func (s *Server) getMoves(ctx context.Context, in *struct {
	AddressQuestion
	Asset  string `query:"asset" doc:"may be left out when there is one"`
	Way    string `query:"way" enum:"both,in,out" default:"both"`
	Order  string `query:"order" enum:"oldest,newest" default:"newest"`
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	Cursor string `query:"cursor" maxLength:"40"`
}) (*struct{ Body MovesAnswer }, error) {
	v, asset, ids, err := s.dealings(ctx, &in.AddressQuestion, in.Asset)
	if err != nil {
		return nil, err
	}
	mark := markOf(in.AddressQuestion, asset, in.Way, in.Order)
	at, err := Paging{Cursor: in.Cursor}.from(mark, len(ids))
	if err != nil {
		return nil, err
	}
	out := MovesAnswer{Records: []MoveRecord{}, Total: len(ids)}
	end, err := s.reads(ctx, len(ids)-at)
	if err != nil {
		return nil, err
	}
	defer end()
	for ; at < len(ids) && len(out.Records) < in.Limit; at++ {
		id := ids[at]
		if in.Order == "newest" {
			id = ids[len(ids)-1-at]
		}
		if at%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		en, err := v.g.Entry(id)
		if err != nil {
			return nil, err
		}
		m := v.move(en)
		if in.Way == "in" && m.In.IsZero() || in.Way == "out" && m.Out.IsZero() {
			continue
		}
		out.Records = append(out.Records, m)
	}
	if at < len(ids) {
		out.Next = cursorAt(at, mark)
	}
	return &struct{ Body MovesAnswer }{out}, nil
}

func (v *view) move(en graph.Entry) MoveRecord {
	e := graph.EffectOn(v.info.Model, en.Transfer, v.account)
	m := MoveRecord{
		ID: en.ID, Tx: en.Tx, Time: stamp(en.Time), Asset: string(en.Asset), Kind: en.Kind.String(), In: e.In, Out: e.Out, Fee: e.Fee,
		Others: []string{}, Tied: en.TieFirst != en.TieLast, Failed: en.Failed, Evidence: en.Evidence,
	}
	for i, a := range e.Others {
		if i == mostOthers {
			m.More = len(e.Others) - mostOthers
			break
		}
		m.Others = append(m.Others, string(a))
	}
	return m
}

// mostPoints is how many points a balance has at most.
const mostPoints = 2000

func (s *Server) getBalance(ctx context.Context, in *struct {
	AddressQuestion
	Asset string `query:"asset"`
}) (*struct{ Body BalanceAnswer }, error) {
	v, asset, ids, err := s.dealings(ctx, &in.AddressQuestion, in.Asset)
	if err != nil {
		return nil, err
	}
	out := BalanceAnswer{Asset: string(asset), Points: []PointRecord{}, Of: len(ids)}
	steps := make([]graph.Effect, len(ids))
	times := make([]time.Time, len(ids))
	end, err := s.reads(ctx, len(ids))
	if err != nil {
		return nil, err
	}
	defer end()
	for i, id := range ids {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		en, err := v.g.Entry(id)
		if err != nil {
			return nil, err
		}
		steps[i], times[i] = graph.EffectOn(v.info.Model, en.Transfer, v.account), en.Time
	}
	var balances []money.Amount
	if out.Opening, balances, err = balancesOf(steps); err != nil {
		return nil, fmt.Errorf("the balance of %s in %s: %w", v.account, asset, err)
	}
	stride := (len(ids) + mostPoints - 1) / mostPoints
	for i, balance := range balances {
		if times[i].IsZero() {
			out.Undated++
		} else if (i+1)%stride == 0 || i == len(ids)-1 {
			out.Points = append(out.Points, PointRecord{stamp(times[i]), balance})
		}
	}
	return &struct{ Body BalanceAnswer }{out}, nil
}

// balancesOf gives what stands after each step, and what must have stood before the
// first: the least with which no step takes more than there is.
func balancesOf(steps []graph.Effect) (opening money.Amount, after []money.Amount, err error) {
	var balance money.Amount
	for _, e := range steps {
		have, fits := balance.CheckedAdd(e.In)
		if !fits {
			return opening, nil, money.ErrOverflow
		}
		if have.Less(e.Out) { // the lack was there before
			if opening, fits = opening.CheckedAdd(e.Out.Sub(have)); !fits {
				return opening, nil, money.ErrOverflow
			}
		}
		balance = have.Monus(e.Out)
	}
	balance = opening
	for _, e := range steps {
		have, fits := balance.CheckedAdd(e.In)
		if !fits {
			return opening, nil, money.ErrOverflow
		}
		balance = have.Monus(e.Out)
		after = append(after, balance)
	}
	return opening, after, nil
}

// mostRead bounds the transfers that a question of neighbours looks at.
const mostRead = 20_000

func (s *Server) getNeighbours(ctx context.Context, in *struct {
	AddressQuestion
	Asset string `query:"asset"`
	Limit int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
}) (*struct{ Body NeighboursAnswer }, error) {
	v, asset, ids, err := s.dealings(ctx, &in.AddressQuestion, in.Asset)
	if err != nil {
		return nil, err
	}
	out := NeighboursAnswer{Asset: string(asset), Records: []NeighbourRecord{}, Of: len(ids)}
	by := map[ledger.Account]*NeighbourRecord{}
	end, err := s.reads(ctx, min(len(ids), mostRead))
	if err != nil {
		return nil, err
	}
	defer end()
	for _, id := range ids[max(0, len(ids)-mostRead):] {
		if out.Read%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		out.Read++
		en, err := v.g.Entry(id)
		if err != nil {
			return nil, err
		}
		if err := v.meet(by, en); err != nil {
			return nil, err
		}
	}
	for _, n := range by {
		out.Records = append(out.Records, *n)
	}
	sort.Slice(out.Records, func(i, j int) bool {
		a, b := out.Records[i], out.Records[j]
		if a.In+a.Out != b.In+b.Out {
			return a.In+a.Out > b.In+b.Out
		}
		return a.Address < b.Address
	})
	out.Hidden = max(0, len(out.Records)-in.Limit)
	out.Records = out.Records[:len(out.Records)-out.Hidden]
	for i := range out.Records {
		n := &out.Records[i]
		tags, err := s.tagsOf(v, ledger.Account(n.Address))
		if err != nil {
			return nil, err
		}
		if len(tags) > 0 {
			n.Tag = tags[0].Name()
		}
		n.Alike = report.Alike(n.Address, string(v.account))
	}
	return &struct{ Body NeighboursAnswer }{out}, nil
}

// meet counts a transfer for the accounts on its other side.
func (v *view) meet(by map[ledger.Account]*NeighbourRecord, en graph.Entry) error {
	e := graph.EffectOn(v.info.Model, en.Transfer, v.account)
	for _, a := range e.Others {
		n := by[a]
		if n == nil {
			n = &NeighbourRecord{Address: string(a)}
			by[a] = n
		}
		if at := stamp(en.Time); at != "" {
			n.First, n.Last = cmp.Or(n.First, at), at
		}
		sum, amount := &n.Took, e.Out.Monus(e.Fee).Monus(e.In)
		if e.Out.IsZero() {
			n.In++
			sum, amount = &n.Gave, e.In
		} else {
			n.Out++
		}
		if len(e.Others) > 1 { // whose of them it was is not said
			continue
		}
		var fits bool
		if *sum, fits = sum.CheckedAdd(amount); !fits {
			return fmt.Errorf("%s: between %s and %s, up to transfer %s: %w", en.Evidence, v.account, a, en.ID, money.ErrOverflow)
		}
	}
	return nil
}

// clusterOf gives the cluster of an address of the store; nil when there is no
// clustering.
func (s *Server) clusterOf(v *view, members int) (*ClusterRecord, error) {
	if v.store == nil || s.o.Clusters == nil {
		return nil, nil
	}
	n, ok := v.store.AccountNumber(v.account)
	sum, covered := s.o.Clusters.Of(n)
	if !ok || !covered {
		return nil, nil
	}
	first, err := v.store.AccountName(sum.Root)
	if err != nil {
		return nil, err
	}
	p := s.o.Clusters.Params
	all := s.members().Of(sum.Root)
	c := &ClusterRecord{string(first), int(sum.Size), strconv.FormatUint(sum.Balance, 10), "common input ownership", p.RulesVersion, append([]string{}, p.Rules...), []string{}, 0}
	for i, m := range all {
		if i == members {
			c.More = len(all) - members
			break
		}
		name, err := v.store.AccountName(m)
		if err != nil {
			return nil, err
		}
		c.Members = append(c.Members, string(name))
	}
	return c, nil
}

func (s *Server) getCluster(ctx context.Context, in *struct {
	AddressQuestion
	Other   string `query:"other" maxLength:"16384" doc:"why is this one in it?"`
	Members int    `query:"members" default:"100" minimum:"0" maximum:"10000"`
}) (*struct{ Body ClusterAnswer }, error) {
	v, err := s.look(ctx, &in.AddressQuestion)
	if err != nil {
		return nil, err
	}
	out := ClusterAnswer{Other: in.Other, Steps: []LinkRecord{}}
	if out.Cluster, err = s.clusterOf(v, in.Members); err != nil {
		return nil, err
	}
	if out.Cluster == nil {
		return nil, huma.Error404NotFound("there is no clustering of this address: make one with coldtrail cluster build --store S, then serve --store S")
	}
	if in.Other == "" {
		return &struct{ Body ClusterAnswer }{out}, nil
	}
	other := tag.Canonical(in.Other)
	steps, err := s.o.Clusters.Explain(v.store, v.account, other)
	if errors.Is(err, cluster.ErrNotFound) {
		return nil, huma.Error404NotFound(err.Error())
	}
	if err != nil {
		return nil, err
	}
	out.Together = len(steps) > 0 || v.account == other
	for _, x := range steps {
		out.Steps = append(out.Steps, LinkRecord{string(x.From), string(x.To), x.Tx})
	}
	return &struct{ Body ClusterAnswer }{out}, nil
}
