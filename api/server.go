package api

import (
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/cluster"
	"github.com/coldtrail/coldtrail/graph"
	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/inquiry"
	"github.com/coldtrail/coldtrail/study"
	"github.com/coldtrail/coldtrail/tag"
	"github.com/coldtrail/coldtrail/tag/known"
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

	// Cases are case files of the keeper's own, by path.
	Cases []string
	// Notes is the folder where notes are kept; "": in memory only.
	Notes string
	// Made is the folder where cases made here are kept; "": a temporary one that
	// Close removes.
	Made string
	// TrailBytes bounds the memory of the trails kept, by estimate; 0: 1 GiB.
	TrailBytes int64
}

// Server holds what requests share. Make one with New, end it with Close.
type Server struct {
	o   Options
	api huma.API
	mux *http.ServeMux

	requests chan struct{} // places for requests
	heavy    chan struct{} // places for heavy work
	streams  chan struct{} // places for event streams

	uploading chan struct{} // places for uploads
	bodies    chan struct{} // places for large bodies
	exports   chan struct{} // places for exports

	books []casefile.Book // for the accounts of cases

	jobs   *jobs
	trails *trails
	cases  *cases
	notes  *notes

	heartbeat time.Duration
	asking    sync.Mutex // held while a question becomes a job
	closing   sync.Once
	closed    chan struct{}

	life    *life // in which what is kept is made
	studies *kept[*study.Study]
	replays *kept[*ReplayAnswer]
	opened  *kept[*openCase]
	members func() *cluster.Members // of the clustering, made when first asked for
	owners  *kept[*inquiry.Owners]

	described *kept[Case] // of cases that do not change
}

// New makes a server. Errors: those of data that the options name.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.TrailBytes == 0 {
		o.TrailBytes = 1 << 30
	}
	if o.Register == nil {
		var err error
		if o.Register, err = heist.Embedded(); err != nil {
			return nil, err
		}
	}
	s := &Server{
		mux: http.NewServeMux(), closed: make(chan struct{}), heartbeat: 15 * time.Second,
		requests: make(chan struct{}, requestLimit), heavy: make(chan struct{}, processors()), streams: make(chan struct{}, streamLimit), uploading: make(chan struct{}, 2),
		bodies: make(chan struct{}, largeLimit), exports: make(chan struct{}, exportLimit),
		members: sync.OnceValue(func() *cluster.Members { return o.Clusters.IndexMembers() }),
		trails:  newTrails(o.TrailBytes),
	}
	s.life = newLife(s.broken)
	s.studies, s.replays, s.owners = newKept[*study.Study](24, s.life), newKept[*ReplayAnswer](8, s.life), newKept[*inquiry.Owners](8, s.life)
	s.opened, s.described = newKept[*openCase](8, s.life), newKept[Case](2*madeCases, s.life)
	s.opened.weigh, s.opened.limit = (*openCase).bytes, o.TrailBytes
	for _, b := range o.Books {
		s.books = append(s.books, casefile.Book{Name: b.Name, SHA256: b.SHA256, On: b.On})
	}
	own, err := known.Book()
	if err != nil {
		return nil, err
	}
	o.Books = append(slices.Clip(o.Books), own)
	s.o, s.jobs = o, newJobs(s.broken)
	if s.cases, err = newCases(o); err != nil {
		return nil, err
	}
	if s.notes, err = newNotes(o.Notes); err != nil {
		return nil, err
	}
	s.api = humago.New(s.mux, config())
	s.routes()
	return s, nil
}

// Close ends the jobs, the event streams and what is being made to be kept, and
// removes what was temporary.
func (s *Server) Close() error {
	var err error
	s.closing.Do(func() {
		close(s.closed)
		s.jobs.close()
		s.life.close()
		err = s.cases.close()
	})
	return err
}

// routes registers every operation, room by room.
func (s *Server) routes() {
	s.aboutRoutes()
	s.caseRoutes()
	s.bankRoutes()
	s.makeRoutes()
	s.trailRoutes()
	s.jobRoutes()
	s.noteRoutes()
	s.studyRoutes()
	s.registerRoutes()
	s.claimsRoutes()
	s.docsRoutes()
	s.guardRoutes()
	s.tagRoutes()
	s.addressRoutes()
	for _, path := range []string{Prefix, Prefix + "/"} {
		s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			status := http.StatusNotFound
			if methods := s.methods(r); len(methods) > 0 {
				status = http.StatusMethodNotAllowed
				w.Header().Set("Allow", strings.Join(methods, ", "))
			}
			refuse(w, problem(status, "there is no "+quoted(r.Method+" "+r.URL.Path), "GET /openapi.json describes every operation"))
		})
	}
	if s.o.Page != nil {
		s.mux.Handle("/", s.o.Page)
	}
}

// methods are those by which the path of a request can be asked.
func (s *Server) methods(r *http.Request) []string {
	var out []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := s.mux.Handler(other); strings.HasPrefix(pattern, m+" ") {
			out = append(out, m)
		}
	}
	return out
}

// Handler is the server with its guards around it.
func (s *Server) Handler() http.Handler { return s.guarded(answered(s.bounded(s.mux))) }

// OpenAPI is the description of the API, OpenAPI 3.1 as JSON: the same bytes for
// the same build.
func (s *Server) OpenAPI() ([]byte, error) { return openAPI(s.api) }

// config describes the API. Documentation pages of the framework are left out:
// they load scripts from elsewhere.
func config() huma.Config {
	c := huma.DefaultConfig("coldtrail", "v1")
	c.Components.Schemas = newRegistry()
	c.Info.Description = "Follow stolen money, with proofs. Amounts are strings of atomic units of their asset; times are RFC 3339 in UTC."
	c.OpenAPIPath = "/openapi"
	c.DocsPath, c.SchemasPath = "", ""
	c.CreateHooks = nil // no $schema fields: records are those of the command
	c.RejectUnknownQueryParameters = true
	c.OnAddOperation = append(c.OnAddOperation, limited)
	return c
}

// makeFolder opens a folder that is kept, or makes a temporary one.
func makeFolder(kept string) (root *os.Root, temporary string, err error) {
	if kept == "" {
		if temporary, err = os.MkdirTemp("", "coldtrail-"); err != nil {
			return nil, "", err
		}
		kept = temporary
	} else if err := os.MkdirAll(kept, 0o700); err != nil {
		return nil, "", err
	}
	root, err = os.OpenRoot(kept)
	return root, temporary, err
}
