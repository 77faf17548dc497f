package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/trace"
)

func caseNames() []string { return casefile.Names() }

// demoCommand traces the cases inside the binary: offline, at once, from one
// command on a fresh machine.
func (a *app) demoCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "demo [CASE]",
		Short: "Trace the real cases inside the binary, offline",
		Long: `demo traces the cases inside the binary: the trail by every policy, the exact
bounds, one certificate explained in words, what the case expects to come out and
what came out, and an HTML page for each. It needs nothing but the binary.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && !slices.Contains(casefile.Names(), args[0]) {
				return usagef("demo takes one case inside the binary at most: %s; for your own there is coldtrail trace --case", strings.Join(casefile.Names(), ", "))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return casefile.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			names := casefile.Ledgers()
			if len(args) == 1 {
				names = args
			}
			return a.demo(c.Context(), names, dir)
		},
	}
	cmd.Flags().StringVar(&dir, "out", "", "folder for the pages (default: coldtrail-demo in the folder for temporary files)")
	return cmd
}

func (a *app) demo(ctx context.Context, names []string, dir string) error {
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "coldtrail-demo")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var pages []string
	for i, name := range names {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		page, err := a.demoCase(ctx, name, dir)
		if err != nil {
			return fmt.Errorf("case %s: %w", name, err)
		}
		if page != "" {
			pages = append(pages, page)
		}
	}
	fmt.Fprintln(a.out)
	for _, p := range pages {
		fmt.Fprintf(a.out, "page written: %s\n", p)
	}
	fmt.Fprintf(a.out, "next: coldtrail trace --case %s --help\n", names[0])
	return nil
}

// demoCase prints one case and writes its page. A case of which nothing was credited
// has payments, and no page.
func (a *app) demoCase(ctx context.Context, name, dir string) (page string, err error) {
	q, err := a.read(ctx, &ask{caseName: name})
	if errors.Is(err, inquiry.ErrNoTheft) {
		return "", a.tracePayments(ctx, &ask{caseName: name}, &show{}, false)
	}
	if err != nil {
		return "", err
	}
	if err := a.answer(ctx, q); err != nil {
		return "", err
	}
	o := report.Options{Width: a.width(), Limit: 5}
	if err := report.Text(a.out, &q.Document, o); err != nil {
		return "", err
	}
	if c := certificate(q.Document.Trail); c.place != "" {
		o.View, o.Asset = c.view, c.asset
		fmt.Fprintf(a.out, "\nOne certificate, in words (coldtrail trace explain %q --case %s --view %q --asset %s):\n\n", c.place, name, c.view, c.asset)
		if err := report.Explain(a.out, &q.Document, c.place, o); err != nil {
			return "", err
		}
	}
	page = filepath.Join(dir, name+".html")
	return page, writeFile(page, func(w io.Writer) error { return report.HTML(w, &q.Document, report.Options{}) })
}

// explained is what the demo explains: one place or group, in one view and asset.
type explained struct {
	place, view, asset string
	size               int
}

// certificate picks what is worth explaining: of the groups, else of the places,
// the bound that says something and is not a point (0 < L < U) with the fewest
// entries in its cuts; where all bounds are points, the largest place.
func certificate(t *trace.Trail) (best explained) {
	look := func(place string, asset money.Asset, fs []trace.Figures) {
		for v, f := range fs {
			if b := f.Bound; b != nil && !b.L.IsZero() && b.L != b.U {
				if n := len(b.CutU) + len(b.CutL); best.place == "" || n < best.size {
					best = explained{place, t.Views[v].Name, string(asset.ID), n}
				}
			}
		}
	}
	for _, g := range t.Groups {
		look(g.Name, g.Asset, g.Figures)
	}
	for i := 0; i < len(t.Places) && len(t.Groups) == 0; i++ {
		look(t.Places[i].ID, t.Places[i].Asset, t.Places[i].Figures)
	}
	if best.place == "" && len(t.Places) > 0 {
		best = explained{place: t.Places[0].Name, view: t.Views[0].Name, asset: string(t.Places[0].Asset.ID)}
	}
	return best
}
