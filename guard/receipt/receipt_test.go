package receipt_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"github.com/coldtrail/coldtrail/guard/receipt"
)

func newKey(t testing.TB, name string) (string, note.Signer, note.Verifier) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if _, err := receipt.WriteKey(file, name); err != nil {
		t.Fatal(err)
	}
	s, v, err := receipt.ReadKey(file)
	if err != nil {
		t.Fatal(err)
	}
	return file, s, v
}

// TestCanonical: sorted keys by UTF-16 and shortest escapes, as RFC 8785 section
// 3.2 shows; numbers that are no integers are refused, not rounded.
func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		`{"b":1,"a":[true,null,"x"]}`:                                                 `{"a":[true,null,"x"],"b":1}`,
		`"\u000f\u000aA'\u0042\u0022\u005c\\\"\/"`:                                    `"\u000f\nA'B\"\\\\\"/"`,
		`{"\u20ac":1,"\r":2,"\ud83d\ude00":3,"1":4,"\ufb33":5,"\u0080":6,"\u00f6":7}`: "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":3,\"\ufb33\":5}",
		` [ ] `: `[]`,
		`1.5`:   "", `1e3`: "", `9007199254740992`: "", `-0`: "", `{} {}`: "", `{}]`: "", `{}}`: "", ``: "",
	} {
		got, err := receipt.Canonical([]byte(in))
		if want == "" && err == nil || want != "" && string(got) != want {
			t.Errorf("%s: %s (%v), want %s", in, got, err, want)
		}
	}
}

func fill(t testing.TB, file string, s note.Signer, v note.Verifier, n int) []*receipt.Receipt {
	t.Helper()
	l, _, err := receipt.Open(file, s, v)
	if err != nil {
		t.Fatal(err)
	}
	var all []*receipt.Receipt
	for i := range n {
		r, err := l.Append(fmt.Appendf(nil, `{"n":%d,"text":"é\n"}`, i))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

func check(t testing.TB, data []byte, v note.Verifier) (receipt.State, error) {
	t.Helper()
	return receipt.Check(bytes.NewReader(data), v)
}

// TestTampering: one changed byte anywhere, a line removed, put in, or two changed
// places are found.
func TestTampering(t *testing.T) {
	_, s, v := newKey(t, "machine-1")
	file := filepath.Join(t.TempDir(), "log")
	fill(t, file, s, v, 5)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if st, err := check(t, data, v); err != nil || st.Receipts != 5 || st.Torn != 0 {
		t.Fatalf("%+v %v", st, err)
	}
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 1
		if st, err := check(t, bad, v); err == nil && st.Receipts == 5 {
			t.Errorf("byte %d changed, and nobody noticed", i)
		}
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	join := func(order ...int) []byte {
		var out []byte
		for _, i := range order {
			out = append(out, lines[i]...)
		}
		return out
	}
	for name, bad := range map[string][]byte{"removed": join(0, 1, 3, 4), "first removed": join(1, 2, 3, 4), "swapped": join(0, 2, 1, 3, 4), "repeated": join(0, 1, 1, 2, 3, 4)} {
		if _, err := check(t, bad, v); !errors.Is(err, receipt.ErrChain) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, other := newKey(t, "machine-2")
	if _, err := check(t, data, other); !errors.Is(err, receipt.ErrReceipt) {
		t.Errorf("another key: %v", err)
	}
}

// TestOtherBase64: the bits that a text of base64 does not use are looked at, too. The
// signature ends in one sign and a pad, of which two bits say nothing.
func TestOtherBase64(t *testing.T) {
	_, s, v := newKey(t, "machine-1")
	r, err := receipt.Make(1, receipt.Zero, []byte(`{"n":1}`), s)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(v); err != nil {
		t.Fatal(err)
	}
	const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	end := strings.LastIndex(r.Note, "=\n") - 1
	at := strings.IndexByte(signs, r.Note[end])
	whole := r.Note
	for bits := 1; bits < 4; bits++ {
		r.Note = whole[:end] + string(signs[at|bits]) + whole[end+1:]
		if err := r.Verify(v); !errors.Is(err, receipt.ErrReceipt) {
			t.Errorf("%q verifies as %q does: %v", r.Note, whole, err)
		}
	}
	r.Note = whole + whole[strings.Index(whole, "— "):]
	if err := r.Verify(v); !errors.Is(err, receipt.ErrReceipt) {
		t.Errorf("a second signature: %v", err)
	}
}

// TestOtherBytes: a line that reads the same in other bytes is found.
func TestOtherBytes(t *testing.T) {
	_, s, v := newKey(t, "machine-1")
	file := filepath.Join(t.TempDir(), "log")
	fill(t, file, s, v, 1)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	line := string(data)
	for name, bad := range map[string]string{
		"another case":  strings.Replace(line, `"body"`, `"Body"`, 1),
		"a second body": strings.Replace(line, `{"seq"`, `{"body":{"n":9},"seq"`, 1),
		"another order": strings.Replace(strings.Replace(line, `"seq":1,`, ``, 1), `}`+"\n", `,"seq":1}`+"\n", 1),
		"a bracket":     strings.Replace(line, "}\n", "}]garbage\n", 1),
		"a brace":       strings.Replace(line, "}\n", "}}\n", 1),
		"a blank":       strings.Replace(line, "}\n", "} \n", 1),
		"an escape":     strings.Replace(line, `"prev":"s`, `"prev":"\u0073`, 1),
	} {
		if bad == line {
			t.Fatalf("%s changes nothing", name)
		}
		if _, err := check(t, []byte(bad), v); !errors.Is(err, receipt.ErrReceipt) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := receipt.Parse([]byte(bad)); !errors.Is(err, receipt.ErrReceipt) {
			t.Errorf("%s, by itself: %v", name, err)
		}
	}
	if _, err := receipt.Parse([]byte(strings.TrimSuffix(line, "\n"))); err != nil {
		t.Errorf("without the line end: %v", err)
	}
}

// TestMarkup: a body with characters that Go's JSON escapes for HTML is read back.
func TestMarkup(t *testing.T) {
	_, s, v := newKey(t, "m")
	file := filepath.Join(t.TempDir(), "log")
	l, _, err := receipt.Open(file, s, v)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append([]byte(`{"wallet":"<a>&b\u2028"}`)); err != nil {
		t.Fatal(err)
	}
	l.Close()
	if l, _, err = receipt.Open(file, s, v); err != nil {
		t.Fatal(err)
	}
	l.Close()
}

// TestTorn: a last line without its end is cut off and the chain goes on.
func TestTorn(t *testing.T) {
	_, s, v := newKey(t, "m")
	file := filepath.Join(t.TempDir(), "log")
	fill(t, file, s, v, 3)
	data, _ := os.ReadFile(file)
	if err := os.WriteFile(file, data[:len(data)-7], 0o600); err != nil {
		t.Fatal(err)
	}
	l, torn, err := receipt.Open(file, s, v)
	if err != nil || torn == 0 {
		t.Fatalf("torn %d: %v", torn, err)
	}
	r, err := l.Append([]byte(`{}`))
	if err != nil || r.Seq != 3 {
		t.Errorf("%+v %v", r, err)
	}
	if _, _, err := receipt.Open(file, s, v); err == nil {
		t.Error("two writers of one log")
	}
	l.Close()
	if _, err := l.Append([]byte(`{}`)); !errors.Is(err, receipt.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
	data, _ = os.ReadFile(file)
	if st, err := check(t, data, v); err != nil || st.Receipts != 3 {
		t.Errorf("%+v %v", st, err)
	}
}

// TestTooLong: a body that no reader of the log would take is refused, and the log goes
// on without it.
func TestTooLong(t *testing.T) {
	if testing.Short() {
		t.Skip("signs 16 MiB")
	}
	_, s, v := newKey(t, "m")
	file := filepath.Join(t.TempDir(), "log")
	l, _, err := receipt.Open(file, s, v)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append([]byte(`"` + strings.Repeat("x", 16<<20) + `"`)); !errors.Is(err, receipt.ErrReceipt) {
		t.Errorf("a line of 16 MiB: %v", err)
	}
	if _, err := l.Append([]byte(`{}`)); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if l, _, err = receipt.Open(file, s, v); err != nil {
		t.Fatal(err)
	}
	if r, err := l.Append([]byte(`{}`)); err != nil || r.Seq != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	l.Close()
}

// TestEachTampering: of a log whose end is known from elsewhere, every line that is
// left out, doubled, swapped with another, put in from another log or another machine,
// every cut and every byte put in is found, and the line is named.
func TestEachTampering(t *testing.T) {
	_, s, v := newKey(t, "machine-1")
	_, s2, v2 := newKey(t, "machine-2")
	dir := t.TempDir()
	read := func(name string, s note.Signer, v note.Verifier, n int) [][]byte {
		fill(t, filepath.Join(dir, name), s, v, n)
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.SplitAfter(data, []byte("\n"))[:n]
	}
	mine, longer, other := read("a", s, v, 5), read("b", s, v, 6), read("c", s2, v2, 6)
	data := bytes.Join(mine, nil)
	end, err := check(t, data, v)
	if err != nil {
		t.Fatal(err)
	}
	// noticed: an error that names the line, or another end than the one known.
	noticed := func(bad []byte) bool {
		st, err := check(t, bad, v)
		if err != nil {
			return (errors.Is(err, receipt.ErrChain) || errors.Is(err, receipt.ErrReceipt)) && strings.Contains(err.Error(), fmt.Sprintf("line %d", st.Receipts+1))
		}
		return st.Last != end.Last || st.Torn > 0
	}
	with := func(i, drop int, put ...[]byte) []byte {
		return bytes.Join(slices.Concat(mine[:i], put, mine[i+drop:]), nil)
	}
	for i := range mine {
		for k := range i {
			swapped := slices.Clone(mine)
			swapped[i], swapped[k] = swapped[k], swapped[i]
			if !noticed(bytes.Join(swapped, nil)) {
				t.Errorf("lines %d and %d swapped", k, i)
			}
		}
		for what, bad := range map[string][]byte{
			"left out": with(i, 1), "doubled": with(i, 0, mine[i]), "of another machine": with(i, 1, other[i]),
			"with a blank line before": with(i, 0, []byte("\n")), "with a blank before": with(i, 0, []byte(" ")),
		} {
			if !noticed(bad) {
				t.Errorf("line %d %s", i, what)
			}
		}
	}
	for what, bad := range map[string][]byte{
		"a line of another log": append(bytes.Clone(data), longer[5]...), "a line of another machine": append(bytes.Clone(data), other[5]...),
		"an empty line": append(bytes.Clone(data), '\n'), "half a line": append(bytes.Clone(data), mine[0][:9]...), "nothing left": nil,
	} {
		if bytes.Equal(longer[5], mine[0]) || !noticed(bad) {
			t.Errorf("at the end: %s", what)
		}
	}
	for n := 0; n < len(data); n += 11 {
		if !noticed(data[:n]) {
			t.Errorf("cut after %d bytes", n)
		}
	}
}

func TestConcurrentAppends(t *testing.T) {
	_, s, v := newKey(t, "m")
	file := filepath.Join(t.TempDir(), "log")
	l, _, err := receipt.Open(file, s, v)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 20 {
				if _, err := l.Append([]byte(`{"x":1}`)); err != nil {
					t.Error(err)
				}
				if _, err := l.Append([]byte(`{"x":1.5}`)); err == nil {
					t.Error("a body that is not canonical is kept")
				}
			}
		})
	}
	all.Wait()
	l.Close()
	data, _ := os.ReadFile(file)
	if st, err := check(t, data, v); err != nil || st.Receipts != 320 {
		t.Errorf("%+v %v", st, err)
	}
}

func TestCompare(t *testing.T) {
	_, s1, v1 := newKey(t, "machine-1")
	_, s2, v2 := newKey(t, "machine-2")
	body := `{"wallet":"w","kind":"safe_tx","decision":"deny","payload_hash":"sha256:aa","digests":{"d":"0x1"},"decoded":{"complete":true,"effects":[{"type":"fee"}]},"at":"%s"}`
	one := func(k note.Signer, text string) *receipt.Receipt {
		r, err := receipt.Make(1, receipt.Zero, []byte(text), k)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	a, b := one(s1, fmt.Sprintf(body, "x")), one(s2, fmt.Sprintf(body, "y"))
	if err := errors.Join(a.VerifyAny([]note.Verifier{v1, v2}), b.VerifyAny([]note.Verifier{v1, v2})); err != nil {
		t.Error(err)
	}
	if err := b.VerifyAny([]note.Verifier{v1}); !errors.Is(err, receipt.ErrReceipt) {
		t.Errorf("an unknown key: %v", err)
	}
	if c, err := receipt.Compare(a, b); err != nil || !c.Same {
		t.Errorf("%+v %v", c, err)
	}
	for name, other := range map[string]*receipt.Receipt{
		"same key": one(s1, fmt.Sprintf(body, "y")), "decision": one(s2, strings.Replace(fmt.Sprintf(body, "y"), "deny", "allow", 1)),
		"bytes": one(s2, strings.Replace(fmt.Sprintf(body, "y"), "sha256:aa", "sha256:ab", 1)), "digest": one(s2, strings.Replace(fmt.Sprintf(body, "y"), "0x1", "0x2", 1)),
		"effects": one(s2, strings.Replace(fmt.Sprintf(body, "y"), `"fee"`, `"data"`, 1)), "nothing": one(s2, `{}`),
	} {
		if c, err := receipt.Compare(a, other); err != nil || c.Same {
			t.Errorf("%s: taken as the same (%v)", name, err)
		}
	}
}

func TestKeyFiles(t *testing.T) {
	file, _, _ := newKey(t, "m")
	if _, err := receipt.WriteKey(file, "m"); err == nil {
		t.Error("a key was overwritten")
	}
	if _, err := receipt.ReadVerifier(file + ".pub"); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := receipt.ReadKey(file); !errors.Is(err, receipt.ErrKey) {
		t.Errorf("a key that others can read: %v", err)
	}
}

// TestCanonicalTwice: canonical form is a fixed point, whatever the text.
func TestCanonicalTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "m")
		var b bytes.Buffer
		b.WriteByte('{')
		first := true
		for k, v := range m {
			if !first {
				b.WriteByte(',')
			}
			first = false
			fmt.Fprintf(&b, "%s:%s", quoted(k), quoted(v))
		}
		b.WriteByte('}')
		one, err := receipt.Canonical(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		two, err := receipt.Canonical(one)
		if err != nil || !bytes.Equal(one, two) {
			t.Fatalf("%s\n%s\n%v", one, two, err)
		}
	})
}

func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r > 0xffff {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func FuzzParse(f *testing.F) {
	_, s, v := newKey(f, "m")
	r, _ := receipt.Make(1, receipt.Zero, []byte(`{"a":1}`), s)
	f.Add([]byte(r.Note))
	f.Add([]byte(`{"seq":1,"prev":"","body":{},"note":""}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		one, err := receipt.Parse(line)
		if err == nil && one.Verify(v) == nil && !bytes.Equal(one.Body, r.Body) {
			t.Fatal("a receipt that was never made verifies")
		}
	})
}
