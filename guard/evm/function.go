package evm

import "strings"

// Function is a function that the decoder knows by its selector.
type Function struct {
	// Signature names the parameters: "transfer(address to,uint256 amount)".
	Signature string

	name     string
	selector [4]byte
	params   []abiType
	read     func(*Call)
}

// Functions maps selectors to functions.
type Functions map[[4]byte]*Function

// NewFunction makes a function from its signature with named parameters. read
// is called with the arguments decoded and tells the call's actions by Act,
// Enter and Leave. A fault in the signature panics: signatures are constants.
func NewFunction(signature string, read func(*Call)) *Function {
	name, list, ok := strings.Cut(signature, "(")
	if !ok || !strings.HasSuffix(list, ")") {
		panic("evm: signature " + signature)
	}
	f := &Function{Signature: signature, name: name, read: read, params: parseParams(list[:len(list)-1])}
	h := Keccak([]byte(f.Canonical()))
	f.selector = [4]byte(h[:4])
	return f
}

// Name is the function's name without parameters.
func (f *Function) Name() string { return f.name }

// Canonical is the text whose hash gives the selector.
func (f *Function) Canonical() string { return f.name + "(" + typeTexts(f.params) + ")" }

// Selector is the first four bytes of the hash of Canonical.
func (f *Function) Selector() [4]byte { return f.selector }

// Add puts functions into the map.
func (m Functions) Add(functions ...*Function) {
	for _, f := range functions {
		m[f.selector] = f
	}
}

// StandardFunctions returns a new map of the functions that this package knows: token
// transfers and approvals (ERC-20, 721, 1155, 2612, DAI, Permit2), wrapped
// ether, proxies and owners, and the older multisig wallets.
func StandardFunctions() Functions {
	m := Functions{}
	m.Add(tokenFunctions()...)
	m.Add(approvalFunctions()...)
	m.Add(controlFunctions()...)
	return m
}
