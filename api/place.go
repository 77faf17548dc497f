package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/trace"
)

// placeIn asks for one place, or a group.
type placeIn struct {
	TrailPath
	Place string `path:"place" maxLength:"16384" doc:"id of a place, an account, an entity, or the name of a group"`
	Scope
	Draw string `query:"draw" maxLength:"40" doc:"policy that leads in words; absent: fifo"`
}

// PlaceWhole is a place with everything that proves its figures.
type PlaceWhole struct {
	// Places has one place where the id of one was given; an account or an entity
	// can be at several.
	Places []PlaceRow           `json:"places"`
	Bounds []report.BoundRecord `json:"bounds" doc:"exact bounds of the places or the group, with their cuts"`
	// Flows are the movements that end there, the first of them.
	Flows    []report.FlowRecord `json:"flows" doc:"movements that end there, in order, the first 200"`
	AllFlows int                 `json:"all_flows" doc:"how many there are: GET .../flows?place=ID has the rest"`
	Words    string              `json:"words" doc:"the hops behind the figures, and the certificate in words, as the command prints them"`
}

// flowsShown is how many movements stand with a place.
const flowsShown = 200

func (s *Server) placeRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "place", Method: http.MethodGet, Path: Prefix + "/trails/{trail}/places/{place}",
		Summary: "A place, or a group: figures, movements, bounds with their cuts, the certificate in words", Tags: []string{"trails"},
	}, func(ctx context.Context, in *placeIn) (*struct{ Body PlaceWhole }, error) {
		t, err := s.ready(ctx, in.Trail)
		if err != nil {
			return nil, err
		}
		end, err := s.work(ctx)
		if err != nil {
			return nil, err
		}
		defer end()
		p, err := t.place(in)
		return &struct{ Body PlaceWhole }{p}, err
	})
}

func (t *trail) place(in *placeIn) (PlaceWhole, error) {
	out := PlaceWhole{Places: []PlaceRow{}, Bounds: []report.BoundRecord{}, Flows: []report.FlowRecord{}}
	r, err := t.scoped(in.Scope)
	if err != nil {
		return out, err
	}
	var words strings.Builder
	err = report.Explain(&words, t.doc, in.Place, report.Options{View: in.View, Asset: in.Asset, Policy: trace.Policy(strings.ToLower(in.Draw))})
	if errors.Is(err, report.ErrNotHere) {
		return out, problem(http.StatusNotFound, err.Error(), "GET .../places?text=WORD searches names, accounts and tags")
	}
	if err != nil {
		return out, err
	}
	out.Words = words.String()
	far, err := t.distances(in.View)
	if err != nil {
		return out, err
	}
	var at []int
	for _, p := range t.doc.Trail.Place(in.Place) {
		if rec, ok := r.Place(p); ok {
			i := slices.Index(t.doc.Trail.Places, p)
			at = append(at, i)
			out.Places = append(out.Places, PlaceRow{rec, far[i]})
			out.Bounds = append(out.Bounds, r.PlaceBounds(p)...)
		}
	}
	for i := range t.doc.Trail.Groups {
		if g := &t.doc.Trail.Groups[i]; g.Name == in.Place {
			out.Bounds = append(out.Bounds, r.GroupBounds(g)...)
		}
	}
	for i := range t.doc.Trail.Hops {
		h := &t.doc.Trail.Hops[i]
		if h.Place < 0 || !slices.Contains(at, h.Place) {
			continue
		}
		if rec, ok := r.Flow(h); ok {
			if out.AllFlows++; len(out.Flows) < flowsShown {
				out.Flows = append(out.Flows, rec)
			}
		}
	}
	return out, nil
}

// distances are how near places are to the theft of a view, found once.
func (t *trail) distances(view string) ([]int, error) {
	t.near.Lock()
	defer t.near.Unlock()
	if hops, ok := t.hops[view]; ok {
		return hops, nil
	}
	hops, err := t.doc.Distances(view)
	if err != nil {
		return nil, err
	}
	if t.hops == nil {
		t.hops = map[string][]int{}
	}
	t.hops[view] = hops
	return hops, nil
}
