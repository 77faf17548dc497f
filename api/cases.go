package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/report"
)

// Case is a question with its data: one inside the binary, one of the keeper's own,
// or one made here.
type Case struct {
	Name    string `json:"name" doc:"what it is asked by"`
	Title   string `json:"title"`
	Summary string `json:"summary"`
	// Kind is payments where nothing was credited: there is nothing to trace.
	Kind     string       `json:"kind" enum:"trail,payments"`
	Origin   string       `json:"origin" enum:"inside,file,made"`
	SHA256   string       `json:"sha256" doc:"of the case file"`
	Sources  []CaseSource `json:"sources"`
	Ledgers  []CaseLedger `json:"ledgers"`
	Thefts   []CaseTheft  `json:"thefts"`
	Policies []string     `json:"policies,omitempty" doc:"as the case file asks; absent: the default"`
	Expect   []CaseExpect `json:"expect" doc:"what ought to come out; the findings of the trail say what did"`
}

// Cases is a page of the cases, with those that are left out.
type Cases struct {
	Page[Case]
	Unread []string `json:"unread" doc:"names of cases that cannot be read now: GET .../cases/NAME says why"`
}

// CaseSource is a document that a case rests on.
type CaseSource struct {
	URL  string `json:"url,omitempty"`
	What string `json:"what"`
}

// CaseLedger is a ledger of a case and where it is read from.
type CaseLedger struct {
	ID     string `json:"id,omitempty" doc:"CAIP-2, or bank:NAME; absent: the file states it"`
	Path   string `json:"path"`
	SHA256 string `json:"sha256,omitempty"`
	Format string `json:"format" enum:"text,table,swift,iso20022"`
}

// CaseTheft is a theft of a case.
type CaseTheft struct {
	Name      string `json:"name"`
	Continues string `json:"continues,omitempty" doc:"the theft whose value this is"`
	Why       string `json:"why,omitempty"`
	Seeds     int    `json:"seeds" doc:"seeds that the case names; a filter is one"`
}

// CaseExpect is what a case says ought to come out.
type CaseExpect struct {
	Title  string `json:"title"`
	Source string `json:"source,omitempty"`
	Text   string `json:"text,omitempty"`
}

// CaseWhole is a case with its file, and with its payments where they are all that
// can be shown.
type CaseWhole struct {
	Case
	File     string    `json:"file" doc:"the case file, as text"`
	Payments *Payments `json:"payments,omitempty" doc:"of a case of the kind payments"`
	Notes    []string  `json:"notes,omitempty" doc:"what a reader must know of the data; of a case just made"`
}

// Payments are the payments of a case of bank messages.
type Payments struct {
	Text    string                 `json:"text" doc:"as the command prints them"`
	Records []report.PaymentRecord `json:"records"`
}

// cases knows every case of the server.
type cases struct {
	own   map[string]*ownCase
	names []string // of own, in order

	mu    sync.Mutex
	made  map[string]int64 // bytes
	kinds map[string]string
	asked map[string]string // trails under a case's own settings, of data that do not change

	folder    *os.Root // of the cases made here
	temporary string   // to be removed; "" when the folder is kept
}

// ownCase is a case file of the keeper's.
type ownCase struct {
	path string
	root *os.Root
}

var caseName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

func newCases(o Options) (*cases, error) {
	c := &cases{own: map[string]*ownCase{}, made: map[string]int64{}, kinds: map[string]string{}, asked: map[string]string{}}
	for _, p := range o.Cases {
		if err := c.addOwn(p); err != nil {
			return nil, err
		}
	}
	if o.Made != "" {
		return c, c.openFolder(o.Made)
	}
	return c, nil
}

// addOwn reads a case file once, so that a fault shows at the start.
func (c *cases) addOwn(p string) error {
	root, err := os.OpenRoot(filepath.Dir(p))
	if err != nil {
		return fmt.Errorf("case file %s: %w", p, err)
	}
	if _, err := casefile.Read(root.FS(), filepath.Base(p)); err != nil {
		root.Close()
		return fmt.Errorf("%s: %w", p, err)
	}
	base := strings.TrimSuffix(filepath.Base(p), filepath.Ext(p))
	if base == "case" {
		if full, err := filepath.Abs(p); err == nil {
			base = filepath.Base(filepath.Dir(full))
		}
	}
	base = strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(base), "-"), "-")
	base = base[:min(len(base), 50)]
	if base == "" || base == storeName || trailID.MatchString(base) || strings.HasPrefix(base, "made-") {
		base = strings.TrimSuffix("own-"+base, "-")
	}
	name := base
	for n := 2; c.own[name] != nil || slices.Contains(casefile.Names(), name); n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	c.own[name] = &ownCase{p, root}
	c.names = append(c.names, name)
	return nil
}

// openFolder opens the folder of the cases made here, with those it has.
func (c *cases) openFolder(kept string) error {
	var err error
	if c.folder, c.temporary, err = makeFolder(kept); err != nil {
		return err
	}
	entries, err := fs.ReadDir(c.folder.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "part-") {
			_ = c.folder.RemoveAll(e.Name()) // an upload that a crash left
			continue
		}
		if e.IsDir() && strings.HasPrefix(e.Name(), "made-") && caseName.MatchString(e.Name()) {
			c.made[e.Name()] = sizeOf(c.folder.FS(), e.Name())
		}
	}
	return nil
}

func sizeOf(dir fs.FS, name string) (sum int64) {
	_ = fs.WalkDir(dir, name, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				sum += info.Size()
			}
		}
		return nil // what cannot be read takes no room that we know of
	})
	return sum
}

func (c *cases) close() error {
	for _, own := range c.own {
		own.root.Close()
	}
	if c.folder == nil {
		return nil
	}
	c.folder.Close()
	if c.temporary == "" {
		return nil
	}
	return os.RemoveAll(c.temporary)
}

// list names every case: those inside, the keeper's, those made here.
func (c *cases) list() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := append(casefile.Names(), c.names...)
	var made []string
	for name := range c.made {
		made = append(made, name)
	}
	slices.Sort(made)
	return append(out, made...)
}

// open reads a case by name. Each call gives one of its own, which the caller may
// change.
func (c *cases) open(name string) (cs *casefile.Case, origin string, err error) {
	c.mu.Lock()
	_, made := c.made[name]
	own := c.own[name]
	c.mu.Unlock()
	switch {
	case made:
		dir, err := fs.Sub(c.folder.FS(), name)
		if err != nil {
			return nil, "", err
		}
		cs, err = casefile.Read(dir, "case.yaml")
		return cs, "made", err
	case own != nil:
		cs, err = casefile.Read(own.root.FS(), filepath.Base(own.path))
		if cs != nil {
			cs.File = own.path
		}
		return cs, "file", err
	case slices.Contains(casefile.Names(), name):
		cs, err = casefile.Embedded(name)
		return cs, "inside", err
	}
	return nil, "", problem(http.StatusNotFound, "there is no case "+quoted(name), "GET /api/v1/cases lists them")
}

func (c *cases) madeNow() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.made)
}

// trailOf gives the trail of a case under its own settings, when it is known.
func (c *cases) trailOf(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[name]
}

func (c *cases) setTrail(name, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id != "" {
		c.asked[name] = id
	}
}

// text is the case file itself.
func (c *cases) text(name string) ([]byte, error) {
	cs, _, err := c.open(name)
	if err != nil {
		return nil, err
	}
	return fs.ReadFile(cs.Data, path.Base(filepath.ToSlash(cs.File)))
}

// digest identifies a case with its data: the SHA-256 over the case file and every
// file that it names.
func (c *cases) digest(cs *casefile.Case) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", cs.File, cs.SHA256)
	for _, name := range cs.Files() {
		sum, err := sumOf(cs.Data, name)
		if err != nil {
			sum = err.Error() // loading the case will say it better
		}
		fmt.Fprintf(h, "%q %s\n", name, sum)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func sumOf(dir fs.FS, name string) (string, error) {
	f, err := dir.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}
