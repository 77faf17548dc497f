package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/heist"
)

// jsonLine writes one record of JSON Lines.
func (a *app) jsonLine(v any) {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the structures always encode; a closed pipe shows on the next write
}

func (a *app) registerShow() *cobra.Command {
	var f registerFlags
	var asKnownOn string
	cmd := &cobra.Command{
		Use: "show ID", Short: "An incident with its claims, and which of them hold",
		Long: `Shows an incident: every claim with grade, dates and sources, the one that holds
marked with a star, drafts marked as drafts. Without ID it lists all incidents.

  coldtrail register show 2020-12-lubian --as-known-on 2021-04-06`,
		RunE: func(_ *cobra.Command, args []string) error {
			on, err := day("as-known-on", asKnownOn)
			if err != nil {
				return err
			}
			reg, err := f.load()
			if err != nil {
				return err
			}
			q := heist.Query{AsKnownOn: on}
			if len(args) == 0 {
				return a.listIncidents(reg, q)
			}
			for _, id := range args {
				i := reg.Incident(id)
				if i == nil {
					return fmt.Errorf("the register has no incident %q; %s", id, reg.NearIncident(id))
				}
				a.showIncident(reg, i, q)
			}
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&asKnownOn, "as-known-on", "now", "only what sources had said by that day")
	return cmd
}

// listIncidents writes one line per incident. An amount never stands alone:
// attempted and what came back stand beside what left.
func (a *app) listIncidents(reg *heist.Register, q heist.Query) error {
	w := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "id\tvictim\tscope\tattempted USD\tleft control USD\tback USD\tattribution")
	hidden := 0
	for _, i := range reg.Incidents {
		if !reg.Known(i, q) {
			hidden++
			continue
		}
		actor := "-"
		if cl := reg.Resolve(i, heist.PropAttribution, q).Claim; cl != nil && cl.Actor != "" {
			actor = cl.Actor + ", " + string(cl.Standing)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", i.ID, i.Victim, i.Scope, dollars(reg, i, heist.Attempted, q),
			dollars(reg, i, heist.LeftCtrl, q), back(reg, i, q), actor)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	known := "now"
	if !q.AsKnownOn.IsZero() {
		known = q.AsKnownOn.Format(time.DateOnly)
	}
	a.say("%d incidents as known on %s, amounts as booked by the sources; %d not yet public then", len(reg.Incidents)-hidden, known, hidden)
	return nil
}

func dollars(reg *heist.Register, i *heist.Incident, b heist.Basis, q heist.Query) string {
	cl := reg.Amounts(i, b, "USD", q).Claim
	if cl == nil {
		return "-"
	}
	if n, ok := cl.Amount(); ok {
		return n.Grouped(2)
	}
	return strings.ReplaceAll(string(cl.Missing), "_", " ")
}

// back adds up what came back: recovered and returned, not refunds, not seizures
// at a later price.
func back(reg *heist.Register, i *heist.Incident, q heist.Query) string {
	sum, ok := reg.Back(i, "USD", q)
	if !ok {
		return "-"
	}
	return sum.Grouped(2)
}

func (a *app) showIncident(reg *heist.Register, i *heist.Incident, q heist.Query) {
	fmt.Fprintf(a.out, "%s  %s\n", i.ID, i.Title)
	fmt.Fprintf(a.out, "  victim %s, sector %s, scope %s, status %s\n", i.Victim, i.Sector, i.Scope, i.Status)
	if !q.AsKnownOn.IsZero() {
		fmt.Fprintf(a.out, "  as known on %s", q.AsKnownOn.Format(time.DateOnly))
		if !reg.Known(i, q) {
			fmt.Fprint(a.out, ": not public yet")
		}
		fmt.Fprintln(a.out)
	}
	for _, p := range heist.Words[heist.Property]() {
		for _, cl := range i.Claims {
			if string(cl.Property) == p {
				a.showClaim(reg, cl, q)
			}
		}
	}
	if i.Notes != "" {
		fmt.Fprintf(a.out, "  notes: %s\n", i.Notes)
	}
}

func (a *app) showClaim(reg *heist.Register, cl *heist.Claim, q heist.Query) {
	mark, why := " ", ""
	switch {
	case reg.Holds(cl, q):
		mark = "*"
	case cl.Rank == heist.Deprecated:
		why = " [deprecated: " + cl.Reason + "]"
	case cl.SupersededBy() != nil:
		why = " [superseded by " + cl.SupersededBy().ID + "]"
	case !reg.Sees(cl, q):
		why = " [not known then]"
	}
	state := "draft"
	if !cl.Draft() {
		state = "reviewed " + cl.ReviewedOn.String() + " by a " + string(cl.ReviewedBy)
	}
	said := ""
	if !cl.AssertedOn.IsZero() {
		said = ", said " + cl.AssertedOn.String()
	}
	fmt.Fprintf(a.out, "%s %s: %s%s\n", mark, cl.ID, cl.Summary(), why)
	if cl.Text != "" && cl.Property != heist.PropAmountText {
		fmt.Fprintf(a.out, "      in words: %s\n", cl.Text)
	}
	from := strings.Join(cl.Sources, ", ")
	if cl.SharedSources() {
		from = "one or more of " + from
	}
	fmt.Fprintf(a.out, "      %s%s, recorded %s, %s, from %s\n", cl.Grade, said, cl.RecordedOn, state, from)
}

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
