package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/trace"
)

// ownersCommand shows the courts' rules side by side.
func (a *app) ownersCommand(k *ask, s *show) *cobra.Command {
	return &cobra.Command{
		Use:   "owners",
		Short: "Whose money is in each mixed account, under every rule of the courts",
		Long: `owners applies the rules that courts use between the owners of a mixed account
(Clayton's Case, last in first out, Hallett, the rolling charge) to every account
that stolen money reached, exactly, with the lowest intermediate balance as a cap
and the distribution pari passu beside them.`,
		Example: `  coldtrail trace owners --case bangladesh-2016`,
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			q, err := a.read(c.Context(), k)
			if err != nil {
				return err
			}
			list, err := trace.OwnersOn(c.Context(), q.Graph, q.Question)
			if err != nil {
				return err
			}
			return a.write(s, func(w io.Writer) error { return report.Owners(w, q.Document.Title, q.Document.Question, list) })
		},
	}
}

// paymentsCommand lists bank payments with their states.
func (a *app) paymentsCommand(k *ask, s *show) *cobra.Command {
	return &cobra.Command{
		Use:     "payments",
		Short:   "The payments of bank messages: attempted, credited, returned, altered",
		Example: `  coldtrail trace payments --case bancomext-2018`,
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if k.caseName == "" {
				return usagef("say with --case which case's payments to show")
			}
			return a.tracePayments(c.Context(), k, s)
		},
	}
}

func (a *app) tracePayments(ctx context.Context, k *ask, s *show) error {
	if s.format != "" && s.format != "text" {
		return usagef("%v; the list of payments is text only", inquiry.ErrNoTheft)
	}
	cs, err := openCase(k.caseName, k.data)
	if err != nil {
		return err
	}
	l, err := casefile.Load(ctx, cs)
	if err != nil {
		return err
	}
	if len(l.Payments) == 0 {
		return usagef("case %s has no bank messages", k.caseName)
	}
	return a.write(s, func(w io.Writer) error { return report.Payments(w, cs.Title, cs.Summary, l.Payments) })
}
