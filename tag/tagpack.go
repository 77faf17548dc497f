package tag

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Pack is a TagPack: a list of claims by one creator.
type Pack struct {
	Title, Creator, Description string
	Tags                        []Tag
}

// Include reads a file that a pack names with !include, by the name as written.
type Include func(name string) ([]byte, error)

// tagFields are the keys of a tag, which may also stand in the head.
var tagFields = []string{
	"address", "tx_hash", "label", "source", "currency", "network", "confidence", "actor", "category", "abuse",
	"concepts", "tag_type", "is_cluster_definer", "lastmod", "context",
}

// ReadTagPack reads a TagPack, leniently: what departs from the form and has one
// meaning is read and counted in the report; a tag that lacks what a claim needs
// is refused and listed; a text that is no TagPack is an error (a *Fault with
// file and line). include may be nil when the pack has no !include.
func ReadTagPack(file string, text []byte, include Include) (*Pack, *Report, error) {
	r := &packReader{report: &Report{File: file, Kind: "tagpack", SHA256: digest(text)}, include: include}
	head, tags, err := r.split(text)
	if err != nil {
		return nil, r.report, err
	}
	if err := r.head(head); err != nil {
		return nil, r.report, err
	}
	r.pack.Tags = make([]Tag, 0, len(tags))
	for i := range tags {
		r.add(&tags[i])
	}
	r.crowded()
	r.report.Tags = len(r.pack.Tags)
	return &r.pack, r.report, nil
}

// field is one key of a mapping as written. A value is a text, or a list of
// texts, or (for context written as YAML) something else kept as JSON.
type field struct {
	key, text string
	list      []string
	line      int
	null      bool
	isList    bool
	nested    bool // text is JSON made of a nested value
}

// record is a mapping: one tag, or the head.
type record struct {
	fields []field
	line   int
}

func (r *record) find(key string) *field {
	for i := range r.fields {
		if r.fields[i].key == key {
			return &r.fields[i]
		}
	}
	return nil
}

type packReader struct {
	report  *Report
	include Include
	pack    Pack
	head0   record // fields of the head that tags inherit
	about   bool   // the pack is about thefts
	intern  map[string]string
	lists   map[string][]string
	perSubj map[string]int
}

func (r *packReader) fault(line int, hint string, err error, format string, args ...any) error {
	return &Fault{r.report.File, line, fmt.Sprintf(format, args...), hint, err}
}

// head takes title, creator and description, and keeps what tags inherit.
func (r *packReader) head(h record) error {
	for _, f := range h.fields {
		switch f.key {
		case "title":
			r.pack.Title = r.clean(f)
		case "creator":
			r.pack.Creator = r.clean(f)
		case "description":
			r.pack.Description = r.clean(f)
		case "owner", "header":
		case "is_public":
			r.report.bend(f.line, "is_public is deprecated and ignored", f.text)
		case "actors":
			return r.fault(f.line, "read it as an ActorPack", ErrSyntax, "a pack of tags has no actors")
		default:
			if !slices.Contains(tagFields, f.key) {
				r.report.bend(f.line, "unknown key of the head, ignored", f.key)
				continue
			}
			r.head0.fields = append(r.head0.fields, f)
		}
	}
	if r.pack.Title == "" || r.pack.Creator == "" {
		return r.fault(0, "a TagPack begins with title: and creator:", ErrSyntax, "no title or no creator")
	}
	r.report.Title = r.pack.Title
	r.about = saysTheft(r.pack.Title) || saysTheft(r.pack.Description)
	r.intern, r.lists, r.perSubj = map[string]string{}, map[string][]string{}, map[string]int{}
	return nil
}

// clean is a value without the blanks around it.
func (r *packReader) clean(f field) string {
	t := strings.TrimSpace(f.text)
	if t != f.text {
		r.report.bend(f.line, "blanks around a value", f.key+": "+fmt.Sprintf("%q", f.text))
	}
	return t
}

// add makes a tag of a record and the head, or refuses it.
func (r *packReader) add(rec *record) {
	get := func(key string) string {
		f := rec.find(key)
		if f == nil || f.null {
			f = r.head0.find(key)
		}
		if f == nil || f.null {
			return ""
		}
		return r.clean(*f)
	}
	for i, f := range rec.fields {
		if !slices.Contains(tagFields, f.key) {
			r.report.bend(f.line, "unknown key of a tag, ignored", f.key)
		}
		for _, o := range rec.fields[:i] {
			if o.key == f.key {
				r.report.refuse(f.line, "keep one of the two", "key %q is there twice, before on line %d", f.key, o.line)
				return
			}
		}
	}
	address, tx := get("address"), get("tx_hash")
	t := Tag{
		Label: r.once(get("label")), Source: r.once(get("source")), Actor: r.once(get("actor")), Type: r.once(get("tag_type")),
		Confidence: r.once(get("confidence")), LastMod: r.once(get("lastmod")), Context: get("context"),
		Pack: r.pack.Title, File: r.report.File, Line: rec.line, AboutTheft: r.about,
	}
	switch {
	case address == "" && tx == "":
		r.report.refuse(rec.line, "give one of the two", "a tag without address and tx_hash")
		return
	case address != "" && tx != "":
		r.report.refuse(rec.line, "keep one of the two", "a tag with both address and tx_hash")
		return
	case t.Label == "":
		r.report.refuse(rec.line, "give the tag or the head a label", "a tag on %s%s without label", address, tx)
		return
	case t.Source == "":
		r.report.refuse(rec.line, "give the tag or the head a source; a label without one is hearsay", "tag %q on %s%s without source", t.Label, address, tx)
		return
	}
	t.Entity = t.Actor
	if d := get("is_cluster_definer"); d != "" {
		t.Definer = strings.EqualFold(d, "true")
		if !t.Definer && !strings.EqualFold(d, "false") {
			r.report.bend(rec.line, "is_cluster_definer is no yes or no, read as false", d)
		}
	}
	t.Concepts = r.concepts(rec)
	if !r.place(&t, get("network"), get("currency"), address, tx, rec.line) {
		return
	}
	r.settle(&t, rec.line)
	r.pack.Tags = append(r.pack.Tags, t)
}

// place sets ledger, network and subject.
func (r *packReader) place(t *Tag, network, currency, address, tx string, line int) bool {
	word := network
	if word == "" {
		word = currency
	}
	if word == "" {
		r.report.refuse(line, "give the tag or the head a network or currency", "tag %q on %s%s without network", t.Label, address, tx)
		return false
	}
	id, known := Network(word, address)
	if !known {
		r.report.bend(line, "network not in the table, kept under a name of its own", word)
	}
	t.Ledger, t.Network = ledgerID(r.once(string(id))), r.once(word)
	subject := address
	if tx != "" {
		t.Tx, subject = strings.ToLower(tx), tx
	} else {
		t.Account = Canonical(address)
		if _, err := Check(id, address); err != nil {
			r.report.bend(line, "address with a wrong checksum, kept", address+" ("+word+"): "+err.Error())
		}
	}
	r.perSubj[string(id)+"\x00"+subject]++
	return true
}

// settle mends confidence and type, and looks at the context.
func (r *packReader) settle(t *Tag, line int) {
	switch _, ok := Confidence[t.Confidence]; {
	case t.Confidence == "":
		r.report.bend(line, "no confidence, read as unknown (level 5)", t.Label)
		t.Confidence = "unknown"
	case !ok:
		r.report.bend(line, "confidence is none of the fourteen, read as unknown (level 5)", t.Confidence)
		t.Confidence = "unknown"
	}
	switch t.Type {
	case "", "actor", "event", "attribute", "mention":
	default:
		r.report.bend(line, "tag_type is none of the four, kept", t.Type)
	}
	if t.Context != "" && !json.Valid([]byte(t.Context)) {
		r.report.bend(line, "context is not JSON, kept as text", t.Context)
	}
}

// concepts joins the tag's own concepts (concepts, category, abuse) or else the
// head's, key by key. Every tag gets a list that nobody appends to.
func (r *packReader) concepts(rec *record) []string {
	var out []string
	key := ""
	for _, k := range []string{"concepts", "category", "abuse"} {
		f := rec.find(k)
		if f == nil || f.null {
			f = r.head0.find(k)
		}
		if f == nil || f.null {
			continue
		}
		words := f.list
		if !f.isList {
			words = strings.Split(f.text, ",")
		}
		for _, w := range words {
			w = strings.TrimSpace(w)
			if w == "" || slices.Contains(out, w) {
				continue
			}
			if !KnownConcept(w) {
				r.report.bend(f.line, "concept that is none of the 93, kept", w)
			}
			out = append(out, w)
		}
		key = strings.Join(out, ",")
	}
	if key == "" {
		return nil
	}
	if same, ok := r.lists[key]; ok {
		return same
	}
	out = slices.Clip(out)
	r.lists[key] = out
	return out
}

// once keeps one copy of a text that many tags bear.
func (r *packReader) once(s string) string {
	if same, ok := r.intern[s]; ok {
		return same
	}
	s = strings.Clone(s)
	r.intern[s] = s
	return s
}

// crowded warns of more than 100 tags on one subject.
func (r *packReader) crowded() {
	var many []string
	for k, n := range r.perSubj {
		if n > 100 {
			many = append(many, fmt.Sprintf("%s: %d", k[strings.IndexByte(k, 0)+1:], n))
		}
	}
	slices.Sort(many)
	for _, m := range many {
		r.report.bend(0, "more than 100 tags on one address", m)
	}
}
