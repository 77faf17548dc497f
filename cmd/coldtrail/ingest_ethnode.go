package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/pflag"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/ethereum"
)

// ethereumNode says which node of Ethereum is asked, and for what.
type ethereumNode struct {
	url, head, traces string
	from, to          uint64
	follow            bool
}

func (f *ethereumNode) flags(set *pflag.FlagSet) {
	set.StringVar(&f.url, "node", "", "address of a running node instead of files, such as http://localhost:8545 or ws://localhost:8546")
	set.Uint64Var(&f.from, "from", 0, "first block to ask the node for")
	set.Uint64Var(&f.to, "to", 0, "last block to ask the node for (default: its head)")
	set.StringVar(&f.head, "head", "latest", "what counts as the node's head: latest, safe or finalized")
	set.StringVar(&f.traces, "traces", "", "how to learn of internal transfers: trace_block, callTracer or none (default: the first that the node has)")
	set.BoolVar(&f.follow, "follow", false, "stay at the node's head until interrupted")
}

// ethereumPoll is the longest time between two looks at the head: a sixth of a slot.
const ethereumPoll = 2 * time.Second

// ingestEthereumNode reads a running node into the store.
func (a *app) ingestEthereumNode(ctx context.Context, o *into, f *ethereumNode, files ethereum.Options, id ledger.ID, args []string) error {
	switch {
	case len(args) > 0:
		return usagef("--node names the node; leave out %q", args[0])
	case f.head != "latest" && f.head != "safe" && f.head != "finalized":
		return usagef("--head %q: want latest, safe or finalized", f.head)
	case f.traces != "" && f.traces != ethereum.ByParity && f.traces != ethereum.ByGeth && f.traces != ethereum.NoTraces:
		return usagef("--traces %q: want %s, %s or %s", f.traces, ethereum.ByParity, ethereum.ByGeth, ethereum.NoTraces)
	case f.follow && f.to != 0:
		return usagef("--follow goes on at the head; leave out --to")
	}
	node, err := ethereum.OpenNode(ctx, f.url, ethereum.NodeOptions{From: f.from, To: f.to, Head: f.head, Traces: f.traces, Ledger: id, AssumeSuccess: files.AssumeSuccess})
	if err != nil {
		return err
	}
	defer node.Close()
	if !f.follow {
		return a.ingest(ctx, o, node)
	}
	return a.followTransfers(ctx, o, node, func() error { return node.Wait(ctx, ethereumPoll) })
}

// followTransfers ingests again and again. A chain that moves while it is read is
// read again; what it has left is taken back first.
func (a *app) followTransfers(ctx context.Context, o *into, node ledger.Live, pause func() error) error {
	o.undo = true
	for moved := 0; ; {
		err := a.ingest(ctx, o, node)
		switch {
		case errors.Is(err, ledger.ErrCursor) && moved < 6:
			moved++
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		default:
			moved, o.news = 0, true // what the first reading found is said in any case
		}
		if err := pause(); err != nil {
			return err
		}
	}
}

// pause waits, or ends with the context.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
