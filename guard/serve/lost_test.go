package serve_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/serve"
)

// TestNothingChangesUnkept: where no receipt can be written, a policy stays what it is,
// even against one that tightens; and a co-signer gets no approval.
func TestNothingChangesUnkept(t *testing.T) {
	head := "format: " + guard.PolicyFormat + "\nname: p\nbase: strict\n"
	text, _ := json.Marshal(map[string]string{"policy": head + "ttl: 1h\n"})
	for name, lose := range map[string]func(*machine){
		"the log is closed": func(m *machine) { m.Log.Close() },
		"there is no log":   func(m *machine) { m.Log = nil },
	} {
		m := start(t, "")
		p, err := guard.ParsePolicy([]byte(head))
		if err != nil {
			t.Fatal(err)
		}
		m.Guard.SetPolicy(p)
		lose(m)
		if code, body := m.do(t, "POST", "/v1/policy/proposals", string(text)); code != http.StatusInternalServerError || !strings.Contains(body, "error") {
			t.Errorf("%s: %d %s", name, code, body)
		}
		if m.Guard.Policy() != p {
			t.Errorf("%s: the policy changed", name)
		}
	}
	a, b := fireblocksKeys(t)
	m := start(t, "")
	lax, err := guard.ParsePolicy([]byte("format: " + guard.PolicyFormat + "\nname: lax\nbase: baseline\nmode: monitor\nwallets: {w: {role: hot, account: \"eip155:1:0x1F4EB0a903619ac168b19A82F1a6e2e426522211\"}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	m.Guard.SetPolicy(lax)
	m.Fireblocks = &serve.Fireblocks{CoSigner: &a.PublicKey, Key: b, Wallets: map[string]string{"*": "w"}, Assets: serve.DefaultAssets(), Patience: time.Minute}
	cosigner := httptest.NewServer(m.Handler())
	defer cosigner.Close()
	ask := func() string {
		t.Helper()
		token := must(serve.SignJWT(map[string]any{"requestId": "r", "asset": "ETH", "amountStr": "1", "destAddress": "0x96221423681A6d52E184D440a8eFCEbB105C7242"}, a))
		res, err := cosigner.Client().Post(cosigner.URL+"/v2/tx_sign_request", "application/jwt", strings.NewReader(token))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		answer, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		claims, err := serve.OpenJWT(string(answer), &b.PublicKey, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return string(claims)
	}
	if got := ask(); !strings.Contains(got, `"APPROVE"`) {
		t.Errorf("with receipts, only watching: %s", got)
	}
	m.Log.Close()
	if got := ask(); strings.Contains(got, `"APPROVE"`) {
		t.Errorf("without receipts: %s", got)
	}
}
