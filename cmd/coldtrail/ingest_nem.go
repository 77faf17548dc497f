package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/nem"
)

// nemFlags are the flags of ingest nem.
type nemFlags struct {
	node, save string
	accounts   []string
	from, to   uint64
	follow     bool
}

// nemPoll is the time between two looks at a node's height: a sixth of a block's
// minute.
const nemPoll = 10 * time.Second

func (a *app) ingestNEMCommand(o *into) *cobra.Command {
	var f nemFlags
	cmd := &cobra.Command{
		Use: "nem DIR|FILE...", Short: "Answers of a NIS1 node: pages of transfers, blocks, accounts, mosaic definitions",
		Long: `nem reads what a node of NEM (NIS1) answered, saved as JSON; or asks a node for the
transactions of accounts, from their first to their last; or, with --from, for all of
its blocks. What is known of an account stands in the result: complete only when its
transfers add up to the balance that the node reports. docs/nem.md has the rules.`,
		Example: `  coldtrail ingest nem answers/ --store xem
  coldtrail ingest nem --node http://localhost:7890 --account NC4C6PSUW5CLTDT5SXAGJDQJGZNESKFK5MCN77OG --save answers/ --store xem
  coldtrail ingest nem --node http://localhost:7890 --from 1 --follow --store xem`,
		RunE: func(c *cobra.Command, args []string) error {
			if f.from > 0 || f.to > 0 || f.follow {
				return a.ingestNEMNode(c.Context(), o, f, args)
			}
			src, err := openNEM(c.Context(), args, f)
			if err != nil {
				return err
			}
			return a.ingest(c.Context(), o, src)
		},
	}
	cmd.Flags().StringVar(&f.node, "node", "", "address of a node, such as http://localhost:7890")
	cmd.Flags().StringArrayVar(&f.accounts, "account", nil, "account to ask for; may be given several times")
	cmd.Flags().Uint64Var(&f.from, "from", 0, "first block to ask the node for, in place of accounts")
	cmd.Flags().Uint64Var(&f.to, "to", 0, "last block to ask the node for (default: its height)")
	cmd.Flags().BoolVar(&f.follow, "follow", false, "stay at the node's height until interrupted")
	cmd.Flags().StringVar(&f.save, "save", "", "folder that keeps what the node answered")
	return cmd
}

// ingestNEMNode reads the blocks of a node into the store.
func (a *app) ingestNEMNode(ctx context.Context, o *into, f nemFlags, args []string) error {
	switch {
	case f.node == "" || len(args) > 0 || len(f.accounts) > 0 || f.save != "":
		return usagef("blocks are asked for by --node URL --from HEIGHT, without files, --account and --save")
	case f.from == 0:
		return usagef("say from which block: --from HEIGHT")
	case f.follow && f.to != 0:
		return usagef("--follow goes on at the node's height; leave out --to")
	}
	client, err := nem.NewClient(f.node, nem.Options{})
	if err != nil {
		return err
	}
	node, err := nem.OpenNode(ctx, client, nem.NodeOptions{From: f.from, To: f.to})
	if err != nil {
		return err
	}
	if !f.follow {
		return a.ingest(ctx, o, node)
	}
	return a.followTransfers(ctx, o, node, func() error { return pause(ctx, nemPoll) })
}

func openNEM(ctx context.Context, args []string, f nemFlags) (ledger.Source, error) {
	if f.node == "" {
		if len(args) == 0 || len(f.accounts) > 0 || f.save != "" {
			return nil, usagef("say which files: ingest nem DIR|FILE..., or ask a node: --node URL --account ADDRESS or --from HEIGHT")
		}
		return nem.Open(args)
	}
	if len(args) > 0 || len(f.accounts) == 0 {
		return nil, usagef("a node is asked for accounts or blocks: --node URL --account ADDRESS or --from HEIGHT, and no files")
	}
	var accounts []ledger.Account
	for _, text := range f.accounts {
		a, _, err := nem.ParseAddress(text)
		if err != nil {
			return nil, usagef("%v", err)
		}
		accounts = append(accounts, a)
	}
	client, err := nem.NewClient(f.node, nem.Options{})
	if err != nil {
		return nil, err
	}
	src, answers, err := nem.Fetch(ctx, client, accounts)
	if err != nil {
		return nil, err
	}
	return src, keep(f.save, answers)
}

// keep writes the answers to a folder, in the order in which they came, so that
// they can be read again.
func keep(dir string, answers []nem.Answer) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for i, a := range answers {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d.json", i+1)), a.Body, 0o666); err != nil {
			return err
		}
	}
	return nil
}
