package guard

import (
	"fmt"
	"maps"
	"os"
	"slices"
)

// Builtin opens a built-in policy: baseline or strict.
func Builtin(name string) (*Policy, error) {
	text, err := builtin.ReadFile("policies/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("%w: %q is not built in (baseline and strict are)", ErrPolicy, clip(name))
	}
	p := &Policy{texts: [][]byte{text}}
	if err := p.decode(text); err != nil {
		return nil, err
	}
	return p, p.finish(text)
}

// OpenPolicy opens a policy by the name of a built-in one or by its file.
func OpenPolicy(name string) (*Policy, error) {
	if name == "baseline" || name == "strict" {
		return Builtin(name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return ParsePolicy(text)
}

// ParsePolicy reads a policy strictly: unknown and duplicate keys, rules that
// cannot match, people who could not sign and addresses with a wrong checksum are
// errors. They wrap ErrPolicy.
func ParsePolicy(text []byte) (*Policy, error) {
	head := &Policy{}
	if err := head.decode(text); err != nil {
		return nil, err
	}
	if head.Format != PolicyFormat {
		return nil, fmt.Errorf("%w: format %q: it must be %s", ErrPolicy, clip(head.Format), PolicyFormat)
	}
	if head.Base == "" {
		head.Base = "strict"
	}
	p, err := Builtin(head.Base)
	if err != nil {
		return nil, err
	}
	base := p.hash
	if err := p.decode(text); err != nil {
		return nil, err
	}
	p.texts = append(p.texts, text)
	return p, p.finish(append([]byte(base+"\n"), text...))
}

// With adds YAML to a policy: maps are merged, lists replaced. A base in the YAML
// is ignored. The hash covers both.
func (p *Policy) With(text []byte) (*Policy, error) {
	next := &Policy{}
	for _, t := range append(slices.Clone(p.texts), text) {
		if err := next.decode(t); err != nil {
			return nil, err
		}
	}
	next.texts, next.Name = append(slices.Clone(p.texts), text), p.Name
	return next, next.finish(append([]byte(p.hash+"\n"), text...))
}

// SetOwners replaces the owners of a wallet, as a replay does when they changed in
// its history. The policy's hash stays that of its text.
func (p *Policy) SetOwners(wallet string, owners []string) error {
	w := p.Wallets[wallet]
	if w == nil {
		return fmt.Errorf("%w: no wallet %q", ErrPolicy, clip(wallet))
	}
	w.Owners = slices.Clone(owners)
	return w.check()
}

// Warnings lists what a policy leaves open, for whoever wrote it.
func (p *Policy) Warnings() []string {
	var all []string
	if len(p.Wallets) == 0 {
		all = append(all, "it names no wallet: nothing can be allowed")
	}
	if p.Mode == "monitor" {
		all = append(all, "monitor: it only watches and stops nothing")
	}
	if p.ChangeApprovers.N < 2 || len(p.Groups[p.ChangeApprovers.Group]) < p.ChangeApprovers.N {
		all = append(all, fmt.Sprintf("group %q has fewer members than change_approvers asks for: it cannot be loosened, nor a wallet released, while the guard runs", p.ChangeApprovers.Group))
	}
	if p.Default == Allow {
		all = append(all, "default allow: what no rule names passes")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Wallets)) {
		w := p.Wallets[name]
		if w.Safe == "" && w.Account == "" && len(w.Descriptors) == 0 {
			all = append(all, "wallet "+name+" has neither safe, account nor descriptors: its payloads are held")
		}
	}
	return all
}
