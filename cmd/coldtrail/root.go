package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/money"
)

// Exit codes, the same for every verb.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitFound       = 3 // a mismatch with what a case expects
	exitSkipped     = 4 // done, but records were left out
	exitInterrupted = 130
)

// streams are where a run reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// app is what every verb shares.
type app struct {
	streams
	env   func(string) string
	quiet bool
	code  int // of a run that ended well: exitDone, exitFound or exitSkipped
}

// usageError is a fault of the command line.
type usageError struct{ msg string }

func (e usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// run is the whole program; it never exits by itself.
func run(ctx context.Context, args []string, s streams, env func(string) string) int {
	out := &watched{Writer: s.out}
	a := &app{streams: streams{s.in, out, s.err}, env: env}
	cmd := a.root()
	cmd.SetArgs(args)
	err := execute(ctx, cmd)
	if err == nil && out.err != nil {
		a.fail(out.err)
		if a.code == exitHold || a.code == exitDeny {
			return a.code // whoever asked must not read less into it
		}
		return exitFailed
	}
	switch {
	case err == nil:
		return a.code
	case ctx.Err() != nil:
		a.say("interrupted; nothing was left half-written")
		return exitInterrupted
	}
	a.fail(err)
	var usage usageError
	if errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command") || strings.HasPrefix(err.Error(), "unknown flag") {
		return exitUsage
	}
	return exitFailed
}

// execute runs the command. Sums beyond 128 bits, and a store that goes away while it is
// read, are errors; any other panic is a defect, and says where.
func execute(ctx context.Context, cmd *cobra.Command) (err error) {
	defer func() {
		if v := recover(); v != nil {
			over, ok := v.(money.Overflow)
			if !ok {
				panic(v)
			}
			err = fmt.Errorf("the amounts do not add up: %w", over)
		}
	}()
	return graph.Guarded(func() error { return cmd.ExecuteContext(ctx) })
}

func (a *app) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "coldtrail",
		Short: "Follow stolen money, with proofs",
		Long: `coldtrail follows stolen value through a ledger under every convention the
courts and the papers use, bounds what any convention could say, and shows where
it went, with the proof. It works offline on files you have.

  coldtrail demo                          three thefts, from inside the binary
  coldtrail trace --ledger FILE           a ledger in the text form
  coldtrail trace --case FILE             a case file and its data
  coldtrail ingest KIND FILES --store S   a ledger's files into a store on disk
  coldtrail export parquet FILES --out D  tables of ethereum-etl as Parquet
  coldtrail trace --store S --theft T=TX  a ledger from a store
  coldtrail cluster build --store S       addresses that are spent from together
  coldtrail trace explain PLACE --case F  the hops behind one figure, and the cut
  coldtrail register show                 what sources claim about heists
  coldtrail tag lookup ADDRESS            who is said to stand behind an address
  coldtrail bench                         what this machine and this program reach
  coldtrail guard check FILE              check a transfer before it is signed
  coldtrail study                         heists counted, and what each count depends on
  coldtrail claims check                  an article, checked
  coldtrail serve                         the page: see the trail, open the evidence

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a mismatch with what the case
expects, 4 done but records were left out, 130 interrupted.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown verb %q; see coldtrail help", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	a.wire(cmd)
	cmd.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "say nothing on standard error but errors")
	cmd.AddCommand(
		a.demoCommand(),
		a.traceCommand(),
		a.ingestCommand(),
		a.exportCommand(),
		a.graphCommand(),
		a.benchCommand(),
		a.clusterCommand(),
		a.tagCommand(),
		a.registerCommand(),
		a.studyCommand(),
		a.claimsCommand(),
		a.guardCommand(),
		a.serveCommand(),
		a.doctorCommand(),
		a.versionCommand(),
		a.manCommand(),
	)
	strictHelpers(cmd)
	return cmd
}

// wire gives the library the streams, and its faults of the command line our form.
func (a *app) wire(cmd *cobra.Command) {
	cmd.SetIn(a.in)
	cmd.SetOut(a.out)
	cmd.SetErr(a.err)
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%v; see %s --help", err, c.CommandPath())
	})
}

// strictHelpers makes what the library adds to the verbs refuse words that it does
// not know: by itself it prints some help, and all seems well.
func strictHelpers(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Run, c.RunE = nil, func(c *cobra.Command, args []string) error {
				about, rest, err := c.Root().Find(args)
				if err != nil || len(rest) > 0 {
					return usagef("no verb %q to help with; see coldtrail help", strings.Join(args, " "))
				}
				about.InitDefaultHelpFlag()
				return about.Help()
			}
		case "completion":
			c.Args = func(_ *cobra.Command, args []string) error {
				if len(args) > 0 {
					return usagef("unknown shell %q; see coldtrail completion --help", args[0])
				}
				return nil
			}
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
}
