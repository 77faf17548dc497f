package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/study/claims"
)

// ClaimsAnswer is a document with a verdict on each of its claims.
type ClaimsAnswer struct {
	Schema    string          `json:"schema"`
	Tool      string          `json:"tool"`
	Document  claims.Document `json:"document"`
	NotTested []claims.Opened `json:"not_tested"`
	Claims    []claims.Result `json:"claims"`
	Matches   int             `json:"matches" doc:"verdicts that are as the file expects"`
}

func (s *Server) claimsRoutes() {
	tags := []string{"claims"}
	huma.Register(s.api, huma.Operation{OperationID: "claims", Method: http.MethodGet, Path: Prefix + "/claims", Tags: tags,
		Summary: "The article inside the binary, checked"}, func(ctx context.Context, in *struct {
		AsKnownOn string `query:"as_known_on" default:"now"`
	}) (*struct{ Body ClaimsAnswer }, error) {
		return s.check("upi-2021-04-08.yaml", claims.Article, in.AsKnownOn)
	})
	huma.Register(s.api, huma.Operation{OperationID: "claims-check", Method: http.MethodPost, Path: Prefix + "/claims/check", Tags: tags,
		Summary: "A file of claims, checked", MaxBodyBytes: 1 << 20}, func(ctx context.Context, in *struct {
		AsKnownOn string `query:"as_known_on" default:"now"`
		Body      struct {
			Name string `json:"name" default:"claims.yaml" maxLength:"200" required:"false" doc:"stands in errors"`
			Text string `json:"text" doc:"the file, YAML, as docs/study.md describes it"`
		}
	}) (*struct{ Body ClaimsAnswer }, error) {
		return s.check(in.Body.Name, []byte(in.Body.Text), in.AsKnownOn)
	})
}

func (s *Server) check(name string, text []byte, known string) (*struct{ Body ClaimsAnswer }, error) {
	if _, err := knownQuery(known); err != nil {
		return nil, err
	}
	f, err := claims.Parse(name, text)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	all, err := claims.CheckOn(s.o.Register, f, known)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	a := ClaimsAnswer{Schema: "coldtrail/claims-check/v1", Tool: s.o.Tool, Document: f.Document, NotTested: f.NotTested, Claims: all}
	for _, r := range all {
		if r.Matches {
			a.Matches++
		}
	}
	return &struct{ Body ClaimsAnswer }{a}, nil
}
