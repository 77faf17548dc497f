package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/table"
	"github.com/coldtrail/coldtrail/trace"
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
	a := &app{streams: s, env: env}
	cmd := a.root()
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
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

func (a *app) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "coldtrail",
		Short: "Follow stolen money, with proofs",
		Long: `coldtrail follows stolen value through a ledger under every convention the
courts and the papers use, bounds what any convention could say, and shows where
it went, with the proof. It works offline on files you have.

  coldtrail demo                          two real cases, from inside the binary
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
	cmd.SetIn(a.in)
	cmd.SetOut(a.out)
	cmd.SetErr(a.err)
	cmd.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "say nothing on standard error but errors")
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%v; see %s --help", err, c.CommandPath())
	})
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
	return cmd
}

// hint says what to try after an error, or "".
func hint(err error) string {
	var at *ledger.TextError
	var row *table.Error
	var in *casefile.Error
	switch {
	case errors.As(err, &in), errors.As(err, &row):
		return "" // they bring their own
	case errors.As(err, &at):
		return "the text form is described in docs/text-form.md"
	case errors.Is(err, fs.ErrNotExist):
		return "paths are taken from the folder you stand in; data of a case from --data or the case file's folder"
	case errors.Is(err, graph.ErrLocked):
		return "wait for it, or stop it; readers need not wait"
	case errors.Is(err, graph.ErrVersion):
		return "use the version of coldtrail that wrote the store, or ingest anew into an empty folder"
	case errors.Is(err, graph.ErrDamaged):
		return "coldtrail graph check lists what is wrong; ingest anew into an empty folder, from the same files"
	case errors.Is(err, graph.ErrNoStore):
		return "coldtrail ingest makes a store"
	case errors.Is(err, cluster.ErrFile), errors.Is(err, cluster.ErrVersion):
		return "delete the file and build the clustering again; cuts are lost with it"
	case errors.Is(err, cluster.ErrReplaced):
		return "coldtrail cluster build follows the store"
	case errors.Is(err, syscall.ENOSPC):
		return "make room and ingest again: it goes on where the store ends"
	case errors.Is(err, trace.ErrConservation):
		return "this is a defect of coldtrail, not of your data: please report it with the ledger (coldtrail trace --dump prints it in the text form)"
	case errors.Is(err, trace.ErrSeed):
		return "a seed marks exactly one credit, or a filter that states its count and sum; an injection adds what the ledger lacks"
	case errors.Is(err, graph.ErrUnresolved):
		return "every input must spend a coin of the ledger: give coins from before the data as coin lines"
	}
	return ""
}
