// Package e2e runs coldtrail against real nodes. It is a module of its own, so that
// the tests of the main module need no node: in go the paths of binaries by
// environment variables, out come passed or skipped tests.
//
// COLDTRAIL_BTCD is a btcd v0.24.2: go install github.com/btcsuite/btcd@v0.24.2.
package e2e
