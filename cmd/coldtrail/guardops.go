package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/receipt"
)

func oneFile(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("%s takes one file", c.CommandPath())
	}
	return nil
}

// lines calls each with every line that is not empty, numbered from 1.
func (a *app) lines(file string, each func(n int, line []byte) error) error {
	data, err := a.readAll(file, 1<<30)
	if err != nil {
		return err
	}
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if err := each(n, line); err != nil {
			return fmt.Errorf("%s: line %d: %w", file, n, err)
		}
	}
	return nil
}

func strictLine(line []byte, into any) error {
	if err := guard.StrictJSON(line, guard.MaxNesting+2, "request"); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

func (a *app) guardLearnCommand() *cobra.Command {
	var policy, out string
	cmd := &cobra.Command{
		Use:   "learn FILE|-",
		Short: "Learn a wallet's habits from its executed transactions",
		Long: `Reads JSON Lines, in order of time, each
  {"request": {...}, "executed": "2025-01-14T11:23:35Z", "executor": "0x..", "proposer": "0x..", "failed": false}
and writes the history that check and serve compare with. Whoever can write that
file can make a destination known: keep it as safe as the policy.`,
		Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				return usagef("name the history to write with --out")
			}
			p, err := guard.OpenPolicy(policy)
			if err != nil {
				return usagef("%v", err)
			}
			h := guard.NewHistory()
			g := guard.New(p, h)
			count := 0
			err = a.lines(args[0], func(_ int, line []byte) error {
				var in struct {
					Request            json.RawMessage
					Executed           time.Time
					Executor, Proposer string
					Failed             bool
				}
				if err := strictLine(line, &in); err != nil {
					return err
				}
				r, err := guard.ReadRequest(in.Request)
				if err != nil {
					return err
				}
				v, params := g.CheckParams(c.Context(), r)
				if !v.Decoded.Complete {
					return fmt.Errorf("nothing is learnt from bytes that are not understood: %s", v.Decoded.Undecoded[0].Reason)
				}
				g.Learn(v, params, guard.Executed{At: in.Executed.UTC(), Executor: in.Executor, Proposer: in.Proposer, Failed: in.Failed})
				count++
				return nil
			})
			if err != nil {
				return err
			}
			a.say("%d transactions learnt", count)
			return h.Write(out)
		},
	}
	cmd.Flags().StringVar(&policy, "policy", "strict", "policy that names the wallets")
	cmd.Flags().StringVar(&out, "out", "", "history file to write")
	return cmd
}

func (a *app) guardPolicyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Check and compare policies",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	lint := &cobra.Command{
		Use: "lint FILE", Short: "Is this a usable policy, and what is its hash", Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := guard.OpenPolicy(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "%s version %d, mode %s\n%s\n", p.Name, p.Version, p.Mode, p.Hash())
			for _, w := range p.Warnings() {
				fmt.Fprintf(a.out, "note: %s\n", w)
			}
			return nil
		},
	}
	cmd.AddCommand(lint, a.policyTestCommand(), a.policyDiffCommand())
	return cmd
}

// wanted is a line of policy test.
type wanted struct {
	Name    string
	Expect  guard.Decision
	Rules   []string
	Request json.RawMessage
}

func readWanted(line []byte) (in wanted, r *guard.Request, err error) {
	if err := strictLine(line, &in); err != nil {
		return in, nil, err
	}
	if !slices.Contains([]guard.Decision{guard.Allow, guard.Hold, guard.Deny}, in.Expect) {
		return in, nil, fmt.Errorf("expect is %q: want allow, hold or deny", in.Expect)
	}
	r, err = guard.ReadRequest(in.Request)
	return in, r, err
}

func (a *app) policyTestCommand() *cobra.Command {
	var policy string
	cmd := &cobra.Command{
		Use:   "test FILE|-",
		Short: "Do these requests get the verdicts that are expected",
		Long: `Reads JSON Lines, each {"name": "..", "expect": "deny", "rules": ["G04"], "request": {..}}.
Each is checked by itself. Exit 3 if one gets another verdict or lacks a rule.`,
		Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			p, err := guard.OpenPolicy(policy)
			if err != nil {
				return err
			}
			good, bad := 0, 0
			err = a.lines(args[0], func(n int, line []byte) error {
				in, r, err := readWanted(line)
				if err != nil {
					return err
				}
				g := guard.New(p, nil)
				if r.AsOf != nil {
					g.Now = func() time.Time { return *r.AsOf }
				}
				v := g.Check(c.Context(), r)
				wrong := v.Decision != in.Expect
				for _, rule := range in.Rules {
					wrong = wrong || !v.Fired(rule)
				}
				if !wrong {
					good++
					return nil
				}
				bad++
				fmt.Fprintf(a.out, "line %d %s: %s, expected %s %v\n", n, in.Name, v.Decision, in.Expect, in.Rules)
				for _, reason := range v.Reasons {
					fmt.Fprintf(a.out, "  %s %s %s\n", reason.Rule, reason.Severity, reason.Text)
				}
				return nil
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "%d as expected, %d not\n", good, bad)
			if bad > 0 {
				a.code = exitFound
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&policy, "policy", "strict", "policy: strict, baseline, or a file")
	return cmd
}

func (a *app) policyDiffCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Does a new policy loosen the old one; exit 3 if it does",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("name the old and the new policy")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			old, err := guard.OpenPolicy(args[0])
			if err != nil {
				return err
			}
			next, err := guard.OpenPolicy(args[1])
			if err != nil {
				return err
			}
			loose := guard.Loosens(old, next)
			for _, l := range loose {
				fmt.Fprintf(a.out, "loosens: %s\n", l)
			}
			if len(loose) == 0 {
				fmt.Fprintln(a.out, "it only tightens")
				return nil
			}
			fmt.Fprintf(a.out, "%d approvers of group %q sign this text, and it waits %s:\n%s",
				old.ChangeApprovers.N, old.ChangeApprovers.Group, time.Duration(old.ChangeDelay), guard.PolicyMessage(old.Hash(), next.Hash()))
			a.code = exitFound
			return nil
		},
	}
}

func (a *app) guardKeygenCommand() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:   "keygen FILE",
		Short: "Make the key that signs receipts (it moves no money)",
		Args:  oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			public, err := receipt.WriteKey(args[0], name)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.out, public)
			a.say("keep %s on this machine alone; give %s.pub to whoever checks", args[0], args[0])
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", "coldtrail-guard", "the machine's name in its receipts")
	return cmd
}

func (a *app) guardVerifyLogCommand() *cobra.Command {
	var public string
	cmd := &cobra.Command{
		Use:   "verify-log FILE",
		Short: "Check every receipt of a log and the chain; exit 3 if one was changed",
		Args:  oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			if public == "" {
				return usagef("name the public key with --pub")
			}
			key, err := receipt.ReadVerifier(public)
			if err != nil {
				return err
			}
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			s, err := receipt.Check(f, key)
			if err != nil {
				fmt.Fprintf(a.out, "NOT WHOLE after receipt %d: %v\n", s.Receipts, err)
				a.code = exitFound
				return nil
			}
			fmt.Fprintf(a.out, "%d receipts, whole, signed by %s; the last is %s\n", s.Receipts, key.Name(), s.Last)
			if s.Torn > 0 {
				fmt.Fprintf(a.out, "a last line of %d bytes has no end: it was never answered\n", s.Torn)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&public, "pub", "", "public key: a .pub file or its text")
	return cmd
}

func (a *app) guardCompareCommand() *cobra.Command {
	var public []string
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Do two machines' receipts say the same; exit 3 if not",
		Long: `A and B hold one receipt each: a line of a log. Both signatures are verified;
then the bytes, the decoded effects, the digests and the decision must be equal,
and the keys different.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("name two receipts")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			var keys []note.Verifier
			for _, p := range public {
				k, err := receipt.ReadVerifier(p)
				if err != nil {
					return err
				}
				keys = append(keys, k)
			}
			var pair [2]*receipt.Receipt
			for i, file := range args {
				data, err := a.readAll(file, 1<<24)
				if err != nil {
					return err
				}
				if pair[i], err = receipt.Parse(data); err != nil {
					return fmt.Errorf("%s: %w", file, err)
				}
				if err := pair[i].VerifyAny(keys); err != nil {
					return fmt.Errorf("%s: %w", file, err)
				}
			}
			c, err := receipt.Compare(pair[0], pair[1])
			if err != nil {
				return err
			}
			for _, d := range c.Differences {
				fmt.Fprintln(a.out, d)
			}
			if !c.Same {
				a.code = exitFound
				return nil
			}
			fmt.Fprintln(a.out, "both machines say the same")
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&public, "pub", nil, "public key of a machine: a .pub file or its text (twice)")
	return cmd
}
