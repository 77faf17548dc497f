package tagdb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/coldtrail/coldtrail/tag"
)

// Builder takes the files of an index.
type Builder struct {
	packs  []tag.Report
	actors []actor
	seen   map[string]bool // actor ids
	claims []claim
	ids    map[claimKey]int32
	rows   []row
	// listed waits for the last file: an end shows only in a later list.
	listed     []tag.Tag
	listedPack []int
	// Repeated counts claims that stand twice in one pack with all their fields
	// the same; one is kept. DoubleActors counts actor ids of an earlier pack.
	Repeated, DoubleActors int
}

type actor struct {
	tag.Actor
	pack int
}

// claimKey is what many tags share: all but subject, line and context.
type claimKey struct {
	ledger, network, label, entity, actor, concepts, confidence, source, typ, lastmod, listed string
	definer, theft                                                                            bool
	pack                                                                                      int
}

type claim struct{ claimKey }

type row struct {
	subject string
	tx      bool
	claim   int32
	line    int32
	context string
}

// Add takes what one file gave.
func (b *Builder) Add(f *tag.File) {
	pack := len(b.packs)
	b.packs = append(b.packs, *f.Report)
	if f.Actors != nil {
		for _, a := range f.Actors.Actors {
			if b.seen[a.ID] {
				b.DoubleActors++
				continue
			}
			b.seen[a.ID] = true
			b.actors = append(b.actors, actor{a, pack})
		}
	}
	if f.Pack == nil {
		return
	}
	b.rows = slices.Grow(b.rows, len(f.Pack.Tags))
	for i := range f.Pack.Tags {
		if t := &f.Pack.Tags[i]; t.Listed == nil {
			b.add(t, pack)
		} else {
			b.listed, b.listedPack = append(b.listed, *t), append(b.listedPack, pack)
		}
	}
}

func (b *Builder) add(t *tag.Tag, pack int) {
	k := claimKey{
		ledger: string(t.Ledger), network: t.Network, label: t.Label, entity: t.Entity, actor: t.Actor,
		concepts: strings.Join(t.Concepts, ","), confidence: t.Confidence, source: t.Source, typ: t.Type,
		lastmod: t.LastMod, definer: t.Definer, theft: t.AboutTheft, pack: pack,
	}
	if t.Listed != nil {
		text, _ := json.Marshal(t.Listed) // strings only
		k.listed = string(text)
	}
	id, ok := b.ids[k]
	if !ok {
		id = int32(len(b.claims))
		b.ids[k] = id
		b.claims = append(b.claims, claim{k})
	}
	r := row{subject: string(t.Account), claim: id, line: int32(t.Line), context: t.Context}
	if t.Tx != "" {
		r.subject, r.tx = t.Tx, true
	}
	b.rows = append(b.rows, r)
}

// Build makes an index at path from what fill adds, and puts it there whole: on
// any error the place is as it was. A file that stands there and is no index is
// not replaced.
func Build(ctx context.Context, path string, fill func(*Builder) error) (err error) {
	if err := replaceable(path); err != nil {
		return err
	}
	b := &Builder{seen: map[string]bool{}, ids: map[claimKey]int32{}}
	if err := fill(b); err != nil {
		return err
	}
	tag.EndListings(b.listed)
	for i := range b.listed {
		b.add(&b.listed[i], b.listedPack[i])
	}
	b.sort()
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer func() {
		if e := tmp.Close(); err == nil {
			err = e
		}
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	if err := b.write(ctx, tmp.Name()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := seal(tmp); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Chmod(tmp.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// replaceable refuses to put an index over a file of another kind.
func replaceable(path string) error {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil
	} else if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 15)
	if n, _ := f.Read(head); n > 0 && string(head[:n]) != "SQLite format 3" {
		return fmt.Errorf("%s stands there and is not replaced: %w", path, ErrNotIndex)
	}
	return nil
}

// sort puts the rows in order of their subjects and drops what is there twice.
func (b *Builder) sort() {
	slices.SortStableFunc(b.rows, func(x, y row) int { return strings.Compare(x.subject, y.subject) })
	kept := b.rows[:0]
	from := 0 // of the present subject
	for _, r := range b.rows {
		if len(kept) == 0 || kept[len(kept)-1].subject != r.subject {
			from = len(kept)
		}
		if slices.ContainsFunc(kept[from:], func(o row) bool { return o.claim == r.claim && o.context == r.context && o.tx == r.tx }) {
			b.Repeated++
			continue
		}
		kept = append(kept, r)
	}
	b.rows = kept
}

func uri(path, params string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: params}).String()
}

// write fills a new database. It needs no journal: a failure removes the file.
func (b *Builder) write(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", uri(path, "_pragma=journal_mode(off)&_pragma=synchronous(off)&_pragma=cache_size(-16384)&_pragma=locking_mode(exclusive)"))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	w := &writer{ctx: ctx, tx: tx}
	for _, m := range b.meta() {
		w.put("meta", m[0], m[1])
	}
	for i, p := range b.packs {
		bent := 0
		for _, x := range p.Bent {
			bent += x.Count
		}
		w.put("pack", i, p.File, p.Kind, p.SHA256, p.Title, p.Tags, p.Actors, p.Skipped, bent)
	}
	slices.SortFunc(b.actors, func(x, y actor) int { return strings.Compare(x.ID, y.ID) })
	for _, a := range b.actors {
		w.put("actor", a.ID, a.Label, a.URI, strings.Join(a.Categories, ","), strings.Join(a.Jurisdictions, ","), strings.Join(a.Aliases, "\n"), a.LastMod, a.Context, a.pack)
	}
	for i, c := range b.claims {
		w.put("claim", i, c.ledger, c.network, c.label, c.entity, c.actor, c.concepts, c.confidence, c.source, c.typ, c.definer, c.lastmod, c.theft, c.pack, c.listed)
	}
	for i, r := range b.rows {
		w.put("tag", r.subject, i, r.tx, int(r.claim), int(r.line), r.context)
	}
	if err := w.end(); err != nil {
		return err
	}
	return tx.Commit()
}

// meta are the facts of the index itself.
func (b *Builder) meta() [][2]string {
	sum := sha256.New()
	fmt.Fprintf(sum, "coldtrail tags %d\n", Version)
	for _, p := range b.packs {
		fmt.Fprintf(sum, "%s %s\n", p.SHA256, p.File)
	}
	return [][2]string{
		{"version", strconv.Itoa(Version)}, {"content_sha256", hex.EncodeToString(sum.Sum(nil))},
		{"tags", strconv.Itoa(len(b.rows))}, {"repeated", strconv.Itoa(b.Repeated)},
	}
}

// batch is how many rows one statement inserts.
const batch = 64

// writer inserts rows of one table after another, many in a statement.
type writer struct {
	ctx   context.Context
	tx    *sql.Tx
	table string
	width int
	args  []any
	full  *sql.Stmt
	err   error
}

func (w *writer) put(table string, values ...any) {
	if w.err != nil {
		return
	}
	if table != w.table {
		w.flush()
		if w.full != nil {
			w.full.Close()
		}
		w.full, w.table, w.width = nil, table, len(values)
	}
	w.args = append(w.args, values...)
	if len(w.args) == batch*w.width {
		w.flush()
	}
}

func (w *writer) flush() {
	n := 0
	if w.width > 0 {
		n = len(w.args) / w.width
	}
	if n == 0 || w.err != nil {
		return
	}
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", w.width), ",") + ")"
	text := "INSERT INTO " + w.table + " VALUES " + strings.TrimSuffix(strings.Repeat(one+",", n), ",")
	switch {
	case n < batch:
		_, w.err = w.tx.ExecContext(w.ctx, text, w.args...)
	case w.full == nil:
		if w.full, w.err = w.tx.PrepareContext(w.ctx, text); w.err != nil {
			return
		}
		fallthrough
	default:
		_, w.err = w.full.ExecContext(w.ctx, w.args...)
	}
	w.args = w.args[:0]
}

func (w *writer) end() error {
	w.flush()
	if w.full != nil {
		w.full.Close()
	}
	return w.err
}
