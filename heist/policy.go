package heist

import "path"

// ReadPolicy reads a policy that is not in the register and checks it against the
// register. shown names it in errors, which wrap ErrRegister; its base name must be
// the policy's id and ".yaml", as in the register.
func (reg *Register) ReadPolicy(shown string, data []byte) (*Policy, error) {
	p := parsePart("policies/"+path.Base(shown), shown, data)
	c := &checker{reg: reg}
	if p.policy != nil {
		c.policy(p.policy)
	}
	ps := append(p.problems, c.problems...)
	ps.sort()
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return p.policy, nil
}

// CheckPolicy checks a policy made in the program against the register, as those of
// files are checked. Errors wrap ErrRegister.
func (reg *Register) CheckPolicy(p *Policy) error {
	c := &checker{reg: reg}
	c.policy(p)
	c.problems.sort()
	return c.problems.Err()
}
