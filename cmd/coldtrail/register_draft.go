package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/heist"
)

func (a *app) registerSources() *cobra.Command {
	var f registerFlags
	var unused bool
	cmd := &cobra.Command{
		Use: "sources", Short: "The sources, what they repeat, and how many claims stand on them", Args: noArgs,
		Long: `Lists the sources with kind, reliability, licence, the number of claims that
stand on them and what they repeat: a copy corroborates nothing.

  coldtrail register sources`,
		RunE: func(*cobra.Command, []string) error {
			reg, err := f.load()
			if err != nil {
				return err
			}
			claims := map[string]int{}
			for _, i := range reg.Incidents {
				for _, cl := range i.Claims {
					for _, s := range cl.Sources {
						claims[s]++
					}
				}
			}
			w := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
			fmt.Fprintln(w, "source\tkind\treliability\tclaims\tlicence\trepeats\taddress")
			for _, s := range reg.Sources {
				if unused && claims[s.ID] > 0 {
					continue
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", s.ID, s.Kind, s.Reliability, claims[s.ID], s.Licence, strings.Join(s.DerivedFrom, ", "), s.URL)
			}
			return w.Flush()
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&unused, "unused", false, "only sources on which no claim stands")
	return cmd
}

func (a *app) registerImport() *cobra.Command {
	var f registerFlags
	var to, recordedOn, by string
	var leaveOut []string
	cmd := &cobra.Command{
		Use: "import CSV", Short: "Read a draft of 26 columns into incident files",
		Long: `Reads a draft table, one row per incident, into claims and names what is wrong
with it by line. With --to the files are written there; nothing is overwritten.

  coldtrail register import incidents-draft.csv --to new --recorded-on 2026-11-27`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("import takes one CSV file")
			}
			if recordedOn == "" {
				recordedOn = time.Now().UTC().Format(time.DateOnly)
			}
			on, err := heist.ParseDate(recordedOn)
			if err != nil {
				return usagef("--recorded-on: %v", err)
			}
			base, err := f.load()
			if err != nil {
				return err
			}
			in, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			reg, ps, err := heist.ImportCSV(in, args[0], heist.ImportOptions{RecordedOn: on, RecordedBy: by, Base: base, LeaveOut: leaveOut})
			if reg == nil {
				return err
			}
			a.problems(reg, ps, false)
			if ps.Faults() > 0 {
				a.code = exitFound
				return nil
			}
			return writeRegister(to, reg)
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&to, "to", "", "folder to write the register to")
	cmd.Flags().StringVar(&recordedOn, "recorded-on", "", "day of recording (default: today, UTC)")
	cmd.Flags().StringVar(&by, "recorded-by", "import", "who records")
	cmd.Flags().StringSliceVar(&leaveOut, "leave-out", nil, "ids of rows not to take")
	return cmd
}

// writeRegister writes the files of a register into a folder; "" writes nothing.
func writeRegister(dir string, reg *heist.Register) error {
	if dir == "" {
		return nil
	}
	files, err := reg.Write()
	if err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if _, err := os.Lstat(name); err == nil {
			return fmt.Errorf("%s is there already; nothing is overwritten: name an empty folder", name)
		}
	}
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) registerExport() *cobra.Command {
	var f registerFlags
	cmd := &cobra.Command{
		Use: "export", Short: "Write the register as a draft of 26 columns", Args: noArgs,
		Long: `Writes what is known now as a table of 26 columns, drafts included. Straight after
an import every cell is what it was.

  coldtrail register export > incidents.csv`,
		RunE: func(*cobra.Command, []string) error {
			reg, err := f.load()
			if err != nil {
				return err
			}
			return heist.ExportCSV(a.out, reg)
		},
	}
	f.add(cmd)
	return cmd
}
