package casefile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/tag"
)

// Read reads the case file name of a folder; its data stand in the same folder.
// Errors are *Error, or of the file system.
func Read(dir fs.FS, name string) (*Case, error) {
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, fmt.Errorf("case file: %w", err)
	}
	c, err := Parse(name, data)
	if err != nil {
		return nil, err
	}
	if c.Data, err = fs.Sub(dir, path.Dir(name)); err != nil {
		return nil, fmt.Errorf("case file: %w", err)
	}
	return c, nil
}

// Open reads a case file by its path. Its data stand in the folder data or,
// when that is empty, beside the file. Neither the file nor its paths can reach
// outside their folder.
func Open(file, data string) (*Case, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("case file: %w", err)
	}
	c, err := Parse(file, text)
	if err != nil {
		return nil, err
	}
	if data == "" {
		data = filepath.Dir(file)
	}
	root, err := os.OpenRoot(data)
	if err != nil {
		return nil, fmt.Errorf("folder of the data: %w", err)
	}
	c.Data = root.FS()
	return c, nil
}

// Parse reads the text of a case file; file stands in errors, which are *Error.
func Parse(file string, text []byte) (*Case, error) {
	r := &reader{file: file}
	sum := sha256.Sum256(text)
	c := &Case{File: file, SHA256: hex.EncodeToString(sum[:]), bytes: len(text)}
	if doc := r.document(text); doc != nil {
		r.head(doc, c)
	}
	if r.err != nil {
		return nil, r.err
	}
	return c, nil
}

var topKeys = []string{
	"version!", "title!", "summary", "sources", "ledgers!", "thefts", "boundaries", "conversions", "swaps", "tags", "tagpacks", "groups",
	"policies", "fee", "fee_fate", "gas", "until", "through", "expect",
}

func (r *reader) head(doc *yaml.Node, c *Case) {
	// The version is looked at alone, so that a file of another version is
	// called that and not a file of unknown keys.
	if v := versionOf(doc); v != nil && v.Value != Version {
		r.fail(v.Line, "this program reads "+Version, "version is %q", v.Value)
		r.err.Err = ErrSyntax
		return
	}
	if r.err == nil && doc.Kind == yaml.MappingNode && versionOf(doc) == nil {
		r.fail(doc.Line, "the first line is version: "+Version, "no version")
		r.err.Err = ErrSyntax
		return
	}
	o := r.object(doc, "a case file", topKeys...)
	c.Title, c.Summary = o.text("title"), o.text("summary")
	for _, n := range o.list("sources") {
		s := r.object(n, "a source", "url", "what!")
		c.Sources = append(c.Sources, Source{s.text("url"), s.text("what")})
	}
	for _, n := range o.list("ledgers") {
		c.Ledgers = append(c.Ledgers, r.ledger(n))
	}
	for _, n := range o.list("thefts") {
		c.Thefts = append(c.Thefts, r.theft(n))
	}
	for _, n := range o.list("boundaries") {
		c.Boundaries = append(c.Boundaries, r.boundary(n))
	}
	for _, n := range o.list("conversions") {
		c.Conversions = append(c.Conversions, r.conversion(n))
	}
	c.Swaps = o.choice("swaps", Named, Recognise)
	for _, n := range o.list("tags") {
		c.Tags = append(c.Tags, r.tag(n))
	}
	for _, n := range o.list("tagpacks") {
		c.TagPacks = append(c.TagPacks, r.tagPack(n))
	}
	for _, n := range o.list("groups") {
		c.Groups = append(c.Groups, r.group(n))
	}
	c.Policies, c.Through = o.words("policies"), o.accounts("through")
	c.FeeRule = o.choice("fee", "last", "first", "prorata")
	c.FeeFate = o.choice("fee_fate", "sink", "fees-first", "subsidy-first")
	c.IgnoreGas = o.choice("gas", "ignore", "pay") == "ignore"
	c.Until = o.when("until")
	for _, n := range o.list("expect") {
		c.Expect = append(c.Expect, r.expect(n))
	}
	r.distinct(c)
	c.used = r.used
}

// tagPack reads a path, or a path with its hash.
func (r *reader) tagPack(n *yaml.Node) TagPack {
	if n.Kind == yaml.ScalarNode {
		o := &object{r: r, what: "a tagpack", line: n.Line, value: nodes{"path": n}}
		return TagPack{Line: n.Line, Path: o.path("path")}
	}
	o := r.object(n, "a tagpack", "path!", "sha256", "list_date")
	p := TagPack{Line: o.line, Path: o.path("path"), SHA256: o.digest("sha256"), ListDate: o.text("list_date")}
	if p.ListDate != "" && !tag.ValidDate(p.ListDate) {
		r.fail(o.line, "write it as 2024-09-27", "list_date is %q and must be a date", p.ListDate)
	}
	return p
}

func versionOf(doc *yaml.Node) *yaml.Node {
	if doc.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(doc.Content); i += 2 {
			if doc.Content[i].Value == "version" && doc.Content[i+1].Kind == yaml.ScalarNode {
				return doc.Content[i+1]
			}
		}
	}
	return nil
}

// distinct checks that names are used once, and that a name used is there.
func (r *reader) distinct(c *Case) {
	thefts := map[string]int{}
	for _, t := range c.Thefts {
		if was := thefts[t.Name]; was > 0 {
			r.fail(t.Line, "each theft has its own name", "theft %q is there twice, before on line %d", t.Name, was)
		}
		thefts[t.Name] = t.Line
	}
	for _, t := range c.Thefts {
		if t.Continues != "" && (thefts[t.Continues] == 0 || t.Continues == t.Name) {
			r.fail(t.Line, "name another theft of this file", "theft %q continues %q", t.Name, t.Continues)
		}
	}
	groups := map[string]int{}
	for _, g := range c.Groups {
		if was := groups[g.Name]; was > 0 {
			r.fail(g.Line, "each group has its own name", "group %q is there twice, before on line %d", g.Name, was)
		}
		groups[g.Name] = g.Line
	}
	conversions := map[string]int{}
	for _, v := range c.Conversions {
		if was := conversions[v.Name]; was > 0 {
			r.fail(v.Line, "give each conversion its own name", "conversion %q is there twice, before on line %d", v.Name, was)
		}
		conversions[v.Name] = v.Line
	}
	r.declared(c, thefts, groups)
	ledgers := map[string]int{}
	for _, l := range c.Ledgers {
		if was := ledgers[string(l.ID)]; was > 0 && l.ID != "" {
			r.fail(l.Line, "one ledger, one file", "ledger %q is there twice, before on line %d", l.ID, was)
		}
		ledgers[string(l.ID)] = l.Line
	}
}

// declared checks the thefts and groups that expect lines name. A case without
// thefts has those of its text ledger, which are not known yet.
func (r *reader) declared(c *Case, thefts, groups map[string]int) {
	for _, w := range r.used.groups {
		if groups[w.Text] == 0 {
			r.fail(w.Line, nearest(w.Text, keysOf(groups)), "no group is called %q", w.Text)
		}
	}
	for _, w := range r.used.thefts {
		if len(c.Thefts) > 0 && thefts[w.Text] == 0 && w.Text != "any" {
			r.fail(w.Line, nearest(w.Text, keysOf(thefts)), "no theft is called %q", w.Text)
		}
	}
}

func keysOf(m map[string]int) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

func (r *reader) theft(n *yaml.Node) Theft {
	o := r.object(n, "a theft", "name!", "continues", "why", "seeds!")
	t := Theft{Line: o.line, Name: o.text("name"), Continues: o.text("continues"), Why: o.text("why")}
	if t.Name == "any" {
		r.fail(o.line, "choose another", "the name any is reserved for the union of all thefts")
	}
	for _, s := range o.list("seeds") {
		t.Seeds = append(t.Seeds, r.seed(s))
	}
	return t
}

func (r *reader) seed(n *yaml.Node) Seed {
	o := r.object(n, "a seed", "mark", "where", "inject", "why", "ledger", "count", "sum", "offset", "length", "account", "before", "before_first")
	s := Seed{Line: o.line, Why: o.text("why"), Ledger: o.ledger("ledger")}
	allowed := map[string][]string{
		"mark": {"offset", "length", "sum"}, "where": {"count", "sum"}, "inject": {"account", "before", "before_first"},
	}[o.one("mark", "where", "inject")]
	for _, k := range o.any("count", "sum", "offset", "length", "account", "before", "before_first") {
		if !contains(allowed, k) {
			r.fail(o.line, "see the three forms of a seed: mark, where, inject", "this form of seed has no %q", k)
		}
	}
	s.Mark, s.Account, s.Before = o.word("mark"), o.account("account"), o.word("before")
	s.Inject, s.Sum, s.Offset, s.Length = o.amount("inject"), o.amount("sum"), o.amount("offset"), o.amount("length")
	s.Where, s.BeforeFirst = o.filter("where"), o.filter("before_first")
	s.Count = o.number("count")
	switch {
	case s.Where != nil && (s.Count < 0 || s.Sum == nil):
		r.fail(o.line, "state count and sum of the rows that the filter selects", "a seed by filter without count or sum")
	case s.Inject != nil && s.Account.Text == "":
		r.fail(o.line, "name the account that the value reached", "a seed that injects needs the key %q", "account")
	case s.Before.Text != "" && s.BeforeFirst != nil:
		r.fail(o.line, "keep one of the two", "a seed has before and before_first")
	case (s.Offset == nil) != (s.Length == nil):
		r.fail(o.line, "state both", "a part of a coin needs offset and length")
	}
	return s
}

func (r *reader) boundary(n *yaml.Node) Boundary {
	o := r.object(n, "a boundary", "accounts", "file", "invert", "kind!", "name", "why!", "ledger")
	o.one("accounts", "file")
	b := Boundary{Line: o.line, Ledger: o.ledger("ledger"), Accounts: o.accounts("accounts"), File: o.file("file"), Invert: o.flag("invert"), Name: o.text("name"), Why: o.text("why")}
	b.Kind = o.choice("kind", "service", "mixer", "bridge", "swap", "unlisted")
	if b.Invert && b.File == nil {
		r.fail(o.line, "name the file of collected accounts", "invert needs a file")
	}
	return b
}

func (r *reader) conversion(n *yaml.Node) Conversion {
	o := r.object(n, "a conversion", "tx", "account", "in", "out", "accounts", "name", "why", "ledger")
	c := Conversion{Line: o.line, Ledger: o.ledger("ledger"), Name: o.text("name"), Why: o.text("why"),
		Tx: o.word("tx"), Account: o.account("account"), In: o.asset("in"), Out: o.asset("out"), Accounts: o.accounts("accounts")}
	if o.one("tx", "accounts") == "tx" {
		for _, k := range []string{"account", "in"} {
			if !o.has(k) {
				r.fail(o.line, "name who swapped and what was given", "a conversion of a transaction needs the key %q", k)
			}
		}
		if c.Name == "" {
			c.Name = c.Tx.Text
		}
		return c
	}
	if have := o.any("account", "in", "out"); len(have) > 0 {
		r.fail(o.line, "contracts are named by accounts and name alone", "a conversion by accounts has no %q", have[0])
	}
	if c.Name == "" {
		r.fail(o.line, "the value will end at swap:<name>", "a conversion by accounts needs the key %q", "name")
	}
	return c
}

func (r *reader) tag(n *yaml.Node) Tag {
	o := r.object(n, "a tag", "accounts", "file", "label", "label_column", "entity", "concepts", "confidence!", "source!", "ledger")
	o.one("accounts", "file")
	t := Tag{Line: o.line, Ledger: o.ledger("ledger"), Accounts: o.accounts("accounts"), File: o.file("file"), Label: o.text("label"), LabelColumn: o.text("label_column"),
		Entity: o.text("entity"), Concepts: o.texts("concepts"), Confidence: o.text("confidence"), Source: o.text("source")}
	if o.one("label", "label_column") == "label_column" && t.File == nil {
		r.fail(o.line, "use label", "label_column needs a file")
	}
	return t
}

func (r *reader) group(n *yaml.Node) Group {
	o := r.object(n, "a group", "name!", "kinds", "assets", "entities", "labels", "concepts", "accounts", "file", "ledger")
	g := Group{Line: o.line, Name: o.text("name"), Ledger: o.ledger("ledger"), Kinds: o.words("kinds"), Assets: o.assets("assets"), Entities: o.texts("entities"),
		Labels: o.texts("labels"), Concepts: o.texts("concepts"), Accounts: o.accounts("accounts"), File: o.file("file")}
	kinds := []string{"exit", "held", "edge", "fee", "burn", "converted", "debt", "elsewhere"}
	for _, k := range g.Kinds {
		if !contains(kinds, k.Text) {
			r.fail(k.Line, nearest(k.Text, kinds), "unknown kind of place %q", k.Text)
		}
	}
	if len(o.any("kinds", "entities", "labels", "concepts", "accounts", "file")) == 0 {
		r.fail(o.line, "name kinds, entities, labels, concepts or accounts", "group %q selects nothing", g.Name)
	}
	return g
}

// file reads a list of accounts in a CSV file; absent, it is nil.
func (o *object) file(key string) *File {
	n := o.value[key]
	if n == nil {
		return nil
	}
	f := o.r.object(n, "a file of accounts", "path!", "sha256", "column!", "where")
	out := &File{Line: f.line, Path: f.path("path"), SHA256: f.digest("sha256"), Column: f.text("column")}
	for _, p := range f.pairs("where") {
		if out.Where == nil {
			out.Where = map[string]string{}
		}
		out.Where[p.key.Text] = o.r.word(p.value, p.key.Text).Text
	}
	return out
}

// path reads a path that stays in the folder of the data.
func (o *object) path(key string) string {
	w := o.word(key)
	if o.r.err == nil && !fs.ValidPath(w.Text) {
		o.r.fail(w.Line, "write it with / and without a leading / or ..; the folder is given with --data", "path %q leaves the folder of the data", w.Text)
	}
	return w.Text
}

func (r *reader) ledger(n *yaml.Node) Ledger {
	o := r.object(n, "a ledger", "id", "path!", "sha256", "format!", "mapping", "complete")
	l := Ledger{Line: o.line, ID: ledger.ID(o.text("id")), Path: o.path("path"), SHA256: o.digest("sha256")}
	for _, c := range o.list("complete") {
		l.Complete = append(l.Complete, r.complete(c))
	}
	switch l.Format = o.choice("format", "text", "table", "swift", "iso20022"); l.Format {
	case "text":
		if o.has("mapping") {
			r.fail(o.line, "leave mapping out", "the text form needs no mapping")
		}
	case "swift", "iso20022":
		if o.has("mapping") || !strings.HasPrefix(string(l.ID), "bank:") {
			r.fail(o.line, "write id: bank:NAME", "bank messages need an id that begins with bank:, and no mapping")
		}
	case "table":
		if !o.has("id") || !o.has("mapping") {
			r.fail(o.line, "give the ledger's id and say which column is what", "a table needs the keys \"id\" and \"mapping\"")
		}
		l.Mapping = o.mapping("mapping", l.ID)
	}
	return l
}

func (r *reader) complete(n *yaml.Node) Complete {
	o := r.object(n, "complete", "accounts", "file", "external", "internal", "tokens", "opening", "why")
	o.one("accounts", "file")
	c := Complete{Accounts: o.accounts("accounts"), File: o.file("file"), Why: o.text("why")}
	known := func(key string) ledger.Known {
		switch o.choice(key, "complete", "unknown", "gap") {
		case "complete":
			return ledger.Complete
		case "gap":
			return ledger.Gap
		}
		return ledger.Unknown
	}
	c.Verdict = ledger.Completeness{External: known("external"), Internal: known("internal"), Tokens: known("tokens"), Opening: known("opening")}
	return c
}
