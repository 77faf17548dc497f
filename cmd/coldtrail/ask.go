package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/swap"
	"github.com/coldtrail/coldtrail/trace"
)

// ask holds the flags that make a question: where the ledger and the theft are,
// and under which conventions to trace.
type ask struct {
	ledger, caseName, data, store   string
	policies, fee, fate, gas, until string
	swaps                           string
	thefts, boundaries, through     []string
	groups, tags                    []string
	noBounds                        bool
	maxBounds                       int
}

func (k *ask) flags(f *pflag.FlagSet) {
	f.StringVar(&k.ledger, "ledger", "", "ledger in the text form, - for standard input")
	f.StringVar(&k.caseName, "case", "", "case file, or the name of a case inside the binary")
	f.StringVarP(&k.store, "store", "s", "", "folder of a store (see ingest): the ledger, or where a case's ledger is taken from")
	f.StringVar(&k.data, "data", "", "folder of a case's data, when it is not beside the case file")
	f.StringVar(&k.policies, "policies", "", "policies, with commas between; default or all (see docs/methods.md)")
	f.StringVar(&k.fee, "fee", "", "on coins, who pays the fee: last, first or prorata")
	f.StringVar(&k.fate, "fee-fate", "", "on coins, where fees go: sink, fees-first or subsidy-first")
	f.StringVar(&k.gas, "gas", "", "on accounts, fees: pay or ignore")
	f.StringVar(&k.swaps, "swaps", "", "on accounts, swaps within a transaction: named (by the case or the ledger), or recognise as well (docs/ethereum.md)")
	f.StringVar(&k.until, "until", "", "leave out transfers at or after this time (2022-05-01 or 2022-05-01T10:00Z, UTC)")
	f.StringArrayVar(&k.thefts, "theft", nil, "NAME=TRANSFER or NAME=TX:VOUT: what it credited is stolen (with --ledger or --store)")
	f.StringArrayVar(&k.boundaries, "boundary", nil, "ACCOUNT or ACCOUNT=NAME: a service, tracing stops there")
	f.StringArrayVar(&k.through, "through", nil, "ACCOUNT: go on through it although it is a boundary (stamped speculative)")
	f.StringArrayVar(&k.groups, "group", nil, "NAME=PLACE,PLACE...: bound these places together (accounts, entities or kinds)")
	f.StringArrayVar(&k.tags, "tags", nil, "index, pack or folder of packs: tags on the accounts of a case (with --case)")
	f.BoolVar(&k.noBounds, "no-bounds", false, "leave out exact bounds")
	f.IntVar(&k.maxBounds, "max-bounds", 0, "exact bounds for at most so many single places, largest first (default 1000)")
}

// conventions are flags of trace that its verbs with rules of their own do not follow.
var conventions = []string{"fee", "fee-fate", "gas", "swaps", "boundary", "through", "group", "tags", "no-bounds", "max-bounds", "view", "asset", "limit"}

// refuse names a flag that was given although the verb does not follow it: figures
// that pass over a condition are the answer to another question.
func refuse(c *cobra.Command, flags ...string) error {
	for _, f := range flags {
		if c.Flags().Changed(f) {
			return usagef("%s does not follow --%s; leave it out", c.CommandPath(), f)
		}
	}
	return nil
}

// upTo is how many of some rows are shown; a negative limit is none.
func upTo(limit, have int) int {
	if limit < 0 {
		return have
	}
	return min(limit, have)
}

// asked is a question with its graph, ready to run.
type asked struct {
	*inquiry.Inquiry
	text *ledger.Document // of a ledger in the text form
}

// read loads what the flags name.
func (a *app) read(ctx context.Context, k *ask) (*asked, error) {
	var q *asked
	var err error
	switch {
	case k.ledger != "" && k.caseName != "":
		return nil, usagef("--ledger and --case exclude each other: a case file names its ledgers")
	case k.ledger != "" && k.store != "":
		return nil, usagef("--ledger and --store exclude each other: both name the ledger")
	case k.data != "" && k.caseName == "":
		return nil, usagef("--data is the folder of a case's data: name the case with --case")
	case k.maxBounds < 0:
		return nil, usagef("--max-bounds %d: want 1 or more; --no-bounds leaves them out", k.maxBounds)
	case k.caseName != "":
		q, err = a.readCase(ctx, k)
	case k.ledger != "":
		q, err = a.readLedger(ctx, k)
	case k.store != "":
		q, err = a.readStore(k)
	default:
		return nil, usagef("say what to trace: --ledger FILE, --store FOLDER or --case NAME (cases inside: %s)", strings.Join(casefile.Names(), ", "))
	}
	if err != nil {
		return nil, err
	}
	settings := k.settings()
	return q, flagged(settings.Apply(q.Inquiry))
}

func (a *app) readCase(ctx context.Context, k *ask) (*asked, error) {
	if len(k.thefts) > 0 {
		return nil, usagef("--theft goes with --ledger; a case file names its thefts")
	}
	c, err := openCase(k.caseName, k.data)
	if err != nil {
		return nil, err
	}
	var stored []graph.Graph
	if k.store != "" {
		s, err := openStore(k.store)
		if err != nil {
			return nil, err
		}
		stored = append(stored, s)
	}
	books, err := a.openBooks(ctx, k.tags, "")
	if err != nil {
		return nil, err
	}
	defer closeBooks(books)
	c.Books = caseBooks(books)
	settings := k.settings()
	if err := settings.Prepare(c); err != nil {
		return nil, flagged(err)
	}
	q, err := inquiry.OfCase(ctx, c, toolName(), stored...)
	if err != nil {
		return nil, err
	}
	return &asked{Inquiry: q}, nil
}

// openCase finds a case by name inside the binary, else by path.
func openCase(name, data string) (*casefile.Case, error) {
	if slices.Contains(casefile.Names(), name) && data == "" {
		return casefile.Embedded(name)
	}
	if _, err := os.Stat(name); err != nil && !strings.ContainsAny(name, "/\\.") {
		return nil, usagef("no case %q inside the binary (there are %s) and no file of that name", name, strings.Join(casefile.Names(), ", "))
	}
	return casefile.Open(name, data)
}

func (a *app) readLedger(ctx context.Context, k *ask) (*asked, error) {
	if len(k.tags) > 0 {
		return nil, usagef("--tags goes with --case: a ledger in the text form has names, not addresses")
	}
	d, err := a.readText(k.ledger)
	if err != nil {
		return nil, err
	}
	if err := k.mark(d); err != nil {
		return nil, err
	}
	g, err := graph.Build(ctx, d)
	if err != nil {
		return nil, err
	}
	return &asked{text: d, Inquiry: &inquiry.Inquiry{
		Graph: g, Question: trace.Question{Thefts: trace.Marked(d)},
		Document: report.Document{Title: "Trail through " + d.Ledger.Input, Tool: toolName(), Graph: g},
	}}, nil
}

// readText reads a ledger in the text form from a file, or from standard input (-).
func (a *app) readText(name string) (*ledger.Document, error) {
	var text []byte
	var err error
	if name == "-" {
		name = "standard input"
		text, err = io.ReadAll(a.in)
	} else {
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, err
	}
	d, err := ledger.ParseText(name, strings.NewReader(string(text)))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	d.Ledger.SHA256 = hex.EncodeToString(sum[:])
	return d, nil
}

// mark adds the thefts of the command line to those of a document.
func (k *ask) mark(d *ledger.Document) error {
	marks, err := inquiry.Marks(k.thefts)
	d.Thefts = append(d.Thefts, marks...)
	return flagged(err)
}

// readStore asks of a store; it stays open until the program ends.
func (a *app) readStore(k *ask) (*asked, error) {
	s, err := openStore(k.store)
	if err != nil {
		return nil, err
	}
	d := &ledger.Document{}
	if err := k.mark(d); err != nil {
		return nil, err
	}
	return &asked{Inquiry: inquiry.OfStore(s, toolName(), d.Thefts), text: d}, nil
}

// settings are the conventions that the flags lay over the question.
func (k *ask) settings() inquiry.Settings {
	s := inquiry.Settings{
		Fee: k.fee, FeeFate: k.fate, Gas: k.gas, Swaps: k.swaps, Until: k.until, Through: k.through,
		Boundaries: k.boundaries, Groups: k.groups, NoBounds: k.noBounds, MaxBounds: k.maxBounds,
	}
	if k.policies != "" {
		s.Policies = []string{k.policies}
	}
	return s
}

// flagged names the flag of a setting that cannot be followed.
func flagged(err error) error {
	var at *inquiry.SettingError
	if !errors.As(err, &at) {
		return err
	}
	flag := map[string]string{"fee_fate": "fee-fate", "boundaries": "boundary", "groups": "group", "thefts": "theft"}[at.Name]
	if flag == "" {
		flag = at.Name
	}
	return usagef("--%s %s", flag, at.Msg)
}

func oneOf(flag, value string, words ...string) error {
	if value == "" || slices.Contains(words, value) {
		return nil
	}
	return usagef("--%s %q: want one of %s", flag, value, strings.Join(words, ", "))
}

// answer runs the question and puts the trail in its document.
func (a *app) answer(ctx context.Context, q *asked) error {
	p := a.progress()
	q.Question.Progress = p.step
	err := q.Answer(ctx)
	p.end()
	if err != nil {
		return err
	}
	switch {
	case q.Mismatches > 0:
		a.code = exitFound
	case q.Skipped > 0:
		a.code = exitSkipped
	}
	return nil
}

// dump prints the ledgers of a question in the text form, as they were read.
func (q *asked) dump(w io.Writer) error {
	g := q.Graph
	if over, ok := g.(*swap.Graph); ok {
		g = over.Graph
	}
	info := g.Info()
	for _, l := range info.Ledgers {
		d := ledger.Document{Ledger: l}
		if q.text != nil {
			d.Thefts = q.text.Thefts
		}
		for id := range graph.ID(info.Transfers) {
			en, err := g.Entry(id)
			if err != nil {
				return err
			}
			if en.Ledger == l.ID {
				d.Transfers = append(d.Transfers, *en.Transfer)
			}
		}
		if err := d.WriteText(w); err != nil {
			return fmt.Errorf("ledger %s: %w", l.ID, err)
		}
	}
	return nil
}
