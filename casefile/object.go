package casefile

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

type nodes map[string]*yaml.Node

// object is a mapping being read.
type object struct {
	r     *reader
	what  string
	line  int
	value nodes
}

// object reads a mapping whose keys are among those given; keys ending in "!"
// must be there.
func (r *reader) object(n *yaml.Node, what string, keys ...string) *object {
	o := &object{r: r, what: what, value: nodes{}}
	if n == nil || r.err != nil {
		return o
	}
	o.line = n.Line
	r.plain(n)
	if n.Kind != yaml.MappingNode {
		r.fail(n.Line, "write key: value lines", "%s must be a mapping", what)
		return o
	}
	words := make([]string, len(keys))
	for i, k := range keys {
		words[i] = strings.TrimSuffix(k, "!")
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		r.plain(k)
		if k.Kind != yaml.ScalarNode {
			r.fail(k.Line, "", "a key of %s is not a word", what)
		} else if !contains(words, k.Value) {
			r.fail(k.Line, nearest(k.Value, words), "unknown key %q in %s", k.Value, what)
		} else if was := o.value[k.Value]; was != nil {
			r.fail(k.Line, "keep one of the two", "key %q in %s is there twice, before on line %d", k.Value, what, was.Line)
		}
		o.value[k.Value] = v
	}
	for i, k := range keys {
		if k != words[i] && o.value[words[i]] == nil {
			r.fail(n.Line, "", "%s needs the key %q", what, words[i])
		}
	}
	return o
}

func contains(words []string, w string) bool {
	for _, x := range words {
		if x == w {
			return true
		}
	}
	return false
}

func (o *object) has(key string) bool { return o.value[key] != nil }

// any lists which of the keys are there.
func (o *object) any(keys ...string) []string {
	var have []string
	for _, k := range keys {
		if o.has(k) {
			have = append(have, k)
		}
	}
	return have
}

// one says which of the keys is there and fails unless it is exactly one.
func (o *object) one(keys ...string) string {
	have := o.any(keys...)
	if len(have) == 1 {
		return have[0]
	}
	if o.r.err == nil {
		o.r.fail(o.line, "", "%s needs exactly one of %s, and has %s", o.what, strings.Join(keys, ", "), listOr(have, "none"))
	}
	return ""
}

func listOr(words []string, none string) string {
	if len(words) == 0 {
		return none
	}
	return strings.Join(words, " and ")
}

// word reads a scalar as it is written; an absent key is the zero Word.
func (o *object) word(key string) Word {
	if n := o.value[key]; n != nil {
		return o.r.word(n, key)
	}
	return Word{Line: o.line}
}

func (o *object) text(key string) string { return o.word(key).Text }

// words reads a scalar or a list of scalars.
func (o *object) words(key string) []Word {
	n := o.value[key]
	if n == nil || o.r.err != nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return []Word{o.r.word(n, key)}
	}
	var out []Word
	for _, x := range o.list(key) {
		out = append(out, o.r.word(x, key))
	}
	return out
}

// asset, assets, accounts and ledger read words that Load will look up.
func (o *object) asset(key string) Word {
	w := o.word(key)
	if o.has(key) {
		o.r.used.assets = append(o.r.used.assets, w)
	}
	return w
}

func (o *object) assets(key string) []Word {
	ws := o.words(key)
	o.r.used.assets = append(o.r.used.assets, ws...)
	return ws
}

func (o *object) accounts(key string) []Word {
	ws := o.words(key)
	o.r.used.accounts = append(o.r.used.accounts, ws...)
	return ws
}

func (o *object) account(key string) Word {
	w := o.word(key)
	if o.has(key) {
		o.r.used.accounts = append(o.r.used.accounts, w)
	}
	return w
}

func (o *object) ledger(key string) Word {
	w := o.word(key)
	if o.has(key) {
		o.r.used.ledgers = append(o.r.used.ledgers, w)
	}
	return w
}

// theft and group read names that the file itself must declare.
func (o *object) theft() string {
	w := o.word("theft")
	if o.has("theft") {
		o.r.used.thefts = append(o.r.used.thefts, w)
	}
	return w.Text
}

func (o *object) group() string {
	w := o.word("group")
	if o.has("group") {
		o.r.used.groups = append(o.r.used.groups, w)
	}
	return w.Text
}

func (o *object) texts(key string) []string {
	var out []string
	for _, w := range o.words(key) {
		out = append(out, w.Text)
	}
	return out
}

// list reads a sequence that is not empty.
func (o *object) list(key string) []*yaml.Node {
	n := o.value[key]
	if n == nil || o.r.err != nil {
		return nil
	}
	o.r.plain(n)
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		o.r.fail(n.Line, "begin each entry with a dash", "%s must be a list that is not empty", key)
		return nil
	}
	return n.Content
}

// pairs reads a mapping with free keys, in the order written.
func (o *object) pairs(key string) []pair {
	n := o.value[key]
	if n == nil || o.r.err != nil {
		return nil
	}
	o.r.plain(n)
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		o.r.fail(n.Line, "write key: value lines", "%s must be a mapping that is not empty", key)
		return nil
	}
	seen := map[string]int{}
	var out []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := o.r.word(n.Content[i], "a key of "+key)
		if was, twice := seen[k.Text]; twice {
			o.r.fail(k.Line, "keep one of the two", "key %q in %s is there twice, before on line %d", k.Text, key, was)
		}
		seen[k.Text] = k.Line
		out = append(out, pair{k, n.Content[i+1]})
	}
	return out
}

type pair struct {
	key   Word
	value *yaml.Node
}

// choice reads one of several words; absent, it is the zero string.
func (o *object) choice(key string, words ...string) string {
	w := o.word(key)
	if o.has(key) && !contains(words, w.Text) {
		o.r.fail(w.Line, nearest(w.Text, words), "%s cannot be %q", key, w.Text)
	}
	return w.Text
}

func (o *object) flag(key string) bool { return o.choice(key, "true", "false") == "true" }

// number reads a count; absent, it is -1.
func (o *object) number(key string) int {
	if !o.has(key) {
		return -1
	}
	w := o.word(key)
	n, err := strconv.ParseUint(w.Text, 10, 31)
	if err != nil {
		o.r.fail(w.Line, "write digits only", "%s is %q and must be a count", key, w.Text)
	}
	return int(n)
}

// when reads a time in UTC; absent, it is the zero time.
func (o *object) when(key string) time.Time {
	if !o.has(key) {
		return time.Time{}
	}
	w := o.word(key)
	if t, ok := ParseTime(w.Text); ok {
		return t
	}
	o.r.fail(w.Line, "write it in UTC as 2018-01-26T00:02:00Z or 2018-01-26", "%s is %q and must be a time", key, w.Text)
	return time.Time{}
}

// ParseTime reads a time in UTC as case files and questions write it: to the second,
// the minute or the day.
func ParseTime(text string) (time.Time, bool) {
	for _, form := range []string{"2006-01-02T15:04:05Z", "2006-01-02T15:04Z", "2006-01-02"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// digest reads a SHA-256 in lower-case hex; absent, it is empty.
func (o *object) digest(key string) string {
	w := o.word(key)
	if o.has(key) && !hexDigest.MatchString(w.Text) {
		o.r.fail(w.Line, "write 64 lower-case hexadecimal digits, as sha256sum prints them", "%s is %q", key, w.Text)
	}
	return w.Text
}

var hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)
