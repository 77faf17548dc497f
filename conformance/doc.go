// Package conformance holds the cases that say what tracing means: small
// ledgers as language-neutral JSON, with every figure that a correct tool must
// find in them. README.md describes the format for authors of other tools.
//
// In go the JSON cases of this folder, or a ledger in the text form; out come
// ledgers and questions in our own types, and the list of figures in which a
// trail differs from what a case expects. The package decides nothing about
// which figures are right: those stand in the cases.
package conformance

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// ErrCase marks a case that is not well formed, or that describes no valid
// ledger. It is wrapped with what is wrong.
var ErrCase = errors.New("not a valid case")

//go:embed cases
var files embed.FS

// Vector is one file of the cases folder: a case and what it must give.
type Vector struct {
	Name   string `json:"name"`
	Note   string `json:"note,omitempty"`   // why the case is here, and how its figures were found
	Source string `json:"source,omitempty"` // of facts that are not ours
	Case   Case   `json:"case"`
	// Expect is a part of the result: each value in it must stand in the
	// result. A case that must be refused has Refuse instead, which says why.
	Expect *Result `json:"expect,omitempty"`
	Refuse string  `json:"refuse,omitempty"`
}

// Vectors reads every case, in order of file name. The name of a case is its
// path in the folder.
func Vectors() ([]Vector, error) {
	var out []Vector
	err := fs.WalkDir(files, "cases", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		v, err := ReadVector(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if want := strings.TrimSuffix(strings.TrimPrefix(name, "cases/"), path.Ext(name)); v.Name != want {
			return fmt.Errorf("%s: is called %q inside: %w", name, v.Name, ErrCase)
		}
		out = append(out, v)
		return nil
	})
	return out, err
}

// ReadVector reads one case file. Unknown fields are errors.
func ReadVector(text []byte) (Vector, error) {
	var v Vector
	if err := strict(text, &v); err != nil {
		return v, err
	}
	if (v.Expect == nil) == (v.Refuse == "") {
		return v, fmt.Errorf("want either expect or refuse: %w", ErrCase)
	}
	return v, nil
}

// ReadResult reads a result as the reference program writes it.
func ReadResult(text []byte) (*Result, error) {
	var r Result
	return &r, strict(text, &r)
}

func strict(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return fmt.Errorf("%w: %w", err, ErrCase)
	}
	if d.More() {
		return fmt.Errorf("more than one JSON value: %w", ErrCase)
	}
	return nil
}
