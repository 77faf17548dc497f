package heist

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"sort"
	"strings"
	"sync"
)

// Register is a read and checked register. It is not changed after loading and
// may be used by several goroutines.
type Register struct {
	Incidents []*Incident // by id
	Sources   []*Source   // by id
	Actors    []*Actor    // by id
	Policies  []*Policy   // by id
	Assets    []*Asset    // by code

	incidents map[string]*Incident
	sources   map[string]*Source
	actors    map[string]*Actor
	policies  map[string]*Policy
	assets    map[string]*Asset
}

// LoadDir reads the register in a folder of the disk; see Load.
func LoadDir(dir string) (*Register, Problems, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is a file; name the folder that holds incidents/ and sources/", dir)
	}
	if err != nil {
		return nil, nil, err
	}
	return Load(os.DirFS(dir), dir)
}

// Load reads incidents/*.yaml, sources/*.yaml, actors/*.yaml, policies/*.yaml and
// assets.yaml, and checks them. name stands in front of file names in problems; it
// may be empty. All that is wrong comes back as problems; the error, which wraps
// ErrRegister or is the file system's, says that nothing may be computed with the
// register, which still holds what could be read.
func Load(files fs.FS, name string) (*Register, Problems, error) {
	g, err := gather(files)
	if err != nil {
		return nil, nil, err
	}
	reg := &Register{}
	parts := make([]part, len(g))
	var wait sync.WaitGroup
	next := make(chan int)
	for range max(1, min(runtime.GOMAXPROCS(0), 8)) {
		wait.Go(func() {
			for i := range next {
				parts[i] = readPart(files, g[i], path.Join(name, g[i]))
			}
		})
	}
	for i := range g {
		next <- i
	}
	close(next)
	wait.Wait()
	var ps Problems
	for _, p := range parts {
		if p.err != nil {
			return nil, nil, p.err
		}
		ps = append(ps, p.problems...)
		reg.take(p)
	}
	ps = append(ps, reg.index()...)
	ps = append(ps, reg.check()...)
	ps.sort()
	return reg, ps, ps.Err()
}

// gather lists the files of a register, sorted.
func gather(files fs.FS) ([]string, error) {
	var all []string
	for _, dir := range []string{"actors", "incidents", "policies", "sources"} {
		entries, err := fs.ReadDir(files, dir)
		if err != nil {
			if dir == "actors" || dir == "policies" {
				continue
			}
			return nil, fmt.Errorf("not a register: %w", err)
		}
		for _, e := range entries {
			if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !strings.HasSuffix(e.Name(), ".md") {
				all = append(all, path.Join(dir, e.Name()))
			}
		}
	}
	return append(all, "assets.yaml"), nil
}

// part is what one file holds.
type part struct {
	incident *Incident
	sources  []*Source
	actor    *Actor
	policy   *Policy
	assets   []*Asset
	problems Problems
	err      error
}

func readPart(files fs.FS, file, shown string) part {
	data, err := fs.ReadFile(files, file)
	if err != nil {
		return part{err: fmt.Errorf("register: %w", err)}
	}
	return parsePart(file, shown, data)
}

// parsePart reads one file by the folder it stands in.
func parsePart(file, shown string, data []byte) part {
	r := &reader{file: shown}
	var p part
	dir := path.Dir(file)
	stem := strings.TrimSuffix(path.Base(file), ".yaml")
	if !strings.HasSuffix(file, ".yaml") {
		r.fault(0, "file-name", "rename it to "+path.Base(file)+".yaml or move it away", "files of a register end in .yaml")
		return part{problems: r.problems}
	}
	schema, want, id, named := "", "", "", false
	switch dir {
	case "incidents":
		v := &Incident{}
		if r.read(data, v) {
			p.incident, schema, id, named = v, v.Schema, v.ID, true
		}
		want = IncidentForm
	case "sources":
		v := &sourcesFile{}
		if r.read(data, v) {
			p.sources, schema = v.Sources, v.Schema
		}
		want = SourcesForm
	case "actors":
		v := &Actor{}
		if r.read(data, v) {
			p.actor, schema, id, named = v, v.Schema, v.ID, true
		}
		want = ActorForm
	case "policies":
		v := &Policy{}
		if r.read(data, v) {
			p.policy, schema, id, named = v, v.Schema, v.ID, true
		}
		want = PolicyForm
	default:
		v := &assetsFile{}
		if r.read(data, v) {
			p.assets, schema = v.Assets, v.Schema
		}
		want = AssetsForm
	}
	if schema != want && len(r.problems) == 0 {
		r.fault(1, "schema", "the first line is schema: "+want, "the form of the file is %q", schema)
	}
	if named && id != stem {
		r.fault(1, "file-name", "name the file "+id+".yaml or write id: "+stem, "the file is called %s but its id is %q", path.Base(file), id)
	}
	p.problems = r.problems
	return p
}

func (reg *Register) take(p part) {
	if p.incident != nil {
		reg.Incidents = append(reg.Incidents, p.incident)
	}
	if p.actor != nil {
		reg.Actors = append(reg.Actors, p.actor)
	}
	if p.policy != nil {
		reg.Policies = append(reg.Policies, p.policy)
	}
	reg.Sources = append(reg.Sources, p.sources...)
	reg.Assets = append(reg.Assets, p.assets...)
}

// index sorts everything and makes it findable; two of one id are an error.
func (reg *Register) index() Problems {
	c := &checker{reg: reg}
	reg.incidents = byID(c, reg.Incidents, "incident", func(i *Incident) (string, *Place) { return i.ID, &i.Place })
	reg.sources = byID(c, reg.Sources, "source", func(s *Source) (string, *Place) { return s.ID, &s.Place })
	reg.actors = byID(c, reg.Actors, "actor", func(a *Actor) (string, *Place) { return a.ID, &a.Place })
	reg.policies = byID(c, reg.Policies, "policy", func(p *Policy) (string, *Place) { return p.ID, &p.Place })
	reg.assets = byID(c, reg.Assets, "asset", func(a *Asset) (string, *Place) { return a.Code, &a.Place })
	return c.problems
}

func byID[T any](c *checker, all []*T, what string, id func(*T) (string, *Place)) map[string]*T {
	m := make(map[string]*T, len(all))
	for _, v := range all {
		name, at := id(v)
		switch other, taken := m[name]; {
		case name == "":
			c.fault(at, "", "id", "give it an id", "an %s without id", what)
		case taken:
			_, first := id(other)
			c.fault(at, "id", "duplicate-id", "ids are never used twice; it stands in "+fmt.Sprintf("%s:%d", first.File, first.Line), "%s %q stands twice", what, name)
		default:
			m[name] = v
		}
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, _ := id(all[i])
		b, _ := id(all[j])
		return a < b
	})
	return m
}

// Incident finds an incident by id, or gives nil.
func (reg *Register) Incident(id string) *Incident { return reg.incidents[id] }

// Source finds a source by id, or gives nil.
func (reg *Register) Source(id string) *Source { return reg.sources[id] }

// Actor finds an actor by id, or gives nil.
func (reg *Register) Actor(id string) *Actor { return reg.actors[id] }

// Policy finds a policy by id, or gives nil.
func (reg *Register) Policy(id string) *Policy { return reg.policies[id] }

// Asset finds an asset by code, or gives nil.
func (reg *Register) Asset(code string) *Asset { return reg.assets[code] }
