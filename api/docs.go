package api

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/docs"
)

// DocPage is one document of the list.
type DocPage struct {
	Path     string   `json:"path" doc:"in the folder docs, without .md"`
	Title    string   `json:"title"`
	Headings []string `json:"headings"`
}

// DocText is a document.
type DocText struct {
	DocPage
	Markdown string    `json:"markdown" doc:"as it stands in the repository"`
	Tree     []DocNode `json:"tree" doc:"the same, read"`
}

// DocHit is a place in the documents where the words stand.
type DocHit struct {
	Path    string `json:"path"`
	Title   string `json:"title"`
	Heading string `json:"heading" doc:"the nearest heading above"`
	Line    int    `json:"line"`
	Text    string `json:"text"`
}

// DocHits are the first places where the words stand.
type DocHits struct {
	Records []DocHit `json:"records"`
	Total   int      `json:"total"`
}

// mostHits is how many places a search shows.
const mostHits = 100

func (s *Server) docsRoutes() {
	tags := []string{"docs"}
	huma.Register(s.api, huma.Operation{OperationID: "docs", Method: http.MethodGet, Path: Prefix + "/docs", Tags: tags, Summary: "The documents inside the binary"},
		func(context.Context, *struct{}) (*struct{ Body []DocPage }, error) {
			pages, err := docPages()
			list := []DocPage{}
			for _, p := range pages {
				list = append(list, p.DocPage)
			}
			return &struct{ Body []DocPage }{list}, err
		})
	huma.Register(s.api, huma.Operation{OperationID: "docs-search", Method: http.MethodGet, Path: Prefix + "/docs/search", Tags: tags, Summary: "Where words stand in the documents"}, searchDocs)
	huma.Register(s.api, huma.Operation{OperationID: "docs-page", Method: http.MethodGet, Path: Prefix + "/docs/page", Tags: tags, Summary: "One document"}, getDoc)
	huma.Register(s.api, huma.Operation{OperationID: "docs-picture", Method: http.MethodGet, Path: Prefix + "/docs/img/{name}", Tags: tags, Summary: "A picture of the documents", Responses: fileResponse("image/svg+xml")}, getDocPicture)
}

// docPages reads the documents: the tour first, then by name.
func docPages() ([]DocText, error) {
	var out []DocText
	err := fs.WalkDir(docs.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".md" {
			return err
		}
		text, err := fs.ReadFile(docs.Files, name)
		if err != nil {
			return err
		}
		p := DocText{DocPage: DocPage{Path: strings.TrimSuffix(name, ".md"), Headings: []string{}}, Markdown: string(text)}
		eachLine(p.Markdown, func(_ int, line, heading string) {
			if title, ok := strings.CutPrefix(line, "# "); ok && p.Title == "" {
				p.Title = title
			} else if line == "## "+heading {
				p.Headings = append(p.Headings, heading)
			}
		})
		out = append(out, p)
		return nil
	})
	sort.SliceStable(out, func(i, j int) bool { return out[i].Path == "tour" && out[j].Path != "tour" })
	return out, err
}

// eachLine gives the lines outside of code, each with the last heading of the
// second order.
func eachLine(text string, see func(n int, line, heading string)) {
	code, heading, n := false, "", 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if h, ok := strings.CutPrefix(line, "## "); ok && !code {
			heading = h
		}
		if !code {
			see(n, line, heading)
		}
	}
}

func getDoc(_ context.Context, in *struct {
	Path string `query:"path" required:"true" maxLength:"200" doc:"as the list gives it"`
}) (*struct{ Body DocText }, error) {
	pages, err := docPages()
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		if p.Path == in.Path {
			p.Tree = docTree(p.Path, p.Markdown)
			return &struct{ Body DocText }{p}, nil
		}
	}
	return nil, huma.Error404NotFound(fmt.Sprintf("no document %s", quoted(in.Path)))
}

// searchDocs looks for lines that hold every word, in whatever case.
func searchDocs(_ context.Context, in *struct {
	Words string `query:"q" required:"true" minLength:"2" maxLength:"200"`
}) (*struct{ Body DocHits }, error) {
	pages, err := docPages()
	if err != nil {
		return nil, err
	}
	words := strings.Fields(strings.ToLower(in.Words))
	hits := DocHits{Records: []DocHit{}}
	for _, p := range pages {
		eachLine(p.Markdown, func(n int, line, heading string) {
			low := strings.ToLower(line)
			for _, w := range words {
				if !strings.Contains(low, w) {
					return
				}
			}
			if hits.Total++; len(hits.Records) < mostHits {
				hits.Records = append(hits.Records, DocHit{p.Path, p.Title, heading, n, strings.TrimSpace(line)})
			}
		})
	}
	return &struct{ Body DocHits }{hits}, nil
}

func getDocPicture(_ context.Context, in *struct {
	Name string `path:"name"`
}) (*File, error) {
	data, err := fs.ReadFile(docs.Files, "img/"+path.Base(in.Name))
	if err != nil || path.Ext(in.Name) != ".svg" {
		return nil, huma.Error404NotFound(fmt.Sprintf("no picture %s", quoted(in.Name)))
	}
	return &File{"image/svg+xml", "inline", data}, nil
}
