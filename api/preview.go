package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"go.yaml.in/yaml/v4"

	"github.com/coldtrail/coldtrail/casefile"
	"github.com/coldtrail/coldtrail/ledger"
	"github.com/coldtrail/coldtrail/source/table"
)

// Preview is how an uploaded file begins, and how it could be read.
type Preview struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Format is that of a case's ledger; unknown where none fits.
	Format string `json:"format" enum:"table,text,swift,iso20022,unknown" doc:"the format for a case file"`
	Zipped bool   `json:"zipped" doc:"packed with gzip, which is read as it is"`
	Whole  bool   `json:"whole" doc:"the preview saw the file to its end"`

	Delimiter string          `json:"delimiter,omitempty" doc:"between the fields of a table: , ; | tab"`
	Columns   []PreviewColumn `json:"columns" doc:"of a table"`
	Rows      []PreviewRow    `json:"rows" doc:"the first rows of a table, each with what is wrong with it under the mapping"`
	Ledger    string          `json:"ledger,omitempty" doc:"CAIP-2 id that the addresses suggest"`
	Presets   []string        `json:"presets" doc:"known forms that have these columns"`
	// Mapping is the guess, or what was sent.
	Mapping map[string]any `json:"mapping,omitempty" doc:"how to read it, with the keys of a case file's mapping: a guess, or what was sent"`
	Guessed bool           `json:"guessed" doc:"the mapping is a guess: look at it"`
	Text    *PreviewText   `json:"text,omitempty" doc:"of a ledger in the text form"`
	// Problems are faults of the file or the mapping as a whole.
	Problems []Fault `json:"problems" doc:"faults of the file or of the mapping as a whole"`
}

// PreviewColumn is a column with what stands in it.
type PreviewColumn struct {
	Name    string   `json:"name"`
	Samples []string `json:"samples" doc:"the first different values"`
	Empty   int      `json:"empty" doc:"rows of the preview without a value"`
	Looks   string   `json:"looks" enum:"address,hash,whole number,decimal number,unix time,time,text,empty"`
}

// PreviewRow is a row of a table as it stands in the file.
type PreviewRow struct {
	Line    int      `json:"line"`
	Fields  []string `json:"fields"`
	Problem *Fault   `json:"problem,omitempty"`
}

// PreviewText says what a ledger in the text form has.
type PreviewText struct {
	Ledger    string   `json:"ledger"`
	Model     string   `json:"model"`
	Transfers int      `json:"transfers"`
	Assets    []string `json:"assets"`
	Thefts    []string `json:"thefts" doc:"that the file itself marks"`
	Lines     []string `json:"lines" doc:"the first lines"`
}

const (
	previewBytes  = 1 << 20 // of a file, unpacked
	previewRows   = 50
	previewField  = 2000 // bytes of a field that are shown
	previewColumn = 500  // columns
)

func (s *Server) previewRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "preview-case", Method: http.MethodPost, Path: Prefix + "/cases/preview",
		Summary: "The first rows of a file, its columns, a guess how to read it, and faults beside the rows. The first MiB of a file is enough", Tags: []string{"cases"},
	}, func(ctx context.Context, in *uploadIn) (*struct{ Body Preview }, error) {
		u, err := s.receive(in)
		if err != nil {
			return nil, err
		}
		defer u.remove()
		if len(u.files) != 1 {
			return nil, problem(http.StatusUnprocessableEntity, fmt.Sprintf("%d files were sent", len(u.files)), "send one, as the field file")
		}
		end, err := s.work(ctx)
		if err != nil {
			return nil, err
		}
		defer end()
		p, err := u.preview(ctx)
		return &struct{ Body Preview }{p}, err
	})
	s.takesParts(Prefix+"/cases/preview", map[string]string{
		"file":    "a table (CSV, ethereum-etl, an explorer's export), a ledger in the text form, or bank messages",
		"mapping": "JSON with the keys of a case file's mapping, to be tried instead of a guess",
		"ledger":  "CAIP-2 id of the ledger; absent: what the addresses suggest",
	})
}

func (u *upload) preview(ctx context.Context) (Preview, error) {
	f := u.files[0]
	p := Preview{Name: f.name, Bytes: f.bytes, SHA256: f.sha256, Format: "unknown", Columns: []PreviewColumn{}, Rows: []PreviewRow{}, Presets: []string{}, Problems: []Fault{}}
	head, err := u.head(&p)
	if err != nil {
		return p, err
	}
	if !p.text(head) {
		return p, nil
	}
	switch first := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff"))); {
	case len(first) == 0:
		p.fault(0, "", "the file is empty", "was the download complete?")
	case bytes.HasPrefix(first, []byte("{1:")) || bytes.HasPrefix(first, []byte("\x01{1:")):
		p.Format = "swift"
	case first[0] == '<':
		p.Format = "iso20022"
	case first[0] == '{' || first[0] == '[':
		p.fault(1, "", "the file is JSON, not a table", "export it as CSV, one row a transfer; half a file of JSON cannot be read at all")
	case isTextForm(first):
		p.textForm(head)
	default:
		return p, p.table(ctx, head, u.texts["mapping"], u.texts["ledger"])
	}
	return p, nil
}

func (p *Preview) fault(line int, column, msg, hint string) {
	p.Problems = append(p.Problems, Fault{Message: msg, File: p.Name, Line: line, Column: column, Hint: hint})
}

// head reads the beginning of the file, unpacked, and cuts it at the end of a line.
func (u *upload) head(p *Preview) ([]byte, error) {
	f, err := u.root.Open(path.Join(u.dir, p.Name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	var text io.Reader = in
	if start, _ := in.Peek(2); string(start) == "\x1f\x8b" {
		p.Zipped = true
		if text, err = gzip.NewReader(in); err != nil {
			p.fault(0, "", "the gzip data are damaged: "+err.Error(), "fetch the file again")
			return nil, nil
		}
	}
	head, err := io.ReadAll(io.LimitReader(text, previewBytes+1))
	p.Whole = len(head) <= previewBytes && err == nil
	if err != nil {
		p.fault(0, "", "the gzip data end too early: "+err.Error(), "fetch the file again; a preview of a part of it is below")
	}
	if !p.Whole {
		if i := bytes.LastIndexByte(head, '\n'); i > 0 {
			head = head[:i+1]
		}
	}
	return head, nil
}

// text refuses what is no text in UTF-8, and says where.
func (p *Preview) text(head []byte) bool {
	if len(p.Problems) > 0 && len(head) == 0 {
		return false
	}
	if err := table.LooksLikeText(p.Name, head); err != nil {
		p.Problems = append(p.Problems, faultsOf(err)...)
		return false
	}
	for line, rest := 1, head; len(rest) > 0; line++ {
		i := bytes.IndexByte(rest, '\n')
		one := rest
		if i >= 0 {
			one, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		if !utf8.Valid(one) && (i >= 0 || p.Whole) {
			p.fault(line, "", "bytes that are not UTF-8", "save the file as UTF-8; Latin-1 and Windows-1252 are not told apart by guessing")
			return false
		}
	}
	return true
}

// isTextForm reports whether a file begins with a statement of the text form.
func isTextForm(head []byte) bool {
	for _, line := range strings.SplitN(string(head[:min(len(head), 64<<10)]), "\n", 200) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
			continue
		case strings.Contains(words[0], ","):
			return false
		case len(words) >= 2 && (words[0] == "ledger" || words[0] == "asset" || words[0] == "block" || words[0] == "theft" || words[0] == "coin" || words[0] == "coinbase" || words[0] == "open"):
			return true
		}
		return len(words) >= 4 && (strings.Contains(line, " > ") || strings.Contains(line, " -> "))
	}
	return false
}

func (p *Preview) textForm(head []byte) {
	p.Format = "text"
	lines := strings.SplitN(string(head), "\n", previewRows+1)
	t := &PreviewText{Lines: []string{}, Assets: []string{}, Thefts: []string{}}
	for i, l := range lines {
		if i < previewRows {
			t.Lines = append(t.Lines, shown(l))
		}
	}
	p.Text = t
	d, err := ledger.ParseText(p.Name, bytes.NewReader(head))
	if err != nil {
		p.Problems = append(p.Problems, faultsOf(err)...)
		return
	}
	t.Ledger, t.Model, t.Transfers = string(d.Ledger.ID), d.Ledger.Model.String(), len(d.Transfers)
	p.Ledger = t.Ledger
	for _, a := range d.Ledger.Assets {
		t.Assets = append(t.Assets, a.Name())
	}
	for _, m := range d.Thefts {
		t.Thefts = append(t.Thefts, m.Theft+"="+m.Ref)
	}
}

func shown(s string) string {
	if len(s) > previewField {
		return strings.ToValidUTF8(s[:previewField], "") + "…"
	}
	return s
}

// table shows a table and tries a mapping on its rows, one by one.
func (p *Preview) table(ctx context.Context, head []byte, mapping, id string) error {
	p.Format = "table"
	p.Delimiter = delimiterOf(head)
	raw, err := p.rows(head)
	if err != nil || len(p.Columns) == 0 {
		return err
	}
	if id == "" {
		id = p.ledgerOf()
	}
	p.Ledger = id
	p.Presets = presetsOf(p.columnNames())
	if mapping == "" {
		p.Guessed, p.Mapping = true, p.guess()
		text, err := json.Marshal(p.Mapping)
		if err != nil {
			return err
		}
		mapping = string(text)
	} else if err := json.Unmarshal([]byte(mapping), &p.Mapping); err != nil {
		return problem(http.StatusUnprocessableEntity, "the mapping is no JSON object: "+err.Error(), "it has the keys of a case file's mapping")
	}
	m, err := readMapping(mapping, id)
	if err != nil {
		p.Problems = append(p.Problems, faultsOf(err)...)
		if len(faultsOf(err)) == 0 {
			p.fault(0, "", err.Error(), "")
		}
		return nil
	}
	p.try(ctx, *m, raw)
	return nil
}

// rows splits the head into fields; it gives the bytes of the header and of each row.
func (p *Preview) rows(head []byte) (raw [][]byte, err error) {
	text := bytes.TrimPrefix(head, []byte("\ufeff"))
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = map[string]rune{"tab": '\t'}[p.Delimiter]
	if r.Comma == 0 {
		r.Comma = rune(p.Delimiter[0])
	}
	r.FieldsPerRecord = -1
	var names []string
	for from := r.InputOffset(); len(p.Rows) < previewRows; from = r.InputOffset() {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			p.fault(bad.StartLine, "", "cannot be split into fields: "+bad.Err.Error(), "a value with quotes in it is quoted, and its quotes are doubled")
			break
		}
		if err != nil {
			return nil, err
		}
		raw = append(raw, text[from:r.InputOffset()])
		if names == nil {
			if names = rec; len(names) > previewColumn {
				p.fault(1, "", fmt.Sprintf("the table has %d columns", len(names)), "at most 500 are shown: is the delimiter right?")
				return nil, nil
			}
			continue
		}
		line, _ := r.FieldPos(0)
		row := PreviewRow{Line: line, Fields: []string{}}
		for _, f := range rec {
			row.Fields = append(row.Fields, shown(f))
		}
		if len(rec) != len(names) {
			row.Problem = &Fault{Message: fmt.Sprintf("%d fields, but the header has %d", len(rec), len(names)), File: p.Name, Line: line, Hint: "is the line cut, or a value with a delimiter not quoted?"}
		}
		p.Rows = append(p.Rows, row)
	}
	for i, name := range names {
		p.Columns = append(p.Columns, p.column(i, name))
	}
	return raw, nil
}

func (p *Preview) columnNames() []string {
	var out []string
	for _, c := range p.Columns {
		out = append(out, c.Name)
	}
	return out
}

// readMapping reads a mapping as a case file would, strictly.
func readMapping(text, id string) (*table.Mapping, error) {
	m, err := yamlOf(text)
	if err != nil {
		return nil, problem(http.StatusUnprocessableEntity, "the mapping is no JSON object: "+err.Error(), "it has the keys of a case file's mapping")
	}
	if id == "" {
		return nil, &table.Error{File: "mapping", Msg: "the ledger is not known", Hint: "say on which ledger the table is: its CAIP-2 id, such as eip155:1", Err: table.ErrMapping}
	}
	entry := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{word("id"), word(id), word("path"), word("file"), word("format"), word("table"), word("mapping"), m}}
	doc := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
		word("version"), word(casefile.Version), word("title"), word("preview"), word("ledgers"), {Kind: yaml.SequenceNode, Content: []*yaml.Node{entry}},
	}}
	out, err := yaml.Marshal(doc)
	if err != nil {
		return nil, err
	}
	c, err := casefile.Parse("mapping", out)
	if err != nil {
		var at *casefile.Error
		if errors.As(err, &at) {
			at.Line = 0 // of the text made here, which nobody sees
		}
		return nil, err
	}
	return c.Ledgers[0].Mapping, nil
}

// try reads every row alone, after the header. What only whole tables can have,
// such as a wrong order, shows when the case is made.
func (p *Preview) try(ctx context.Context, m table.Mapping, raw [][]byte) {
	if _, err := table.New(p.Name, nil, m); err != nil {
		p.Problems = append(p.Problems, faultsOf(err)...)
		return
	}
	m.Sort, m.Ties = true, ""
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.Problem != nil {
			continue
		}
		one := append(bytes.Clone(raw[0]), '\n')
		src, err := table.New(p.Name, append(one, raw[i+1]...), m)
		if err == nil {
			for _, e := range src.All(ctx) {
				err = e
				break
			}
		}
		faults := faultsOf(err)
		if len(faults) == 0 {
			continue
		}
		f := faults[0]
		if errors.Is(err, table.ErrColumns) {
			f.Line = 1
			p.Problems = append(p.Problems, f)
			return // so it is on every row
		}
		f.Line = row.Line
		row.Problem = &f
	}
}
