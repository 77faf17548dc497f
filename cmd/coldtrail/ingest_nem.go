package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/nem"
)

// nemFlags are the flags of ingest nem.
type nemFlags struct {
	node, save string
	accounts   []string
}

func (a *app) ingestNEMCommand(o *into) *cobra.Command {
	var f nemFlags
	cmd := &cobra.Command{
		Use: "nem DIR|FILE...", Short: "Answers of a NIS1 node: pages of transfers, blocks, accounts, mosaic definitions",
		Long: `nem reads what a node of NEM (NIS1) answered, saved as JSON; or asks a node for the
transactions of accounts, from their first to their last. What is known of an account
stands in the result: complete only when its transfers add up to the balance that the
node reports. docs/nem.md has the rules.`,
		Example: `  coldtrail ingest nem answers/ --store xem
  coldtrail ingest nem --node http://localhost:7890 --account NC4C6PSUW5CLTDT5SXAGJDQJGZNESKFK5MCN77OG --save answers/ --store xem`,
		RunE: func(c *cobra.Command, args []string) error {
			src, err := openNEM(c.Context(), args, f)
			if err != nil {
				return err
			}
			return a.ingest(c.Context(), o, src)
		},
	}
	cmd.Flags().StringVar(&f.node, "node", "", "address of a node, such as http://localhost:7890")
	cmd.Flags().StringArrayVar(&f.accounts, "account", nil, "account to ask for; may be given several times")
	cmd.Flags().StringVar(&f.save, "save", "", "folder that keeps what the node answered")
	return cmd
}

func openNEM(ctx context.Context, args []string, f nemFlags) (ledger.Source, error) {
	if f.node == "" {
		if len(args) == 0 || len(f.accounts) > 0 || f.save != "" {
			return nil, usagef("say which files: ingest nem DIR|FILE..., or ask a node: --node URL --account ADDRESS")
		}
		return nem.Open(args)
	}
	if len(args) > 0 || len(f.accounts) == 0 {
		return nil, usagef("a node is asked for accounts: --node URL --account ADDRESS, and no files")
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
