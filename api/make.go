package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/trace"
)

// takesParts describes the parts of an upload. It does so after the operation is
// registered, since the framework would read the body that it knows of.
func (s *Server) takesParts(path string, fields map[string]string) {
	form := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}}
	for name, doc := range fields {
		p := &huma.Schema{Type: huma.TypeString, Description: doc}
		if name == "file" {
			p.Format = "binary"
		}
		form.Properties[name] = p
	}
	s.api.OpenAPI().Paths[path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: form}}}
}

func (s *Server) makeRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "make-case", Method: http.MethodPost, Path: Prefix + "/cases", DefaultStatus: http.StatusCreated,
		Summary: "Make a case from files and a case file, or the same as JSON; faults stand beside their rows", Tags: []string{"cases"},
	}, func(ctx context.Context, in *uploadIn) (*struct{ Body CaseWhole }, error) {
		w, err := s.makeCase(ctx, in)
		return &struct{ Body CaseWhole }{w}, err
	})
	s.takesParts(Prefix+"/cases", map[string]string{
		"file":     "a file that the case names (repeatable): a table, a ledger in the text form, bank messages, a list of accounts; 64 MiB at most",
		"case":     "the case file, YAML",
		"question": "instead of case: the same as JSON, with the keys of a case file; version, and path and sha256 of the only file, may be left out",
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "delete-case", Method: http.MethodDelete, Path: Prefix + "/cases/{case}",
		Summary: "Delete a case that was made here", Tags: []string{"cases"},
	}, func(_ context.Context, in *CasePath) (*struct{}, error) { return nil, s.cases.remove(in.Case) })
	s.previewRoutes()
}

// makeCase receives a case, checks it with its data, and keeps it under a name made
// of its digest: the same files are the same case.
func (s *Server) makeCase(ctx context.Context, in *uploadIn) (CaseWhole, error) {
	var none CaseWhole
	u, err := s.receive(in)
	if err != nil {
		return none, err
	}
	defer u.remove()
	text, err := u.caseText()
	if err != nil {
		return none, err
	}
	cs, err := s.parseCase(ctx, text)
	if err != nil {
		return none, err
	}
	if err := u.lay(cs, text); err != nil {
		return none, err
	}
	dir, err := u.root.OpenRoot(u.dir)
	if err != nil {
		return none, err
	}
	defer dir.Close()
	cs.Data, cs.Books = dir.FS(), s.books
	notes, err := s.checkCase(ctx, cs)
	notes = append(notes, u.unnamed(cs)...)
	if err != nil {
		return none, err
	}
	name, err := s.cases.keep(u, text)
	if err != nil {
		return none, err
	}
	w, err := s.whole(ctx, name)
	w.Notes = notes
	return w, err
}

// parseCase reads a case file, which for a hostile one takes seconds.
func (s *Server) parseCase(ctx context.Context, text string) (*casefile.Case, error) {
	end, err := s.work(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	return casefile.Parse("case.yaml", []byte(text))
}

// caseText is the case file of an upload, or the one that its question makes.
func (u *upload) caseText() (string, error) {
	text, question := u.texts["case"], u.texts["question"]
	switch {
	case text != "" && question != "":
		return "", problem(http.StatusUnprocessableEntity, "there are a case and a question", "send one of them")
	case text != "":
		return text, nil
	case question == "":
		return "", problem(http.StatusUnprocessableEntity, "there is no case file", "send it as the field case, or as JSON in the field question")
	}
	return questionYAML(question, u.files)
}

// lay puts the files where the case looks for them, and writes the case beside them.
// A path with folders gets the file of its last name.
func (u *upload) lay(cs *casefile.Case, text string) error {
	have := map[string]string{} // name to the path that has it
	for _, f := range u.files {
		have[f.name] = ""
	}
	var missing []Fault
	for _, name := range cs.Files() {
		base := path.Base(name)
		at, ok := have[base]
		switch {
		case !ok:
			missing = append(missing, Fault{Message: "the case names " + short(name) + ", which was not sent", File: short(name), Hint: "send it, too"})
			continue
		case at != "":
			return problem(http.StatusUnprocessableEntity, fmt.Sprintf("the case names %s and %s, but one file %s was sent", short(at), short(name), base), "give files names of their own, and write those in the case")
		}
		have[base] = name
	}
	if len(missing) > 0 {
		p := problem(http.StatusUnprocessableEntity, missing[0].Message, missing[0].Hint)
		p.Errors = missing[:min(len(missing), 100)]
		return p
	}
	if err := u.readsWithin(cs); err != nil {
		return err
	}
	if err := u.root.WriteFile(path.Join(u.dir, "case.yaml"), []byte(text), 0o600); err != nil {
		return err
	}
	for base, name := range have {
		if name == "" || base == name {
			continue
		}
		err := error(fs.ErrInvalid) // of a path too long for most systems
		if len(name) <= 300 {
			err = u.root.MkdirAll(path.Join(u.dir, path.Dir(name)), 0o700)
		}
		if err == nil {
			err = u.root.Link(path.Join(u.dir, base), path.Join(u.dir, name))
		}
		if err != nil {
			return problem(http.StatusUnprocessableEntity, "no file can stand at "+short(name), "write the name of the file without folders in the case")
		}
	}
	return nil
}

// unnamed says which files were sent and are not read.
func (u *upload) unnamed(cs *casefile.Case) (notes []string) {
	named := map[string]bool{}
	for _, name := range cs.Files() {
		named[path.Base(name)] = true
	}
	for _, f := range u.files {
		if !named[f.name] {
			notes = append(notes, "the file "+short(f.name)+" was sent, but the case does not name it: it is not read")
		}
	}
	return notes
}

// readsWithin bounds what a case reads: a small file that it names a thousand times
// is a large one.
func (u *upload) readsWithin(cs *casefile.Case) error {
	by := map[string]uploaded{}
	for _, f := range u.files {
		by[f.name] = f
	}
	var bytes, lines int64
	for _, name := range cs.Named() {
		f := by[path.Base(name)]
		bytes, lines = bytes+f.unpacked, lines+f.lines
	}
	if bytes > uploadLimit {
		return tooLarge("what the case reads, each file as often as it names it,", bytes, uploadLimit)
	}
	if lines > madeLines {
		return problem(http.StatusRequestEntityTooLarge, fmt.Sprintf("the files have %d lines, each file as often as the case names it; a case made here has at most %d", lines, madeLines), "large ledgers go into a store: coldtrail ingest, then coldtrail serve --store FOLDER")
	}
	return nil
}

// checkCase loads a case as a trace would, and says what a reader must know of its data.
func (s *Server) checkCase(ctx context.Context, cs *casefile.Case) ([]string, error) {
	end, err := s.work(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	l, err := casefile.Load(ctx, cs)
	if err != nil {
		return nil, err
	}
	if inquiry.OnlyOrders(l) {
		return l.Notes, nil
	}
	q, err := trace.FromCase(l)
	if err == nil && len(q.Thefts) == 0 {
		err = problem(http.StatusUnprocessableEntity, "the case names no theft", "thefts: say which transfers are stolen")
	}
	return l.Notes, err
}

// keep gives a checked case its name and place.
func (c *cases) keep(u *upload, text string) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%d\n%s\n", len(text), text)
	files := slices.Clone(u.files)
	slices.SortFunc(files, func(a, b uploaded) int { return strings.Compare(a.name, b.name) })
	bytes := int64(len(text))
	for _, f := range files {
		fmt.Fprintf(h, "%q %s\n", f.name, f.sha256)
		bytes += f.bytes
	}
	name := "made-" + hex.EncodeToString(h.Sum(nil)[:12])
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.made[name]; ok {
		return name, nil
	}
	sum := bytes
	for _, n := range c.made {
		sum += n
	}
	if sum > madeLimit || len(c.made) >= madeCases {
		return "", problem(http.StatusInsufficientStorage, fmt.Sprintf("the cases made here have %d MiB in %d, and there is no room for more", (sum-bytes)>>20, len(c.made)), "delete one: DELETE /api/v1/cases/CASE")
	}
	if err := c.folder.Rename(u.dir, name); err != nil {
		return "", err
	}
	c.made[name] = bytes
	return name, nil
}

// remove takes a case away that was made here. Trails of it that are kept stay.
func (c *cases) remove(name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.made[name]; !ok {
		return problem(http.StatusNotFound, "no case "+quoted(name)+" was made here", "only those can be deleted")
	}
	delete(c.made, name)
	delete(c.asked, name)
	maps.DeleteFunc(c.kinds, func(key, _ string) bool { return strings.HasPrefix(key, name+" ") })
	return c.folder.RemoveAll(name)
}
