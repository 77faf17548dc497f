package api

import (
	"log/slog"
	"net/http"
	"slices"

	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/study"
	"github.com/coldtrail/coldtrail/tag"
	"github.com/coldtrail/coldtrail/tag/known"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Prefix is the path under which all operations stand.
const Prefix = "/api/v1"

// Options are what a server answers from. The zero value answers from what is
// inside the binary, to loopback.
type Options struct {
	// Tool is the name and version that headers carry.
	Tool string
	// Version, Revision and Go describe the build; Revision may be "".
	Version, Revision, Go string
	// Hosts are the names and addresses, with port, that requests may be made to.
	// Empty: any loopback name with any port, for tests and for a listener whose
	// port is not known yet.
	Hosts []string
	// Token, when set, is asked for as a bearer, or as the cookie that the page
	// sets from it.
	Token string
	// Register is what the study counts; nil: the one inside the binary.
	Register *heist.Register
	// Store is an open store to ask of; nil: there is none. The caller closes it
	// after the server.
	Store *graph.Store
	// Clusters is a clustering of the store; nil: there is none.
	Clusters *cluster.Result
	// Policies are further policies of the guard, by name.
	Policies map[string]*guard.Policy
	// Receipts is the guard's log; nil: none.
	Receipts *Receipts
	// Books are asked for tags, beside the table inside the binary.
	Books []*tag.Book
	// Page serves what is not under Prefix; nil: nothing does.
	Page http.Handler
	// Log receives what a keeper of the server should know; nil: nowhere.
	Log *slog.Logger
}

// Server holds what requests share. Make one with New.
type Server struct {
	o   Options
	api huma.API
	mux *http.ServeMux

	studies *kept[*study.Study]
	replays *kept[*ReplayAnswer]
	opened  *kept[*openCase]
}

// New makes a server. Errors: those of data that the options name.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Register == nil {
		var err error
		if o.Register, err = heist.Embedded(); err != nil {
			return nil, err
		}
	}
	own, err := known.Book()
	if err != nil {
		return nil, err
	}
	o.Books = append(slices.Clip(o.Books), own)
	s := &Server{o: o, mux: http.NewServeMux(), studies: newKept[*study.Study](24), replays: newKept[*ReplayAnswer](8), opened: newKept[*openCase](8)}
	s.api = humago.New(s.mux, config(o))
	s.routes()
	return s, nil
}

// routes registers every operation, room by room.
func (s *Server) routes() {
	s.aboutRoutes()
	s.studyRoutes()
	s.registerRoutes()
	s.claimsRoutes()
	s.docsRoutes()
	s.guardRoutes()
	s.tagRoutes()
	s.addressRoutes()
	if s.o.Page != nil {
		s.mux.Handle("/", s.o.Page)
	}
}

// Handler is the server with its guards around it.
func (s *Server) Handler() http.Handler { return s.guarded(s.mux) }

// OpenAPI is the description of the API, OpenAPI 3.1 as JSON: the same bytes for
// the same build.
func (s *Server) OpenAPI() ([]byte, error) { return openAPI(s.api) }

// config describes the API. Documentation pages of the framework are left out:
// they load scripts from elsewhere.
func config(o Options) huma.Config {
	c := huma.DefaultConfig("coldtrail", "v1")
	c.Components.Schemas = newRegistry()
	c.Info.Description = "Follow stolen money, with proofs. Amounts are strings of atomic units of their asset; times are RFC 3339 in UTC."
	c.OpenAPIPath = "/openapi"
	c.DocsPath, c.SchemasPath = "", ""
	c.CreateHooks = nil // no $schema fields: records are those of the command
	c.RejectUnknownQueryParameters = true
	return c
}
