package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// Note is what a reader writes beside a place or an account, or a pin on it.
type Note struct {
	ID   string `json:"id" minLength:"1" maxLength:"64" doc:"chosen by whoever makes it; unique here"`
	On   string `json:"on,omitempty" maxLength:"16384" doc:"id of a place, or an account; absent: the trail as a whole"`
	Text string `json:"text,omitempty" maxLength:"10000"`
	Pin  bool   `json:"pin,omitempty"`
}

// Notes are those of one trail or case, with a version against lost changes.
type Notes struct {
	Trail   string `json:"trail"`
	Version int    `json:"version" doc:"0: there are none"`
	Notes   []Note `json:"notes" maxItems:"500"`
}

// NotesBody replaces the notes of a trail.
type NotesBody struct {
	Notes []Note `json:"notes" maxItems:"500"`
}

// The limits of notes: of all together, and of one trail.
const (
	notedTrails = 500
	notesBytes  = 2 << 20
)

// notes keeps what readers wrote: in memory, and in a folder where one is named.
type notes struct {
	mu     sync.Mutex
	by     map[string]Notes
	folder *os.Root // nil: memory only
	past   int      // the latest version of what was forgotten
}

func newNotes(dir string) (*notes, error) {
	n := &notes{by: map[string]Notes{}}
	if dir == "" {
		return n, nil
	}
	var err error
	if n.folder, _, err = makeFolder(dir); err != nil {
		return nil, fmt.Errorf("folder of the notes: %w", err)
	}
	entries, err := fs.ReadDir(n.folder.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("folder of the notes: %w", err)
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || !caseName.MatchString(name) {
			continue
		}
		if err := n.load(name); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (n *notes) load(name string) error {
	f, err := n.folder.Open(name + ".json")
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 2*notesBytes))
	if err != nil {
		return err
	}
	var x Notes
	if err := json.Unmarshal(text, &x); err != nil || x.Trail != name || x.Version < 1 {
		return fmt.Errorf("notes %s.json: not a file of notes (%v): move it away", name, err)
	}
	if x.Notes == nil {
		x.Notes = []Note{}
	}
	n.by[name] = x
	return nil
}

func (n *notes) get(trail string) Notes {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.present(trail)
}

func (n *notes) present(trail string) Notes {
	if x, ok := n.by[trail]; ok {
		return x
	}
	return Notes{Trail: trail, Notes: []Note{}}
}

// put replaces the notes of a trail, if they are still the version that the writer
// had before. nil takes them away.
func (n *notes) put(trail, match string, list []Note) (Notes, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.present(trail)
	if err := agrees(now, match); err != nil {
		return Notes{}, err
	}
	next := Notes{Trail: trail, Version: max(now.Version, n.past) + 1, Notes: list}
	if next.Notes == nil {
		next.Notes = []Note{}
	}
	if err := n.fits(now, next); err != nil {
		return Notes{}, err
	}
	if err := n.save(next); err != nil {
		return Notes{}, err
	}
	n.by[trail] = next
	return next, nil
}

// agrees compares the version that a writer had with the present one.
func agrees(now Notes, match string) error {
	if strings.TrimSpace(match) == "" {
		return problem(http.StatusPreconditionRequired, "the version is missing", `send If-Match: "VERSION" with the version that was read, "0" for the first`)
	}
	for _, m := range strings.Split(match, ",") {
		m = strings.Trim(strings.TrimPrefix(strings.TrimSpace(m), "W/"), `"`)
		if m = strings.TrimPrefix(strings.TrimSuffix(m, zipped), "v"); m == "*" || m == strconv.Itoa(now.Version) {
			return nil
		}
	}
	p := problem(http.StatusPreconditionFailed, "somebody else changed these notes meanwhile, perhaps you in another tab", "present has what stands now: join the two and send it with its version")
	p.Present = &now
	return p
}

func (n *notes) fits(now, next Notes) error {
	seen := map[string]bool{}
	for _, x := range next.Notes {
		if seen[x.ID] {
			return problem(http.StatusUnprocessableEntity, "two notes have the id "+quoted(x.ID), "give each its own")
		}
		seen[x.ID] = true
	}
	if text, _ := json.Marshal(next); len(text) > notesBytes {
		return problem(http.StatusRequestEntityTooLarge, "these notes are larger than 2 MiB", "shorten them")
	}
	if now.Version == 0 && len(n.by) >= notedTrails && !n.forget() {
		return problem(http.StatusInsufficientStorage, "there are notes on 500 trails already", "delete some: DELETE /api/v1/notes/TRAIL")
	}
	return nil
}

// forget makes room: it lets go of a trail whose notes were taken away. Versions go
// on after its last, so that who still has an old one learns that it is gone.
func (n *notes) forget() bool {
	for trail, x := range n.by {
		if len(x.Notes) > 0 {
			continue
		}
		if n.folder != nil {
			_ = n.folder.Remove(trail + ".json") // one that stays is read at the next start
		}
		n.past = max(n.past, x.Version)
		delete(n.by, trail)
		return true
	}
	return false
}

// save writes a file of notes, whole or not at all. The file of no notes stays, for
// its version.
func (n *notes) save(x Notes) error {
	if n.folder == nil {
		return nil
	}
	text, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return err
	}
	part := x.Trail + ".part"
	err = n.folder.WriteFile(part, append(text, '\n'), 0o600)
	if err == nil {
		err = n.folder.Rename(part, x.Trail+".json")
	}
	if err != nil {
		return errors.Join(fmt.Errorf("the notes could not be written: %w", err), n.folder.Remove(part))
	}
	return nil
}

// NotePath names the notes of a trail or case.
type NotePath struct {
	Trail string `path:"trail" pattern:"^[a-z0-9][a-z0-9-]{0,63}$" doc:"id of a trail, or name of a case"`
}

// notesAnswer carries the version as ETag.
type notesAnswer struct {
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         Notes
}

func answerNotes(n Notes) *notesAnswer {
	return &notesAnswer{`"v` + strconv.Itoa(n.Version) + `"`, "private, no-cache", n}
}

func (s *Server) noteRoutes() {
	op := func(id, method, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: Prefix + "/notes/{trail}", Summary: summary, Tags: []string{"notes"}}
	}
	huma.Register(s.api, op("notes", http.MethodGet, "Notes and pins of a reader on a trail or case"),
		func(_ context.Context, in *NotePath) (*notesAnswer, error) {
			return answerNotes(s.notes.get(in.Trail)), nil
		})
	huma.Register(s.api, op("put-notes", http.MethodPut, "Replace the notes; 412 when they changed since they were read"),
		func(_ context.Context, in *struct {
			NotePath
			IfMatch string `header:"If-Match" doc:"the version that was read, as \"3\""`
			Body    NotesBody
		}) (*notesAnswer, error) {
			n, err := s.notes.put(in.Trail, in.IfMatch, in.Body.Notes)
			if err != nil {
				return nil, err
			}
			return answerNotes(n), nil
		})
	huma.Register(s.api, op("delete-notes", http.MethodDelete, "Take all notes away; 412 when they changed since they were read"),
		func(_ context.Context, in *struct {
			NotePath
			IfMatch string `header:"If-Match" doc:"the version that was read, as \"3\""`
		}) (*notesAnswer, error) {
			n, err := s.notes.put(in.Trail, in.IfMatch, nil)
			if err != nil {
				return nil, err
			}
			return answerNotes(n), nil
		})
}
