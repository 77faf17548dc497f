package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/tag"
	"github.com/coldtrail/coldtrail/trace"
)

// show holds the flags that say how to print an answer.
type show struct {
	format, out       string
	asJSON, dump      bool
	view, asset, draw string
	limit             int
	theme             string
}

// writer draws a document.
type writer func(io.Writer, *report.Document, report.Options) error

var formats = map[string]writer{
	"text": report.Text, "jsonl": report.JSONL, "csv": report.CSV, "graphml": report.GraphML,
	"sankey": report.Sankey, "timeline": report.Timeline, "html": report.HTML,
}

const formatList = "text, jsonl, csv, graphml, sankey (SVG), timeline (SVG), html"

func (a *app) traceCommand() *cobra.Command {
	k, s := &ask{}, &show{}
	cmd := &cobra.Command{
		Use:   "trace",
		Short: "Follow stolen value and bound what any convention could say",
		Long: `trace follows what was stolen through a ledger, under every policy asked for, to
the places where it ended, and gives each place the exact interval that holds
under every conforming convention.`,
		Example: `  coldtrail trace --case bybit-2025
  coldtrail trace --case bybit-2025 --format html --out bybit.html
  coldtrail trace --ledger theft.txt --policies fifo,haircut,tiho --json
  coldtrail trace --case ronin.yaml --data ronin/ --group "Tornado=Tornado Cash"
  coldtrail trace --store eth --theft heist=0x… --swaps recognise
  coldtrail trace explain 0x21032176b43d9f7e9410fb37290a78f4fed6044c --case bybit-2025
  coldtrail trace freeze --case bybit-2025
  coldtrail trace back 0x8ed8553dd6375766d712c1f296f2afcface96036 --case bybit-2025`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("trace takes no arguments, got %q; its verbs are explain, freeze, back, sweep, owners and payments", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return a.trace(c, k, s) },
	}
	k.flags(cmd.PersistentFlags())
	pf := cmd.PersistentFlags()
	pf.StringVarP(&s.out, "out", "o", "", "write to this file instead of standard output (-)")
	pf.StringVar(&s.view, "view", "", "show one theft, or any for the union")
	pf.StringVar(&s.asset, "asset", "", "show one asset, by symbol or id")
	pf.IntVar(&s.limit, "limit", 0, "rows to show before the rest is summed up (-1: all)")
	f := cmd.Flags()
	f.StringVar(&s.format, "format", "text", formatList)
	f.BoolVar(&s.asJSON, "json", false, "the same as --format jsonl")
	f.StringVar(&s.draw, "draw", "", "policy that pictures draw and tables sort by (default fifo)")
	f.StringVar(&s.theme, "theme", "", "light or dark pictures (default: the reader's own)")
	f.BoolVar(&s.dump, "dump", false, "print the ledger in the text form and stop")
	a.completeTrace(cmd)
	cmd.AddCommand(a.explainCommand(k, s), a.freezeCommand(k, s), a.backCommand(k, s), a.sweepCommand(k, s), a.ownersCommand(k, s), a.paymentsCommand(k, s))
	return cmd
}

// completeTrace gives the shell the words a flag takes.
func (a *app) completeTrace(cmd *cobra.Command) {
	words := func(list ...string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return list, cobra.ShellCompDirectiveNoFileComp
		}
	}
	policies := []string{"default", "all"}
	for _, m := range trace.Methods {
		policies = append(policies, string(m.Policy)+"\t"+m.Rule)
	}
	for flag, f := range map[string]func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective){
		"format": words("text", "jsonl", "csv", "graphml", "sankey", "timeline", "html"),
		"fee":    words("last", "first", "prorata"), "fee-fate": words("sink", "fees-first", "subsidy-first"),
		"gas": words("pay", "ignore"), "swaps": words(casefile.Named, casefile.Recognise),
		"theme": words("light", "dark"), "policies": words(policies...),
		"case": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return caseNames(), cobra.ShellCompDirectiveDefault
		},
	} {
		_ = cmd.RegisterFlagCompletionFunc(flag, f) // fails only for a flag that is not there
	}
}

func (a *app) trace(c *cobra.Command, k *ask, s *show) error {
	if s.asJSON {
		if c.Flags().Changed("format") && s.format != "jsonl" {
			return usagef("--json is --format jsonl: leave out one of --json and --format %s", s.format)
		}
		s.format = "jsonl"
	}
	draw, ok := formats[s.format]
	if !ok {
		return usagef("unknown format %q; there are %s", s.format, formatList)
	}
	if err := oneOf("theme", s.theme, "light", "dark"); err != nil {
		return err
	}
	q, err := a.read(c.Context(), k)
	if errors.Is(err, inquiry.ErrNoTheft) {
		return a.tracePayments(c.Context(), k, s, false)
	}
	if err != nil {
		return err
	}
	if s.dump {
		return a.write(s, q.dump)
	}
	if err := a.answer(c.Context(), q); err != nil {
		return err
	}
	return a.write(s, func(w io.Writer) error { return draw(w, &q.Document, s.options(a)) })
}

// toOutput says that no file is named.
func (s *show) toOutput() bool { return s.out == "" || s.out == "-" }

func (s *show) options(a *app) report.Options {
	o := report.Options{View: s.view, Asset: s.asset, Policy: trace.Policy(strings.ToLower(s.draw)), Limit: s.limit, Theme: s.theme, Width: 100}
	if s.toOutput() {
		o.Width = a.width()
	}
	return o
}

// write sends output to standard output or, whole or not at all, to a file.
func (a *app) write(s *show, draw func(io.Writer) error) error {
	if s.toOutput() {
		return draw(a.out)
	}
	if err := writeFile(s.out, draw); err != nil {
		return err
	}
	a.say("written to %s", s.out)
	return nil
}

// writeFile replaces a file only when all of it is written. What is no file, a pipe
// or a device, is written to and never replaced: /dev/null would be a file then.
func writeFile(path string, draw func(io.Writer) error) error {
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(draw(f), f.Close())
	}
	tmp := path + ".part"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	err = draw(f)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		os.Remove(tmp)
	}
	return err
}

func (a *app) explainCommand(k *ask, s *show) *cobra.Command {
	return &cobra.Command{
		Use: "explain PLACE", Short: "The hops behind one figure, and its certificate in words",
		Long: `explain says in words where the value at one place came from under each policy,
and why no convention can put less than L or more than U there. PLACE is an
account, an entity, a group of the question, or a place id of the JSON output.`,
		Args: one("explain takes one place: an account, an entity, a group or a place id"),
		RunE: func(c *cobra.Command, args []string) error {
			q, err := a.read(c.Context(), k)
			if err != nil {
				return err
			}
			if err := a.answer(c.Context(), q); err != nil {
				return err
			}
			place := args[0]
			if len(q.Document.Trail.Place(place)) == 0 {
				place = string(tag.Canonical(place)) // an address with the capitals of its checksum, or a group
			}
			return a.write(s, func(w io.Writer) error { return report.Explain(w, &q.Document, place, s.options(a)) })
		},
	}
}

func (a *app) freezeCommand(k *ask, s *show) *cobra.Command {
	return &cobra.Command{
		Use: "freeze", Short: "Which places, frozen, stop the most value", Args: noArgs,
		Long: `freeze lists the places where stolen value stands now, surest first, and the
payments that, stopped in time, would have stopped the most: the minimum cut of
all exits together.`,
		RunE: func(c *cobra.Command, _ []string) error {
			q, err := a.read(c.Context(), k)
			if err != nil {
				return err
			}
			if err := a.answer(c.Context(), q); err != nil {
				return err
			}
			return a.write(s, func(w io.Writer) error { return report.Freeze(w, &q.Document, s.options(a)) })
		},
	}
}

func (a *app) backCommand(k *ask, s *show) *cobra.Command {
	var on string
	cmd := &cobra.Command{
		Use: "back ACCOUNT...", Short: "How much of what these accounts received is stolen",
		Long: `back traces backward from accounts to the thefts of the question: how much of
what they received is stolen, under each policy, with exact bounds. The accounts
count as one boundary: what they paid out and got back is clean when it returns.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("back takes the accounts that received")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			q, err := a.read(c.Context(), k)
			if err != nil {
				return err
			}
			l, err := onLedger(q, on)
			if err != nil {
				return err
			}
			var accounts []ledger.Account
			for _, x := range args {
				accounts = append(accounts, account(l, x))
			}
			r, err := trace.Backward(c.Context(), q.Graph, q.Question, l, accounts...)
			if err != nil {
				return err
			}
			if len(r.Unknown) > 0 {
				return fmt.Errorf("account %q occurs nowhere on %s: check how the ledger writes it", r.Unknown[0], l)
			}
			return a.write(s, func(w io.Writer) error { return report.Received(w, r, s.options(a)) })
		},
	}
	cmd.Flags().StringVar(&on, "on", "", "ledger of the accounts, when the case has several")
	return cmd
}

// account writes an account as its ledger does.
func account(l ledger.ID, s string) ledger.Account {
	if strings.HasPrefix(string(l), "eip155:") {
		s = strings.ToLower(s)
	}
	return ledger.Account(s)
}

func onLedger(q *asked, on string) (ledger.ID, error) {
	info := q.Graph.Info()
	if on != "" {
		return ledger.ID(on), nil
	}
	if len(info.Ledgers) == 1 {
		return info.Ledgers[0].ID, nil
	}
	var ids []string
	for _, l := range info.Ledgers {
		ids = append(ids, string(l.ID))
	}
	return "", usagef("several ledgers (%s): say which with --on", strings.Join(ids, ", "))
}

func one(msg string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageError{fmt.Sprintf("%s, got %d", msg, len(args))}
		}
		return nil
	}
}
