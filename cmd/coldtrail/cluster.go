package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
)

// clustering holds the flags of the cluster verbs.
type clustering struct {
	store, file string
	rules       []string
	noKeys      bool
	anew        bool
	tags        []string
	redo        bool
	// Rows to list; each verb has a default of its own.
	members, top, links int
}

func (a *app) clusterCommand() *cobra.Command {
	k := &clustering{}
	cmd := &cobra.Command{
		Use:   "cluster",
		Short: "Join addresses that stated rules think have one owner",
		Long: `cluster joins the addresses of a store of coins that are spent from together, and
keeps the result beside the store; deposits and role judge the accounts of a ledger
of accounts. A cluster is a hypothesis, never an entity or a person. All verbs print
JSON Lines. docs/clustering.md has the rules.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown verb %q; see coldtrail cluster --help", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.PersistentFlags().StringVarP(&k.store, "store", "s", "", "folder of the store")
	cmd.PersistentFlags().StringVar(&k.file, "file", "", "file of the clustering (default: the store's name and .clusters)")
	cmd.AddCommand(a.clusterBuildCommand(k), a.clusterShowCommand(k), a.clusterStatsCommand(k), a.clusterUndoCommand(k), a.clusterChangeCommand(k),
		a.clusterDepositsCommand(k), a.clusterRoleCommand(k))
	return cmd
}

// open opens the store, and says where its clustering is.
func (k *clustering) open() (*graph.Store, error) {
	if k.file == "" && k.store != "" {
		k.file = cluster.FileOf(k.store)
	}
	return openStore(k.store)
}

// read opens the store and the clustering of its very blocks.
func (k *clustering) read() (*graph.Store, *cluster.Result, error) {
	s, err := k.open()
	if err != nil {
		return nil, nil, err
	}
	r, err := cluster.Read(k.file)
	if err == nil {
		err = r.Covers(s)
	}
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, r, nil
}

// keysOf is what reads the account keys of a store, or nil.
func keysOf(s *graph.Store) cluster.Keys {
	keys, _ := s.Codec().(cluster.Keys)
	return keys
}

func (a *app) clusterBuildCommand(k *clustering) *cobra.Command {
	var names []string
	for _, r := range cluster.Rules() {
		names = append(names, r.ID)
	}
	cmd := &cobra.Command{
		Use: "build", Short: "Cluster a store, or follow it with the clustering it has", Args: noArgs,
		Long: `build joins the inputs of every transaction that no detector of mixing excludes,
and accounts of one key where the ledger's keys can be read. Where the file holds
a clustering with the same parameters, it follows the store: blocks that were
added or taken back since. The result is that of a build anew, byte for byte.

Detectors: ` + strings.Join(names, ", ") + `.`,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := k.open()
			if err != nil {
				return err
			}
			defer s.Close()
			return a.clusterBuild(c, k, s)
		},
	}
	cmd.Flags().StringSliceVar(&k.rules, "rules", cluster.DefaultRules(), "detectors in use; \"\" for none")
	cmd.Flags().BoolVar(&k.noKeys, "no-keys", false, "do not join accounts of one key or script")
	cmd.Flags().BoolVar(&k.anew, "anew", false, "do not follow the clustering that there is; cuts are kept")
	cmd.Flags().StringArrayVar(&k.tags, "tags", nil, "index, pack or folder of packs, for exchange-suppression")
	return cmd
}

func (a *app) clusterBuild(c *cobra.Command, k *clustering, s *graph.Store) error {
	p := cluster.Params{Rules: k.rules, Keys: !k.noKeys && keysOf(s) != nil}
	services, err := a.services(c, k, s)
	if err != nil {
		return err
	}
	for n, x := range services {
		if x.exchange {
			p.Exchanges = append(p.Exchanges, ledger.Account(n))
		}
	}
	old, err := cluster.Read(k.file)
	switch {
	case err == nil:
		p.Cuts = old.Params.Cuts
	case errors.Is(err, cluster.ErrVersion):
		a.say("%v; it is made anew", err)
		old = nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	r, how, err := follow(c, k, s, old, p)
	if err != nil {
		return err
	}
	if how != "unchanged" {
		if err := r.Write(k.file); err != nil {
			return err
		}
	}
	return a.clusterSummary(k, s, r, how)
}

// follow updates the old clustering when it can, and builds otherwise.
func follow(c *cobra.Command, k *clustering, s *graph.Store, old *cluster.Result, p cluster.Params) (*cluster.Result, string, error) {
	if old != nil && !k.anew && sameParams(old.Params, p) {
		if old.Covers(s) == nil {
			return old, "unchanged", nil
		}
		err := old.Update(c.Context(), s, keysOf(s))
		if !errors.Is(err, cluster.ErrReplaced) {
			return old, "updated", err
		}
	}
	r, err := cluster.Build(c.Context(), s, keysOf(s), p)
	return r, "built", err
}

// sameParams compares parameters whatever the order of their rules and
// exchanges.
func sameParams(old, p cluster.Params) bool {
	set := func(l []string) []string {
		l = slices.Clone(l)
		slices.Sort(l)
		return slices.Compact(l)
	}
	slices.Sort(p.Exchanges)
	return old.Keys == p.Keys && slices.Equal(set(old.Rules), set(p.Rules)) && slices.Equal(old.Exchanges, p.Exchanges) && slices.Equal(old.Cuts, p.Cuts)
}

func (a *app) clusterSummary(k *clustering, s *graph.Store, r *cluster.Result, how string) error {
	by := map[string]int{}
	for _, x := range r.Excluded {
		by[r.Params.Rules[x.Rule]]++
	}
	return json.NewEncoder(a.out).Encode(map[string]any{
		"record": "clusters", "store": k.store, "file": k.file, "ledger": s.Info().Ledgers[0].ID, "how": how,
		"transactions": r.Txs(), "addresses": len(r.Labels), "clusters": len(r.Clusters), "merges": len(r.Edges), "key_pairs": len(r.KeyEdges),
		"excluded": len(r.Excluded), "excluded_by": by, "rules": r.Params.Rules, "rules_version": r.Params.RulesVersion, "keys": r.Params.Keys,
		"cuts": len(r.Params.Cuts),
	})
}

func (a *app) clusterShowCommand(k *clustering) *cobra.Command {
	cmd := &cobra.Command{
		Use: "show ADDRESS [OTHER]", Short: "The cluster of an address, and why another is in it",
		Long: `show prints the cluster of an address and its members. With a second address it
prints the chain of evidence between the two, a step a line: a transaction that
spends from both, or one key or script of both. It exits 3 when they are not
together.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usagef("%s takes an address, or two, got %d arguments", c.CommandPath(), len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			s, r, err := k.read()
			if err != nil {
				return err
			}
			defer s.Close()
			if len(args) == 2 {
				return a.clusterWhy(s, r, ledger.Account(args[0]), ledger.Account(args[1]))
			}
			return a.clusterShow(k, s, r, ledger.Account(args[0]))
		},
	}
	cmd.Flags().IntVar(&k.members, "max", 100, "members to list (-1: all)")
	return cmd
}

func (a *app) clusterShow(k *clustering, s *graph.Store, r *cluster.Result, address ledger.Account) error {
	look, err := r.Show(s, address)
	if err != nil {
		return err
	}
	out := json.NewEncoder(a.out)
	if err := out.Encode(map[string]any{
		"record": "cluster", "address": address, "cluster": look.Name, "size": look.Cluster.Size, "balance": fmt.Sprint(look.Cluster.Balance),
		"asset": s.Info().Ledgers[0].Native, "rules_version": r.Params.RulesVersion, "hypothesis": "common input ownership",
	}); err != nil {
		return err
	}
	for i, m := range look.Members {
		if i == k.members {
			a.say("%d of %d members are listed; --max lists more", i, len(look.Members))
			break
		}
		name, err := s.AccountName(m)
		if err != nil {
			return err
		}
		if err := out.Encode(map[string]any{"record": "member", "address": name}); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) clusterWhy(s *graph.Store, r *cluster.Result, one, other ledger.Account) error {
	x, err := r.Show(s, one)
	if err != nil {
		return err
	}
	y, err := r.Show(s, other)
	if err != nil {
		return err
	}
	steps, err := r.Explain(s, one, other)
	if err != nil {
		return err
	}
	out := json.NewEncoder(a.out)
	together := x.Cluster.Root == y.Cluster.Root
	if err := out.Encode(map[string]any{"record": "together", "address": one, "other": other, "together": together, "steps": len(steps)}); err != nil {
		return err
	}
	if !together {
		a.code = exitFound
	}
	for _, step := range steps {
		row := map[string]any{"record": "step", "from": step.From, "to": step.To, "evidence": "common input", "tx": step.Tx}
		if step.Tx == "" {
			row["evidence"] = "one key or script"
			delete(row, "tx")
		}
		if err := out.Encode(row); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) clusterStatsCommand(k *clustering) *cobra.Command {
	cmd := &cobra.Command{
		Use: "stats", Short: "Counts, sizes, and the largest clusters", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			s, r, err := k.read()
			if err != nil {
				return err
			}
			defer s.Close()
			if err := a.clusterSummary(k, s, r, "read"); err != nil {
				return err
			}
			out := json.NewEncoder(a.out)
			for _, b := range r.Sizes() {
				if err := out.Encode(map[string]any{"record": "sizes", "from": b.From, "to": b.To, "clusters": b.Clusters, "addresses": b.Addresses}); err != nil {
					return err
				}
			}
			for _, c := range r.Largest(upTo(k.top, len(r.Clusters))) {
				name, err := s.AccountName(c.Root)
				if err != nil {
					return err
				}
				if err := out.Encode(map[string]any{"record": "cluster", "cluster": name, "size": c.Size, "balance": fmt.Sprint(c.Balance)}); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&k.top, "max", 10, "clusters to list (-1: all)")
	return cmd
}

func (a *app) clusterUndoCommand(k *clustering) *cobra.Command {
	cmd := &cobra.Command{
		Use: "undo TX [ADDRESS]", Short: "Take a merge back: a transaction is no evidence",
		Long: `undo keeps a cut in the clustering: the inputs of an address in a transaction, or
all its inputs, join nothing, now and whenever the clustering is built. It prints
the clusters into which the inputs fall. --redo takes the cut back.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usagef("%s takes a transaction, and an address if only that is cut, got %d arguments", c.CommandPath(), len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			s, r, err := k.read()
			if err != nil {
				return err
			}
			defer s.Close()
			cut := cluster.Cut{Tx: args[0]}
			if len(args) == 2 {
				cut.Address = ledger.Account(args[1])
			}
			return a.clusterUndo(c, k, s, r, cut)
		},
	}
	cmd.Flags().BoolVar(&k.redo, "redo", false, "take the cut back")
	return cmd
}

func (a *app) clusterUndo(c *cobra.Command, k *clustering, s *graph.Store, r *cluster.Result, cut cluster.Cut) error {
	owners, err := r.Owners(s, cut)
	if err != nil {
		return err
	}
	p := r.Params
	if k.redo {
		p.Cuts = slices.DeleteFunc(slices.Clone(p.Cuts), func(x cluster.Cut) bool { return x == cut })
		if len(p.Cuts) == len(r.Params.Cuts) {
			return fmt.Errorf("%s %s is not cut: %w", cut.Tx, cut.Address, cluster.ErrNotFound)
		}
	} else {
		p.Cuts = append(slices.Clone(p.Cuts), cut)
	}
	after, err := cluster.Build(c.Context(), s, keysOf(s), p)
	if err != nil {
		return err
	}
	if err := after.Write(k.file); err != nil {
		return err
	}
	out := json.NewEncoder(a.out)
	if err := out.Encode(map[string]any{
		"record": "undone", "tx": cut.Tx, "address": cut.Address, "redo": k.redo, "clusters_before": len(r.Clusters), "clusters": len(after.Clusters),
	}); err != nil {
		return err
	}
	seen := map[uint32]bool{}
	for _, o := range owners {
		sum, _ := after.Of(o)
		if seen[sum.Root] {
			continue
		}
		seen[sum.Root] = true
		name, err := s.AccountName(sum.Root)
		if err != nil {
			return err
		}
		if err := out.Encode(map[string]any{"record": "cluster", "cluster": name, "size": sum.Size, "balance": fmt.Sprint(sum.Balance)}); err != nil {
			return err
		}
	}
	return nil
}
