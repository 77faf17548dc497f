package main

import (
	"encoding/json"
	"fmt"
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
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show [ID...]", Short: "An incident with its claims, and which of them hold",
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
			if asJSON {
				return a.incidentsJSON(reg, args, q, asKnownOn)
			}
			if len(args) == 0 {
				return a.listIncidents(reg, q)
			}
			for _, id := range args {
				i, err := incidentOf(reg, id)
				if err != nil {
					return err
				}
				a.showIncident(reg, i, q)
			}
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&asKnownOn, "as-known-on", "now", "only what sources had said by that day")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON Lines: header, then incident and claim records")
	return cmd
}

func incidentOf(reg *heist.Register, id string) (*heist.Incident, error) {
	i := reg.Incident(id)
	if i == nil {
		return nil, fmt.Errorf("the register has no incident %q; %s", id, reg.NearIncident(id))
	}
	return i, nil
}

// incidentsJSON writes the incidents named, or all.
func (a *app) incidentsJSON(reg *heist.Register, ids []string, q heist.Query, known string) error {
	all := reg.Incidents
	if len(ids) > 0 {
		all = nil
		for _, id := range ids {
			i, err := incidentOf(reg, id)
			if err != nil {
				return err
			}
			all = append(all, i)
		}
	}
	a.jsonLine(recordHeader{"header", "coldtrail/register-show/v1", toolName(), known, nil})
	for _, i := range all {
		a.jsonLine(reg.IncidentRecord(i, q))
		for _, cl := range i.Claims {
			a.jsonLine(reg.ClaimRecord(cl, q))
		}
	}
	return nil
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
		known = "on " + q.AsKnownOn.Format(time.DateOnly)
	}
	a.say("%d incidents as known %s, amounts as booked by the sources; %d not yet public then", len(reg.Incidents)-hidden, known, hidden)
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
