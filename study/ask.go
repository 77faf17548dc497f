package study

import (
	"fmt"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/money"
)

// Reading answers single questions about a register under a policy; package
// claims asks them.
type Reading struct{ b *builder }

// NewReading reads a register under a policy about an actor.
func NewReading(reg *heist.Register, pol *heist.Policy, actor string) (*Reading, error) {
	b, err := gatherRows(reg, pol, actor)
	if err != nil {
		return nil, err
	}
	return &Reading{b}, nil
}

// Rows are the incidents in scope and period, by id.
func (r *Reading) Rows() []Row { return r.b.in }

// Row reads one incident, in scope or not.
func (r *Reading) Row(id string) (Row, error) {
	i := r.b.reg.Incident(id)
	if i == nil {
		return Row{}, fmt.Errorf("the register has no incident %q; %s", id, r.b.reg.NearIncident(id))
	}
	return r.b.row(i)
}

// Counts reports that the policy takes a row as the actor's.
func (r *Reading) Counts(row *Row) bool { return r.b.counts(row) }

// Sum adds rows up on a basis.
func (r *Reading) Sum(rows []Row, basis Basis) Value {
	return r.b.value(r.b.sum(rows, basis), basis)
}

// ShareOf divides exactly, in thousandths rounded half up.
func ShareOf(part, whole money.Amount) Share { return share(part, whole) }
