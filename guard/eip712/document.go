package eip712

import (
	"errors"
	"fmt"

	"github.com/holiman/uint256"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// ErrDocument marks JSON that is not a document of typed data.
var ErrDocument = errors.New("not typed data")

// domainName is the name of the domain's structure.
const domainName = "EIP712Domain"

// domainFields are the members that EIP-712 gives the domain, in its order.
var domainFields = []Field{
	{"name", "string"}, {"version", "string"}, {"chainId", "uint256"}, {"verifyingContract", "address"}, {"salt", "bytes32"},
}

// Document is typed data with its digests.
type Document struct {
	PrimaryType string
	// TypeText is the whole definition of the message (encodeType).
	TypeText string
	Domain   Domain
	Message  Value

	// DomainSeparator and MessageHash are the hashes of the two structures, Digest
	// the hash that is signed.
	DomainSeparator, MessageHash, Digest evm.Hash

	// Actions are the approvals that a signature gives, for known messages.
	Actions []evm.Action
	// Known names the kind of message: "permit", "dai permit", "permit2 ...",
	// "safe transaction"; "" if it is not known.
	Known string
	// Undecoded lists what has no meaning. Empty means complete.
	Undecoded []evm.Undecoded
}

// Domain is for whom the message is meant.
type Domain struct {
	Name, Version string
	// ChainID and VerifyingContract are nil where the domain lacks them: the
	// signature is then good on every chain, or for every contract.
	ChainID           *uint256.Int
	VerifyingContract *evm.Address
	// Fields are all members as they are hashed.
	Fields Value
}

// Complete reports whether everything in the document has a meaning.
func (d *Document) Complete() bool { return len(d.Undecoded) == 0 }

// Parse reads a document of eth_signTypedData_v4: types, primaryType, domain and
// message, and nothing else. Errors are ErrJSON, ErrDocument, ErrType, ErrValue,
// or those of evm for addresses and hex.
func Parse(data []byte) (*Document, error) {
	root, err := readJSON(data)
	if err != nil {
		return nil, err
	}
	if !root.isObject() {
		return nil, fmt.Errorf("%w: an object belongs here", ErrDocument)
	}
	for _, key := range []string{"types", "primaryType", "domain", "message"} {
		if _, ok := root.get(key); !ok {
			return nil, fmt.Errorf("%w: %q is missing", ErrDocument, key)
		}
	}
	if len(root.keys) != 4 {
		return nil, fmt.Errorf("%w: only types, primaryType, domain and message belong here, not %q", ErrDocument, root.keys)
	}
	types, _ := root.get("types")
	s, err := readTypes(types)
	if err != nil {
		return nil, err
	}
	return read(root, s)
}

func read(root node, s *schema) (*Document, error) {
	d := &Document{}
	primary, _ := root.get("primaryType")
	d.PrimaryType, _ = primary.value.(string)
	switch {
	case s.structs[domainName] == nil:
		return nil, fmt.Errorf("%w: types lacks %s", ErrDocument, domainName)
	case d.PrimaryType == domainName:
		return nil, fmt.Errorf("%w: the domain as the message, which programs hash in different ways", ErrDocument)
	case s.structs[d.PrimaryType] == nil:
		return nil, fmt.Errorf("%w: primaryType %q is not among the types", ErrType, clip(d.PrimaryType))
	}
	r := &reader{schema: s}
	domain, _ := root.get("domain")
	message, _ := root.get("message")
	fields, err := r.at("domain", domainName, domain, 0)
	if err != nil {
		return nil, err
	}
	if d.Message, err = r.at("message", d.PrimaryType, message, 0); err != nil {
		return nil, err
	}
	d.TypeText = s.encodeType(d.PrimaryType)
	d.Domain.Fields = fields
	d.DomainSeparator, d.MessageHash = fields.Word, d.Message.Word
	d.Digest = evm.TypedDigest(d.DomainSeparator, d.MessageHash)
	d.Undecoded = r.undecoded
	d.readDomain()
	d.explain()
	return d, nil
}

// readDomain takes the known members from the domain. Another member, type or
// order gives a hash that the standard does not foresee.
func (d *Document) readDomain() {
	at := 0
	for _, f := range d.Domain.Fields.Items {
		for at < len(domainFields) && domainFields[at] != (Field{f.Name, f.Type}) {
			at++
		}
		if at == len(domainFields) {
			d.leave(fmt.Sprintf("the domain's field %s %s is not one of EIP-712, or not in its order", clip(f.Type), clip(f.Name)))
			return
		}
		switch f.Name {
		case "name":
			d.Domain.Name = f.Text
		case "version":
			d.Domain.Version = f.Text
		case "chainId":
			n := f.Uint()
			d.Domain.ChainID = &n
		case "verifyingContract":
			a := f.Address()
			d.Domain.VerifyingContract = &a
		}
	}
}

func (d *Document) leave(reason string) {
	d.Undecoded = append(d.Undecoded, evm.Undecoded{Reason: reason})
}
