package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/heist"
)

// registerFlags say which register is read.
type registerFlags struct{ dir string }

func (f *registerFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.dir, "register", "", "folder of a checked-out register (default: the one inside the binary)")
}

// load reads the register; a faulty one is an error that lists its faults.
func (f *registerFlags) load() (*heist.Register, error) {
	if f.dir == "" {
		return heist.Embedded()
	}
	reg, _, err := heist.LoadDir(f.dir)
	return reg, err
}

func (a *app) registerCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "register",
		Short: "The register of heists: check, format, show, compare, import",
		Long: `The register holds what sources claim about heists: one file per incident, its
claims inside, each with source, grade and dates. docs/register.md has the schema
and how to contribute.

  coldtrail register show 2018-01-coincheck
  coldtrail register check --register heist/register
  coldtrail register diff embedded heist/register --append-only`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(a.registerCheck(), a.registerFmt(), a.registerShow(), a.registerDiff(), a.registerSources(),
		a.registerImport(), a.registerExport())
	return cmd
}

func (a *app) registerCheck() *cobra.Command {
	var f registerFlags
	var asJSON, strict bool
	cmd := &cobra.Command{
		Use: "check", Short: "Name every fault with file, line and what to write", Args: noArgs,
		Long: `Reads the register and names every error and warning with file, line, what is
wrong and what to write. Exit 3 when there are errors.

  coldtrail register check --register heist/register`,
		RunE: func(*cobra.Command, []string) error {
			var ps heist.Problems
			var reg *heist.Register
			var err error
			if f.dir == "" {
				reg, ps, err = heist.Load(heist.Files(), "register")
			} else {
				reg, ps, err = heist.LoadDir(f.dir)
			}
			if reg == nil {
				return err
			}
			a.problems(reg, ps, asJSON)
			if ps.Faults() > 0 || strict && len(ps) > 0 {
				a.code = exitFound
			}
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON Lines")
	cmd.Flags().BoolVar(&strict, "strict", false, "exit 3 on warnings too")
	return cmd
}

// recordHeader opens the JSON Lines of the verbs that read a register.
type recordHeader struct {
	Type      string   `json:"type"`
	Schema    string   `json:"schema"`
	Tool      string   `json:"tool"`
	AsKnownOn string   `json:"as_known_on,omitempty"`
	Registers []string `json:"registers,omitempty"`
}

// checkHeader opens the JSON Lines of register check.
type checkHeader struct {
	Type      string `json:"type"`
	Schema    string `json:"schema"`
	Tool      string `json:"tool"`
	Incidents int    `json:"incidents"`
	Claims    int    `json:"claims"`
	Sources   int    `json:"sources"`
	Errors    int    `json:"errors"`
	Warnings  int    `json:"warnings"`
}

// problems writes what a check found: data to standard output.
func (a *app) problems(reg *heist.Register, ps heist.Problems, asJSON bool) {
	claims := 0
	for _, i := range reg.Incidents {
		claims += len(i.Claims)
	}
	if asJSON {
		a.jsonLine(checkHeader{"header", "coldtrail/register-check/v1", toolName(), len(reg.Incidents), claims, len(reg.Sources), ps.Faults(), ps.Warnings()})
		for _, p := range ps {
			a.jsonLine(struct {
				Type string `json:"type"`
				heist.Problem
			}{"problem", p})
		}
		return
	}
	for _, p := range ps {
		fmt.Fprintln(a.out, p)
	}
	fmt.Fprintf(a.out, "%d incidents, %d claims, %d sources: %d errors, %d warnings\n", len(reg.Incidents), claims, len(reg.Sources), ps.Faults(), ps.Warnings())
}

func (a *app) registerFmt() *cobra.Command {
	var f registerFlags
	var check bool
	cmd := &cobra.Command{
		Use: "fmt [FILE...]", Short: "Write files of a register in canonical form",
		Long: `Writes the files of a register in their one canonical form: order of keys, two
spaces, folded long texts; comments stay. Names the files it changes. With --check
it changes nothing and exits 3 when a file is not in form.

  coldtrail register fmt --register heist/register`,
		RunE: func(_ *cobra.Command, args []string) error {
			if f.dir == "" {
				return usagef("name the folder of the register: --register DIR")
			}
			return a.formatRegister(f.dir, args, check)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&check, "check", false, "change nothing; exit 3 when a file is not in form")
	return cmd
}

func (a *app) formatRegister(dir string, names []string, check bool) error {
	if len(names) == 0 {
		for _, pattern := range []string{"incidents/*.yaml", "sources/*.yaml", "actors/*.yaml", "policies/*.yaml", "assets.yaml"} {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				return err
			}
			names = append(names, found...)
		}
		if len(names) == 0 {
			return fmt.Errorf("%s holds no files of a register; name the folder that holds incidents/ and sources/", dir)
		}
	}
	for _, name := range names {
		rel, err := filepath.Rel(dir, name)
		if err != nil || strings.HasPrefix(rel, "..") {
			return usagef("%s is not inside %s", name, dir)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		out, err := heist.Format(filepath.ToSlash(rel), data)
		if err != nil {
			return err
		}
		if string(out) == string(data) {
			continue
		}
		fmt.Fprintln(a.out, name)
		if check {
			a.code = exitFound
			continue
		}
		if err := writeFile(name, func(w io.Writer) error { _, err := w.Write(out); return err }); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) registerDiff() *cobra.Command {
	var asJSON, appendOnly bool
	cmd := &cobra.Command{
		Use: "diff A B", Short: "What changed between two registers",
		Long: `Compares two registers, each a folder or the word "embedded". With --append-only
it exits 3 when a claim was changed or removed: corrections are new claims that
supersede the old.

  coldtrail register diff embedded heist/register --append-only`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("diff takes two registers, each a folder or the word embedded")
			}
			var regs [2]*heist.Register
			for n, dir := range args {
				f := registerFlags{dir}
				if dir == "embedded" {
					f.dir = ""
				}
				reg, err := f.load()
				if err != nil {
					return err
				}
				regs[n] = reg
			}
			if asJSON {
				a.jsonLine(recordHeader{"header", "coldtrail/register-diff/v1", toolName(), "", args})
			}
			for _, c := range heist.Diff(regs[0], regs[1]) {
				if c.Breaks && appendOnly {
					a.code = exitFound
				}
				if asJSON {
					a.jsonLine(struct {
						Type string `json:"type"`
						heist.Change
					}{"change", c})
				} else {
					fmt.Fprintln(a.out, c)
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON Lines")
	cmd.Flags().BoolVar(&appendOnly, "append-only", false, "exit 3 when a claim was changed or removed")
	return cmd
}

// day reads a flag that is a day, "now" or blank, as an end of a query.
func day(flag, text string) (time.Time, error) {
	if text == "" || text == "now" {
		return time.Time{}, nil
	}
	d, err := heist.ParseDate(text)
	if err != nil || d.Last().IsZero() {
		return time.Time{}, usagef("--%s takes a date such as 2021-04-06, or now: %q", flag, text)
	}
	return d.Last(), nil
}
