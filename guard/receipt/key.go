package receipt

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// ErrKey marks a file that holds no key.
var ErrKey = errors.New("not a key file of receipts")

// WriteKey makes a key of a name and writes it to a new file, private to its
// owner, and its public part to the same name with ".pub". Files that exist are
// never overwritten.
func WriteKey(file, name string) (public string, err error) {
	private, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return "", err
	}
	for _, f := range []struct {
		name, text string
		mode       os.FileMode
	}{{file, private + "\n" + public + "\n", 0o600}, {file + ".pub", public + "\n", 0o644}} {
		out, err := os.OpenFile(f.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode)
		if err != nil {
			return "", err
		}
		_, err = out.WriteString(f.text)
		if err = errors.Join(err, out.Close()); err != nil {
			return "", err
		}
	}
	return public, nil
}

// ReadKey reads a key file. One that others can read is refused.
func ReadKey(file string) (note.Signer, note.Verifier, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, nil, fmt.Errorf("%w: %s can be read by others; chmod 600 it", ErrKey, file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	lines := strings.Fields(string(text))
	if len(lines) != 2 {
		return nil, nil, fmt.Errorf("%w: %s", ErrKey, file)
	}
	signer, err := note.NewSigner(lines[0])
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s: the private part", ErrKey, file)
	}
	verifier, err := note.NewVerifier(lines[1])
	if err != nil || verifier.Name() != signer.Name() || verifier.KeyHash() != signer.KeyHash() {
		return nil, nil, fmt.Errorf("%w: %s: the two parts do not belong together", ErrKey, file)
	}
	return signer, verifier, nil
}

// ReadVerifier reads the public part: of a ".pub" file, or the text itself.
func ReadVerifier(fileOrText string) (note.Verifier, error) {
	text := fileOrText
	if data, err := os.ReadFile(fileOrText); err == nil {
		text = strings.TrimSpace(string(data))
	}
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is neither a .pub file nor a public key", ErrKey, fileOrText)
	}
	return v, nil
}
