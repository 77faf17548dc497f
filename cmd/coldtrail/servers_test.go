package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/guard/replay"
)

// started is a server that run was asked for.
type started struct {
	at   string // host and port
	talk []string
	end  func() (code int, out string) // interrupts it and waits
}

var address = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// start runs a verb that serves, until it says where.
func start(t *testing.T, args ...string) *started {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	talkIn, talk := io.Pipe()
	var out strings.Builder
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, args, streams{strings.NewReader(""), &out, talk}, func(string) string { return "" })
		talk.Close()
	}()
	s := &started{}
	lines := bufio.NewScanner(talkIn)
	for s.at == "" && lines.Scan() {
		s.talk = append(s.talk, lines.Text())
		s.at = address.FindString(lines.Text())
	}
	if s.at == "" {
		stop()
		t.Fatalf("%v: exit %d: %s", args, <-code, strings.Join(s.talk, "\n"))
	}
	rest := make(chan struct{})
	go func() {
		for lines.Scan() {
			s.talk = append(s.talk, lines.Text())
		}
		close(rest)
	}()
	s.end = func() (int, string) { stop(); c := <-code; <-rest; return c, out.String() }
	t.Cleanup(stop)
	return s
}

// fetch asks a server and gives status and body.
func fetch(t *testing.T, c *http.Client, method, url, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := c.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error() // a server that refuses may cut its answer short
	}
	return res.StatusCode, string(text)
}

// TestServe opens the page on a free port, with a token, and ends it: nothing goes to
// standard output, and the end is a good one.
func TestServe(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("0123456789abcdef\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, "serve", "--listen", "127.0.0.1:0", "--token-file", token)
	if code, _ := fetch(t, http.DefaultClient, "GET", "http://"+s.at+"/", ""); code != http.StatusUnauthorized {
		t.Errorf("without the token: %d", code)
	}
	for path, want := range map[string]string{"/": "<!doctype html>", "/trail/bybit-2025": "<!doctype html>", "/icon.svg": "<svg", "/openapi.json": `"openapi"`, "/api/v1/cases": "bybit-2025"} {
		code, text := fetch(t, http.DefaultClient, "GET", "http://"+s.at+path, "", "Authorization", "Bearer 0123456789abcdef")
		if code != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: %d %.80s", path, code, text)
		}
	}
	code, out := s.end()
	if code != exitDone || out != "" || len(s.talk) != 2 || !strings.Contains(s.talk[1], "readers need the token") {
		t.Errorf("exit %d, printed %q, said %q", code, out, s.talk)
	}
}

// certified writes a certificate for 127.0.0.1 and its key.
func certified(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, &c, &c, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key, pool = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), x509.NewCertPool()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	pool.AppendCertsFromPEM(text)
	for file, data := range map[string][]byte{cert: text, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, pool
}

// TestGuardServe: over TLS, only to callers with a certificate, each answer with its
// receipt; in the end the log is whole.
func TestGuardServe(t *testing.T) {
	policy, requests := bybitFiles(t)
	cert, key, pool := certified(t)
	dir := t.TempDir()
	desk, log := filepath.Join(dir, "desk"), filepath.Join(dir, "log")
	if code, _, talk := runGuard(t, "", "keygen", desk); code != 0 {
		t.Fatal(talk)
	}
	if code, _, talk := runGuard(t, "", "serve", "--listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key, "--client-ca", desk); code != exitUsage || !strings.Contains(talk, "holds no certificate") {
		t.Errorf("an authority that is none: exit %d %s", code, talk)
	}
	s := start(t, "guard", "serve", "--listen", "127.0.0.1:0", "--policy", policy, "--tls-cert", cert, "--tls-key", key, "--client-ca", cert, "--log", log, "--key", desk)
	own, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	known := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{own}}}}
	strange := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	if code, text := fetch(t, strange, "GET", "https://"+s.at+"/healthz", ""); code == http.StatusOK {
		t.Errorf("without a certificate: %d %s", code, text)
	}
	if code, text := fetch(t, http.DefaultClient, "POST", "http://"+s.at+"/v1/guard/check", requests[replay.Malicious]); code == http.StatusOK {
		t.Errorf("without TLS: %d %s", code, text)
	}
	if code, text := fetch(t, known, "POST", "https://"+s.at+"/v1/guard/check", requests[replay.Malicious]); code != http.StatusOK || !strings.Contains(text, `"deny"`) {
		t.Errorf("%d %.200s", code, text)
	}
	known.CloseIdleConnections()
	if code, out := s.end(); code != exitDone || out != "" || !strings.Contains(s.talk[0], "listening on") {
		t.Errorf("exit %d, printed %q, said %q", code, out, s.talk)
	}
	if code, out, _ := runGuard(t, "", "verify-log", "--pub", desk+".pub", log); code != 0 || !strings.HasPrefix(out, "1 receipts, whole") {
		t.Errorf("the log: exit %d %s", code, out)
	}
}

// queue is a Safe Transaction Service with the two proposals of nonce 71, as fields.
func queue(t *testing.T, requests map[replay.Label]string) string {
	t.Helper()
	var results []map[string]any
	for _, label := range []replay.Label{replay.Displayed, replay.Malicious} {
		var r struct {
			Payload map[string]any
		}
		if err := json.Unmarshal([]byte(requests[label]), &r); err != nil {
			t.Fatal(err)
		}
		p := r.Payload
		p["confirmations"], p["safeTxHash"] = []any{}, fmt.Sprintf("0x%064d", len(results))
		delete(p, "chain_id")
		delete(p, "safe_version")
		results = append(results, p)
	}
	text, err := json.Marshal(map[string]any{"next": nil, "results": results})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestGuardPoll asks a service once, and again until it is interrupted: each proposal
// is said once while it stays as it is, and a deny stays the exit code.
func TestGuardPoll(t *testing.T) {
	policy, requests := bybitFiles(t)
	answer := queue(t, requests)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var asked atomic.Int32
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		if !strings.Contains(r.URL.Path, "/multisig-transactions/") || r.Method != http.MethodGet {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		if n == 6 {
			stop()
		}
		if n == 2 || n == 4 {
			http.Error(w, "later", http.StatusServiceUnavailable)
		} else {
			_, _ = io.WriteString(w, answer)
		}
	}))
	defer service.Close()
	wallet := regexp.MustCompile(`(?m)^  ([a-z0-9-]+):$`).FindStringSubmatch(string(read(t, policy)))[1]
	dir := t.TempDir()
	desk, log := filepath.Join(dir, "desk"), filepath.Join(dir, "log")
	if code, _, talk := runGuard(t, "", "keygen", desk); code != 0 {
		t.Fatal(talk)
	}
	args := []string{"poll", "--service", service.URL, "--wallet", wallet, "--policy", policy}
	code, out, talk := runGuard(t, "", append(args, "--json", "--log", log, "--key", desk)...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitDeny || len(lines) != 2 || talk != "" {
		t.Fatalf("exit %d, %d lines: %s%s", code, len(lines), out, talk)
	}
	for _, l := range lines {
		if !json.Valid([]byte(l)) {
			t.Errorf("no JSON: %s", l)
		}
	}
	if code, out, _ := runGuard(t, "", "verify-log", "--pub", desk+".pub", log); code != 0 || !strings.HasPrefix(out, "2 receipts, whole") {
		t.Errorf("the log: exit %d %s", code, out)
	}
	if code, _, talk := runGuard(t, "", args...); code != exitFailed || !strings.Contains(talk, "503") {
		t.Errorf("a service that fails, asked once: exit %d %s", code, talk)
	}
	var said, told strings.Builder
	code = run(ctx, append([]string{"guard"}, append(args, "--every", "1ms")...), streams{strings.NewReader(""), &said, &told}, func(string) string { return "" })
	if code != exitDeny || strings.Count(said.String(), "DENY") == 0 || told.String() != "coldtrail: the queue could not be read: the Safe Transaction Service's answer cannot be used: status 503 Service Unavailable, 6 bytes; hold whatever waits\n" {
		t.Errorf("exit %d: %s", code, told.String())
	}
	if n := strings.Count(said.String(), "WHAT THESE BYTES DO"); n != 2 {
		t.Errorf("%d verdicts on two proposals that stay as they are:\n%s", n, said.String())
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
