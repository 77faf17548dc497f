package api

import (
	"context"
	"fmt"
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
		return s.check(ctx, "upi-2021-04-08.yaml", claims.Article, in.AsKnownOn)
	})
	huma.Register(s.api, huma.Operation{OperationID: "claims-check", Method: http.MethodPost, Path: Prefix + "/claims/check", Tags: tags,
		Summary: "A file of claims, checked"}, func(ctx context.Context, in *struct {
		AsKnownOn string `query:"as_known_on" default:"now"`
		Body      struct {
			Name string `json:"name" default:"claims.yaml" maxLength:"200" required:"false" doc:"stands in errors"`
			Text string `json:"text" doc:"the file, YAML, as docs/study.md describes it"`
		}
	}) (*struct{ Body ClaimsAnswer }, error) {
		return s.check(ctx, in.Body.Name, []byte(in.Body.Text), in.AsKnownOn)
	})
}

// claimParts is how many parts the claims of one file have at most: each is asked of
// 48 policies, and the answer has them all.
const claimParts = 1000

func (s *Server) check(ctx context.Context, name string, text []byte, known string) (*struct{ Body ClaimsAnswer }, error) {
	if _, err := knownQuery(known); err != nil {
		return nil, err
	}
	end, err := s.work(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	f, err := claims.Parse(name, text)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	parts := 0
	for _, c := range f.Claims {
		parts += len(c.Parts)
	}
	if parts > claimParts {
		return nil, problem(http.StatusUnprocessableEntity, fmt.Sprintf("the claims have %d parts; at most %d are checked at a time", parts, claimParts), "cut the file, or use coldtrail study claims")
	}
	all, err := claims.CheckOn(s.o.Register, f, known)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	a := ClaimsAnswer{Schema: "coldtrail/claims-check/v1", Tool: s.o.Tool, Document: f.Document, NotTested: append([]claims.Opened{}, f.NotTested...), Claims: all}
	for _, r := range all {
		if r.Matches {
			a.Matches++
		}
	}
	return &struct{ Body ClaimsAnswer }{a}, nil
}
