package tag

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// MaxFile is the size, unpacked, at which a file is refused: 1 GiB. OFAC's
// largest list is about 80 MB, the public corpus of TagPacks less.
const MaxFile = 1 << 30

// File is what one file gave.
type File struct {
	Report *Report
	Pack   *Pack // of a TagPack; of a sanctions list with its tags only
	Actors *ActorPack
}

// ReadFile reads one file of an open folder by what it holds: a TagPack, an
// ActorPack, or a list of OFAC; each may be gzipped. !include is looked for
// beside the pack and in the folders above it. listDate is the state of lists
// that do not state it, unless their name bears a date (sdn-2021-07.csv). The report is never nil, and on an error tells the
// file's hash where it could be read.
func ReadFile(dir fs.FS, name, listDate string) (*File, error) {
	out := &File{Report: &Report{File: name}}
	raw, err := fs.ReadFile(dir, name)
	if err != nil {
		return out, &Fault{name, 0, "cannot be opened", "", err}
	}
	sum := sha256.Sum256(raw)
	out.Report.SHA256 = hex.EncodeToString(sum[:])
	text, err := unpack(name, raw)
	if err != nil {
		return out, err
	}
	err = out.read(dir, name, text, listDate)
	out.Report.SHA256 = hex.EncodeToString(sum[:])
	return out, err
}

// unpack undoes gzip, told by its first bytes.
func unpack(name string, raw []byte) ([]byte, error) {
	if !bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		return raw, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err == nil {
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(z, MaxFile+1)); err == nil {
			if len(text) > MaxFile {
				return nil, &Fault{name, 0, "unpacks to more than 1 GiB", "", ErrSyntax}
			}
			return text, nil
		}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, &Fault{name, 0, "gzip ends in the middle", "fetch the file again; nothing of it was taken", err}
	}
	return nil, &Fault{name, 0, "cannot be unpacked", "fetch the file again; nothing of it was taken", err}
}

func (f *File) read(dir fs.FS, name string, text []byte, listDate string) (err error) {
	base := strings.TrimSuffix(strings.ToLower(path.Base(name)), ".gz")
	if d := nameDate.FindString(base); d != "" {
		listDate = d
	}
	list := func(tags []Tag, r *Report, e error) error {
		f.Report, f.Pack = r, &Pack{Title: "OFAC SDN", Creator: "OFAC", Tags: tags}
		return e
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(text[:min(len(text), 4096)], []byte("\ufeff")), " \r\n\t")
	switch {
	case len(start) == 0:
		return &Fault{name, 0, "the file is empty", "", ErrSyntax}
	case start[0] == '<':
		return list(ReadSDNXML(name, bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))))
	case listName.MatchString(base):
		return list(ReadOFACList(strings.TrimSuffix(name, ".gz"), text, listDate))
	case strings.HasSuffix(base, ".csv"):
		return list(ReadSDNCSV(name, bytes.NewReader(text), listDate))
	case hasKey(text, "actors:"):
		f.Actors, f.Report, err = ReadActorPack(name, text)
		return err
	}
	f.Pack, f.Report, err = ReadTagPack(name, text, includer(dir, name))
	return err
}

// hasKey reports whether a key stands at the left margin.
func hasKey(text []byte, key string) bool {
	return bytes.HasPrefix(text, []byte(key)) || bytes.Contains(text, []byte("\n"+key))
}

// includer looks for an included file beside a pack, then in the folders above
// it up to the root of the open folder: GraphSense keeps headers at the root.
func includer(dir fs.FS, name string) Include {
	return func(want string) ([]byte, error) {
		for at := path.Dir(name); ; at = path.Dir(at) {
			if text, err := fs.ReadFile(dir, path.Join(at, want)); err == nil {
				return text, nil
			} else if at == "." || at == "/" {
				return nil, fmt.Errorf("%s: %w", want, err)
			}
		}
	}
}

// Names lists the files of a folder that may hold tags, sorted: .yaml, .yml,
// .txt of OFAC, .csv and .xml, plain or gzipped. A header that packs include is
// none of them.
func Names(dir fs.FS) (names, passed []string, err error) {
	err = fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if d.IsDir() {
			if base != "." && strings.HasPrefix(base, ".") {
				return fs.SkipDir
			}
			return nil
		}
		low := strings.TrimSuffix(strings.ToLower(base), ".gz")
		switch ext := path.Ext(low); {
		case ext == ".yaml" && low != "header.yaml", ext == ".yml", ext == ".xml", ext == ".csv" && strings.HasPrefix(low, "sdn"), listName.MatchString(low):
			names = append(names, name)
		default:
			passed = append(passed, name)
		}
		return nil
	})
	slices.Sort(names)
	slices.Sort(passed)
	return names, passed, err
}

// Open opens a folder, or the folder of a file, for ReadFile and lists the files
// to read: all of a folder, or the one. Passed are the files of a folder that
// hold no tags by their names.
func Open(place string) (dir fs.FS, names, passed []string, err error) {
	info, err := os.Stat(place)
	if err != nil {
		return nil, nil, nil, err
	}
	if !info.IsDir() {
		dir, names = os.DirFS(filepath.Dir(place)), []string{filepath.Base(place)}
		return dir, names, nil, nil
	}
	dir = os.DirFS(place)
	names, passed, err = Names(dir)
	return dir, names, passed, err
}
