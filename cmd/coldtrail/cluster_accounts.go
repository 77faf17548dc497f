package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/money"
)

// accountFlags are those of the cluster verbs on ledgers of accounts.
type accountFlags struct {
	exchanges, members, deposits []string
	asset, alpha, from, to, held string
	tau                          uint64
}

func (a *app) clusterDepositsCommand(k *clustering) *cobra.Command {
	f := &accountFlags{}
	cmd := &cobra.Command{
		Use: "deposits", Short: "Deposit addresses of exchanges, and users who share one", Args: noArgs,
		Long: `deposits looks for addresses that hand on to an exchange what users paid them, a
little less and soon after (Victor, Financial Cryptography 2020). Users who share
such an address are thought to be one. Exchanges are named by --exchange, or are the
accounts that --tags call one.`,
		Example: `  coldtrail cluster deposits --store eth --tags packs/
  coldtrail cluster deposits --store eth --exchange 0x28c6c06298d514db089934071355e5743bf21d60=Binance`,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := k.open()
			if err != nil {
				return err
			}
			defer s.Close()
			return a.clusterDeposits(c, k, f, s)
		},
	}
	fl := cmd.Flags()
	fl.StringArrayVar(&f.exchanges, "exchange", nil, "ACCOUNT=NAME: a main address of an exchange (repeatable)")
	fl.StringArrayVar(&k.tags, "tags", nil, "index, pack or folder of packs: who is an exchange, or any known entity")
	fl.StringVar(&f.asset, "asset", "", "asset, by symbol or id (default: the ledger's own)")
	fl.StringVar(&f.alpha, "alpha", "", "atomic units that may be kept back at most (default: 0.01 ETH in wei; needed for other assets)")
	fl.Uint64Var(&f.tau, "tau", cluster.DefaultTau, "blocks after which a payment is handed on at most")
	return cmd
}

// assetOf finds the asset of a store by symbol or id; blank is its own.
func assetOf(s *graph.Store, word string) (money.AssetID, error) {
	info := s.Info().Ledgers[0]
	if word == "" {
		return info.Native, nil
	}
	var have []string
	for _, x := range info.Assets {
		if string(x.ID) == word || x.Symbol == word && x.Known {
			return x.ID, nil
		}
		if x.Known {
			have = append(have, x.Symbol)
		}
	}
	return "", usagef("--asset %s: the store has no such asset; known by symbol are %s", word, strings.Join(have, ", "))
}

// onAccounts refuses a store of coins.
func onAccounts(s *graph.Store) error {
	if m := s.Info().Ledgers[0].Model; m != ledger.Accounts {
		return usagef("this verb is for ledgers of accounts; the store is of a ledger of kind %s", m)
	}
	return nil
}

func (a *app) clusterDeposits(c *cobra.Command, k *clustering, f *accountFlags, s *graph.Store) error {
	if err := onAccounts(s); err != nil {
		return err
	}
	asset, err := assetOf(s, f.asset)
	if err != nil {
		return err
	}
	rule := cluster.DepositRule{Ledger: s.Info().Ledgers[0].ID, Asset: asset, Exchanges: map[ledger.Account]string{}, Alpha: money.Units(cluster.DefaultAlpha), Tau: f.tau}
	switch {
	case f.alpha != "":
		if rule.Alpha, err = money.Parse(f.alpha); err != nil {
			return usagef("--alpha %s: %v", f.alpha, err)
		}
	case !strings.HasSuffix(string(asset), "/slip44:60"):
		return usagef("say with --alpha how many atomic units of %s may be kept back: there is a default for ether only", asset)
	}
	tagged, err := a.services(c, k, s)
	if err != nil {
		return err
	}
	for name, x := range tagged {
		if x.exchange {
			rule.Exchanges[ledger.Account(name)] = x.name
		}
	}
	for _, x := range f.exchanges {
		main, name, ok := strings.Cut(x, "=")
		if !ok || main == "" || name == "" {
			return usagef("--exchange %q: want ACCOUNT=NAME", x)
		}
		rule.Exchanges[account(rule.Ledger, main)] = name
	}
	if len(rule.Exchanges) == 0 {
		return usagef("no exchange is known: name one with --exchange, or give --tags")
	}
	rule.Known = func(x ledger.Account) bool { _, known := tagged[string(x)]; return known }
	found, err := cluster.FindDeposits(c.Context(), s, rule)
	if err != nil {
		return err
	}
	return a.printDeposits(s, rule, found)
}

func (a *app) printDeposits(s *graph.Store, rule cluster.DepositRule, found *cluster.Reuse) error {
	out := json.NewEncoder(a.out)
	addresses := 0
	for _, list := range found.Addresses {
		addresses += len(list)
	}
	if err := out.Encode(map[string]any{
		"record": "reuse", "ledger": rule.Ledger, "asset": rule.Asset, "alpha": rule.Alpha, "tau": rule.Tau, "exchanges": len(rule.Exchanges),
		"deposits": len(found.Deposits), "addresses": addresses, "user_clusters": len(found.Users), "hypothesis": "deposit address reuse",
	}); err != nil {
		return err
	}
	for _, d := range found.Deposits {
		receipt, err := s.Entry(d.Receipt)
		if err != nil {
			return err
		}
		forward, err := s.Entry(d.Forward)
		if err != nil {
			return err
		}
		if err := out.Encode(map[string]any{
			"record": "deposit", "user": d.User, "address": d.Address, "main": d.Main, "exchange": d.Exchange, "receipt": receipt.ID, "forward": forward.ID,
			"confidence": d.Confidence.FloatString(3),
		}); err != nil {
			return err
		}
	}
	for _, users := range found.Users {
		if err := out.Encode(map[string]any{"record": "users", "members": users}); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) clusterRoleCommand(k *clustering) *cobra.Command {
	f := &accountFlags{}
	cmd := &cobra.Command{
		Use: "role ACCOUNT...", Short: "Whether an account looks like a deposit address, a hot or a cold wallet",
		Long: `role judges accounts by their transfers in a window of time, and prints the
conditions of each role with what was measured. The confidence is the share of
conditions that are met, not a probability. Where the data of an account is not
complete the role is unknown: silence may be missing data.`,
		Example: `  coldtrail cluster role 0x... --store eth --from 2024-01-01 --to 2024-04-01 --member 0x...,0x... --main 0x...`,
		Args:    some("role takes accounts"),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := k.open()
			if err != nil {
				return err
			}
			defer s.Close()
			return a.clusterRole(f, s, args)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.from, "from", "", "first day of the window, UTC")
	fl.StringVar(&f.to, "to", "", "day at which the window ends, itself left out, UTC")
	fl.StringSliceVar(&f.members, "member", nil, "accounts of the same owner (repeatable, or with commas)")
	fl.StringSliceVar(&f.exchanges, "main", nil, "of them, accounts that gather deposits")
	fl.StringSliceVar(&f.deposits, "deposit", nil, "of them, known deposit addresses")
	fl.StringVar(&f.held, "held", "0", "atomic units that the owner holds in all at the end")
	fl.StringVar(&f.asset, "asset", "", "asset, by symbol or id (default: the ledger's own)")
	return cmd
}

func (a *app) clusterRole(f *accountFlags, s *graph.Store, accounts []string) error {
	if err := onAccounts(s); err != nil {
		return err
	}
	asset, err := assetOf(s, f.asset)
	if err != nil {
		return err
	}
	var w cluster.Window
	for _, x := range []struct {
		name, text string
		into       *time.Time
	}{{"from", f.from, &w.From}, {"to", f.to, &w.To}} {
		if *x.into, err = time.Parse(time.DateOnly, x.text); err != nil {
			return usagef("--%s %q: want a day such as 2024-04-01", x.name, x.text)
		}
	}
	l := s.Info().Ledgers[0].ID
	set := func(list []string) map[ledger.Account]bool {
		out := map[ledger.Account]bool{}
		for _, x := range list {
			out[account(l, x)] = true
		}
		return out
	}
	e := cluster.Entity{Members: set(append(append(f.members, f.exchanges...), f.deposits...)), Mains: set(f.exchanges), Deposits: set(f.deposits)}
	if e.Held, err = money.Parse(f.held); err != nil {
		return usagef("--held %s: %v", f.held, err)
	}
	out := json.NewEncoder(a.out)
	for _, x := range accounts {
		r, err := cluster.InferRole(s, graph.Pool{Ledger: l, Account: account(l, x), Asset: asset}, e, w)
		if err != nil {
			return fmt.Errorf("%s: %w", x, err)
		}
		if err := out.Encode(map[string]any{
			"record": "role", "account": r.Account, "asset": asset, "role": r.Role, "confidence_percent": r.Confidence, "declared": r.Declared,
			"from": w.From.Format(time.DateOnly), "to": w.To.Format(time.DateOnly), "gap": r.Gap, "conditions": r.Features,
		}); err != nil {
			return err
		}
	}
	return nil
}
