package api

import (
	"errors"
	"sync"
)

// kept remembers the last results by their question, so that the same question
// costs once. Those that wait for one that is being made do not make it again.
type kept[T any] struct {
	mu    sync.Mutex
	most  int
	order []string // oldest use first
	made  map[string]*making[T]

	// weigh estimates the memory of a result, limit bounds the sum; nil: only the
	// number is bounded. The last is always kept.
	weigh func(T) int64
	limit int64
}

// making is a result, or one on its way.
type making[T any] struct {
	once   sync.Once
	value  T
	err    error
	weight int64
}

func newKept[T any](most int) *kept[T] { return &kept[T]{most: most, made: map[string]*making[T]{}} }

var errBrokeOff = errors.New("making it broke off")

// get gives the result of a question, and makes it if it is not there. What failed
// or broke off is made again by the next who asks.
func (k *kept[T]) get(question string, make func() (T, error)) (T, error) {
	m := k.slot(question)
	defer func() {
		if m.err != nil {
			k.forget(question, m)
		}
	}()
	m.once.Do(func() {
		m.err = errBrokeOff // stands if make panics, since it is never called again
		m.value, m.err = make()
		if m.err == nil && k.weigh != nil {
			k.fit(question, m)
		}
	})
	return m.value, m.err
}

// forget takes a question out.
func (k *kept[T]) forget(question string, m *making[T]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.made[question] == m {
		k.drop(question)
	}
}

// drop is forget with the lock held.
func (k *kept[T]) drop(question string) {
	delete(k.made, question)
	for i, q := range k.order {
		if q == question {
			k.order = append(k.order[:i:i], k.order[i+1:]...)
			return
		}
	}
}

// fit weighs a new result and lets go of others while all are too heavy.
func (k *kept[T]) fit(question string, m *making[T]) {
	weight := k.weigh(m.value)
	k.mu.Lock()
	defer k.mu.Unlock()
	m.weight = weight
	var sum int64
	for _, x := range k.made {
		sum += x.weight
	}
	for _, q := range append([]string(nil), k.order...) {
		if sum <= k.limit {
			return
		}
		if q != question {
			sum -= k.made[q].weight
			k.drop(q)
		}
	}
}

func (k *kept[T]) slot(question string) *making[T] {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.made[question]
	if m == nil {
		m = &making[T]{}
	} else {
		k.drop(question)
	}
	if len(k.order) == k.most {
		k.drop(k.order[0])
	}
	k.order = append(k.order, question)
	k.made[question] = m
	return m
}
