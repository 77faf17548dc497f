package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/money"
	"github.com/coldtrail/coldtrail/report"
)

// pictureIn asks for a laid-out picture.
type pictureIn struct {
	TrailPath
	Scope
	Limit  int      `query:"limit" minimum:"0" maximum:"300" doc:"bars at most; 0: 60"`
	From   string   `query:"from" maxLength:"40" doc:"movements at or after this time"`
	Until  string   `query:"until" maxLength:"40" doc:"movements before this time"`
	Min    string   `query:"min" maxLength:"60" doc:"leave out what carries less, in atomic units"`
	Kinds  []string `query:"kinds" maxItems:"8" doc:"kinds of place to show; absent: all"`
	Hops   int      `query:"hops" minimum:"0" maximum:"100000" doc:"leave out what lies more ribbons from the theft, that to what stays included; 0: no limit"`
	Unfold []string `query:"unfold" maxItems:"8" doc:"reasons for which nothing is folded: peel, service, dust"`
	Open   []string `query:"open" maxItems:"100" doc:"ids of folded bars to show one by one"`
	Dust   uint64   `query:"dust" doc:"a place below one part in so many of what entered is dust; 0: a million"`
}

// graphIn asks for the graph of all accounts and places.
type graphIn struct {
	TrailPath
	Scope
	From  string   `query:"from" maxLength:"40" doc:"movements at or after this time"`
	Until string   `query:"until" maxLength:"40" doc:"movements before this time"`
	Min   string   `query:"min" maxLength:"60" doc:"leave out what carries less, in atomic units"`
	Kinds []string `query:"kinds" maxItems:"8" doc:"kinds of place to show; absent: all"`
	Hops  int      `query:"hops" minimum:"0" maximum:"100000" doc:"leave out what lies more ribbons from the theft, that to what stays included; 0: no limit"`
}

func (s *Server) pictureRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "picture", Method: http.MethodGet, Path: Prefix + "/trails/{trail}/picture",
		Summary: "The flow of a view in an asset, laid out: bars and ribbons with the heights of every policy", Tags: []string{"trails"},
	}, func(ctx context.Context, in *pictureIn) (*struct{ Body *report.LaidOut }, error) {
		o := report.PictureOptions{Limit: in.Limit, Unfold: in.Unfold, Open: in.Open, Dust: in.Dust}
		p, err := drawn(ctx, s, &graphIn{in.TrailPath, in.Scope, in.From, in.Until, in.Min, in.Kinds, in.Hops}, o, report.FlowPicture)
		return &struct{ Body *report.LaidOut }{p}, err
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "graph", Method: http.MethodGet, Path: Prefix + "/trails/{trail}/graph",
		Summary: "Every account and place of a view in an asset, laid out, by columns of values", Tags: []string{"trails"},
	}, func(ctx context.Context, in *graphIn) (*struct{ Body *report.LaidOutGraph }, error) {
		p, err := drawn(ctx, s, in, report.PictureOptions{}, report.GraphPicture)
		return &struct{ Body *report.LaidOutGraph }{p}, err
	})
}

// drawn lays a picture out under what was asked for.
func drawn[P any](ctx context.Context, s *Server, in *graphIn, o report.PictureOptions, lay func(*report.Document, report.PictureOptions) (P, error)) (P, error) {
	var none P
	t, err := s.ready(ctx, in.Trail)
	if err != nil {
		return none, err
	}
	o.View, o.Asset, o.Kinds, o.Hops = in.View, in.Asset, in.Kinds, in.Hops
	if o.From, o.Until, err = period(in.From, in.Until); err != nil {
		return none, err
	}
	if o.Min, err = atomic(in.Min); err != nil {
		return none, err
	}
	if err := placeKinds(in.Kinds); err != nil {
		return none, err
	}
	end, err := s.work(ctx)
	if err != nil {
		return none, err
	}
	defer end()
	return lay(t.doc, o)
}

// atomic reads an amount in atomic units; absent, it is nothing.
func atomic(text string) (money.Amount, error) {
	var a money.Amount
	if text == "" {
		return a, nil
	}
	if err := a.UnmarshalText([]byte(text)); err != nil {
		return a, problem(http.StatusUnprocessableEntity, "min: "+err.Error(), "give atomic units of the asset, such as 1000000000000000000")
	}
	return a, nil
}
