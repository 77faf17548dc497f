package main

import (
	"encoding/json"
	"slices"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/tag"
)

// service is what the tags of an address say of whose it is.
type service struct {
	name     string
	exchange bool
}

// services asks the books about every address of the store: by name, those with
// a tag that makes a boundary.
func (a *app) services(c *cobra.Command, k *clustering, s *graph.Store) (map[string]service, error) {
	if len(k.tags) == 0 {
		return nil, nil
	}
	books, err := a.openBooks(c.Context(), k.tags, "")
	if err != nil {
		return nil, err
	}
	defer closeBooks(books)
	found := map[string]service{}
	id := s.Info().Ledgers[0].ID
	for n := range uint32(s.Accounts()) {
		if n%1024 == 0 && c.Context().Err() != nil {
			return nil, c.Context().Err()
		}
		name, err := s.AccountName(n)
		if err != nil {
			return nil, err
		}
		var on []tag.Tag
		for _, b := range books {
			tags, err := b.On(id, tag.Canonical(string(name)))
			if err != nil {
				return nil, err
			}
			on = append(on, tags...)
		}
		if stop, ok, _ := tag.Stop(on); ok {
			found[string(name)] = service{stop.Label, slices.Contains(stop.Concepts, "exchange")}
		}
	}
	return found, nil
}

func (a *app) clusterChangeCommand(k *clustering) *cobra.Command {
	p := cluster.DefaultLayer()
	cmd := &cobra.Command{
		Use: "change", Short: "What change heuristics would join, beside the clusters", Args: noArgs,
		Long: `change asks the heuristics which output of a transaction is change, and prints the
links that they agree on and those that tags or the guard hold back. The clusters
stay as they are: a link is a guess with a weight.`,
		RunE: func(c *cobra.Command, _ []string) error {
			s, r, err := k.read()
			if err != nil {
				return err
			}
			defer s.Close()
			return a.clusterChange(c, k, s, r, p)
		},
	}
	cmd.Flags().StringSliceVar(&p.Rules, "rules", p.Rules, "heuristics that vote")
	cmd.Flags().IntVar(&p.MinWeight, "min-weight", p.MinWeight, "least weight of a link")
	cmd.Flags().IntVar(&p.GuardSize, "guard", p.GuardSize, "two clusters larger than this need several links")
	cmd.Flags().IntVar(&p.GuardEdges, "guard-links", p.GuardEdges, "how many")
	cmd.Flags().StringArrayVar(&k.tags, "tags", nil, "index, pack or folder of packs: services under different labels are never joined")
	cmd.Flags().IntVar(&k.links, "max", 100, "links of each sort to list (-1: all)")
	return cmd
}

func (a *app) clusterChange(c *cobra.Command, k *clustering, s *graph.Store, r *cluster.Result, p cluster.LayerParams) error {
	links, err := r.Links(s, keysOf(s), p)
	if err != nil {
		return err
	}
	tagged, err := a.services(c, k, s)
	if err != nil {
		return err
	}
	names := map[uint32]string{}
	for name, x := range tagged {
		if n, ok := s.AccountNumber(ledger.Account(name)); ok {
			names[n] = x.name
		}
	}
	l, err := cluster.NewLayer(r.Labels, links, names, nil, p)
	if err != nil {
		return err
	}
	out := json.NewEncoder(a.out)
	if err := out.Encode(map[string]any{
		"record": "layer", "parameters": p, "core_clusters": len(r.Clusters), "extended_clusters": l.Extended.Count(), "followed": len(l.Followed), "conflicts": len(l.Conflicts),
	}); err != nil {
		return err
	}
	row := func(link cluster.Link, reason string) error {
		from, err := s.AccountName(link.From)
		if err != nil {
			return err
		}
		to, err := s.AccountName(link.To)
		if err != nil {
			return err
		}
		var votes []string
		for _, v := range link.Votes {
			votes = append(votes, v.Rule)
		}
		rec := map[string]any{"record": "link", "tx": s.TxName(link.Tx), "from": from, "to": to, "weight": link.Weight, "votes": votes}
		if reason != "" {
			rec["record"], rec["reason"] = "conflict", reason
		}
		return out.Encode(rec)
	}
	for _, x := range l.Conflicts[:upTo(k.links, len(l.Conflicts))] {
		if err := row(x.Link, x.Reason); err != nil {
			return err
		}
	}
	for _, x := range l.Followed[:upTo(k.links, len(l.Followed))] {
		if err := row(x, ""); err != nil {
			return err
		}
	}
	return nil
}
