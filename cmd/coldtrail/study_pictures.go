package main

import (
	"io"
	"os"
	"path/filepath"

	"github.com/coldtrail/coldtrail/heist"
	"github.com/coldtrail/coldtrail/report"
	"github.com/coldtrail/coldtrail/study"
)

// studyParts are the files of study build.
type studyParts = []struct {
	name  string
	write func(io.Writer) error
}

// withPictures adds the page, the figures and the tables to the files of study
// build, and makes their folders.
func withPictures(parts studyParts, out string, reg *heist.Register, s *study.Study) (studyParts, error) {
	for _, dir := range []string{"figures", "tables"} {
		if err := os.MkdirAll(filepath.Join(out, dir), 0o755); err != nil {
			return nil, err
		}
	}
	add := func(name string, write func(io.Writer) error) {
		parts = append(parts, struct {
			name  string
			write func(io.Writer) error
		}{name, write})
	}
	add("study.html", func(w io.Writer) error { return report.StudyHTML(w, s, reg, report.Options{}) })
	for _, name := range report.StudyFigures() {
		add("figures/"+name+".svg", func(w io.Writer) error { return report.StudyFigure(w, name, s, false, report.Options{}) })
		add("figures/"+name+".narrow.svg", func(w io.Writer) error { return report.StudyFigure(w, name, s, true, report.Options{}) })
	}
	tables, err := report.StudyTables(s)
	for _, name := range tables {
		add("tables/"+name+".csv", func(w io.Writer) error { return report.StudyCSV(w, name, s) })
	}
	return parts, err
}
