// Package docs holds this folder inside the binary, so that the page can show it
// without a network. It computes nothing.
package docs

import "embed"

// Files are the documents, by their paths in this folder.
//
//go:embed *.md design/*.md reference/*.md img
var Files embed.FS
