package serve_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/evm"
	"github.com/coldtrail/coldtrail/guard/receipt"
	"github.com/coldtrail/coldtrail/guard/replay"
	"github.com/coldtrail/coldtrail/guard/serve"
)

// bybit returns a guard of the wallet before the theft, and the rows of nonce 71.
func bybit(t testing.TB) (*guard.Guard, []*guard.Request) {
	t.Helper()
	c, err := replay.Open("bybit-2025-from-39")
	if err != nil {
		t.Fatal(err)
	}
	base, err := guard.Builtin("baseline")
	if err != nil {
		t.Fatal(err)
	}
	p, err := base.With([]byte(c.Policy))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.SetOwners(replay.BybitWallet, []string{
		"0x1F4EB0a903619ac168b19A82F1a6e2e426522211", "0x3Cc3A225769900e003E264dd4CB43E90896BC21A", "0xe3dF2cCEAc61B1aFA311372ecC5B40A3A6585a9E",
	}); err != nil {
		t.Fatal(err)
	}
	var all []*guard.Request
	for _, s := range c.Steps {
		if s.Label == replay.Displayed || s.Label == replay.Malicious {
			all = append(all, s.Request)
		}
	}
	return guard.New(p, nil), all
}

type machine struct {
	*serve.Server
	http *httptest.Server
	file string
	key  note.Verifier
}

func start(t *testing.T, token string) *machine {
	t.Helper()
	g, _ := bybit(t)
	dir := t.TempDir()
	if _, err := receipt.WriteKey(filepath.Join(dir, "key"), "machine-1"); err != nil {
		t.Fatal(err)
	}
	signer, verifier, err := receipt.ReadKey(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{file: filepath.Join(dir, "log"), key: verifier}
	l, _, err := receipt.Open(m.file, signer, verifier)
	if err != nil {
		t.Fatal(err)
	}
	m.Server = &serve.Server{Guard: g, Log: l, Token: token, Keys: []note.Verifier{verifier}}
	m.http = httptest.NewServer(m.Handler())
	t.Cleanup(func() { m.http.Close(); l.Close() })
	return m
}

func (m *machine) do(t testing.TB, method, path, body string) (int, string) {
	t.Helper()
	r, _ := http.NewRequest(method, m.http.URL+path, strings.NewReader(body))
	if m.Token != "" {
		r.Header.Set("Authorization", "Bearer "+m.Token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(data)
}

func TestHTTP(t *testing.T) {
	m := start(t, "a token of the test")
	_, rows := bybit(t)
	for i, r := range rows {
		r.ID = "<A> & B" // what Go's JSON escapes for HTML
		text, _ := json.Marshal(r)
		code, body := m.do(t, "POST", "/v1/guard/check", string(text))
		if code != 200 || !strings.Contains(body, `"decision":"deny"`) || !strings.Contains(body, `"receipt"`) {
			t.Errorf("row %d: %d %s", i, code, body)
		}
	}
	code, one := m.do(t, "GET", "/v1/guard/receipts/1", "")
	_, two := m.do(t, "GET", "/v1/guard/receipts/2", "")
	if code != 200 || !strings.Contains(one, `"seq":1`) {
		t.Errorf("receipt: %d %s", code, one)
	}
	if r, err := receipt.Parse([]byte(one)); err != nil || r.Verify(m.key) != nil {
		t.Errorf("a receipt that went out does not verify: %v", err)
	}
	if code, body := m.do(t, "POST", "/v1/guard/compare", `{"a":`+one+`,"b":`+two+`}`); code != 200 || !strings.Contains(body, `"same":false`) {
		t.Errorf("compare: %d %s", code, body)
	}
	if code, _ := m.do(t, "POST", "/v1/guard/compare", `{"a":`+strings.Replace(one, `"seq":1`, `"seq":2`, 1)+`,"b":`+two+`}`); code != 400 {
		t.Errorf("a changed receipt is compared: %d", code)
	}
	for path, want := range map[string]string{"/healthz": "ok", "/metrics": `verdicts_total{decision="deny"} 2`, "/v1/policy": "sha256:", "/openapi.json": "3.1.0"} {
		if code, body := m.do(t, "GET", path, ""); code != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	for name, bad := range map[string]string{
		"no JSON": "x", "empty": "", "key twice": `{"wallet":"a","wallet":"b"}`, "unknown kind": `{"wallet":"a","kind":"x","payload":{}}`,
		"too long": `{"wallet":"` + strings.Repeat("a", 2<<20) + `"}`, "far too long": strings.Repeat("a", 7<<20),
	} {
		if code, body := m.do(t, "POST", "/v1/guard/check", bad); code != 400 || !strings.Contains(body, "error") {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
	m.Token = "another token, wrong"
	if code, body := m.do(t, "POST", "/v1/guard/check", "{}"); code == 200 || strings.Contains(body, "decision") {
		t.Errorf("wrong token: %d %s", code, body)
	}
}

// TestOpenAPI: the document names every route, and no other.
func TestOpenAPI(t *testing.T) {
	m := start(t, "")
	_, body := m.do(t, "GET", "/openapi.json", "")
	var doc struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	for path, methods := range doc.Paths {
		for method := range methods {
			n++
			found := false
			for _, route := range serve.Routes {
				found = found || route == strings.ToUpper(method)+" "+path
			}
			if !found {
				t.Errorf("%s %s is described and not served", method, path)
			}
		}
	}
	if n != len(serve.Routes) {
		t.Errorf("%d routes described, %d served", n, len(serve.Routes))
	}
}

// TestReceiptLost: when the receipt cannot be kept, an allow becomes hold, and a
// deny stays deny.
func TestReceiptLost(t *testing.T) {
	m := start(t, "")
	m.Log.Close()
	_, rows := bybit(t)
	for want, signatures := range map[string][]string{"deny": rows[0].Signatures, "hold": nil} {
		r := *rows[0]
		r.Signatures = signatures
		text, _ := json.Marshal(r)
		code, body := m.do(t, "POST", "/v1/guard/check", string(text))
		if code != 200 || !strings.Contains(body, `"decision":"`+want+`"`) || !strings.Contains(body, "receipt could not be written") || strings.Contains(body, `"receipt":`) {
			t.Errorf("%s: %d %s", want, code, body)
		}
	}
}

func TestPolicyProposals(t *testing.T) {
	m := start(t, "")
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m.Now = func() time.Time { return now }
	loose := "format: " + guard.PolicyFormat + "\nname: loose\nbase: baseline\nmode: monitor\n"
	text, _ := json.Marshal(map[string]string{"policy": loose})
	if code, body := m.do(t, "POST", "/v1/policy/proposals", string(text)); code != 403 || !strings.Contains(body, "loosens") {
		t.Errorf("%d %s", code, body)
	}
	if m.Guard.Policy().Mode != "enforce" {
		t.Error("one request loosened the policy")
	}
	if code, _ := m.do(t, "POST", "/v1/policy/proposals", `{"policy":"nothing"}`); code != 400 {
		t.Errorf("%d", code)
	}
}

// TestLooseningWaits: two approvers loosen a policy, after its delay; the log has it.
func TestLooseningWaits(t *testing.T) {
	m := start(t, "")
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m.Now = func() time.Time { return now }
	keys := []ed25519.PrivateKey{ed25519.NewKeyFromSeed(make([]byte, 32)), ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", 32)))}
	name := func(k ed25519.PrivateKey) string {
		return "ed25519:" + base64.StdEncoding.EncodeToString(k.Public().(ed25519.PublicKey))
	}
	head := "format: " + guard.PolicyFormat + "\nname: p\nbase: baseline\ngroups: {policy: [\"" + name(keys[0]) + "\", \"" + name(keys[1]) + "\"]}\n"
	old, err := guard.ParsePolicy([]byte(head))
	if err != nil {
		t.Fatal(err)
	}
	m.Guard.SetPolicy(old)
	next, err := guard.ParsePolicy([]byte(head + "mode: monitor\n"))
	if err != nil {
		t.Fatal(err)
	}
	var consents []guard.Consent
	propose := func() (int, string) {
		text, _ := json.Marshal(map[string]any{"policy": head + "mode: monitor\n", "approvals": consents})
		return m.do(t, "POST", "/v1/policy/proposals", string(text))
	}
	for _, k := range keys {
		if code, body := propose(); code != 403 {
			t.Errorf("%d approvers: %d %s", len(consents), code, body)
		}
		sig := ed25519.Sign(k, guard.PolicyMessage(old.Hash(), next.Hash()))
		consents = append(consents, guard.Consent{By: name(k), Signature: base64.StdEncoding.EncodeToString(sig)})
	}
	if code, body := propose(); code != 200 || !strings.Contains(body, "2026-01-02T00:00:00Z") {
		t.Errorf("%d %s", code, body)
	}
	now = now.Add(24*time.Hour - time.Second)
	m.do(t, "GET", "/v1/policy", "")
	if m.Guard.Policy().Mode != "enforce" {
		t.Error("it did not wait")
	}
	now = now.Add(time.Second)
	if _, body := m.do(t, "GET", "/v1/policy", ""); m.Guard.Policy().Hash() != next.Hash() || !strings.Contains(body, "monitor") {
		t.Errorf("after the delay: %s", body)
	}
	if _, body := m.do(t, "GET", "/v1/guard/receipts/1", ""); !strings.Contains(body, "policy_change") {
		t.Errorf("the log does not have it: %s", body)
	}
}

// TestPeople: intents, approvals and releases over HTTP.
func TestPeople(t *testing.T) {
	m := start(t, "")
	if code, body := m.do(t, "POST", "/v1/guard/intents", `{"wallet":"w","intent":{"ref":"T1","to":"x","amount":"1"}}`); code != 200 || !strings.Contains(body, "T1") {
		t.Errorf("%d %s", code, body)
	}
	for path, bad := range map[string]string{
		"/v1/guard/intents":   `{"wallet":"w","intent":{"ref":"T1"}}`, // taken
		"/v1/guard/approvals": `{"wallet":"w","payload_hash":"x","by":"ed25519:AAAA","signature":"AAAA"}`,
		"/v1/guard/compare":   `{"a":null,"b":null}`,
	} {
		for _, body := range []string{bad, `{}`, `x`, `{"unknown":1}`} {
			if code, out := m.do(t, "POST", path, body); code != 400 {
				t.Errorf("%s %s: %d %s", path, body, code, out)
			}
		}
	}
	if code, _ := m.do(t, "POST", "/v1/guard/release", `{"wallet":"w","approvals":[]}`); code != 403 {
		t.Errorf("released by nobody: %d", code)
	}
	if code, _ := m.do(t, "GET", "/v1/guard/receipts/99", ""); code != 404 {
		t.Errorf("%d", code)
	}
	if code, _ := m.do(t, "GET", "/v1/guard/check", ""); code != 405 {
		t.Errorf("GET of a check: %d", code)
	}
}

func TestReadRSA(t *testing.T) {
	a, _ := fireblocksKeys(t)
	dir := t.TempDir()
	write := func(name, kind string, der []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	der, err := x509.MarshalPKIXPublicKey(&a.PublicKey)
	public := write("public", "PUBLIC KEY", der, err)
	der, err = x509.MarshalPKCS8PrivateKey(a)
	private := write("private", "PRIVATE KEY", der, err)
	if pub, key, err := serve.ReadRSA(public, private); err != nil || !pub.Equal(&a.PublicKey) || !key.Equal(a) {
		t.Errorf("%v", err)
	}
	for _, pair := range [][2]string{{private, private}, {public, public}, {"/nonexistent", private}, {public, "/dev/null"}} {
		if _, _, err := serve.ReadRSA(pair[0], pair[1]); err == nil {
			t.Errorf("%v are read", pair)
		}
	}
}

func fireblocksKeys(t testing.TB) (*rsa.PrivateKey, *rsa.PrivateKey) {
	a, err := rsa.GenerateKey(rand.Reader, 2048)
	b, err2 := rsa.GenerateKey(rand.Reader, 2048)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return a, b
}

func TestFireblocks(t *testing.T) {
	cosigner, ours := fireblocksKeys(t)
	m := start(t, "")
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m.Now = func() time.Time { return now }
	m.Fireblocks = &serve.Fireblocks{CoSigner: &cosigner.PublicKey, Key: ours, Wallets: map[string]string{"*": replay.BybitWallet}, Assets: serve.DefaultAssets(), Patience: 30 * time.Minute}
	m.http.Config.Handler = m.Handler()
	ask := func(path string, key *rsa.PrivateKey, claims map[string]any) (int, map[string]string) {
		token, err := serve.SignJWT(claims, key)
		if err != nil {
			t.Fatal(err)
		}
		code, body := m.do(t, "POST", path, token)
		if code != 200 {
			return code, nil
		}
		text, err := serve.OpenJWT(body, &ours.PublicKey, now)
		if err != nil {
			t.Fatalf("our answer: %v", err)
		}
		var out map[string]string
		if err := json.Unmarshal(text, &out); err != nil {
			t.Fatal(err)
		}
		return code, out
	}
	plain := map[string]any{"requestId": "r1", "txId": "t", "sourceId": "0", "asset": "ETH", "amountStr": "1", "destAddress": "0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3", "fee": "0.001"}
	if code, out := ask("/v2/tx_sign_request", cosigner, plain); code != 200 || out["action"] != "RETRY" || out["requestId"] != "r1" {
		t.Errorf("without bytes: %d %v", code, out)
	}
	if code, _ := ask("/v2/tx_sign_request", ours, plain); code != 401 {
		t.Errorf("a wrong key: %d", code)
	}
	now = now.Add(31 * time.Minute)
	if _, out := ask("/v2/tx_sign_request", cosigner, plain); out["action"] != "REJECT" {
		t.Errorf("patience ended: %v", out)
	}
	if _, out := ask("/v2/config_change_sign_request", cosigner, map[string]any{"requestId": "c1"}); out["action"] != "RETRY" {
		t.Errorf("a change of configuration: %v", out)
	}
	if code, _ := ask("/v2/tx_sign_request", cosigner, map[string]any{"requestId": "late", "exp": now.Unix() - 3600}); code != 401 {
		t.Errorf("an expired token: %d", code)
	}
	none := strings.Split(must(serve.SignJWT(plain, cosigner)), ".")
	if code, _ := m.do(t, "POST", "/v2/tx_sign_request", "eyJhbGciOiJub25lIn0."+none[1]+"."); code != 401 {
		t.Errorf("algorithm none: %d", code)
	}
	// A legacy transaction to a stranger, unsigned: RLP of nonce 1, price 1, gas
	// 21000, to, value 1 ETH, no data, chain 1.
	raw := "e701018252089496221423681a6d52e184d440a8efcebb105c7242880de0b6b3a764000080018080"
	bytes := map[string]any{"requestId": "r2", "sourceId": "0", "asset": "ETH", "amountStr": "1", "destAddress": "0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3", "rawTx": []any{map[string]any{"rawTx": raw}}}
	if _, out := ask("/v2/tx_sign_request", cosigner, bytes); out["action"] != "REJECT" || !strings.Contains(out["rejectionReason"], "the recipient differs") {
		t.Errorf("bytes that pay another one: %v", out)
	}
	// The same transaction, as it was meant, of a wallet that may pay it: it passes
	// only with the digest that will be signed.
	p, err := guard.ParsePolicy([]byte("format: " + guard.PolicyFormat + "\nname: hot\nbase: baseline\nwallets: {hot: {role: hot, account: \"eip155:1:0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3\"}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	m.Guard = guard.New(p, nil)
	m.Fireblocks.Wallets = map[string]string{"*": "hot"}
	code, err := hex.DecodeString(raw)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := evm.ParseTransaction(code)
	if err != nil {
		t.Fatal(err)
	}
	digest := strings.TrimPrefix(tx.SigningHash.String(), "0x")
	one := func(raw, payload string) any { return map[string]any{"rawTx": raw, "payload": payload} }
	for name, c := range map[string]struct {
		raw  []any
		want string
	}{
		"its digest":           {[]any{one(raw, digest)}, "APPROVE"},
		"another digest":       {[]any{one(raw, strings.Repeat("11", 32))}, "REJECT"},
		"the digest of none":   {[]any{one(raw, strings.Repeat("00", 32))}, "REJECT"},
		"no digest":            {[]any{one(raw, "")}, "RETRY"},
		"no bytes":             {[]any{one("", digest)}, "RETRY"},
		"one of two digests":   {[]any{one(raw, digest), one(raw, "")}, "RETRY"},
		"no bytes for another": {[]any{one(raw, digest), one("", digest)}, "RETRY"},
	} {
		claims := map[string]any{"requestId": name, "sourceId": "0", "asset": "ETH", "amountStr": "1", "destAddress": tx.To.String(), "rawTx": c.raw}
		if _, out := ask("/v2/tx_sign_request", cosigner, claims); out["action"] != c.want {
			t.Errorf("%s: %v", name, out)
		}
	}
}

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}

// TestPoll: a service that shows the displayed proposal with the collected
// signatures, as on that morning.
func TestPoll(t *testing.T) {
	g, rows := bybit(t)
	var p map[string]string
	if err := json.Unmarshal(rows[0].Payload, &p); err != nil {
		t.Fatal(err)
	}
	answer := map[string]any{"count": 1, "next": nil, "results": []any{map[string]any{
		"safe": p["safe"], "to": p["to"], "value": p["value"], "data": nil, "operation": 0, "gasToken": p["gasToken"], "safeTxGas": 45745, "baseGas": 0, "gasPrice": "0",
		"refundReceiver": p["refundReceiver"], "nonce": 71, "safeTxHash": "0x9d89e67333f99c136537be74029c44592985a4855172f4c2d0d942029868f98e", "submissionDate": "2025-02-21T05:42:40Z", "proposer": nil,
		"confirmations": []any{map[string]any{"owner": "0x1F4EB0a903619ac168b19A82F1a6e2e426522211", "signature": rows[0].Signatures[0]}},
	}}}
	status := 200
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if want := "/api/v1/safes/" + p["safe"] + "/multisig-transactions/"; r.URL.Path != want || r.Method != "GET" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(answer)
	}))
	defer service.Close()
	poller := &serve.Poller{Base: service.URL, Wallet: replay.BybitWallet, Guard: g}
	all, err := poller.Poll(context.Background())
	if err != nil || len(all) != 1 || all[0].Decision != guard.Deny || !all[0].Fired("G03") || all[0].Fired("G02") {
		t.Fatalf("%v %+v", err, all)
	}
	one := answer["results"].([]any)[0].(map[string]any)
	one["safeTxHash"] = "0x" + strings.Repeat("00", 32)
	one["confirmations"] = []any{}
	if all, err = poller.Poll(context.Background()); err != nil || !all[0].Fired("G02") {
		t.Errorf("a hash that is not of the fields: %v", err)
	}
	answer["next"] = "page 2"
	if _, err = poller.Poll(context.Background()); !errors.Is(err, serve.ErrService) {
		t.Errorf("more pages: %v", err)
	}
	status = 500
	if _, err = poller.Poll(context.Background()); !errors.Is(err, serve.ErrService) {
		t.Errorf("status 500: %v", err)
	}
}

func FuzzJWT(f *testing.F) {
	a, b := fireblocksKeys(f)
	good := must(serve.SignJWT(map[string]string{"requestId": "r"}, a))
	f.Add(good)
	f.Add(must(serve.SignJWT(map[string]string{"requestId": "r"}, b)))
	f.Fuzz(func(t *testing.T, token string) {
		if claims, err := serve.OpenJWT(token, &a.PublicKey, time.Unix(0, 0)); err == nil && !bytes.Equal(claims, []byte(`{"requestId":"r"}`)) {
			t.Fatalf("a token that was never signed is opened: %s", claims)
		}
	})
}
