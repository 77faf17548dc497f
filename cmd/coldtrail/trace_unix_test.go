//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestWriteToPipe: what is no file is written to, and is afterwards what it was.
func TestWriteToPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	got := make(chan string)
	go func() {
		text, err := os.ReadFile(path)
		if err != nil {
			text = fmt.Append(nil, err)
		}
		got <- string(text)
	}()
	err := writeFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "trail"); return err })
	if text := <-got; err != nil || text != "trail" {
		t.Errorf("%q, %v", text, err)
	}
	if st, err := os.Lstat(path); err != nil || st.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is now %v, %v", st.Mode(), err)
	}
	if _, err := os.Lstat(path + ".part"); err == nil {
		t.Error("a part is left behind")
	}
}
