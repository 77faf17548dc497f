package serve

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/coldtrail/coldtrail/guard"
)

// ErrJWT marks a token that is not what it should be.
var ErrJWT = errors.New("not a token that is accepted")

// coSignerDeadline is ours; Fireblocks' co-signer waits 30 s for an answer.
const coSignerDeadline = 25 * time.Second

// Fireblocks answers the co-signer's callback: a JWT in, a JWT out (RS256 both
// ways). Names of fields are those of Fireblocks' public documentation; which of
// them a workspace sends must be tried there before it is relied on. A payload
// without raw bytes is never approved.
type Fireblocks struct {
	// CoSigner verifies what comes in, Key signs what goes out.
	CoSigner *rsa.PublicKey
	Key      *rsa.PrivateKey
	// Wallets gives the policy's wallet by the vault account's id; "*" for others.
	Wallets map[string]string
	// Assets gives the CAIP-19 id and unit by Fireblocks' asset id.
	Assets map[string]Asset
	// Patience is how long a hold is answered by RETRY before it becomes REJECT.
	Patience time.Duration

	server *Server
	mu     sync.Mutex
	first  map[string]time.Time
}

// Asset names an asset in our words.
type Asset struct{ ID, Unit string }

// DefaultAssets are those that need no policy.
func DefaultAssets() map[string]Asset {
	return map[string]Asset{
		"ETH": {"eip155:1/slip44:60", "ETH"},
		"BTC": {"bip122:000000000019d6689c085ae165831e93/slip44:0", "BTC"},
	}
}

// signRequest is what is read of a callback. Unknown fields are Fireblocks' own
// business and are left alone: the bytes decide.
type signRequest struct {
	RequestID   string `json:"requestId"`
	TxID        string `json:"txId"`
	SourceID    string `json:"sourceId"`
	Asset       string `json:"asset"`
	AmountStr   string `json:"amountStr"`
	DestAddress string `json:"destAddress"`
	Display     string `json:"displayDstAddress"`
	RawTx       []struct {
		RawTx   string `json:"rawTx"`
		Payload string `json:"payload"`
	} `json:"rawTx"`
}

func (f *Fireblocks) sign(w http.ResponseWriter, r *http.Request) {
	claims, err := f.open(w, r)
	if err != nil {
		f.server.fault(w, http.StatusUnauthorized, err)
		return
	}
	var in signRequest
	if err := json.Unmarshal(claims, &in); err != nil || in.RequestID == "" {
		f.server.fault(w, http.StatusBadRequest, fmt.Errorf("callback: requestId is missing, or not JSON: %v", err))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), coSignerDeadline)
	defer cancel()
	worst := guard.Allow
	var why []string
	for _, req := range f.requests(&in) {
		a := f.server.answer(ctx, req)
		if rank[a.Decision] > rank[worst] {
			worst = a.Decision
		}
		for _, reason := range a.Reasons {
			if reason.Severity >= guard.High && !reason.Monitor {
				why = append(why, reason.Rule+" "+reason.Text)
			}
		}
	}
	f.respond(w, in.RequestID, f.action(in.RequestID, worst), strings.Join(why, "; "))
}

var rank = map[guard.Decision]int{guard.Allow: 0, guard.Hold: 1, guard.Deny: 2}

// config answers a request to change the workspace: a control change, which is
// never approved by a machine.
func (f *Fireblocks) config(w http.ResponseWriter, r *http.Request) {
	claims, err := f.open(w, r)
	if err != nil {
		f.server.fault(w, http.StatusUnauthorized, err)
		return
	}
	var in signRequest
	if err := json.Unmarshal(claims, &in); err != nil || in.RequestID == "" {
		f.server.fault(w, http.StatusBadRequest, fmt.Errorf("callback: requestId is missing, or not JSON: %v", err))
		return
	}
	f.respond(w, in.RequestID, f.action(in.RequestID, guard.Hold), "G05 a change of configuration is a change of control: people decide it")
}

// requests makes one request for each raw transaction. Where bytes are missing, or
// the digest that will be signed, which must be compared with them, a description
// is asked about too: it can never be complete, so nothing is allowed.
func (f *Fireblocks) requests(in *signRequest) []*guard.Request {
	wallet := f.Wallets[in.SourceID]
	if wallet == "" {
		wallet = f.Wallets["*"]
	}
	asset := f.Assets[in.Asset]
	to := in.DestAddress
	if to == "" {
		to = in.Display
	}
	base := guard.Request{ID: in.RequestID, Wallet: wallet, Channel: "fireblocks"}
	known := strings.HasPrefix(asset.ID, "eip155:")
	whole := known && len(in.RawTx) > 0
	var all []*guard.Request
	for _, raw := range in.RawTx {
		if raw.RawTx == "" || raw.Payload == "" {
			whole = false
		}
		if !known || raw.RawTx == "" {
			continue
		}
		one := base
		one.Kind, one.ClaimedDigest = guard.EthTx, raw.Payload
		one.Payload = marshal(map[string]string{"raw": "0x" + strings.TrimPrefix(raw.RawTx, "0x")})
		// What the platform shows is compared with the bytes like an intent; it is
		// the same channel, and the verdict says so.
		one.Intent = &guard.Intent{To: to, Asset: asset.ID, Amount: in.AmountStr, Unit: asset.Unit, Source: "fireblocks", Channel: "fireblocks"}
		all = append(all, &one)
	}
	if whole {
		return all
	}
	base.Kind = guard.Transfer
	base.Payload = marshal(map[string]string{"to": to, "asset": asset.ID, "amount": in.AmountStr, "unit": asset.Unit, "note": "fireblocks " + in.TxID})
	return append(all, &base)
}

func marshal(v any) json.RawMessage {
	text, _ := json.Marshal(v) // strings: cannot fail
	return text
}

// action maps a decision. A hold is asked again until patience ends: REJECT is
// final for a signing request and reaches no person.
func (f *Fireblocks) action(id string, d guard.Decision) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch d {
	case guard.Allow:
		delete(f.first, id)
		return "APPROVE"
	case guard.Deny:
		delete(f.first, id)
		return "REJECT"
	}
	if f.first == nil || len(f.first) > 100000 {
		f.first = map[string]time.Time{}
	}
	now := f.server.now()
	if _, seen := f.first[id]; !seen {
		f.first[id] = now
	}
	if now.Sub(f.first[id]) >= f.Patience {
		return "REJECT"
	}
	return "RETRY"
}

func (f *Fireblocks) respond(w http.ResponseWriter, id, action, why string) {
	claims := map[string]string{"action": action, "requestId": id}
	if action != "APPROVE" {
		claims["rejectionReason"] = why
	}
	token, err := SignJWT(claims, f.Key)
	if err != nil {
		f.server.fault(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", "application/jwt")
	io.WriteString(w, token)
}

func (f *Fireblocks) open(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	data, err := body(w, r)
	if err != nil {
		return nil, err
	}
	return OpenJWT(strings.TrimSpace(string(data)), f.CoSigner, f.server.now())
}

// OpenJWT verifies a compact JWS of RS256 (RFC 7515, 7518) and returns its claims.
// No other algorithm is accepted, whatever the header says. A token that has
// expired, or is not valid yet, is refused.
func OpenJWT(token string, key *rsa.PublicKey, now time.Time) ([]byte, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("%w: %d parts, three belong here", ErrJWT, len(parts))
	}
	var raw [3][]byte
	for i, p := range parts {
		b, err := base64.RawURLEncoding.Strict().DecodeString(p)
		if err != nil {
			return nil, fmt.Errorf("%w: part %d: %w", ErrJWT, i+1, err)
		}
		raw[i] = b
	}
	var header struct{ Alg string }
	if err := json.Unmarshal(raw[0], &header); err != nil || header.Alg != "RS256" {
		return nil, fmt.Errorf("%w: algorithm %q, RS256 belongs here", ErrJWT, header.Alg)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], raw[2]); err != nil {
		return nil, fmt.Errorf("%w: the signature is not the co-signer's", ErrJWT)
	}
	if err := guard.StrictJSON(raw[1], 32, ""); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrJWT, err)
	}
	var times struct{ Exp, Nbf *int64 }
	if err := json.Unmarshal(raw[1], &times); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrJWT, err)
	}
	if times.Exp != nil && now.Unix() > *times.Exp+60 || times.Nbf != nil && now.Unix() < *times.Nbf-60 {
		return nil, fmt.Errorf("%w: it is not valid at this time", ErrJWT)
	}
	return raw[1], nil
}

// SignJWT makes a compact JWS of RS256.
func SignJWT(claims any, key *rsa.PrivateKey) (string, error) {
	text, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(text)
	sum := sha256.Sum256([]byte(head))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return head + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

// ReadRSA reads the co-signer's public key and our private key from PEM files.
func ReadRSA(public, private string) (*rsa.PublicKey, *rsa.PrivateKey, error) {
	block, err := readPEM(public)
	if err != nil {
		return nil, nil, err
	}
	pub, err := x509.ParsePKIXPublicKey(block)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", public, err)
	}
	one, ok := pub.(*rsa.PublicKey)
	if !ok {
		return nil, nil, fmt.Errorf("%s: %w: not an RSA key", public, ErrJWT)
	}
	if block, err = readPEM(private); err != nil {
		return nil, nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(block)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", private, err)
	}
	two, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, nil, fmt.Errorf("%s: %w: not an RSA key", private, ErrJWT)
	}
	return one, two, nil
}

func readPEM(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%s: %w: no PEM", file, ErrJWT)
	}
	return block.Bytes, nil
}
