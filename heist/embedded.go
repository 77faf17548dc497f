package heist

import (
	"embed"
	"io/fs"
	"sync"
)

// The register that ships with the program; register/README.md has its licence
// (CC BY 4.0).
//
//go:embed register
var shipped embed.FS

// Files is the embedded register as a file system.
func Files() fs.FS {
	sub, err := fs.Sub(shipped, "register")
	if err != nil {
		panic(err) // the name is constant
	}
	return sub
}

var embedded = sync.OnceValues(func() (*Register, error) {
	reg, _, err := Load(Files(), "register")
	return reg, err
})

// Embedded gives the register inside the binary, read once. It must not be
// changed.
func Embedded() (*Register, error) { return embedded() }
