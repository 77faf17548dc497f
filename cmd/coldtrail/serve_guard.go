package main

import (
	"errors"
	"io/fs"

	"github.com/coldtrail/coldtrail/api"
	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/receipt"
)

// pageGuard gives the page the keeper's own policies, and the log of receipts.
func (a *app) pageGuard(f *pageFlags, o *api.Options) (end func(), err error) {
	end = func() {}
	o.Policies = map[string]*guard.Policy{}
	for _, file := range f.policies {
		p, err := guard.OpenPolicy(file)
		if err != nil {
			return end, err
		}
		if own, err := guard.Builtin(p.Name); err == nil {
			if p.Hash() == own.Hash() {
				continue // the page has it
			}
			return end, usagef("%s is named %q like the policy inside the program (a file without a name has that of its base): give it a name of its own", file, p.Name)
		}
		if o.Policies[p.Name] != nil {
			return end, usagef("two policies are named %q: the page could not tell them apart", p.Name)
		}
		o.Policies[p.Name] = p
	}
	if f.log == "" {
		if f.key != "" {
			return end, usagef("--guard-key signs the receipts of --guard-log: name the log, or leave out the key")
		}
		return end, nil
	}
	if f.key == "" {
		return end, usagef("--guard-log needs --guard-key: make one with coldtrail guard keygen")
	}
	_, verifier, err := receipt.ReadKey(f.key)
	if err != nil {
		return end, err
	}
	log, err := a.openLog(&guardFlags{log: f.log, key: f.key})
	if err != nil {
		return end, err
	}
	o.Receipts = &api.Receipts{File: f.log, Key: verifier, Log: log}
	return func() { log.Close() }, nil
}

// pageClusters reads the clustering that stands beside a store, if it is of the
// blocks that the store has now.
func (a *app) pageClusters(f *pageFlags, o *api.Options) error {
	r, err := cluster.Read(cluster.FileOf(f.store))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, cluster.ErrVersion):
		a.say("%v; the page shows no clusters", err)
		return nil
	case err != nil:
		return err
	}
	if err := r.Covers(o.Store); err != nil {
		a.say("the clustering beside the store is left out: %v; make it anew with coldtrail cluster build", err)
		return nil
	}
	o.Clusters = r
	return nil
}
