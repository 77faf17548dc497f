package casefile

import "slices"

// Files lists the files that a case names, sorted, each once: ledgers, lists of
// accounts, packs of tags.
func (c *Case) Files() []string { return slices.Compact(c.Named()) }

// Named is Files, with each file as often as the case names it, which is how often
// its content is gone through.
func (c *Case) Named() []string {
	var out []string
	add := func(path string) {
		if path != "" {
			out = append(out, path)
		}
	}
	list := func(f *File) {
		if f != nil {
			add(f.Path)
		}
	}
	for _, l := range c.Ledgers {
		add(l.Path)
		for _, x := range l.Complete {
			list(x.File)
		}
	}
	for _, b := range c.Boundaries {
		list(b.File)
	}
	for _, t := range c.Tags {
		list(t.File)
	}
	for _, p := range c.TagPacks {
		add(p.Path)
	}
	for _, g := range c.Groups {
		list(g.File)
	}
	slices.Sort(out)
	return out
}
