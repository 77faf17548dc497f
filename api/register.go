package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/heist"
)

// SourceRecord is one document that claims stand on.
type SourceRecord struct {
	ID          string   `json:"id"`
	URL         string   `json:"url,omitempty"`
	ArchivedURL string   `json:"archived_url,omitempty"`
	SHA256      string   `json:"sha256,omitempty" doc:"of the bytes that were read; absent: not kept"`
	Publisher   string   `json:"publisher"`
	Title       string   `json:"title"`
	Lang        string   `json:"lang,omitempty"`
	PublishedOn string   `json:"published_on,omitempty"`
	RetrievedOn string   `json:"retrieved_on,omitempty"`
	Kind        string   `json:"kind"`
	Reliability string   `json:"reliability,omitempty" doc:"A to F"`
	DerivedFrom []string `json:"derived_from,omitempty" doc:"what it repeats; a copy corroborates nothing"`
	Note        string   `json:"note,omitempty"`
}

// ActorRecord is whom an attribution names.
type ActorRecord struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Aliases []string `json:"aliases,omitempty"`
	PartOf  string   `json:"part_of,omitempty"`
	MITRE   string   `json:"mitre,omitempty"`
	Note    string   `json:"note,omitempty"`
}

// IncidentAnswer is an incident with every claim about it and their sources.
type IncidentAnswer struct {
	Incident heist.IncidentRecord `json:"incident"`
	Claims   []heist.ClaimRecord  `json:"claims"`
	Sources  []SourceRecord       `json:"sources"`
}

// IncidentsAnswer is a list of incidents.
type IncidentsAnswer struct {
	Records []heist.IncidentRecord `json:"records"`
	Total   int                    `json:"total" doc:"that fit the question"`
	Of      int                    `json:"of" doc:"in the register"`
}

func (s *Server) registerRoutes() {
	tags := []string{"register"}
	huma.Register(s.api, huma.Operation{OperationID: "incidents", Method: http.MethodGet, Path: Prefix + "/register/incidents", Tags: tags, Summary: "Incidents of the register"}, s.getIncidents)
	huma.Register(s.api, huma.Operation{OperationID: "incident", Method: http.MethodGet, Path: Prefix + "/register/incidents/{id}", Tags: tags, Summary: "An incident with its claims and their sources"}, s.getIncident)
	huma.Register(s.api, huma.Operation{OperationID: "source", Method: http.MethodGet, Path: Prefix + "/register/sources/{id}", Tags: tags, Summary: "A source, and the claims that stand on it"}, s.getSource)
	huma.Register(s.api, huma.Operation{OperationID: "actors", Method: http.MethodGet, Path: Prefix + "/register/actors", Tags: tags, Summary: "Actors that attributions name"}, s.getActors)
}

// knownQuery reads a day; blank and now are now.
func knownQuery(text string) (q heist.Query, err error) {
	if text == "" || text == "now" {
		return q, nil
	}
	d, err := heist.ParseDate(text)
	if err != nil || d.Last().IsZero() {
		return q, huma.Error422UnprocessableEntity(fmt.Sprintf("as_known_on takes a date such as 2021-04-06, or now, not %s", quoted(text)))
	}
	q.AsKnownOn = d.Last()
	return q, nil
}

func (s *Server) getIncidents(_ context.Context, in *struct {
	AsKnownOn string `query:"as_known_on" default:"now"`
	Text      string `query:"text" maxLength:"200" doc:"in id, title, victim or another name"`
	Scope     string `query:"scope"`
	Sector    string `query:"sector"`
}) (*struct{ Body IncidentsAnswer }, error) {
	q, err := knownQuery(in.AsKnownOn)
	if err != nil {
		return nil, err
	}
	out := IncidentsAnswer{Records: []heist.IncidentRecord{}, Of: len(s.o.Register.Incidents)}
	for _, i := range s.o.Register.Incidents {
		if in.Scope != "" && in.Scope != string(i.Scope) || in.Sector != "" && in.Sector != string(i.Sector) || !mentions(i, in.Text) {
			continue
		}
		out.Records = append(out.Records, s.o.Register.IncidentRecord(i, q))
	}
	out.Total = len(out.Records)
	return &struct{ Body IncidentsAnswer }{out}, nil
}

func mentions(i *heist.Incident, text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(append([]string{i.ID, i.Title, i.Victim}, i.Aliases...), func(s string) bool { return strings.Contains(strings.ToLower(s), text) })
}

func (s *Server) getIncident(_ context.Context, in *struct {
	ID        string `path:"id"`
	AsKnownOn string `query:"as_known_on" default:"now"`
}) (*struct{ Body IncidentAnswer }, error) {
	q, err := knownQuery(in.AsKnownOn)
	if err != nil {
		return nil, err
	}
	i := s.o.Register.Incident(in.ID)
	if i == nil {
		return nil, huma.Error404NotFound(fmt.Sprintf("the register has no incident %s; %s", quoted(in.ID), s.o.Register.NearIncident(in.ID)))
	}
	out := IncidentAnswer{Incident: s.o.Register.IncidentRecord(i, q), Claims: []heist.ClaimRecord{}}
	var ids []string
	for _, cl := range i.Claims {
		out.Claims = append(out.Claims, s.o.Register.ClaimRecord(cl, q))
		ids = append(ids, cl.GlobalID())
	}
	out.Sources = s.sourcesOf(s.o.Register.Behind(ids))
	return &struct{ Body IncidentAnswer }{out}, nil
}

// SourceAnswer is a source with the claims that name it.
type SourceAnswer struct {
	Source SourceRecord   `json:"source"`
	Claims []heist.Behind `json:"claims"`
	Roots  []string       `json:"roots" doc:"the documents that it goes back to"`
}

func (s *Server) getSource(_ context.Context, in *struct {
	ID string `path:"id"`
}) (*struct{ Body SourceAnswer }, error) {
	src := s.o.Register.Source(in.ID)
	if src == nil {
		return nil, huma.Error404NotFound(fmt.Sprintf("the register has no source %s", quoted(in.ID)))
	}
	var ids []string
	for _, i := range s.o.Register.Incidents {
		for _, cl := range i.Claims {
			if slices.Contains(cl.Sources, src.ID) {
				ids = append(ids, cl.GlobalID())
			}
		}
	}
	return &struct{ Body SourceAnswer }{SourceAnswer{sourceRecord(src), s.o.Register.Behind(ids), s.o.Register.Roots(src.ID)}}, nil
}

func sourceRecord(x *heist.Source) SourceRecord {
	return SourceRecord{x.ID, x.URL, x.ArchivedURL, x.SHA256, x.Publisher, x.Title, x.Lang, x.PublishedOn.String(), x.RetrievedOn.String(),
		string(x.Kind), x.Reliability, x.DerivedFrom, x.Note}
}

// sourcesOf gives the sources of claims, each once, in the order in which they are
// named.
func (s *Server) sourcesOf(behind []heist.Behind) []SourceRecord {
	out, seen := []SourceRecord{}, map[string]bool{}
	for _, b := range behind {
		for _, id := range b.Sources {
			if x := s.o.Register.Source(id); x != nil && !seen[id] {
				seen[id] = true
				out = append(out, sourceRecord(x))
			}
		}
	}
	return out
}

func (s *Server) getActors(context.Context, *struct{}) (*struct{ Body []ActorRecord }, error) {
	out := []ActorRecord{}
	for _, a := range s.o.Register.Actors {
		out = append(out, ActorRecord{a.ID, a.Name, string(a.Kind), a.Aliases, a.PartOf, a.MITRE, a.Note})
	}
	return &struct{ Body []ActorRecord }{out}, nil
}
