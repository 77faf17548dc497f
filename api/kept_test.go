package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
)

// TestFirstAskerGoes: a case is opened for all who wait for it, not only for the
// first of them.
func TestFirstAskerGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Options{})
		for range cap(s.heavy) {
			s.heavy <- struct{}{}
		}
		first, goes := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for i, ctx := range []context.Context{first, t.Context(), t.Context()} {
			all.Go(func() {
				c, err := s.loaded(ctx, "bangladesh-2016")
				if i == 0 && !errors.Is(err, context.Canceled) || i > 0 && (err != nil || c == nil) {
					t.Errorf("asker %d: %v", i, err)
				}
			})
			synctest.Wait() // each waits before the next comes
		}
		goes()
		synctest.Wait()
		for range cap(s.heavy) {
			<-s.heavy
		}
		all.Wait()
	})
}

// TestLastAskerGoes: nothing is made for nobody, and who comes while it is still
// ending is not told that it was cancelled.
func TestLastAskerGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKept[int](4, newLife(nil))
		two, go2 := context.WithCancel(t.Context())
		three, go3 := context.WithCancel(t.Context())
		slow := make(chan struct{})
		var all sync.WaitGroup
		var ended bool
		for _, ctx := range []context.Context{two, three} {
			all.Go(func() {
				_, err := k.get(ctx, "q", func(ctx context.Context) (int, error) {
					<-ctx.Done()
					ended = true
					<-slow
					return 0, ctx.Err()
				})
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		go2()
		synctest.Wait()
		if ended {
			t.Error("it ended though one waits")
		}
		go3()
		synctest.Wait()
		if !ended {
			t.Error("it goes on for nobody")
		}
		all.Go(func() {
			if n, err := k.get(t.Context(), "q", func(context.Context) (int, error) { return 7, nil }); n != 7 || err != nil {
				t.Errorf("who came late: %d, %v", n, err)
			}
		})
		synctest.Wait()
		close(slow)
		all.Wait()
	})
}

// TestServerEndsWhatIsMade: the end waits for nothing that an asker still waits for.
func TestServerEndsWhatIsMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLife(nil)
		k := newKept[int](4, l)
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := k.get(t.Context(), "q", func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() }); !stops(err) {
				t.Error(err)
			}
		})
		synctest.Wait()
		l.close()
		all.Wait()
		if _, err := k.get(t.Context(), "q", func(context.Context) (int, error) { return 7, nil }); !stops(err) {
			t.Error(err)
		}
		if len(k.made) != 0 || len(k.order) != 0 {
			t.Errorf("%d are left", len(k.made))
		}
	})
}

// stops reports the answer of a server that is ending.
func stops(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Status == http.StatusServiceUnavailable && p.Detail == "the server is ending"
}

// TestKeptAfterAPanic: it is told to who waited, and what broke off is made again.
func TestKeptAfterAPanic(t *testing.T) {
	s := newServer(t, Options{})
	k := newKept[*int](4, s.life)
	var p *Problem
	if _, err := k.get(t.Context(), "q", func(context.Context) (*int, error) { panic("no") }); !errors.As(err, &p) || p.Status != http.StatusInternalServerError {
		t.Error(err)
	}
	n := 7
	if got, err := k.get(t.Context(), "q", func(context.Context) (*int, error) { return &n, nil }); err != nil || got != &n {
		t.Errorf("%v, %v", got, err)
	}
}

// TestKeptIsBounded: by weight as by number; the last stays whatever it weighs.
func TestKeptIsBounded(t *testing.T) {
	k := newKept[int](10, newLife(nil))
	k.weigh, k.limit = func(n int) int64 { return int64(n) }, 100
	made := 0
	get := func(q string, n int) {
		t.Helper()
		if got, err := k.get(t.Context(), q, func(context.Context) (int, error) { made++; return n, nil }); err != nil || got != n {
			t.Errorf("%s: %d, %v", q, got, err)
		}
	}
	get("a", 60)
	get("b", 60)
	get("b", 60)
	if made != 2 || len(k.made) != 1 {
		t.Errorf("%d made, %d kept: want b alone", made, len(k.made))
	}
	get("c", 500)
	get("c", 500)
	if made != 3 || len(k.made) != 1 {
		t.Errorf("%d made, %d kept: want c alone", made, len(k.made))
	}
	for i := range 30 {
		get(fmt.Sprint(i), 1)
	}
	if len(k.made) != 10 || len(k.order) != 10 {
		t.Errorf("%d kept", len(k.made))
	}
}

// TestFitLeavesWhatIsMade: what is still being made weighs nothing, and is not let go of
// for what is too heavy: who asks for it next waits for the same.
func TestFitLeavesWhatIsMade(t *testing.T) {
	k := newKept[int](10, newLife(nil))
	k.weigh, k.limit = func(n int) int64 { return int64(n) }, 100
	made, finish := make(chan struct{}, 10), make(chan struct{})
	slow := func(context.Context) (int, error) {
		made <- struct{}{}
		<-finish
		return 1, nil
	}
	var all sync.WaitGroup
	all.Go(func() { _, _ = k.get(t.Context(), "slow", slow) })
	<-made
	for _, q := range []string{"a", "b"} {
		if _, err := k.get(t.Context(), q, func(context.Context) (int, error) { return 90, nil }); err != nil {
			t.Fatal(err)
		}
	}
	k.mu.Lock()
	if k.made["slow"] == nil || k.made["a"] != nil {
		t.Error("what is being made was let go, or what is too heavy was kept")
	}
	k.mu.Unlock()
	close(finish)
	all.Wait()
	if n, err := k.get(t.Context(), "slow", slow); n != 1 || err != nil || len(made) > 0 {
		t.Errorf("%d, %v, made %d times more", n, err, len(made))
	}
}
