package tagdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/tag"
)

// DB is an open index. It is safe for concurrent use.
type DB struct {
	db     *sql.DB
	find   *sql.Stmt
	packs  []Pack
	sha256 string
	tags   int
	twice  int
}

// Pack is a file the index was made from.
type Pack struct {
	File, Kind, SHA256, Title   string
	Tags, Actors, Skipped, Bent int
}

// Open opens an index. It reads the whole file once to check it against its
// checksum; errors wrap ErrNotIndex, ErrVersion, ErrDamaged or the system's.
func Open(path string) (*DB, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	err = verify(f)
	f.Close()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	db, err := sql.Open("sqlite", uri(path, "mode=ro&immutable=1&_pragma=query_only(1)"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d := &DB{db: db}
	if err := d.load(); err != nil {
		db.Close()
		return nil, fmt.Errorf("%s: %w: %w", path, ErrDamaged, err)
	}
	return d, nil
}

func (d *DB) load() error {
	if err := d.db.QueryRow(`SELECT (SELECT value FROM meta WHERE key='content_sha256'), (SELECT value FROM meta WHERE key='tags'),
		(SELECT value FROM meta WHERE key='repeated')`).Scan(&d.sha256, &d.tags, &d.twice); err != nil {
		return err
	}
	rows, err := d.db.Query(`SELECT file, kind, sha256, title, tags, actors, skipped, bent FROM pack ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p Pack
		if err := rows.Scan(&p.File, &p.Kind, &p.SHA256, &p.Title, &p.Tags, &p.Actors, &p.Skipped, &p.Bent); err != nil {
			return err
		}
		d.packs = append(d.packs, p)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	d.find, err = d.db.Prepare(`SELECT t.line, t.context, c.ledger, c.network, c.label, coalesce(a.label, c.entity), c.actor, c.concepts,
		c.confidence, c.source, c.type, c.definer, c.lastmod, c.theft, c.pack, c.listed
		FROM tag t JOIN claim c ON c.id = t.claim LEFT JOIN actor a ON a.id = c.actor AND c.actor <> ''
		WHERE t.subject = ? AND t.tx = ? ORDER BY t.n`)
	return err
}

// Close lets the file go.
func (d *DB) Close() error {
	d.find.Close()
	return d.db.Close()
}

// Packs are the files the index was made from, in their order.
func (d *DB) Packs() []Pack { return d.packs }

// ContentSHA256 identifies the files the index was made from, by their hashes.
func (d *DB) ContentSHA256() string { return d.sha256 }

// Len is the number of tags; Repeated that of claims left out because the same
// pack states them twice.
func (d *DB) Len() int { return d.tags }

// Repeated is described at Len.
func (d *DB) Repeated() int { return d.twice }

// On returns the tags on an account of a ledger, surest first.
func (d *DB) On(l ledger.ID, a ledger.Account) ([]tag.Tag, error) {
	return d.some(l, string(a), false)
}

// OnTx returns the tags on a transaction of a ledger, surest first.
func (d *DB) OnTx(l ledger.ID, tx string) ([]tag.Tag, error) {
	return d.some(l, strings.ToLower(tx), true)
}

func (d *DB) some(l ledger.ID, subject string, tx bool) ([]tag.Tag, error) {
	all, err := d.rows(subject, tx)
	var out []tag.Tag
	for _, t := range all {
		if t.Ledger == l || t.Ledger == "" {
			out = append(out, t)
		}
	}
	return out, err
}

// Anywhere returns the tags on an address whatever their network, surest first:
// for screening, and to say on which networks an address is known.
func (d *DB) Anywhere(a ledger.Account) ([]tag.Tag, error) { return d.rows(string(a), false) }

// AnywhereTx is Anywhere for a transaction.
func (d *DB) AnywhereTx(tx string) ([]tag.Tag, error) { return d.rows(strings.ToLower(tx), true) }

// Screen is tag.Set's Screen.
func (d *DB) Screen(address string) ([]tag.Tag, error) {
	all, err := d.Anywhere(tag.Canonical(address))
	var out []tag.Tag
	for _, t := range all {
		if _, ok := t.Alarm(); ok {
			out = append(out, t)
		}
	}
	return out, err
}

func (d *DB) rows(subject string, tx bool) ([]tag.Tag, error) {
	rows, err := d.find.Query(subject, tx)
	if err != nil {
		return nil, fmt.Errorf("looking up %s: %w", subject, err)
	}
	defer rows.Close()
	var out []tag.Tag
	for rows.Next() {
		var t tag.Tag
		var concepts, listed string
		var pack int
		if err := rows.Scan(&t.Line, &t.Context, &t.Ledger, &t.Network, &t.Label, &t.Entity, &t.Actor, &concepts,
			&t.Confidence, &t.Source, &t.Type, &t.Definer, &t.LastMod, &t.AboutTheft, &pack, &listed); err != nil {
			return nil, fmt.Errorf("looking up %s: %w", subject, err)
		}
		if pack < 0 || pack >= len(d.packs) {
			return nil, fmt.Errorf("looking up %s: pack %d is not there: %w", subject, pack, ErrDamaged)
		}
		t.Account = ledger.Account(subject)
		if tx {
			t.Account, t.Tx = "", subject
		}
		if concepts != "" {
			t.Concepts = strings.Split(concepts, ",")
		}
		if listed != "" {
			t.Listed = &tag.Listing{}
			if err := json.Unmarshal([]byte(listed), t.Listed); err != nil {
				return nil, fmt.Errorf("looking up %s: %w", subject, err)
			}
		}
		t.Pack, t.File = d.packs[pack].Title, d.packs[pack].File
		out = append(out, t)
	}
	tag.Rank(out)
	return out, rows.Err()
}

// Count is a word and how many tags bear it.
type Count struct {
	Word string
	N    int
}

// Stats counts tags by "network", "concept" or "confidence", most first.
func (d *DB) Stats(ctx context.Context, by string) ([]Count, error) {
	column, ok := map[string]string{"network": "c.network", "concept": "c.concepts", "confidence": "c.confidence"}[by]
	if !ok {
		return nil, fmt.Errorf("tags are not counted by %q", by)
	}
	rows, err := d.db.QueryContext(ctx, `SELECT `+column+`, count(*) FROM tag t JOIN claim c ON c.id = t.claim GROUP BY 1 ORDER BY 2 DESC, 1`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Count
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Word, &c.N); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Subjects is the number of addresses and transactions with a tag.
func (d *DB) Subjects(ctx context.Context) (n int, err error) {
	err = d.db.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT DISTINCT subject, tx FROM tag)`).Scan(&n)
	return n, err
}

// Actor finds an actor by id.
func (d *DB) Actor(id string) (a tag.Actor, ok bool, err error) {
	var categories, jurisdictions, aliases string
	err = d.db.QueryRow(`SELECT id, label, uri, categories, jurisdictions, aliases, lastmod, context FROM actor WHERE id = ?`, id).
		Scan(&a.ID, &a.Label, &a.URI, &categories, &jurisdictions, &aliases, &a.LastMod, &a.Context)
	if err == sql.ErrNoRows {
		return a, false, nil
	}
	split := func(s, by string) []string {
		if s == "" {
			return nil
		}
		return strings.Split(s, by)
	}
	a.Categories, a.Jurisdictions, a.Aliases = split(categories, ","), split(jurisdictions, ","), split(aliases, "\n")
	return a, err == nil, err
}
