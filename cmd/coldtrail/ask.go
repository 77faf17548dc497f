package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/graph"
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

// asked is a question with its graph, ready to run.
type asked struct {
	graph    graph.Graph
	question trace.Question
	doc      report.Document // without the trail
	loaded   *casefile.Loaded
	text     *ledger.Document
	skipped  int
}

// read loads what the flags name.
func (a *app) read(ctx context.Context, k *ask) (*asked, error) {
	var q *asked
	err := oneOf("swaps", k.swaps, casefile.Named, casefile.Recognise)
	switch {
	case err != nil:
		return nil, err
	case k.ledger != "" && k.caseName != "":
		return nil, usagef("--ledger and --case exclude each other: a case file names its ledgers")
	case k.ledger != "" && k.store != "":
		return nil, usagef("--ledger and --store exclude each other: both name the ledger")
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
	if _, does := q.graph.(*swap.Graph); k.swaps == casefile.Recognise && !does {
		q.graph = swap.Over(q.graph)
		q.doc.Graph = q.graph
	}
	return q, k.settle(q)
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
	if k.swaps != "" {
		c.Swaps = k.swaps
	}
	l, err := casefile.Load(ctx, c, stored...)
	if err != nil {
		return nil, err
	}
	if onlyOrders(l) {
		return nil, errNoTheft
	}
	question, err := trace.FromCase(l)
	if err != nil {
		return nil, err
	}
	q := &asked{graph: l.Graph, question: question, loaded: l, skipped: l.Skipped}
	q.doc = report.Document{Title: c.Title, Question: c.Summary, Tool: toolName(), Graph: l.Graph, Tags: l.Tags.On}
	for _, in := range l.Inputs {
		q.doc.Inputs = append(q.doc.Inputs, report.Input{Name: in.Name, SHA256: in.SHA256})
	}
	return q, nil
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
	var text []byte
	var err error
	name := k.ledger
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
	if err := k.mark(d); err != nil {
		return nil, err
	}
	g, err := graph.Build(ctx, d)
	if err != nil {
		return nil, err
	}
	return &asked{
		graph: g, question: trace.Question{Thefts: trace.Marked(d)}, text: d,
		doc: report.Document{Title: "Trail through " + name, Tool: toolName(), Graph: g},
	}, nil
}

// mark adds the thefts of the command line to those of a document.
func (k *ask) mark(d *ledger.Document) error {
	for _, t := range k.thefts {
		theft, ref, ok := strings.Cut(t, "=")
		if !ok || theft == "" || ref == "" {
			return usagef("--theft %q: want NAME=TRANSFER", t)
		}
		d.Thefts = append(d.Thefts, ledger.Mark{Theft: theft, Ref: ref})
	}
	return nil
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
	info := s.Info().Ledgers[0]
	q := &asked{graph: s, question: trace.Question{Thefts: trace.Marked(d)}, text: d, skipped: info.Skipped}
	q.doc = report.Document{Title: "Trail through " + string(info.ID), Tool: toolName(), Graph: s}
	q.doc.Inputs = []report.Input{{Name: info.Input, SHA256: info.SHA256}}
	return q, nil
}

// settle lays the flags over the question.
func (k *ask) settle(q *asked) error {
	t := &q.question
	if err := k.choosePolicies(q); err != nil {
		return err
	}
	if err := oneOf("fee", k.fee, "last", "first", "prorata"); err != nil {
		return err
	}
	if err := oneOf("fee-fate", k.fate, "sink", "fees-first", "subsidy-first"); err != nil {
		return err
	}
	if err := oneOf("gas", k.gas, "pay", "ignore"); err != nil {
		return err
	}
	if k.fee != "" {
		t.FeeRule = trace.FeeRule(k.fee)
	}
	if k.fate != "" {
		t.FeeFate = trace.FeeFate(k.fate)
	}
	if k.gas != "" {
		t.IgnoreFees = k.gas == "ignore"
	}
	if k.until != "" {
		at, err := parseUntil(k.until)
		if err != nil {
			return err
		}
		t.Until = at
	}
	for _, x := range k.through {
		t.Through = append(t.Through, ledger.Account(x))
	}
	t.NoBounds = t.NoBounds || k.noBounds
	if k.maxBounds > 0 {
		t.MaxBounds = k.maxBounds
	}
	k.bound(t)
	return k.group(t)
}

// choosePolicies reads --policies for every kind of ledger the question has; a
// policy must exist on one of them, and shows n/a on the others.
func (k *ask) choosePolicies(q *asked) error {
	if k.policies == "" {
		return nil
	}
	var chosen []trace.Policy
	var refused error
	for _, l := range q.graph.Info().Ledgers {
		ps, err := trace.ParsePolicies(k.policies, l.Model)
		if err != nil {
			refused = usagef("%v", err)
			continue
		}
		for _, p := range ps {
			if !slices.Contains(chosen, p) {
				chosen = append(chosen, p)
			}
		}
	}
	if len(chosen) == 0 {
		return refused
	}
	q.question.Policies = chosen
	return nil
}

func oneOf(flag, value string, words ...string) error {
	if value == "" || slices.Contains(words, value) {
		return nil
	}
	return usagef("--%s %q: want one of %s", flag, value, strings.Join(words, ", "))
}

func parseUntil(s string) (time.Time, error) {
	for _, form := range []string{"2006-01-02", "2006-01-02T15:04Z", "2006-01-02T15:04:05Z"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("--until %q: want 2022-05-01 or 2022-05-01T10:00Z (UTC)", s)
}

// bound adds the boundaries of the command line to those of the case.
func (k *ask) bound(t *trace.Question) {
	if len(k.boundaries) == 0 {
		return
	}
	named := map[ledger.Account]string{}
	for _, b := range k.boundaries {
		account, name, _ := strings.Cut(b, "=")
		named[ledger.Account(account)] = name
	}
	inner := t.Boundary
	t.Boundary = func(l ledger.ID, a ledger.Account) (trace.Boundary, bool) {
		if name, ok := named[a]; ok {
			return trace.Boundary{Kind: "service", Name: name, Why: "the command line"}, true
		}
		if inner == nil {
			return trace.Boundary{}, false
		}
		return inner(l, a)
	}
	list := slices.Sorted(slices.Values(k.boundaries))
	sum := sha256.Sum256([]byte(t.BoundaryDigest + "\n" + strings.Join(list, "\n")))
	t.BoundaryDigest = hex.EncodeToString(sum[:])
}

// group adds the groups of the command line.
func (k *ask) group(t *trace.Question) error {
	for _, g := range k.groups {
		name, list, ok := strings.Cut(g, "=")
		if !ok || name == "" || list == "" {
			return usagef("--group %q: want NAME=PLACE,PLACE", g)
		}
		words := strings.Split(list, ",")
		t.Groups = append(t.Groups, trace.Group{Name: name, Match: func(p *trace.Place) bool {
			if slices.Contains(words, p.Name) || slices.Contains(words, string(p.Kind)) {
				return true
			}
			return slices.ContainsFunc(p.Accounts, func(a ledger.Account) bool { return slices.Contains(words, string(a)) })
		}})
	}
	return nil
}

// answer runs the question and puts the trail in its document.
func (a *app) answer(ctx context.Context, q *asked) error {
	p := a.progress()
	q.question.Progress = p.step
	// What left for services is bounded together: single bounds do not add.
	q.question.Groups = append(q.question.Groups, report.Exits())
	t, err := trace.Run(ctx, q.graph, q.question)
	p.end()
	if err != nil {
		return err
	}
	q.doc.Trail = t
	if q.skipped > 0 {
		a.code = exitSkipped
	}
	if q.loaded == nil {
		return nil
	}
	for _, v := range trace.Check(q.loaded, t) {
		q.doc.Findings = append(q.doc.Findings, report.Finding{Title: v.Title, Status: string(v.Status), Want: v.Want, Got: v.Got, Source: v.Source, Text: v.Text})
		if v.Status == "mismatch" {
			a.code = exitFound
		}
	}
	return nil
}

// dump prints the ledgers of a question in the text form, as they were read.
func (q *asked) dump(w io.Writer) error {
	g := q.graph
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
