package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/report"
)

// ownersCommand shows the courts' rules side by side.
func (a *app) ownersCommand(k *ask, s *show) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "owners",
		Short: "Whose money is in each mixed account, under every rule of the courts",
		Long: `owners applies the rules that courts use between the owners of a mixed account
(Clayton's Case, last in first out, Hallett, the rolling charge) to every account
that stolen money reached, exactly, with the lowest intermediate balance as a cap
and the distribution pari passu beside them.`,
		Example: `  coldtrail trace owners --case bangladesh-2016
  coldtrail trace owners --case bangladesh-2016 --json`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := refuse(c, append([]string{"policies"}, conventions...)...); err != nil {
				return err
			}
			q, err := a.read(c.Context(), k)
			if err != nil {
				return err
			}
			o, err := q.Owners(c.Context())
			if err != nil {
				return err
			}
			return a.write(s, func(w io.Writer) error {
				if asJSON {
					return report.OwnersJSONL(w, o.Header, o.List)
				}
				return report.Owners(w, o.Header.Title, o.Header.Question, o.List)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "records as JSON Lines (docs/reference/jsonl.md)")
	return cmd
}

// paymentsCommand lists bank payments with their states.
func (a *app) paymentsCommand(k *ask, s *show) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "payments",
		Short: "The payments of bank messages: attempted, credited, returned, altered",
		Example: `  coldtrail trace payments --case bancomext-2018
  coldtrail trace payments --case bangladesh-2016 --json`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := refuse(c, append([]string{"ledger", "store", "theft", "policies", "until"}, conventions...)...); err != nil {
				return err
			}
			if k.caseName == "" {
				return usagef("say with --case which case's payments to show")
			}
			return a.tracePayments(c.Context(), k, s, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "records as JSON Lines (docs/reference/jsonl.md)")
	return cmd
}

func (a *app) tracePayments(ctx context.Context, k *ask, s *show, asJSON bool) error {
	if s.format != "" && s.format != "text" || s.dump {
		return usagef("%v; trace payments --json lists the payments", inquiry.ErrNoTheft)
	}
	cs, err := openCase(k.caseName, k.data)
	if err != nil {
		return err
	}
	l, err := casefile.Load(ctx, cs)
	if err != nil {
		return err
	}
	p, err := inquiry.PaymentsOf(l)
	if errors.Is(err, inquiry.ErrNoMessages) {
		return usagef("case %s has no bank messages", k.caseName)
	}
	if err != nil {
		return err
	}
	return a.write(s, func(w io.Writer) error {
		if asJSON {
			return report.PaymentsJSONL(w, p.Header, p.List, p.Published)
		}
		return report.Payments(w, p.Header.Title, p.Header.Question, p.List)
	})
}
