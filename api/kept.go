package api

import (
	"context"
	"net/http"
	"runtime/debug"
	"sync"
)

// kept remembers the last results by their question, so that the same question
// costs once. Those that wait for one that is being made do not make it again.
type kept[T any] struct {
	life  *life
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
	ctx    context.Context // ends when the last asker has left, and with the server
	end    context.CancelFunc
	askers int           // who wait
	done   chan struct{} // closed when what follows stands
	value  T
	err    error
	left   bool // its context ended before it did
	weight int64
}

func newKept[T any](most int, l *life) *kept[T] {
	return &kept[T]{life: l, most: most, made: map[string]*making[T]{}}
}

// get gives the result of a question, and makes it if it is not there. It is made
// for all who ask: an asker whose context ends leaves with that error, and the others
// go on waiting. What failed is made again by the next who asks; a panic is an error
// of all who waited.
func (k *kept[T]) get(ctx context.Context, question string, make func(context.Context) (T, error)) (T, error) {
	var none T
	for {
		if err := ctx.Err(); err != nil {
			return none, err
		}
		m, err := k.join(question, make)
		if err != nil {
			return none, err
		}
		select {
		case <-m.done:
			k.leave(m)
		case <-ctx.Done():
			k.leave(m)
			return none, ctx.Err()
		}
		if m.err == nil || !m.left {
			return m.value, m.err
		}
		// All others had left before this asker came: what ended with them says nothing.
	}
}

// join enters an asker, and begins the making when there is none. Errors: that the
// server is ending.
func (k *kept[T]) join(question string, make func(context.Context) (T, error)) (*making[T], error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m, begun := k.slot(question)
	m.askers++
	if begun {
		return m, nil
	}
	m.ctx, m.end = context.WithCancel(k.life.ctx)
	err := k.life.begin(func() {
		m.value, m.err = safely(k.life, m.ctx, question, make)
		m.left = m.ctx.Err() != nil
		if m.err != nil {
			k.forget(question, m)
		} else if k.weigh != nil {
			k.fit(question, m)
		}
		close(m.done)
	})
	if err != nil {
		m.end()
		k.drop(question)
	}
	return m, err
}

// leave is the way out of every asker. The last one ends what is still being made.
func (k *kept[T]) leave(m *making[T]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if m.askers--; m.askers == 0 {
		m.end()
	}
}

// safely makes a result; a panic becomes a problem.
func safely[T any](l *life, ctx context.Context, question string, make func(context.Context) (T, error)) (value T, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			err = l.broken(question, v)
		}
	}()
	return make(ctx)
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
		if q != question && k.made[q].weight > 0 { // what is still being made frees nothing
			sum -= k.made[q].weight
			k.drop(q)
		}
	}
}

// slot finds the making of a question, or makes room for one. The lock is held.
func (k *kept[T]) slot(question string) (m *making[T], begun bool) {
	m = k.made[question]
	if begun = m != nil; begun {
		k.drop(question)
	} else {
		m = &making[T]{done: make(chan struct{})}
	}
	if len(k.order) == k.most {
		k.drop(k.order[0])
	}
	k.order = append(k.order, question)
	k.made[question] = m
	return m, begun
}

// life is the time of a server. What is made to be kept ends with it.
type life struct {
	ctx    context.Context
	cancel context.CancelFunc
	broken func(where string, v any) *Problem
	mu     sync.Mutex // held while work begins, and while the end is told
	all    sync.WaitGroup
}

func newLife(broken func(string, any) *Problem) *life {
	l := &life{broken: broken}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// begin does work beside its caller. Errors: that the server is ending.
func (l *life) begin(work func()) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return busy(http.StatusServiceUnavailable, "the server is ending", "")
	}
	l.all.Go(work)
	return nil
}

// close tells all work to end and waits for it.
func (l *life) close() {
	l.mu.Lock()
	l.cancel()
	l.mu.Unlock()
	l.all.Wait()
}
