// Package web holds the page, built: what comes in is a path, what goes out are the
// files of dist, and the shell of the page for every path that is a place on it. It
// knows nothing of what the page shows; the page asks api.
//
// The files are built from app by .ci/web and committed, so that the program
// builds without Node.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed dist
var built embed.FS

// Handler serves the page. Files carry their digest as ETag; those with a digest in
// their name may be kept for a year. Unknown paths get the shell, since
// the page routes them itself, and an address may hold a dot; those in assets get 404.
func Handler() http.Handler {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	tags := map[string]string{}
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			data, _ := fs.ReadFile(files, name)
			sum := sha256.Sum256(data)
			tags[name] = `"` + hex.EncodeToString(sum[:12]) + `"`
		}
		return err
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the page is only read", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if _, ok := tags[name]; !ok {
			if strings.HasPrefix(name, "assets/") {
				http.NotFound(w, r)
				return
			}
			name = "index.html"
		}
		w.Header().Set("ETag", tags[name])
		w.Header().Set("Cache-Control", "no-cache")
		if strings.HasPrefix(name, "assets/") {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		http.ServeFileFS(w, r, files, name)
	})
}
