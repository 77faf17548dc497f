package disk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
)

// ManifestName is the file that says what a store holds.
const ManifestName = "MANIFEST"

// WriteManifest replaces the manifest of a folder atomically and durably: after
// a crash there is the old one or the new one.
func WriteManifest(dir string, version int, content any) error {
	body, err := json.MarshalIndent(content, "", " ")
	if err != nil {
		return err
	}
	head := fmt.Sprintf("coldtrail store %d %08x\n", version, crc32.Checksum(body, castagnoli))
	temp := filepath.Join(dir, ManifestName+".new")
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append([]byte(head), body...))
	if err == nil && !NoSync {
		err = Sync(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", temp, err)
	}
	if err := os.Rename(temp, filepath.Join(dir, ManifestName)); err != nil {
		return err
	}
	return syncDir(dir)
}

// Mark makes an empty file in a folder, durably.
func Mark(dir, name string) error {
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	if !NoSync {
		err = Sync(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return syncDir(dir)
}

// MakeDir makes a folder, with those above it that are not there, durably.
func MakeDir(dir string) error {
	var made []string
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, d)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, d := range made {
		if err := syncDir(filepath.Dir(d)); err != nil {
			return err
		}
	}
	return nil
}

// ReadManifest reads the manifest of a folder into content. It fails with
// ErrVersion for another version, with ErrDamaged for bytes that were changed,
// and with fs.ErrNotExist when there is none.
func ReadManifest(dir string, version int, content any) error {
	path := filepath.Join(dir, ManifestName)
	all, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, body, ok := bytes.Cut(all, []byte("\n"))
	var is int
	var sum uint32
	if n, err := fmt.Sscanf(string(head), "coldtrail store %d %x", &is, &sum); !ok || err != nil || n != 2 {
		return fmt.Errorf("%s does not begin as a manifest does: %w", path, ErrDamaged)
	}
	if is != version {
		return fmt.Errorf("%s is of version %d, this program reads version %d: %w", path, is, version, ErrVersion)
	}
	if got := crc32.Checksum(body, castagnoli); got != sum {
		return fmt.Errorf("%s has checksum %08x, it says %08x: %w", path, got, sum, ErrDamaged)
	}
	if err := json.Unmarshal(body, content); err != nil {
		return fmt.Errorf("%s: %v: %w", path, err, ErrDamaged)
	}
	return nil
}
