package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/receipt"
	"github.com/coldtrail/coldtrail/guard/replay"
	"github.com/coldtrail/coldtrail/tag"
)

// Exit codes of guard check alone.
const (
	exitHold = 10
	exitDeny = 20
)

func (a *app) guardCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "guard",
		Short: "Check a transfer before it is signed",
		Long: `The guard reads the exact bytes that a key is asked to sign, computes the hash
itself, compares with what was meant, and answers allow, hold or deny with
reasons. It holds no keys, signs nothing and sends nothing.

  coldtrail guard demo                 the Bybit theft, as the guard would have seen it
  coldtrail guard check FILE           one request; exit 0 allow, 10 hold, 20 deny
  coldtrail guard replay CASE          a wallet's whole history, row by row

docs/guard.md says what it can and cannot stop, and where to put it.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(a.guardCheckCommand(), a.guardDemoCommand(), a.guardReplayCommand(), a.guardLearnCommand(),
		a.guardPolicyCommand(), a.guardServeCommand(), a.guardPollCommand(), a.guardKeygenCommand(),
		a.guardVerifyLogCommand(), a.guardCompareCommand())
	return cmd
}

// guardFlags are what the verbs that judge share.
type guardFlags struct {
	policy, history, log, key string
	lists                     []string
	json                      bool
}

func (f *guardFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.policy, "policy", "strict", "policy: strict, baseline, or a file")
	cmd.Flags().StringVar(&f.history, "history", "", "what the wallets did before, from guard learn")
	cmd.Flags().StringVar(&f.log, "log", "", "append a receipt to this file (needs --key)")
	cmd.Flags().StringVar(&f.key, "key", "", "file of the key that signs receipts, from guard keygen")
	cmd.Flags().StringArrayVar(&f.lists, "tags", nil, "TagPacks or sanctions lists to screen recipients against (repeatable)")
	cmd.Flags().BoolVar(&f.json, "json", false, "the verdict as JSON")
}

// openGuard makes the guard that the flags describe.
func (a *app) openGuard(f *guardFlags) (*guard.Guard, error) {
	if f.key != "" && f.log == "" {
		return nil, usagef("--key signs the receipts of --log: name the log, or leave out the key")
	}
	p, err := guard.OpenPolicy(f.policy)
	if err != nil {
		return nil, err
	}
	var h *guard.History
	if f.history != "" {
		if h, err = guard.ReadHistory(f.history); err != nil {
			return nil, err
		}
	}
	g := guard.New(p, h)
	if len(f.lists) > 0 {
		set := &tag.Set{}
		for _, place := range f.lists {
			if err := a.screenList(set, g, place); err != nil {
				return nil, err
			}
		}
		g.Lists = set
	}
	return g, nil
}

// screenList reads packs or lists into the set that recipients are screened
// against. What a list holds and could not be read is said.
func (a *app) screenList(set *tag.Set, g *guard.Guard, place string) error {
	if isIndex(place) {
		return usagef("%s is an index of tags: give the packs and lists that it was made of", place)
	}
	dir, names, passed, err := tag.Open(place)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("%s holds no pack and no list (%d other files): nothing would be screened", place, len(passed))
	}
	if len(passed) > 0 {
		a.say("%s: %d files passed over, which by their names are no packs or lists: %s", place, len(passed), first(passed, 3))
	}
	for _, name := range names {
		file, err := tag.ReadFile(dir, name, "")
		locate(err, file.Report, place, name)
		if err != nil {
			return err
		}
		if file.Report.Skipped > 0 {
			a.tellFaults(file.Report)
		}
		if file.Pack == nil {
			continue // actors: no addresses
		}
		for _, t := range file.Pack.Tags {
			if err := set.Add(t); err != nil {
				a.say("%s: a tag was left out: %v", name, err)
			}
		}
		g.ListNames = append(g.ListNames, guard.List{Name: name})
	}
	return nil
}

func (a *app) guardCheckCommand() *cobra.Command {
	var f guardFlags
	cmd := &cobra.Command{
		Use:   "check FILE|-",
		Short: "Check one request: exit 0 allow, 10 hold, 20 deny, 2 unreadable",
		Long: `Reads a request (JSON, docs/guard.md) from a file or standard input and prints
the verdict: the decision first, then why, then the digests in groups for the
hardware wallet's screen.

Exit codes: 0 allow, 10 hold, 20 deny, 2 the request cannot be read. Any other
code is a failure of the program: treat it as hold.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("name one request, or - for standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.guardCheck(c, args[0], &f) },
	}
	f.add(cmd)
	return cmd
}

func (a *app) guardCheck(c *cobra.Command, file string, f *guardFlags) error {
	data, err := a.readAll(file, guard.MaxPSBTBody+1)
	if err != nil {
		return usagef("%v", err)
	}
	g, err := a.openGuard(f)
	if err != nil {
		return usagef("%v", err)
	}
	r, err := guard.ReadRequest(data)
	if err != nil {
		return usagef("%s: %v", file, err)
	}
	g.Once = true
	v := g.Check(c.Context(), r)
	made, err := a.keepReceipt(f, v)
	if err != nil {
		v = g.Unkept(r, v, err)
		a.say("the receipt could not be written: %v", err)
	}
	switch v.Decision {
	case guard.Hold:
		a.code = exitHold
	case guard.Deny:
		a.code = exitDeny
	}
	if f.json {
		text, err := v.JSON()
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s\n", text)
		return nil
	}
	fmt.Fprint(a.out, v.Screen(g.Policy(), r.Intent, min(a.width(), 80)))
	if made != nil {
		fmt.Fprintf(a.out, "receipt %d %s\n", made.Seq, made.ID())
	}
	return nil
}

// readAll reads a file or standard input, up to a limit.
func (a *app) readAll(file string, limit int64) ([]byte, error) {
	in := a.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, limit))
	if err == nil && int64(len(data)) == limit {
		err = fmt.Errorf("%s: longer than %d bytes", file, limit-1)
	}
	return data, err
}

// keepReceipt appends the verdict to the log, if one is named.
func (a *app) keepReceipt(f *guardFlags, v *guard.Verdict) (*receipt.Receipt, error) {
	if f.log == "" {
		return nil, nil
	}
	l, err := a.openLog(f)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	body, err := v.JSON()
	if err != nil {
		return nil, err
	}
	return l.Append(body)
}

func (a *app) openLog(f *guardFlags) (*receipt.Log, error) {
	if f.key == "" {
		return nil, errors.New("--log needs --key: make one with coldtrail guard keygen")
	}
	signer, verifier, err := receipt.ReadKey(f.key)
	if err != nil {
		return nil, err
	}
	l, torn, err := receipt.Open(f.log, signer, verifier)
	if err == nil && torn > 0 {
		a.say("%s: a last line of %d bytes was never answered and is cut off", f.log, torn)
	}
	return l, err
}

func (a *app) guardDemoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "The Bybit theft of 2025, as the guard would have seen it",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			r, err := a.runReplay(c, "bybit-2025", "baseline")
			if err != nil {
				return err
			}
			width := min(a.width(), 80)
			fmt.Fprintf(a.out, "%s\n\n", r.Case.Title)
			fmt.Fprintf(a.out, "The guard learns from the first %d executed transactions and judges the other\n%d: %d denied, %d held for a person (%s).\n",
				r.Case.WarmUp, r.Scored, r.FalseDenies, r.FalseHolds, strings.Join(r.HoldNames, ", "))
			for _, row := range r.Rows {
				switch row.Step.Label {
				case replay.Displayed:
					fmt.Fprintf(a.out, "\n%s\nThe screens show 30,000 ETH to a known address. The first signature is there.\n\n", row.Step.At.Format("2006-01-02 15:04:05 UTC"))
				case replay.Malicious:
					fmt.Fprintf(a.out, "\n%s\nThese are the bytes that were signed and executed.\n\n", row.Step.At.Format("2006-01-02 15:04:05 UTC"))
				default:
					continue
				}
				fmt.Fprint(a.out, row.Verdict.Screen(a.demoPolicy(), row.Step.Request.Intent, width))
			}
			fmt.Fprintf(a.out, "\nThe first deny came %s ahead of the theft. Lost:\n%s.\n", r.Ahead(), r.Case.Loss)
			fmt.Fprintf(a.out, "The service's data was archived after the theft: it cannot prove what the\nservice answered on that morning.\n")
			return nil
		},
	}
}

func (a *app) demoPolicy() *guard.Policy {
	p, err := guard.Builtin("baseline")
	if err != nil {
		panic(err) // built in, tested
	}
	return p
}

func (a *app) runReplay(c *cobra.Command, name, policy string) (*replay.Result, error) {
	one, err := replay.Open(name)
	if err != nil {
		return nil, usagef("%v", err)
	}
	p, err := guard.OpenPolicy(policy)
	if err != nil {
		return nil, usagef("%v", err)
	}
	return replay.Run(c.Context(), one, p)
}

func (a *app) guardReplayCommand() *cobra.Command {
	var policy string
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:   "replay CASE",
		Short: "Play a wallet's history against a policy",
		Long: "Plays a case row by row: the verdict of each, the first deny or hold of the theft,\nwhat it would have saved, and what was held or denied for nothing.\n\nCases: " +
			strings.Join(replay.Names(), ", ") + ".",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("name a case: %s", strings.Join(replay.Names(), ", "))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			r, err := a.runReplay(c, args[0], policy)
			if err != nil {
				return err
			}
			if asJSON {
				return a.replayJSON(r)
			}
			a.replayText(r, all)
			return nil
		},
	}
	cmd.Flags().StringVar(&policy, "policy", "baseline", "policy: baseline, strict, or a file")
	cmd.Flags().BoolVar(&all, "all", false, "rows that were allowed too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "JSON Lines: one verdict a row, then the summary")
	return cmd
}

func (a *app) replayText(r *replay.Result, all bool) {
	fmt.Fprintf(a.out, "%s\n", r.Case.Title)
	if r.Case.Reconstruction {
		fmt.Fprintln(a.out, "RECONSTRUCTION: the bytes are ours, made after reports.")
	}
	for _, s := range r.Case.Sources {
		fmt.Fprintf(a.out, "  source: %s\n", s)
	}
	fmt.Fprintf(a.out, "policy %s %s\n\n", r.Policy, r.Hash)
	for _, row := range r.Rows {
		v := row.Verdict
		if v.Decision == guard.Allow && !all {
			continue
		}
		var rules []string
		for _, reason := range v.Reasons {
			if one := reason.Rule + ":" + string(reason.Severity.Decision()); reason.Severity >= guard.High && (len(rules) == 0 || rules[len(rules)-1] != one) {
				rules = append(rules, one)
			}
		}
		fmt.Fprintf(a.out, "%s  %-9s  %-5s  %-12s  %s\n", row.Step.At.Format("2006-01-02 15:04"), row.Step.Label, v.Decision, row.Step.Name, strings.Join(rules, " "))
	}
	fmt.Fprintf(a.out, "\nbenign rows scored %d: %d held, %d denied\n", r.Scored, r.FalseHolds, r.FalseDenies)
	if r.First == nil {
		fmt.Fprintf(a.out, "the theft was allowed\n")
		return
	}
	ahead := "when it was to be signed"
	if d := r.Ahead(); d > 0 {
		ahead = d.String() + " ahead of the theft"
	}
	fmt.Fprintf(a.out, "first stop: %s at %s, %s\n", r.First.Verdict.Decision, r.First.Step.At.Format("2006-01-02 15:04:05 UTC"), ahead)
	fmt.Fprintf(a.out, "what it would have saved, if obeyed: %s\n", r.Case.Loss)
}

func (a *app) replayJSON(r *replay.Result) error {
	enc := json.NewEncoder(a.out)
	head, lines, sum := r.Records()
	if err := enc.Encode(head); err != nil {
		return err
	}
	for _, l := range lines {
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	return enc.Encode(sum)
}
