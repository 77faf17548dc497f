package safe

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// librariesText lists the deployments, one a line: role, version, set, address.
// Source: safe-global/safe-deployments, canonical addresses of Ethereum mainnet.
//
//go:embed libraries.txt
var librariesText string

// Role is what a contract of Safe is for.
type Role string

// The roles. Only multiSend libraries are meant to be run by delegatecall every
// day; a singleton is never run so by a wallet's own transaction.
const (
	Singleton         Role = "singleton"
	SingletonL2       Role = "singleton-l2"
	MultiSend         Role = "multi-send"
	MultiSendCallOnly Role = "multi-send-call-only"
	SignMessageLib    Role = "sign-message"
	CreateCall        Role = "create-call"
	Migration         Role = "migration"
	ToL2Migration     Role = "to-l2-migration"
	FallbackHandler   Role = "fallback-handler"
)

// Library is a deployed contract of Safe.
type Library struct {
	Role    Role
	Version Version
	// Set is "canonical", or "eip155" for the second set of 1.3.0.
	Set     string
	Address evm.Address
}

// String writes role and version: "multi-send 1.3.0".
func (l Library) String() string { return string(l.Role) + " " + string(l.Version) }

// ForDelegatecall reports whether the contract is a library that wallets run by
// delegatecall. Singletons and fallback handlers are not: run so, their code
// would change the wallet as its owners never could.
func (l Library) ForDelegatecall() bool {
	switch l.Role {
	case Singleton, SingletonL2, FallbackHandler:
		return false
	}
	return true
}

// Lookup returns the contract of Safe at an address. The table holds for
// Ethereum mainnet; most other chains have the same addresses, but whether code
// stands there is for a policy to say.
func Lookup(a evm.Address) (Library, bool) {
	l, ok := libraries()[a]
	return l, ok
}

// LibrariesHash is the hash of the table's text, so that a verdict can say by
// which table it was reached.
func LibrariesHash() evm.Hash { return evm.Keccak([]byte(librariesText)) }

var libraries = sync.OnceValue(func() map[evm.Address]Library {
	m := map[evm.Address]Library{}
	for i, line := range strings.Split(strings.TrimSpace(librariesText), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		if len(f) != 4 {
			panic(fmt.Sprintf("safe: libraries.txt, line %d: %d fields", i+1, len(f)))
		}
		a, err := evm.ParseAddress(f[3])
		if err != nil {
			panic(fmt.Sprintf("safe: libraries.txt, line %d: %v", i+1, err))
		}
		v, err := ParseVersion(f[1])
		if err != nil {
			panic(fmt.Sprintf("safe: libraries.txt, line %d: %v", i+1, err))
		}
		m[a] = Library{Role: Role(f[0]), Version: v, Set: f[2], Address: a}
	}
	return m
})
