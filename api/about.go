package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// About says what answers: which program, from what data.
type About struct {
	Tool     string `json:"tool" doc:"name and version"`
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
}

func (s *Server) aboutRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "about", Method: http.MethodGet, Path: Prefix + "/about",
		Summary: "Which program answers, from what data", Tags: []string{"about"},
	}, func(context.Context, *struct{}) (*struct{ Body About }, error) {
		return &struct{ Body About }{About{s.o.Tool, s.o.Version, s.o.Revision, s.o.Go}}, nil
	})
}
