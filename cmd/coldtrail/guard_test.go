package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/api"
	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/replay"
)

// runGuard runs the command as a person does and returns what it says.
func runGuard(t *testing.T, in string, args ...string) (code int, out, talk string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(context.Background(), append([]string{"guard"}, args...), streams{strings.NewReader(in), &o, &e}, func(string) string { return "" })
	return code, o.String(), e.String()
}

// bybitFiles writes the policy of the case and the two requests of nonce 71.
func bybitFiles(t *testing.T) (policy string, requests map[replay.Label]string) {
	t.Helper()
	c, err := replay.Open("bybit-2025")
	if err != nil {
		t.Fatal(err)
	}
	policy = filepath.Join(t.TempDir(), "policy.yaml")
	text := strings.Replace(c.Policy, "name: bybit-2025", "name: bybit-2025\nbase: baseline", 1)
	// The owners of 2025.
	text = text[:strings.Index(text, "    owners:")] + "    owners: [\"0x1F4EB0a903619ac168b19A82F1a6e2e426522211\", \"0x3Cc3A225769900e003E264dd4CB43E90896BC21A\", \"0xe3dF2cCEAc61B1aFA311372ecC5B40A3A6585a9E\"]\naddress_book: [{name: warm, addr: \"0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3\"}]\n"
	if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	requests = map[replay.Label]string{}
	for _, s := range c.Steps {
		if s.Label == replay.Displayed || s.Label == replay.Malicious {
			body, err := json.Marshal(s.Request)
			if err != nil {
				t.Fatal(err)
			}
			requests[s.Label] = string(body)
		}
	}
	return policy, requests
}

func TestGuardCheck(t *testing.T) {
	policy, requests := bybitFiles(t)
	for label, want := range map[replay.Label]string{replay.Displayed: "G03", replay.Malicious: "G04"} {
		code, out, talk := runGuard(t, requests[label], "check", "--policy", policy, "-")
		if code != 20 || !strings.HasPrefix(out, "####") || !strings.Contains(strings.Split(out, "\n")[1], "DENY") || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d\n%s%s", label, code, out, talk)
		}
	}
	var r guard.Request
	if err := json.Unmarshal([]byte(requests[replay.Displayed]), &r); err != nil {
		t.Fatal(err)
	}
	r.Signatures = nil
	text, _ := json.Marshal(r)
	if code, out, _ := runGuard(t, string(text), "check", "--policy", policy, "--json", "-"); code != 0 || !strings.Contains(out, `"decision":"allow"`) {
		t.Errorf("without the signatures: exit %d %s", code, out)
	}
	if code, out, _ := runGuard(t, string(text), "check", "--policy", "strict", "-"); code != 10 {
		t.Errorf("strict, wallet unknown: exit %d %s", code, out)
	}
	for name, in := range map[string]string{"no JSON": "x", "empty": "", "kind": `{"wallet":"w","kind":"x","payload":{}}`} {
		if code, _, talk := runGuard(t, in, "check", "-"); code != 2 || talk == "" {
			t.Errorf("%s: exit %d %s", name, code, talk)
		}
	}
	if code, _, _ := runGuard(t, "", "check", "/nonexistent"); code != 2 {
		t.Errorf("no file: exit %d", code)
	}
	if code, _, _ := runGuard(t, string(text), "check", "--policy", "/nonexistent", "-"); code != 2 {
		t.Errorf("no policy: exit %d", code)
	}
}

// TestGuardReceipts: two checks leave two receipts; the log verifies; two machines
// compare; one changed byte is found.
func TestGuardReceipts(t *testing.T) {
	policy, requests := bybitFiles(t)
	dir := t.TempDir()
	for _, m := range []string{"a", "b"} {
		if code, _, talk := runGuard(t, "", "keygen", "--name", "machine-"+m, filepath.Join(dir, m)); code != 0 {
			t.Fatalf("exit %d %s", code, talk)
		}
		for _, r := range []replay.Label{replay.Displayed, replay.Malicious} {
			if code, out, talk := runGuard(t, requests[r], "check", "--policy", policy, "--key", filepath.Join(dir, m), "--log", filepath.Join(dir, m+".log"), "-"); code != 20 || !strings.Contains(out, "receipt ") {
				t.Fatalf("exit %d %s %s", code, out, talk)
			}
		}
		if code, out, _ := runGuard(t, "", "verify-log", "--pub", filepath.Join(dir, m+".pub"), filepath.Join(dir, m+".log")); code != 0 || !strings.Contains(out, "2 receipts, whole") {
			t.Errorf("exit %d %s", code, out)
		}
	}
	line := func(m string, n int) string {
		data, err := os.ReadFile(filepath.Join(dir, m+".log"))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, m+"."+string(rune('0'+n)))
		if err := os.WriteFile(file, []byte(strings.Split(string(data), "\n")[n]), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	pubs := []string{"--pub", filepath.Join(dir, "a.pub"), "--pub", filepath.Join(dir, "b.pub")}
	if code, out, talk := runGuard(t, "", append([]string{"compare", line("a", 0), line("b", 0)}, pubs...)...); code != 0 || !strings.Contains(out, "the same") {
		t.Errorf("exit %d %s %s", code, out, talk)
	}
	if code, out, _ := runGuard(t, "", append([]string{"compare", line("a", 0), line("b", 1)}, pubs...)...); code != 3 || !strings.Contains(out, "the bytes differ") {
		t.Errorf("exit %d %s", code, out)
	}
	data, _ := os.ReadFile(filepath.Join(dir, "a.log"))
	if err := os.WriteFile(filepath.Join(dir, "a.log"), bytes.Replace(data, []byte(`\"deny\"`), []byte(`\"hold\"`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(data, []byte(`"decision":"deny"`), []byte(`"decision":"hold"`), 1)
	if err := os.WriteFile(filepath.Join(dir, "a.log"), changed, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := runGuard(t, "", "verify-log", "--pub", filepath.Join(dir, "a.pub"), filepath.Join(dir, "a.log")); code != 3 || !strings.Contains(out, "NOT WHOLE") {
		t.Errorf("a changed verdict: exit %d %s", code, out)
	}
}

// TestGuardReceiptLost: without its receipt an allow is hold, and a deny stays deny.
func TestGuardReceiptLost(t *testing.T) {
	policy, requests := bybitFiles(t)
	var r guard.Request
	if err := json.Unmarshal([]byte(requests[replay.Displayed]), &r); err != nil {
		t.Fatal(err)
	}
	r.Signatures = nil
	fine, _ := json.Marshal(r)
	for request, want := range map[string]int{string(fine): exitHold, requests[replay.Displayed]: exitDeny} {
		code, out, talk := runGuard(t, request, "check", "--policy", policy, "--log", filepath.Join(t.TempDir(), "log"), "--json", "-")
		if code != want || !json.Valid([]byte(out)) || !strings.Contains(out, "the receipt could not be written") || talk == "" {
			t.Errorf("exit %d, want %d: %s%s", code, want, out, talk)
		}
	}
}

func TestGuardDemoAndReplay(t *testing.T) {
	code, out, _ := runGuard(t, "", "demo")
	for _, want := range []string{"0 denied, 10 held", "G03", "G04", "8h30m55s ahead"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("demo lacks %q (exit %d)", want, code)
		}
	}
	for _, name := range replay.Names() {
		for _, policy := range []string{"baseline", "strict"} {
			if code, out, talk := runGuard(t, "", "replay", name, "--policy", policy); code != 0 || !strings.Contains(out, "first stop: deny") {
				t.Errorf("%s %s: exit %d %s %s", name, policy, code, out, talk)
			}
		}
	}
	if code, out, _ := runGuard(t, "", "replay", "dmm-2024", "--json"); code != 0 || !strings.Contains(out, `"reconstruction":true`) || !strings.Contains(out, `"type":"summary"`) {
		t.Errorf("exit %d", code)
	}
	if code, _, _ := runGuard(t, "", "replay", "nothing"); code != 2 {
		t.Errorf("exit %d", code)
	}
}

func TestGuardPolicyVerbs(t *testing.T) {
	policy, requests := bybitFiles(t)
	if code, out, _ := runGuard(t, "", "policy", "lint", policy); code != 0 || !strings.Contains(out, "sha256:") {
		t.Errorf("exit %d %s", code, out)
	}
	if code, _, talk := runGuard(t, "", "policy", "lint", "/dev/null"); code != 1 || !strings.Contains(talk, "policy") {
		t.Errorf("exit %d %s", code, talk)
	}
	line := `{"name":"theft","expect":"deny","rules":["G04"],"request":` + requests[replay.Malicious] + "}\n"
	if code, out, talk := runGuard(t, line, "policy", "test", "--policy", policy, "-"); code != 0 || !strings.Contains(out, "1 as expected, 0 not") {
		t.Errorf("exit %d %s %s", code, out, talk)
	}
	if code, out, _ := runGuard(t, strings.Replace(line, `"expect":"deny"`, `"expect":"allow"`, 1), "policy", "test", "--policy", policy, "-"); code != 3 || !strings.Contains(out, "0 as expected, 1 not") {
		t.Errorf("exit %d %s", code, out)
	}
	if code, out, _ := runGuard(t, "", "policy", "diff", "strict", "baseline"); code != 3 || !strings.Contains(out, "loosens: default") {
		t.Errorf("exit %d %s", code, out)
	}
	if code, out, _ := runGuard(t, "", "policy", "diff", "strict", "strict"); code != 0 || !strings.Contains(out, "only tightens") {
		t.Errorf("exit %d %s", code, out)
	}
}

func TestGuardLearn(t *testing.T) {
	policy, requests := bybitFiles(t)
	var r guard.Request
	if err := json.Unmarshal([]byte(requests[replay.Displayed]), &r); err != nil {
		t.Fatal(err)
	}
	r.Signatures = nil
	text, _ := json.Marshal(r)
	history := filepath.Join(t.TempDir(), "history.json")
	line := `{"request":` + string(text) + `,"executed":"2025-01-14T11:23:35Z","executor":"0x1F4EB0a903619ac168b19A82F1a6e2e426522211"}`
	if code, _, talk := runGuard(t, line, "learn", "--policy", policy, "--out", history, "-"); code != 0 || !strings.Contains(talk, "1 transactions learnt") {
		t.Fatalf("exit %d %s", code, talk)
	}
	if code, out, _ := runGuard(t, string(text), "check", "--policy", policy, "--history", history, "-"); code != 0 {
		t.Errorf("exit %d %s", code, out)
	}
}

func TestGuardServeRefuses(t *testing.T) {
	if code, _, talk := runGuard(t, "", "serve", "--listen", "0.0.0.0:0"); code != 2 || !strings.Contains(talk, "token") {
		t.Errorf("open to all: exit %d %s", code, talk)
	}
	if code, _, _ := runGuard(t, "", "poll"); code != 2 {
		t.Errorf("exit %d", code)
	}
}

// TestPageGuardRefuses: two policies of one name cannot be told apart on the page, and
// a file without a name of its own would stand in for the policy it is based on.
func TestPageGuardRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		texts []string
		want  string // part of the refusal; blank: the page starts
	}{
		"own name":     {[]string{"name: desk\nmode: enforce\n"}, ""},
		"the same":     {[]string{"base: strict\n"}, "named \"strict\" like the policy inside"},
		"by the base":  {[]string{"base: baseline\nmode: monitor\n"}, "named \"baseline\" like the policy inside"},
		"of two files": {[]string{"name: desk\n", "name: desk\nmode: monitor\n"}, "two policies are named \"desk\""},
	} {
		t.Run(name, func(t *testing.T) {
			var f pageFlags
			for i, text := range c.texts {
				file := filepath.Join(t.TempDir(), fmt.Sprint(i)+".yaml")
				if err := os.WriteFile(file, []byte("format: "+guard.PolicyFormat+"\n"+text), 0o600); err != nil {
					t.Fatal(err)
				}
				f.policies = append(f.policies, file)
			}
			var o api.Options
			_, err := (&app{}).pageGuard(&f, &o)
			if got := fmt.Sprint(err); (err != nil) != (c.want != "") || !strings.Contains(got, c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if err == nil && o.Policies["desk"] == nil {
				t.Error("the policy is not on the page")
			}
		})
	}
	var o api.Options
	if _, err := (&app{}).pageGuard(&pageFlags{policies: []string{"strict"}}, &o); err != nil || len(o.Policies) != 0 {
		t.Errorf("the built-in policy itself: %v, %d added", err, len(o.Policies))
	}
}
