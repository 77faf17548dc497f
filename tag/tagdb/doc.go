// Package tagdb keeps tags on disk, in one SQLite file that opens at once with
// half a million of them.
//
// In go files read by package tag; out come the tags on an address or a
// transaction, surest first, with the packs they came from. An index is built
// whole, beside its place, and moved there when it is complete: whoever opens it
// sees the old one or the new one. The same files give the same bytes.
//
// It never changes an index, never mixes networks (Screen alone looks across
// them), and opens neither a file of a newer version nor one whose bytes are
// not those that were written.
//
// It is a package of its own so that programs which only read packs do not link
// SQLite.
package tagdb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// Version is that of the layout. A file of a newer one is refused.
const Version = 1

// Errors of opening an index. They are wrapped with the file and a hint.
var (
	// ErrNotIndex marks a file that is no index of tags.
	ErrNotIndex = errors.New("not an index of tags")
	// ErrVersion marks an index of a version this program does not know.
	ErrVersion = errors.New("index of another version")
	// ErrDamaged marks an index whose bytes are not those that were written.
	ErrDamaged = errors.New("index is damaged")
)

const schema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pack (id INTEGER PRIMARY KEY, file TEXT NOT NULL, kind TEXT NOT NULL, sha256 TEXT NOT NULL,
	title TEXT NOT NULL, tags INTEGER NOT NULL, actors INTEGER NOT NULL, skipped INTEGER NOT NULL, bent INTEGER NOT NULL);
CREATE TABLE actor (id TEXT PRIMARY KEY, label TEXT NOT NULL, uri TEXT NOT NULL, categories TEXT NOT NULL,
	jurisdictions TEXT NOT NULL, aliases TEXT NOT NULL, lastmod TEXT NOT NULL, context TEXT NOT NULL, pack INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE claim (id INTEGER PRIMARY KEY, ledger TEXT NOT NULL, network TEXT NOT NULL, label TEXT NOT NULL,
	entity TEXT NOT NULL, actor TEXT NOT NULL, concepts TEXT NOT NULL, confidence TEXT NOT NULL, source TEXT NOT NULL,
	type TEXT NOT NULL, definer INTEGER NOT NULL, lastmod TEXT NOT NULL, theft INTEGER NOT NULL, pack INTEGER NOT NULL,
	listed TEXT NOT NULL);
CREATE TABLE tag (subject TEXT NOT NULL, n INTEGER NOT NULL, tx INTEGER NOT NULL, claim INTEGER NOT NULL,
	line INTEGER NOT NULL, context TEXT NOT NULL, PRIMARY KEY (subject, n)) WITHOUT ROWID;
`

// The file ends in a trailer that SQLite does not see: a mark, the version, and
// length and CRC-32C of all that comes before it. Bits that turned over in the
// tree of an index would otherwise make a listed address look clean.
const (
	mark       = "coldtrail tags\n\x00"
	trailerLen = len(mark) + 4 + 8 + 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func seal(f *os.File) error {
	crc := crc32.New(castagnoli)
	n, err := io.Copy(crc, f)
	if err != nil {
		return err
	}
	b := []byte(mark)
	b = binary.LittleEndian.AppendUint32(b, Version)
	b = binary.LittleEndian.AppendUint64(b, uint64(n))
	b = binary.LittleEndian.AppendUint32(b, crc.Sum32())
	if _, err := f.Write(b); err != nil {
		return err
	}
	return f.Sync()
}

// verify checks the trailer, and the whole file against it.
func verify(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() || info.Size() < int64(trailerLen) {
		return ErrNotIndex
	}
	b := make([]byte, trailerLen)
	if _, err := f.ReadAt(b, info.Size()-int64(trailerLen)); err != nil {
		return err
	}
	if string(b[:len(mark)]) != mark {
		head := make([]byte, 15)
		if _, err := f.ReadAt(head, 0); err == nil && string(head) == "SQLite format 3" {
			return fmt.Errorf("it ends without its mark, cut off or of another program: %w", ErrDamaged)
		}
		return ErrNotIndex
	}
	b = b[len(mark):]
	if v := binary.LittleEndian.Uint32(b); v != Version {
		return fmt.Errorf("it has version %d, this program reads %d: %w", v, Version, ErrVersion)
	}
	size, want := binary.LittleEndian.Uint64(b[4:]), binary.LittleEndian.Uint32(b[12:])
	if size != uint64(info.Size()-int64(trailerLen)) {
		return fmt.Errorf("%d bytes where %d were written: %w", info.Size()-int64(trailerLen), size, ErrDamaged)
	}
	crc := crc32.New(castagnoli)
	if _, err := io.CopyBuffer(crc, io.NewSectionReader(f, 0, int64(size)), make([]byte, 1<<18)); err != nil {
		return err
	}
	if crc.Sum32() != want {
		return fmt.Errorf("the checksum is %08x, %08x was written: %w", crc.Sum32(), want, ErrDamaged)
	}
	return nil
}
