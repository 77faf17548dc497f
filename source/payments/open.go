package payments

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Decoder reads the messages of one stream. An error is about one message; when
// the stream cannot go on it is the last.
type Decoder func(file string, r io.Reader) iter.Seq2[Message, error]

// Open reads files, and all regular files in folders and the folders in them, in
// order of their names, and joins their messages. What in a folder begins with a
// point is not read. Without opt.LeaveOut the first message that cannot
// be read is the error.
func Open(paths []string, decode Decoder, opt Options) (*Source, error) {
	files, err := list(paths)
	if err != nil {
		return nil, err
	}
	var messages []Message
	var damage Damage
	hash := sha256.New()
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		messages, damage, err = collect(messages, damage, name, io.TeeReader(f, hash), decode, opt)
		f.Close()
		if err != nil {
			return nil, err
		}
	}
	return New(messages, damage, strings.Join(paths, ", "), hex.EncodeToString(hash.Sum(nil)), opt), nil
}

// Read is Open for one file in memory.
func Read(file string, r io.Reader, decode Decoder, opt Options) (*Source, error) {
	hash := sha256.New()
	messages, damage, err := collect(nil, nil, file, io.TeeReader(r, hash), decode, opt)
	if err != nil {
		return nil, err
	}
	return New(messages, damage, file, hex.EncodeToString(hash.Sum(nil)), opt), nil
}

func collect(messages []Message, damage Damage, name string, r io.Reader, decode Decoder, opt Options) ([]Message, Damage, error) {
	for m, err := range decode(name, r) {
		if err == nil {
			messages = append(messages, m)
			continue
		}
		if !opt.LeaveOut {
			return nil, nil, err
		}
		damage = append(damage, err)
	}
	_, err := io.Copy(io.Discard, r) // the hash is of the whole file
	return messages, damage, err
}

// regular reports whether a file, or what a link leads to, can be read to an end.
func regular(name string) bool {
	st, err := os.Stat(name)
	return err != nil || st.Mode().IsRegular() // what cannot be looked at is an error when it is read
}

// list is the files of paths, each once, in order of their names.
func list(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		err := filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case name != p && d.Name()[0] == '.':
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			case d.IsDir() || name != p && !regular(name):
				return nil
			}
			out = append(out, name)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no files of messages: %w", strings.Join(paths, ", "), fs.ErrNotExist)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
