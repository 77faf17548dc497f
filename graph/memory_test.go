package graph_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/graphtest"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/ledger/ledgertest"
)

func TestMemory(t *testing.T) {
	graphtest.Run(t, func(sources ...ledger.Source) (graph.Graph, error) {
		return graph.Build(t.Context(), sources...)
	})
}

func TestBuildStopsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := graph.Build(ctx, ledgertest.Stream{Model: ledger.UTXO, Transfers: 10})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cancellation", err)
	}
}

func TestMemoryReadsAStream(t *testing.T) {
	for _, m := range []ledger.Model{ledger.UTXO, ledger.Accounts} {
		g, err := graph.Build(t.Context(), ledgertest.Stream{Model: m, Transfers: 20000, Pools: 500, Steals: 2})
		if err != nil {
			t.Fatal(err)
		}
		if n := g.Info().Transfers; n != 20500 {
			t.Errorf("%s: %d transfers", m, n)
		}
	}
}

func TestInfo(t *testing.T) {
	d, err := ledger.ParseText("x", strings.NewReader("asset ETH eip155:1/slip44:60 decimals 18\ne a > b 1 ETH\n"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if a := g.Info().Asset("eip155:1/slip44:60"); a.Symbol != "ETH" || a.Decimals != 18 {
		t.Errorf("asset is %+v", a)
	}
	if a := g.Info().Asset("unheard"); a.Name() != "unheard" || a.Decimals != 0 {
		t.Errorf("an unknown asset is %+v", a)
	}
	if _, ok := g.Info().Ledger("unheard"); ok {
		t.Error("an unknown ledger is found")
	}
}
