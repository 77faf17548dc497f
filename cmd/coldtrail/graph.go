package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/ledger"
)

func (a *app) graphCommand() *cobra.Command {
	var store string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "graph",
		Short: "Look into a store: what it holds, whether it is whole",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown verb %q; see coldtrail graph --help", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.PersistentFlags().StringVarP(&store, "store", "s", "", "folder of the store")
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "print as JSON")
	verb := func(use, short, long string, run func(*cobra.Command, *graph.Store, bool) error) {
		cmd.AddCommand(&cobra.Command{Use: use, Short: short, Long: long, Args: noArgs, RunE: func(c *cobra.Command, _ []string) error {
			s, err := openStore(store)
			if err != nil {
				return err
			}
			defer s.Close()
			return run(c, s, asJSON)
		}})
	}
	verb("info", "Ledger, source, and how far it goes; reads the manifest alone", "", a.graphInfo)
	verb("stats", "Counts, sums and bytes; reads the columns once", "", a.graphStats)
	verb("check", "Compare everything stored with everything else", `check reads the whole store: checksums, spender links against inputs, the balance of
every transfer, and every look-up. It exits 1 and lists what it found when the
store is not what was written. A damaged store is made anew with ingest.`, a.graphCheck)
	verb("digest", "SHA-256 of what the store says of its ledger", `digest is equal for equal ledgers however they were read: in one go, resumed after a
kill, or with blocks taken back and added.`, a.graphDigest)
	verb("dump", "Print the ledger in the text form", "", func(c *cobra.Command, s *graph.Store, asJSON bool) error {
		if asJSON {
			return usagef("dump prints the text form; leave out --json")
		}
		q := &asked{Inquiry: &inquiry.Inquiry{Graph: s}}
		return q.dump(a.out)
	})
	return cmd
}

func (a *app) graphInfo(_ *cobra.Command, s *graph.Store, asJSON bool) error {
	info := s.Info()
	l := info.Ledgers[0]
	if asJSON {
		out := map[string]any{
			"record": "store", "ledger": l.ID, "model": l.Model.String(), "native": l.Native, "input": l.Input, "sha256": l.SHA256,
			"transfers": info.Transfers, "assets": len(l.Assets), "skipped": l.Skipped, "notes": l.Notes, "complete": s.Done(),
		}
		if tip, ok := s.Tip(); ok {
			out["height"], out["block"] = tip.Height, tip.Hash.String()
		}
		return json.NewEncoder(a.out).Encode(out)
	}
	fmt.Fprintf(a.out, "ledger     %s (%s)\nread from  %s\n", l.ID, l.Model, l.Input)
	if l.SHA256 != "" {
		fmt.Fprintf(a.out, "sha-256    %s\n", l.SHA256)
	}
	fmt.Fprintf(a.out, "transfers  %d\n", info.Transfers)
	if tip, ok := s.Tip(); ok {
		fmt.Fprintf(a.out, "last block %d %s\n", tip.Height, tip.Hash)
	}
	if !s.Done() {
		fmt.Fprintln(a.out, "the source was not read to its end: ingest again to go on")
	}
	for _, n := range l.Notes {
		fmt.Fprintf(a.out, "note       %s\n", n)
	}
	return nil
}

func (a *app) graphStats(_ *cobra.Command, s *graph.Store, asJSON bool) error {
	st, err := s.Stats()
	if err != nil {
		return err
	}
	if asJSON {
		files := map[string]int64{}
		for _, f := range st.Files {
			files[f.Name] = f.Bytes
		}
		return json.NewEncoder(a.out).Encode(map[string]any{
			"record": "stats", "layout": st.Layout, "transfers": st.Transfers, "blocks": st.Blocks, "credits": st.Credits, "spends": st.Spends,
			"unspent": st.Unspent, "unspent_value": st.Value.String(), "largest_credit": st.Largest.String(), "accounts": st.Accounts, "files": files,
		})
	}
	coins := s.Info().Ledgers[0].Model == ledger.UTXO
	fmt.Fprintf(a.out, "transfers %d\n", st.Transfers)
	if st.Blocks > 0 {
		fmt.Fprintf(a.out, "blocks    %d\n", st.Blocks)
	}
	fmt.Fprintf(a.out, "credits   %d\n", st.Credits)
	if coins {
		fmt.Fprintf(a.out, "spends    %d\nunspent   %d, %s atomic units\nlargest   %s atomic units\n", st.Spends, st.Unspent, st.Value, st.Largest)
	}
	fmt.Fprintf(a.out, "accounts  %d\n", st.Accounts)
	printFiles(a.out, st.Files)
	return nil
}

func printFiles(w io.Writer, files []graph.FileSize) {
	total := int64(0)
	for _, f := range files {
		fmt.Fprintf(w, "%14d  %s\n", f.Bytes, f.Name)
		total += f.Bytes
	}
	fmt.Fprintf(w, "%14d  bytes in all\n", total)
}

func (a *app) graphCheck(c *cobra.Command, s *graph.Store, asJSON bool) error {
	faults := s.Check(c.Context())
	if c.Context().Err() != nil {
		return c.Context().Err()
	}
	if asJSON {
		list := []string{}
		for _, f := range faults {
			list = append(list, f.Error())
		}
		if err := json.NewEncoder(a.out).Encode(map[string]any{"record": "check", "transfers": s.Info().Transfers, "faults": list}); err != nil {
			return err
		}
	} else {
		for _, f := range faults {
			fmt.Fprintln(a.out, f)
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s: %s found: %w", s.Dir(), plural(len(faults), "fault", "faults"), graph.ErrDamaged)
	}
	if !asJSON {
		fmt.Fprintf(a.out, "%s is whole: %d transfers\n", s.Dir(), s.Info().Transfers)
	}
	return nil
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (a *app) graphDigest(c *cobra.Command, s *graph.Store, asJSON bool) error {
	d, err := s.Digest(c.Context())
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(a.out).Encode(map[string]string{"record": "digest", "sha256": d})
	}
	_, err = fmt.Fprintln(a.out, d)
	return err
}
