package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/bitcoin"
)

// nodeFlags say which node is asked, and how.
type nodeFlags struct {
	url, user, cookie string
	follow            bool
}

// passwordVariable holds the password of a node, so that it stands in no list of
// processes.
const passwordVariable = "COLDTRAIL_RPC_PASSWORD"

func (f *nodeFlags) open(ctx context.Context, n bitcoin.Network) (*bitcoin.Node, error) {
	return bitcoin.OpenNode(ctx, f.url, bitcoin.NodeOptions{Network: n, User: f.user, Password: os.Getenv(passwordVariable), Cookie: f.cookie})
}

func (f *nodeFlags) flags(set *pflag.FlagSet) {
	set.StringVar(&f.url, "node", "", "address of a running node instead of files, such as http://localhost:8332")
	set.StringVar(&f.user, "rpc-user", "", "the node's user; its password is taken from "+passwordVariable)
	set.StringVar(&f.cookie, "cookie", "", "the node's cookie file instead of user and password")
	set.BoolVar(&f.follow, "follow", false, "stay at the node's tip until interrupted")
}

// forNodes refuses flags that say something to a node, where files are read: they
// would be read whole all the same.
func forNodes(c *cobra.Command, flags ...string) error {
	for _, f := range flags {
		if c.Flags().Changed(f) {
			return usagef("--%s is for a running node: name it with --node, or leave out --%s", f, f)
		}
	}
	return nil
}

// forFiles refuses flags that say how files are read, where a node is asked.
func forFiles(c *cobra.Command, flags ...string) error {
	for _, f := range flags {
		if c.Flags().Changed(f) {
			return usagef("--%s is for files: leave out --%s, or --node", f, f)
		}
	}
	return nil
}

// ingestNode reads a running node into the store.
func (a *app) ingestNode(ctx context.Context, o *into, f *nodeFlags, n bitcoin.Network, args []string) error {
	if len(args) > 0 {
		return usagef("--node names the node; leave out %q", args[0])
	}
	node, err := f.open(ctx, n)
	if err != nil {
		return err
	}
	if !f.follow {
		return a.ingest(ctx, o, node)
	}
	return a.follow(ctx, o, node)
}

// follow keeps a store at a node's tip until it is interrupted. Each change is
// told when it is committed.
func (a *app) follow(ctx context.Context, o *into, node ledger.Follower) error {
	if err := a.ingest(ctx, o, node); err != nil {
		return err
	}
	w, err := graph.OpenWriter(o.store, codecs()...)
	if err != nil {
		return err
	}
	err = graph.Follow(ctx, w, node, a.followed)
	if e := w.Close(); e != nil {
		err = errors.Join(err, e)
	}
	return err
}

func (a *app) followed(f graph.Followed) error {
	if f.Undone {
		_, err := fmt.Fprintf(a.out, "undone   %d %s\n", f.Block.Height, f.Block.Hash)
		return err
	}
	_, err := fmt.Fprintf(a.out, "applied  %d %s, %d transactions\n", f.Block.Height, f.Block.Hash, f.Transfers)
	return err
}
