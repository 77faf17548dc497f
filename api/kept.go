package api

import "sync"

// kept remembers the last results by their question, so that the same question
// costs once. Those that wait for one that is being made do not make it again.
type kept[T any] struct {
	mu    sync.Mutex
	most  int
	order []string // oldest use first
	made  map[string]*making[T]
}

// making is a result, or one on its way.
type making[T any] struct {
	once  sync.Once
	value T
	err   error
}

func newKept[T any](most int) *kept[T] { return &kept[T]{most: most, made: map[string]*making[T]{}} }

// get gives the result of a question, and makes it if it is not there. What failed
// is made again by the next who asks.
func (k *kept[T]) get(question string, make func() (T, error)) (T, error) {
	m := k.slot(question)
	m.once.Do(func() { m.value, m.err = make() })
	if m.err != nil {
		k.mu.Lock()
		if k.made[question] == m {
			delete(k.made, question)
		}
		k.mu.Unlock()
	}
	return m.value, m.err
}

func (k *kept[T]) slot(question string) *making[T] {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, q := range k.order {
		if q == question {
			k.order = append(append(k.order[:i:i], k.order[i+1:]...), question)
			if m := k.made[question]; m != nil {
				return m
			}
			k.made[question] = &making[T]{}
			return k.made[question]
		}
	}
	if len(k.order) == k.most {
		delete(k.made, k.order[0])
		k.order = k.order[1:]
	}
	k.order = append(k.order, question)
	k.made[question] = &making[T]{}
	return k.made[question]
}
