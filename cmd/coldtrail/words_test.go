package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// every calls f with a command and all below it.
func every(c *cobra.Command, f func(*cobra.Command)) {
	f(c)
	for _, x := range c.Commands() {
		every(x, f)
	}
}

// typed are the commands that a text says to type: its words, with the remark behind
// them cut off.
func typed(text string) (out [][]string) {
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
		line = strings.TrimPrefix(line, "go run ./cmd/")
		rest, ok := strings.CutPrefix(line, "coldtrail ")
		if !ok {
			continue
		}
		rest, _, _ = strings.Cut(rest, "  ") // help sets its remarks off with spaces
		rest, _, _ = strings.Cut(rest, " #")
		rest, _, _ = strings.Cut(rest, " > ")
		rest, _, _ = strings.Cut(rest, " | ")
		rest, _, _ = strings.Cut(rest, " &")
		out = append(out, words(rest))
	}
	return out
}

var wordForm = regexp.MustCompile(`"[^"]*"|'[^']*'|\S+`)

func words(line string) (out []string) {
	for _, w := range wordForm.FindAllString(line, -1) {
		out = append(out, strings.Trim(w, `"'`))
	}
	return out
}

// named are the commands of a help text: they are set in, and prose is not.
func named(text string) (out [][]string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "  ") {
			out = append(out, typed(strings.ReplaceAll(line, "KIND", "text"))...)
		}
	}
	return out
}

// unknown says what of a typed command does not exist, or "". whole commands have
// their arguments, others name a verb and its flags in prose.
func unknown(args []string, whole bool) string {
	root := (&app{}).root()
	c, rest, err := root.Find(args)
	if err != nil {
		return err.Error()
	}
	if !whole && args[len(args)-1] == "v1" {
		return "" // the head of a text to sign
	}
	if err := c.ParseFlags(rest); err != nil && err != pflag.ErrHelp && (whole || !strings.HasPrefix(err.Error(), "flag needs an argument")) {
		return err.Error()
	}
	if c == root {
		return "no verb"
	}
	if !whole && len(c.Flags().Args()) == 0 {
		return ""
	}
	if help, _ := c.Flags().GetBool("help"); help || c.HasSubCommands() && len(c.Flags().Args()) == 0 {
		return ""
	}
	if err := c.ValidateArgs(c.Flags().Args()); err != nil {
		return err.Error()
	}
	return ""
}

var page = regexp.MustCompile(`docs/[a-z0-9/-]+\.md`)

// TestHelpNamesWhatExists: every command in a help text or an example has verbs and
// flags that exist and as many arguments as it takes; every page that a help text
// names is there; every verb and flag says what it is for.
func TestHelpNamesWhatExists(t *testing.T) {
	seen := 0
	every((&app{}).root(), func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%s says nothing of itself", c.CommandPath())
		}
		said := c.Long + "\n" + c.Example
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s --%s says nothing of itself", c.CommandPath(), f.Name)
			}
			said += "\n" + f.Usage
		})
		if c.Name() == "completion" || c.HasParent() && c.Parent().Name() == "completion" {
			return // the library's own words, with shell around them
		}
		for _, args := range named(said) {
			seen++
			if what := unknown(args, true); what != "" {
				t.Errorf("the help of %s says coldtrail %s: %s", c.CommandPath(), strings.Join(args, " "), what)
			}
		}
		for _, name := range page.FindAllString(said, -1) {
			if _, err := os.Stat("../../" + name); err != nil {
				t.Errorf("the help of %s names %s: %v", c.CommandPath(), name, err)
			}
		}
	})
	if seen < 60 {
		t.Errorf("only %d commands were found in the help", seen)
	}
}

var fence = regexp.MustCompile("(?ms)^ *```[a-z]*\n(.*?)^ *```")
var inline = regexp.MustCompile("`(coldtrail [^`\n]+)`")

// TestDocsNameWhatExists does the same for the commands in the documents.
func TestDocsNameWhatExists(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "testdata"):
			return filepath.SkipDir
		case filepath.Ext(path) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		look := func(said string, whole bool) {
			for _, args := range typed(said) {
				seen++
				if what := unknown(args, whole); what != "" {
					t.Errorf("%s says coldtrail %s: %s", path, strings.Join(args, " "), what)
				}
			}
		}
		for _, m := range fence.FindAllSubmatch(text, -1) {
			look(strings.ReplaceAll(string(m[1]), "\\\n", " "), true)
		}
		for _, m := range inline.FindAllSubmatch(text, -1) {
			look(string(m[1]), false)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 80 {
		t.Errorf("only %d commands were found in the documents", seen)
	}
}
