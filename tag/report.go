package tag

import (
	"errors"
	"fmt"
	"strings"
)

// Errors of reading. Every *Fault wraps one of them or the cause (ErrChecksum,
// an error of YAML, XML, CSV, gzip or of the file system).
var (
	// ErrSyntax marks a file that is not what it claims to be.
	ErrSyntax = errors.New("not readable as this format")
	// ErrRecord marks a record that lacks what a claim needs.
	ErrRecord = errors.New("record refused")
)

// Fault is what is wrong with a file or one of its records.
type Fault struct {
	File string
	Line int // 0: the file as a whole
	Msg  string
	Hint string // may be empty
	Err  error
}

// Error writes "file:line: what: cause; hint".
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	b.WriteString(": " + f.Msg)
	if f.Err != nil && f.Err != ErrSyntax && f.Err != ErrRecord {
		b.WriteString(": " + f.Err.Error())
	}
	if f.Hint != "" {
		b.WriteString("; " + f.Hint)
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Bent is one kind of departure that was read all the same.
type Bent struct {
	What    string // "trailing blanks", "network not in the table", ...
	Count   int
	Line    int    // of the first
	Example string // of the first
}

// Report says what became of one file: what was read, what was bent to read it,
// and what was refused. Nothing is left out in silence.
type Report struct {
	File   string
	Kind   string // "tagpack", "actorpack", "ofac-list", "sdn-csv", "sdn-xml", "sdn-advanced-xml"
	SHA256 string // of the bytes as they stand in the file
	Title  string
	Tags   int
	Actors int
	// Skipped counts the records that were refused; each has a fault, of which
	// the first MaxFaults are kept.
	Skipped int
	Bent    []Bent
	Faults  []*Fault
}

// MaxFaults is how many refused records of one file are listed one by one.
const MaxFaults = 100

// bend counts a departure.
func (r *Report) bend(line int, what, example string) {
	for i := range r.Bent {
		if r.Bent[i].What == what {
			r.Bent[i].Count++
			return
		}
	}
	if len(example) > 120 {
		example = example[:120] + "…"
	}
	r.Bent = append(r.Bent, Bent{what, 1, line, example})
}

// refuse counts a record that is left out.
func (r *Report) refuse(line int, hint, format string, args ...any) {
	r.Skipped++
	if len(r.Faults) < MaxFaults {
		r.Faults = append(r.Faults, &Fault{r.File, line, fmt.Sprintf(format, args...), hint, ErrRecord})
	}
}
