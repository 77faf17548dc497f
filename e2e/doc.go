// Package e2e runs coldtrail against real nodes. It is a module of its own, so that
// the tests of the main module need no node: in go the paths of binaries by
// environment variables, out come passed or skipped tests.
//
// COLDTRAIL_BTCD is a btcd v0.24.2: go install github.com/btcsuite/btcd@v0.24.2.
// COLDTRAIL_GETH is a geth v1.17.8, run as geth --dev: go install
// github.com/ethereum/go-ethereum/cmd/geth@v1.17.8 (some four minutes of two cores).
// COLDTRAIL_ANVIL is Foundry's anvil 1.7.1: npm install @foundry-rs/anvil-linux-amd64@1.7.1.
package e2e
