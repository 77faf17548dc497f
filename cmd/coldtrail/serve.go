package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/api"
	"github.com/coldtrail/coldtrail/web"
)

// pageFlags are those of serve.
type pageFlags struct {
	listen, tokenFile string
	hosts             []string
	cases, tags       []string
	store, notes      string
	policies          []string // of the guard
	log, key          string
}

func (a *app) serveCommand() *cobra.Command {
	var f pageFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Open the page, and the API, on this machine",
		Long: `serve opens one local page with the cases inside the binary, their trails, the
study, and the guard, and an API that gives programs the same (GET /openapi.json).
It needs no network and sends nothing anywhere.

It listens on loopback. Any other address needs a token, and everybody who has it
can read what this program can read.`,
		Example: `  coldtrail serve
  coldtrail serve --case mine/case.yaml --notes ~/notes
  coldtrail serve --store chain --tags tags.db
  coldtrail serve --listen 127.0.0.1:9000`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.serve(c.Context(), &f) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.listen, "listen", "127.0.0.1:8788", "address to listen on; port 0 takes a free one")
	fl.StringVar(&f.tokenFile, "token-file", "", "file with the token that callers must give")
	fl.StringArrayVar(&f.hosts, "host", nil, "further NAME:PORT by which readers may reach this server (repeatable)")
	fl.StringArrayVar(&f.cases, "case", nil, "case file of your own, with its data beside it (repeatable)")
	fl.StringVarP(&f.store, "store", "s", "", "folder of a store (see ingest) to ask of")
	fl.StringArrayVar(&f.tags, "tags", nil, "index, pack or folder of packs: tags on the accounts of cases (repeatable)")
	fl.StringVar(&f.notes, "notes", "", "folder where notes are kept (default: in memory, until the end)")
	fl.StringArrayVar(&f.policies, "guard-policy", nil, "policy of the guard, a file, to choose beside strict and baseline (repeatable)")
	fl.StringVar(&f.log, "guard-log", "", "log of receipts to show, and to keep the page's checks in (needs --guard-key)")
	fl.StringVar(&f.key, "guard-key", "", "file of the key that signs receipts, from guard keygen")
	return cmd
}

func (a *app) serve(ctx context.Context, f *pageFlags) error {
	token, err := pageToken(f)
	if err != nil {
		return err
	}
	listener, err := listen(f.listen)
	if err != nil {
		return err
	}
	o := api.Options{
		Hosts: pageHosts(listener.Addr(), f.listen, f.hosts), Token: token, Page: web.Handler(),
		Log: slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	s, closeAll, err := a.pageServer(ctx, f, o)
	if err != nil {
		listener.Close()
		return err
	}
	defer closeAll()
	h := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10}
	h.RegisterOnShutdown(func() { _ = s.Close() }) // event streams end, and do not hold up the end; it is closed again below
	a.say("open http://%s/ in a browser; Ctrl-C ends it", listener.Addr())
	if token != "" {
		a.say("readers need the token: http://%s/?token=TOKEN once, or Authorization: Bearer TOKEN. The connection is not encrypted: whoever is on the way can read it.", listener.Addr())
	}
	done := make(chan error, 1)
	go func() { done <- h.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := h.Shutdown(end); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	h.Close()
	return nil
}

// listen opens an address to serve at.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, hinted{err, "another server may be running there; --listen 127.0.0.1:0 takes a free port"}
	}
	return l, nil
}

// pageServer opens what the flags name. The caller ends the server.
func (a *app) pageServer(ctx context.Context, f *pageFlags, o api.Options) (s *api.Server, end func(), err error) {
	var open []func()
	closeAll := func() {
		for _, x := range slices.Backward(open) {
			x()
		}
	}
	defer func() {
		if err != nil {
			closeAll()
		}
	}()
	b := thisBuild()
	o.Tool, o.Version, o.Revision, o.Go = toolName(), b.Version, b.Revision, b.Go
	o.Cases, o.Notes = f.cases, f.notes
	if f.store != "" {
		if o.Store, err = openStore(f.store); err != nil {
			return nil, nil, err
		}
		open = append(open, func() { _ = o.Store.Close() }) // nothing was written
		if err = a.pageClusters(f, &o); err != nil {
			return nil, nil, err
		}
	}
	endGuard, err := a.pageGuard(f, &o)
	if err != nil {
		return nil, nil, err
	}
	open = append(open, endGuard)
	books, err := a.openBooks(ctx, f.tags, "")
	if err != nil {
		return nil, nil, err
	}
	open = append(open, func() { closeBooks(books) })
	o.Books = books
	if s, err = api.New(o); err != nil {
		return nil, nil, err
	}
	open = append(open, func() {
		if err := s.Close(); err != nil {
			a.say("%v", err)
		}
	})
	return s, closeAll, nil
}

// pageToken reads the token, and refuses to listen beyond this machine without one.
func pageToken(f *pageFlags) (string, error) {
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return "", usagef("--listen %s: %v", f.listen, err)
	}
	ip := net.ParseIP(host)
	if f.tokenFile == "" {
		if (ip == nil || !ip.IsLoopback()) && host != "localhost" {
			return "", usagef("%s can be reached from outside this machine: give --token-file", f.listen)
		}
		return "", nil
	}
	text, err := os.ReadFile(f.tokenFile)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	if len(token) < 16 {
		return "", usagef("the token of %s has fewer than 16 characters", f.tokenFile)
	}
	return token, nil
}

// pageHosts are the names that requests may be made to: the address, as it is and as
// it was written; for loopback its usual names; where every address is listened on,
// those of this machine. At the usual port, browsers leave it out. The server answers
// to no other name: a foreign page can make a name of its own lead here.
func pageHosts(at net.Addr, listen string, more []string) []string {
	hosts := []string{at.String()}
	if ip, port, err := net.SplitHostPort(at.String()); err == nil {
		names := []string{"localhost", "127.0.0.1", "::1"}
		if name, _, err := net.SplitHostPort(listen); err == nil && name != "" {
			names = append(names, name)
		}
		if bound := net.ParseIP(ip); bound != nil && bound.IsUnspecified() {
			names = append(names, ownAddresses()...)
		}
		for _, name := range names {
			hosts = append(hosts, net.JoinHostPort(name, port))
			if port == "80" {
				hosts = append(hosts, strings.TrimSuffix(net.JoinHostPort(name, port), ":80"))
			}
		}
	}
	hosts = append(hosts, more...)
	for i, h := range hosts {
		hosts[i] = strings.ToLower(h)
	}
	return hosts
}

// ownAddresses are the addresses of this machine, or none where they cannot be asked.
func ownAddresses() []string {
	var out []string
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok {
			out = append(out, n.IP.String())
		}
	}
	return out
}
