package tag

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// Actor is who stands behind tags that bear its id.
type Actor struct {
	ID, Label, URI string
	Categories     []string // concepts
	Jurisdictions  []string // ISO country codes
	Aliases        []string
	LastMod        string
	Context        string // the mapping context as JSON, unknown keys kept
	Line           int
}

// ActorPack is a list of actors by one creator.
type ActorPack struct {
	Title, Creator, Description string
	Actors                      []Actor
}

var actorFields = map[string]bool{
	"id": true, "label": true, "uri": true, "categories": true, "jurisdictions": true, "aliases": true,
	"lastmod": true, "context": true,
}

// ReadActorPack reads an ActorPack with the leniency of ReadTagPack. lastmod of
// the head is inherited.
func ReadActorPack(file string, text []byte) (*ActorPack, *Report, error) {
	r := &packReader{report: &Report{File: file, Kind: "actorpack", SHA256: digest(text)}}
	root, err := r.load(text)
	if err != nil {
		return nil, r.report, err
	}
	p := &ActorPack{}
	var list *yaml.Node
	var lastmod string
	for i := 0; i+1 < len(root.Content); i += 2 {
		k, v := root.Content[i], root.Content[i+1]
		f := r.value(k, v, 0)
		switch f.key {
		case "title":
			p.Title = r.clean(f)
		case "creator":
			p.Creator = r.clean(f)
		case "description":
			p.Description = r.clean(f)
		case "lastmod":
			lastmod = r.clean(f)
		case "actors":
			if list != nil {
				return nil, r.report, r.fault(k.Line, "keep one of the two", ErrSyntax, "key %q is there twice", "actors")
			}
			list = v
		case "is_public", "owner":
		default:
			r.report.bend(k.Line, "unknown key of the head, ignored", f.key)
		}
	}
	switch {
	case p.Title == "" || p.Creator == "":
		return nil, r.report, r.fault(0, "an ActorPack begins with title: and creator:", ErrSyntax, "no title or no creator")
	case list == nil || list.Kind != yaml.SequenceNode:
		return nil, r.report, r.fault(0, "an ActorPack has a list of actors", ErrSyntax, "no actors")
	}
	r.report.Title = p.Title
	seen := map[string]int{}
	for _, n := range list.Content {
		rec, ok := r.item(n, 0)
		if !ok {
			continue
		}
		a, ok := r.actor(rec, lastmod)
		if !ok {
			continue
		}
		if was := seen[a.ID]; was > 0 {
			r.report.refuse(a.Line, "an id names one actor", "actor %q is there twice, before on line %d", a.ID, was)
			continue
		}
		seen[a.ID] = a.Line
		p.Actors = append(p.Actors, a)
	}
	r.report.Actors = len(p.Actors)
	return p, r.report, nil
}

func (r *packReader) actor(rec record, lastmod string) (Actor, bool) {
	a := Actor{Line: rec.line, LastMod: lastmod}
	for i := range rec.fields {
		f := rec.fields[i]
		if rec.find(f.key) != &rec.fields[i] {
			r.report.refuse(f.line, "keep one of the two", "key %q is there twice, before on line %d", f.key, rec.find(f.key).line)
			return a, false
		}
		if !actorFields[f.key] {
			r.report.bend(f.line, "unknown key of an actor, ignored", f.key)
		}
		if f.null {
			continue
		}
		switch f.key {
		case "id":
			a.ID = r.clean(f)
		case "label":
			a.Label = r.clean(f)
		case "uri":
			a.URI = r.clean(f)
		case "lastmod":
			a.LastMod = r.clean(f)
		case "categories":
			a.Categories = r.words(f, true)
		case "jurisdictions":
			a.Jurisdictions = r.words(f, false)
		case "aliases":
			a.Aliases = r.words(f, false)
		case "context":
			a.Context = f.text
		}
	}
	if a.ID == "" || a.Label == "" {
		r.report.refuse(rec.line, "an actor has id, label, uri and categories", "an actor without id or label (%q)", a.ID+a.Label)
		return a, false
	}
	if a.URI == "" || len(a.Categories) == 0 || a.LastMod == "" {
		r.report.bend(rec.line, "actor without uri, categories or lastmod", a.ID)
	}
	return a, true
}

// words reads a list of words, or one word.
func (r *packReader) words(f field, concepts bool) []string {
	list := f.list
	if !f.isList {
		list = []string{f.text}
	}
	var out []string
	for _, w := range list {
		w = strings.TrimSpace(w)
		if w == "" {
			continue
		}
		if concepts && !KnownConcept(w) {
			r.report.bend(f.line, "concept that is none of the 93, kept", w)
		}
		out = append(out, w)
	}
	return out
}
