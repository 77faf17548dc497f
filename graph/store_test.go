package graph_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/graph/graphtest"
	"github.com/coldtrail/coldtrail/ledger"
)

// stored reads sources into stores, closes them and opens them again.
func stored(t *testing.T, every int, sources ...ledger.Source) (graph.Graph, error) {
	var parts []graph.Graph
	dir := t.TempDir()
	for i, src := range sources {
		s, err := storeOne(t, filepath.Join(dir, fmt.Sprint(i)), every, src)
		if err != nil {
			return nil, err
		}
		parts = append(parts, s)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return graph.Join(parts...)
}

func storeOne(t *testing.T, dir string, every int, src ledger.Source) (*graph.Store, error) {
	w, err := graph.OpenWriter(dir)
	if err != nil {
		return nil, err
	}
	_, err = graph.Ingest(t.Context(), w, src, graph.IngestOptions{Every: every})
	if e := w.Close(); e != nil {
		t.Error(e)
	}
	if err != nil {
		return nil, err
	}
	s, err := graph.OpenStore(dir)
	if err == nil {
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return s, err
}

func TestStore(t *testing.T) {
	for _, every := range []int{0, 3} {
		t.Run(fmt.Sprint("commit every ", every), func(t *testing.T) {
			graphtest.Run(t, func(sources ...ledger.Source) (graph.Graph, error) { return stored(t, every, sources...) })
		})
	}
}
