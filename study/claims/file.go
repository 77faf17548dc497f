package claims

import (
	_ "embed" // the first fixture
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/money"
)

// Form is the name of the files.
const Form = "coldtrail/claims/v1"

// ErrFile marks a file of claims that cannot be checked.
var ErrFile = errors.New("claims file")

// Article is the shipped file: the news article that the project began with.
//
//go:embed upi-2021-04-08.yaml
var Article []byte

// Verdict is what the grid of policies says about a claim.
type Verdict string

// The four verdicts.
const (
	Reproduced   Verdict = "reproduced"            // true under every policy of the grid
	OnlyUnder    Verdict = "reproduced_only_under" // true under some
	Contradicted Verdict = "contradicted"          // true under none
	NotTestable  Verdict = "not_testable"          // the register cannot be asked
)

// File is a document's claims.
type File struct {
	Schema    string   `yaml:"schema"`
	Document  Document `yaml:"document"`
	Actor     string   `yaml:"actor"` // whom "they" means
	Claims    []Claim  `yaml:"claims"`
	NotTested []Opened `yaml:"not_tested"`
}

// Document is what was read.
type Document struct {
	ID          string     `yaml:"id" json:"id"`
	Title       string     `yaml:"title" json:"title"` // in our words
	Publisher   string     `yaml:"publisher" json:"publisher"`
	PublishedOn heist.Date `yaml:"published_on" json:"published_on"`
	DerivedFrom []string   `yaml:"derived_from" json:"derived_from"`
}

// Claim is one statement of the document.
type Claim struct {
	ID      string  `yaml:"id"`
	Locator string  `yaml:"locator"`
	Says    string  `yaml:"says"` // in our words
	Parts   []Part  `yaml:"parts"`
	Expect  Verdict `yaml:"expect"`
	True    string  `yaml:"true_wording"` // what could be printed instead
	Note    string  `yaml:"note"`
}

// Part is one question to the register. Context parts are printed but do not
// decide.
type Part struct {
	Measure   string   `yaml:"measure"` // see docs/study.md
	Op        string   `yaml:"op"`      // > >= == within
	Value     string   `yaml:"value"`   // number, share in thousandths, dollars or word
	Tolerance string   `yaml:"tolerance_permille"`
	Incident  string   `yaml:"incident"`
	Words     []string `yaml:"words"` // methods
	From      string   `yaml:"from"`  // of an event
	To        string   `yaml:"to"`
	Context   bool     `yaml:"context"`
	Expect    Verdict  `yaml:"expect"` // of the part, blank: not stated
}

// Opened is a statement that is not tested, and why.
type Opened struct {
	Locator string `yaml:"locator" json:"locator"`
	Says    string `yaml:"says" json:"says"`
	Reason  string `yaml:"reason" json:"reason"`
}

var measures = []string{"top_count", "top_share", "actor_sum", "amount_stolen", "amount_attempted", "attribution", "method", "indictment", "crypto_share_value", "crypto_share_count", "method_share", "none"}

// Parse reads a file strictly; name stands in errors, which wrap ErrFile.
func Parse(name string, data []byte) (*File, error) {
	f := &File{}
	if err := yaml.Load(data, f, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%w: %s: %v; the form is described in docs/study.md", ErrFile, name, err)
	}
	fail := func(format string, args ...any) (*File, error) {
		return nil, fmt.Errorf("%w: %s: %s", ErrFile, name, fmt.Sprintf(format, args...))
	}
	if f.Schema != Form {
		return fail("the form is %q; the first line is schema: %s", f.Schema, Form)
	}
	if f.Document.ID == "" || f.Document.PublishedOn.First().IsZero() || len(f.Claims) == 0 {
		return fail("a document needs id, published_on and at least one claim")
	}
	seen := map[string]bool{}
	for _, c := range f.Claims {
		if c.ID == "" || seen[c.ID] {
			return fail("claim %q: give each claim an id of its own", c.ID)
		}
		seen[c.ID] = true
		if !slices.Contains([]Verdict{Reproduced, OnlyUnder, Contradicted, NotTestable}, c.Expect) {
			return fail("claim %s expects %q; write reproduced, reproduced_only_under, contradicted or not_testable", c.ID, c.Expect)
		}
		if len(c.Parts) == 0 {
			return fail("claim %s has no part; write measure: none for what cannot be tested", c.ID)
		}
		for n, p := range c.Parts {
			if err := p.check(); err != nil {
				return fail("claim %s, part %d: %v", c.ID, n+1, err)
			}
		}
	}
	return f, nil
}

func (p Part) check() error {
	if !slices.Contains(measures, p.Measure) {
		return fmt.Errorf("measure %q is not one of %v", p.Measure, measures)
	}
	switch p.Measure {
	case "none":
		return nil
	case "method", "attribution", "amount_stolen", "amount_attempted":
		if p.Incident == "" {
			return fmt.Errorf("measure %s needs an incident", p.Measure)
		}
	case "method_share":
		if len(p.Words) == 0 {
			return errors.New("measure method_share needs words: the methods")
		}
	case "indictment":
		for _, day := range []string{p.From, p.To} {
			if _, err := heist.ParseDate(day); err != nil {
				return fmt.Errorf("from and to bound the event: %w", err)
			}
		}
	}
	if p.Measure == "method" || p.Measure == "attribution" || p.Measure == "indictment" {
		return nil
	}
	if !slices.Contains([]string{">", ">=", "==", "within"}, p.Op) {
		return fmt.Errorf("op is %q; write >, >=, == or within", p.Op)
	}
	if _, err := money.ParseDecimal(p.Value, 2); err != nil {
		return fmt.Errorf("value: %w", err)
	}
	if _, err := money.Parse(p.Tolerance); p.Op == "within" && err != nil {
		return fmt.Errorf("op within needs tolerance_permille: %w", err)
	}
	return nil
}

// holds compares a number with what the part says.
func (p Part) holds(got money.Amount, decimals int) bool {
	want, err := money.ParseDecimal(p.Value, decimals)
	if err != nil {
		return false // check refused it
	}
	switch p.Op {
	case ">":
		return want.Less(got)
	case ">=":
		return !got.Less(want)
	case "==":
		return got == want
	}
	permille, err := money.Parse(p.Tolerance)
	if err != nil {
		return false
	}
	off, _ := want.MulDiv(permille, money.Units(1000))
	return !got.Less(want.Monus(off)) && !want.Add(off).Less(got)
}
