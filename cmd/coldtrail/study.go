package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/study"
)

// studyFlags say what a study is a function of.
type studyFlags struct {
	registerFlags
	policy, known, actor, format string
	asJSON                       bool
}

func (f *studyFlags) add(cmd *cobra.Command) {
	f.registerFlags.add(cmd)
	cmd.Flags().StringVar(&f.policy, "policy", "default", "policy of the register, or a file ID.yaml")
	cmd.Flags().StringVar(&f.known, "as-known-on", "", "only what sources had said by that day (default: the policy's)")
	cmd.Flags().StringVar(&f.actor, "actor", study.DefaultActor, "whom the study is about")
}

// output adds the choice of form.
func (f *studyFlags) output(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.format, "format", "text", "text, json or csv")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "the same as --format json")
}

func (f *studyFlags) build() (*heist.Register, *study.Study, error) {
	reg, err := f.load()
	if err != nil {
		return nil, nil, err
	}
	pol, err := f.read(reg)
	if err != nil {
		return nil, nil, err
	}
	if f.known != "" {
		if _, err := day("as-known-on", f.known); err != nil {
			return nil, nil, err
		}
		p := *pol
		p.AsKnownOn, pol = f.known, &p
	}
	s, err := study.Build(reg, pol, f.actor)
	return reg, s, err
}

// read finds a policy by id, or reads it from a file.
func (f *studyFlags) read(reg *heist.Register) (*heist.Policy, error) {
	if pol := reg.Policy(f.policy); pol != nil {
		return pol, nil
	}
	if !strings.HasSuffix(f.policy, ".yaml") {
		var ids []string
		for _, p := range reg.Policies {
			ids = append(ids, p.ID)
		}
		return nil, usagef("the register has no policy %q; it has %s, or name a file ID.yaml", f.policy, strings.Join(ids, ", "))
	}
	data, err := os.ReadFile(f.policy)
	if err != nil {
		return nil, err
	}
	return reg.ReadPolicy(f.policy, data)
}

func (a *app) studyCommand() *cobra.Command {
	var f studyFlags
	cmd := &cobra.Command{
		Use: "study", Short: "Count heists: rankings, years, shares, and what they depend on", Args: noArgs,
		Long: `Counts the register under a policy: the ten largest on each basis side by side,
yearly totals, the actor's share with its interval, and how 48 ways of counting
differ. Every number is a function of register and policy (docs/study.md).

  coldtrail study
  coldtrail study --policy strict --as-known-on 2021-04-06
  coldtrail study explain total.actor.with-coincheck
  coldtrail study build --out DIR`,
		RunE: func(c *cobra.Command, _ []string) error {
			if f.asJSON {
				if c.Flags().Changed("format") && f.format != "json" {
					return usagef("--json is --format json: leave out one of --json and --format %s", f.format)
				}
				f.format = "json"
			}
			_, s, err := f.build()
			if err != nil {
				return err
			}
			return writeStudy(a.out, s, f.format)
		},
	}
	f.add(cmd)
	f.output(cmd)
	cmd.AddCommand(a.studyBuild(), a.studyExplain())
	return cmd
}

func writeStudy(w io.Writer, s *study.Study, format string) error {
	switch format {
	case "text":
		return study.WriteText(w, s)
	case "json":
		return study.WriteLines(w, s, toolName())
	case "csv":
		return study.WriteRows(w, s)
	}
	return usagef("--format is text, json or csv, not %q", format)
}

func (a *app) studyBuild() *cobra.Command {
	var f studyFlags
	var out string
	cmd := &cobra.Command{
		Use: "build", Short: "Write the study into a folder: page, pictures, text, JSON Lines, CSV, STIX", Args: noArgs,
		Long: `Writes study.txt, study.jsonl, incidents.csv with its Frictionless schema
(datapackage.json), numbers.csv, grid.md, bundle.stix.json and CITATION.cff; study.html, which holds all of it for
reading without a network; figures/NAME.svg, each also as NAME.narrow.svg; and
tables/NAME.csv.

  coldtrail study build --out DIR --policy default`,
		RunE: func(*cobra.Command, []string) error {
			if out == "" {
				return usagef("name the folder to write: --out DIR")
			}
			reg, s, err := f.build()
			if err != nil {
				return err
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				return err
			}
			parts := []struct {
				name  string
				write func(io.Writer) error
			}{
				{"study.txt", func(w io.Writer) error { return study.WriteText(w, s) }},
				{"study.jsonl", func(w io.Writer) error { return study.WriteLines(w, s, toolName()) }},
				{"incidents.csv", func(w io.Writer) error { return study.WriteRows(w, s) }},
				{"datapackage.json", func(w io.Writer) error { return study.WritePackage(w, s) }},
				{"numbers.csv", func(w io.Writer) error { return writeNumbers(w, s) }},
				{"grid.md", func(w io.Writer) error { return study.WriteGrid(w, s) }},
				{"bundle.stix.json", func(w io.Writer) error { return study.WriteSTIX(w, reg, s) }},
				{"CITATION.cff", func(w io.Writer) error { _, err := io.WriteString(w, study.Citation); return err }},
			}
			if parts, err = withPictures(parts, out, reg, s); err != nil {
				return err
			}
			for _, p := range parts {
				if err := writeFile(filepath.Join(out, p.name), p.write); err != nil {
					return err
				}
				fmt.Fprintln(a.out, p.name)
			}
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&out, "out", "", "folder to write")
	return cmd
}

func writeNumbers(w io.Writer, s *study.Study) error {
	t := csv.NewWriter(w)
	if err := t.Write([]string{"id", "what", "number", "incidents", "claims"}); err != nil {
		return err
	}
	for _, n := range s.Numbers {
		if err := t.Write([]string{n.ID, n.What, n.Text, strings.Join(n.Rows, " "), strings.Join(n.Claims, " ")}); err != nil {
			return err
		}
	}
	t.Flush()
	return t.Error()
}

func (a *app) studyExplain() *cobra.Command {
	var f studyFlags
	cmd := &cobra.Command{
		Use: "explain NUMBER-ID", Short: "The claims and sources behind one number",
		Long: `Shows what a number of the study stands on: its incidents, the claims with grade
and date, and their sources. The ids stand in study.txt and numbers.csv; a part of an
id lists those that hold it.

  coldtrail study explain year.2018.actor`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("name one number: coldtrail study explain NUMBER-ID")
			}
			reg, s, err := f.build()
			if err != nil {
				return err
			}
			var near []string
			for _, n := range s.Numbers {
				if n.ID == args[0] {
					return a.explainNumber(reg, n, f.asJSON)
				}
				if strings.Contains(n.ID, args[0]) {
					near = append(near, n.ID)
				}
			}
			if len(near) > 12 {
				near = append(near[:12], fmt.Sprintf("and %d more", len(near)-12))
			}
			return usagef("no number has the id %q; near: %s", args[0], strings.Join(near, " "))
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "write JSON Lines")
	return cmd
}

func (a *app) explainNumber(reg *heist.Register, n study.Number, asJSON bool) error {
	if asJSON {
		a.jsonLine(recordHeader{Type: "header", Schema: "coldtrail/number/v1", Tool: toolName()})
		a.jsonLine(struct {
			Type string `json:"type"`
			study.Number
		}{"number", n})
	} else {
		fmt.Fprintf(a.out, "%s\n%s\n%s\n", n.ID, n.What, n.Text)
		if len(n.Rows) > 0 {
			fmt.Fprintf(a.out, "incidents: %s\n", strings.Join(n.Rows, " "))
		}
	}
	a.explainClaims(reg, n.Claims, asJSON)
	return nil
}

// explainClaims prints claims with their sources.
func (a *app) explainClaims(reg *heist.Register, ids []string, asJSON bool) {
	t := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
	defer t.Flush()
	for _, cl := range reg.Behind(ids) {
		if asJSON {
			a.jsonLine(cl)
			continue
		}
		draft := ""
		if cl.Draft {
			draft = "draft"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", cl.ID, cl.Says, cl.Grade, draft)
		for _, s := range cl.Sources {
			if src := reg.Source(s); src != nil {
				fmt.Fprintf(t, "    %s\t%s\t%s\t\n", src.Publisher, src.URL, src.PublishedOn)
			}
		}
	}
}
