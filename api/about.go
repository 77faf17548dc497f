package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/casefile"
)

// About says what answers: which program, from what data, within which limits.
type About struct {
	Tool     string      `json:"tool" doc:"name and version"`
	Version  string      `json:"version"`
	Revision string      `json:"revision,omitempty"`
	Go       string      `json:"go"`
	Cases    AboutCases  `json:"cases"`
	Store    *AboutStore `json:"store,omitempty" doc:"absent: no store is open"`
	Tags     []AboutFile `json:"tags" doc:"packs and indexes that cases are looked up in"`
	Notes    string      `json:"notes" enum:"memory,folder" doc:"where notes are kept"`
	Limits   AboutLimits `json:"limits"`
	Load     AboutLoad   `json:"load"`
}

// AboutCases counts cases by origin.
type AboutCases struct {
	Inside int `json:"inside"`
	File   int `json:"file" doc:"of the keeper's own"`
	Made   int `json:"made" doc:"here, from uploads"`
}

// AboutStore describes the open store.
type AboutStore struct {
	Ledger    string `json:"ledger" doc:"CAIP-2"`
	Input     string `json:"input,omitempty"`
	SHA256    string `json:"sha256,omitempty"`
	Transfers int    `json:"transfers"`
	There     bool   `json:"there" doc:"its folder is still where it was"`
}

// AboutFile is a file with its digest.
type AboutFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// AboutLimits are the limits of requests, in bytes and counts.
type AboutLimits struct {
	Body    int   `json:"body" doc:"bytes of a JSON body"`
	File    int   `json:"file" doc:"bytes of an uploaded file"`
	Upload  int   `json:"upload" doc:"bytes of an upload"`
	Jobs    int   `json:"jobs" doc:"that run at a time"`
	Queue   int   `json:"queue" doc:"jobs that may wait"`
	Streams int   `json:"streams" doc:"event streams at a time"`
	Trails  int64 `json:"trails" doc:"bytes of memory for trails, by estimate"`
}

// AboutLoad says what is being done.
type AboutLoad struct {
	Running int   `json:"running" doc:"jobs"`
	Waiting int   `json:"waiting" doc:"jobs"`
	Trails  int   `json:"trails" doc:"kept"`
	Bytes   int64 `json:"bytes" doc:"of the trails kept, by estimate"`
}

func (s *Server) aboutRoutes() {
	huma.Register(s.api, huma.Operation{
		OperationID: "about", Method: http.MethodGet, Path: Prefix + "/about",
		Summary: "Which program answers, from what data", Tags: []string{"about"},
	}, func(context.Context, *struct{}) (*struct{ Body About }, error) {
		return &struct{ Body About }{s.about()}, nil
	})
}

func (s *Server) about() About {
	a := About{
		Tool: s.o.Tool, Version: s.o.Version, Revision: s.o.Revision, Go: s.o.Go, Tags: []AboutFile{}, Notes: "memory",
		Limits: AboutLimits{bodyLimit, fileLimit, uploadLimit, runningLimit, queueLimit, streamLimit, s.o.TrailBytes},
	}
	a.Cases = AboutCases{Inside: len(casefile.Names()), File: len(s.cases.names), Made: s.cases.madeNow()}
	if s.o.Notes != "" {
		a.Notes = "folder"
	}
	for _, b := range s.o.Books {
		a.Tags = append(a.Tags, AboutFile{b.Name, b.SHA256})
	}
	if s.o.Store != nil {
		info := s.o.Store.Info()
		l := info.Ledgers[0]
		a.Store = &AboutStore{string(l.ID), l.Input, l.SHA256, info.Transfers, s.storeThere() == nil}
	}
	a.Load.Running, a.Load.Waiting = s.jobs.count()
	a.Load.Trails, a.Load.Bytes = s.trails.usage()
	return a
}
