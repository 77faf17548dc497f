package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/study/claims"
)

func (a *app) claimsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "claims", Short: "Check what an article says about heists against the register", Args: noArgs,
		Long: `Checks a document's claims, written as structured data (docs/study.md), under every
policy of a stated grid. The article that the project began with is inside the
binary: leave FILE away.

  coldtrail claims check
  coldtrail claims explain c04`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(a.claimsCheck(), a.claimsExplain())
	return cmd
}

// checkFile reads a file of claims, the shipped one when name is blank, and checks it
// as known on a day, now when known is blank.
func checkFile(f registerFlags, name, known string) (*heist.Register, *claims.File, []claims.Result, error) {
	if known == "" {
		known = "now"
	} else if _, err := day("as-known-on", known); err != nil {
		return nil, nil, nil, err
	}
	reg, err := f.load()
	if err != nil {
		return nil, nil, nil, err
	}
	data := claims.Article
	if name != "" {
		if data, err = os.ReadFile(name); err != nil {
			return nil, nil, nil, err
		}
	} else {
		name = "upi-2021-04-08.yaml"
	}
	file, err := claims.Parse(name, data)
	if err != nil {
		return nil, nil, nil, err
	}
	all, err := claims.CheckOn(reg, file, known)
	return reg, file, all, err
}

func (a *app) claimsCheck() *cobra.Command {
	var f registerFlags
	var known string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "check [FILE]", Short: "A verdict for each claim, with the smallest policy that makes it true",
		Long: `Gives each claim of a document a verdict: reproduced, reproduced_only_under (some
policies), contradicted, not_testable. Exit 0 when every verdict is the one that the
file expects, 3 when one differs.

  coldtrail claims check --as-known-on 2021-04-06`,
		RunE: func(_ *cobra.Command, args []string) error {
			name, err := atMostOne(args)
			if err != nil {
				return err
			}
			_, file, all, err := checkFile(f, name, known)
			if err != nil {
				return err
			}
			same := 0
			for _, r := range all {
				if r.Matches {
					same++
				}
			}
			if same != len(all) {
				a.code = exitFound
			}
			if asJSON {
				a.jsonLine(struct {
					recordHeader
					Document  claims.Document `json:"document"`
					NotTested []claims.Opened `json:"not_tested"`
				}{recordHeader{Type: "header", Schema: "coldtrail/claims-check/v1", Tool: toolName()}, file.Document, append([]claims.Opened{}, file.NotTested...)})
				for _, r := range all {
					a.jsonLine(checkedRecord{"claim", r})
				}
				return nil
			}
			fmt.Fprintf(a.out, "%s, %s: %s\n\n", file.Document.Publisher, file.Document.PublishedOn, file.Document.Title)
			for _, r := range all {
				a.verdict(r)
			}
			for _, o := range file.NotTested {
				fmt.Fprintf(a.out, "not tested, %s: %s (%s)\n", o.Locator, o.Says, o.Reason)
			}
			fmt.Fprintf(a.out, "%d of %d verdicts are as the file expects\n", same, len(all))
			return nil
		},
	}
	f.add(cmd)
	addKnown(cmd, &known)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON Lines")
	return cmd
}

func addKnown(cmd *cobra.Command, known *string) {
	cmd.Flags().StringVar(known, "as-known-on", "", "only what sources had said by that day")
}

func atMostOne(args []string) (string, error) {
	switch len(args) {
	case 0:
		return "", nil
	case 1:
		return args[0], nil
	}
	return "", usagef("name one file of claims, or none for the shipped one")
}

func (a *app) verdict(r claims.Result) {
	mark := ""
	if !r.Matches {
		mark = fmt.Sprintf("  (the file expects %s)", r.Expect)
	}
	fmt.Fprintf(a.out, "%s  %s: %s%s\n", r.ID, r.Says, r.Verdict, mark)
	for _, p := range r.Parts {
		context := ""
		if p.Context {
			context = ", beside the point"
		}
		fmt.Fprintf(a.out, "     %s: %s, true in %d of %d%s\n", p.Asks, p.Verdict, p.TrueIn, p.Of, context)
		switch {
		case p.Smallest != nil:
			fmt.Fprintf(a.out, "       smallest policy: %s: %s\n", p.Smallest, p.Smallest.Got)
		case p.Nearest != nil:
			fmt.Fprintf(a.out, "       by default: %s: %s\n", p.Nearest, p.Nearest.Got)
		}
	}
	fmt.Fprintf(a.out, "     true would be: %s\n\n", r.True)
}

func (a *app) claimsExplain() *cobra.Command {
	var f registerFlags
	var name, known string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "explain ID", Short: "Every policy under which a claim is true, and the register's claims that decide",
		Long: `Shows a claim's parts with every policy that makes each true, the incidents that
decide, and the register's claims with their sources.

  coldtrail claims explain c02`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("name one claim: coldtrail claims explain ID")
			}
			reg, _, all, err := checkFile(f, name, known)
			if err != nil {
				return err
			}
			var ids []string
			for _, r := range all {
				if r.ID == args[0] {
					a.explainVerdict(reg, r, asJSON)
					return nil
				}
				ids = append(ids, r.ID)
			}
			return usagef("the file has no claim %q; it has %s", args[0], strings.Join(ids, " "))
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&name, "file", "", "file of claims (default: the shipped article)")
	addKnown(cmd, &known)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON Lines")
	return cmd
}

// checkedRecord is a checked claim, in JSON Lines.
type checkedRecord struct {
	Type string `json:"type"`
	claims.Result
}

// explainVerdict prints a claim, and for each part what decides it.
func (a *app) explainVerdict(reg *heist.Register, r claims.Result, asJSON bool) {
	if asJSON {
		a.jsonLine(recordHeader{Type: "header", Schema: "coldtrail/claims-explain/v1", Tool: toolName()})
		a.jsonLine(checkedRecord{"checked", r})
		a.explainClaims(reg, decidingClaims(r), true)
		return
	}
	a.verdict(r)
	for _, p := range r.Parts {
		fmt.Fprintf(a.out, "%s\n", p.Asks)
		for _, t := range p.Under {
			fmt.Fprintf(a.out, "  true under %s: %s\n", t, t.Got)
		}
		if decides := p.Decides(); decides != nil {
			fmt.Fprintf(a.out, "  decided by %s\n", strings.Join(decides.Rows, " "))
			a.explainClaims(reg, decides.Claims, false)
		}
	}
}

// decidingClaims are the register's claims that decide the parts, each once.
func decidingClaims(r claims.Result) (ids []string) {
	for _, p := range r.Parts {
		if t := p.Decides(); t != nil {
			for _, id := range t.Claims {
				if !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}
