package casefile

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

// The shipped cases: facts of public ledgers, each with a README that names the
// source and the checks.
//
//go:embed cases/*/*
var cases embed.FS

// Names lists the embedded cases, sorted.
func Names() []string {
	entries, err := cases.ReadDir("cases")
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Ledgers lists the embedded cases that stand on real ledgers: all but the
// reconstructions, whose titles say so.
func Ledgers() []string {
	var out []string
	for _, name := range Names() {
		if c, err := Embedded(name); err == nil && !c.Reconstruction() {
			out = append(out, name)
		}
	}
	return out
}

// Reconstruction reports whether the case was written from reports, because its
// messages are not public: its title says so.
func (c *Case) Reconstruction() bool { return strings.Contains(c.Title, "(reconstruction)") }

// Embedded reads the embedded case of a name; an unknown name is an *Error with
// the nearest one.
func Embedded(name string) (*Case, error) {
	if !contains(Names(), name) {
		return nil, &Error{File: name, Msg: "no embedded case has this name", Hint: nearest(name, Names()), Err: ErrUnknown}
	}
	dir, err := fs.Sub(cases, path.Join("cases", name))
	if err != nil {
		return nil, err
	}
	c, err := Read(dir, "case.yaml")
	if err != nil {
		return nil, err
	}
	c.File = name + "/case.yaml"
	return c, nil
}
