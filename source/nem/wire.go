package nem

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// The JSON of a NIS node, as its API documentation shows it. Numbers are decoded
// as int64, so that a fraction or a number beyond 63 bits is an error.

// maxAnswer bounds one answer or file in bytes; a block of NEM holds at most 120
// transactions, a page 100.
const maxAnswer = 64 << 20

type wireHash struct {
	Data string `json:"data"`
}

type wireMeta struct {
	ID        *int64   `json:"id"`
	Height    *int64   `json:"height"`
	Hash      wireHash `json:"hash"`
	InnerHash wireHash `json:"innerHash"`
}

type wireMosaicID struct {
	Namespace string `json:"namespaceId"`
	Name      string `json:"name"`
}

type wireMosaic struct {
	Quantity *int64       `json:"quantity"`
	ID       wireMosaicID `json:"mosaicId"`
}

type wireMessage struct {
	Payload string `json:"payload"`
	Type    int64  `json:"type"`
}

// wireTx is a transaction of any type; which fields it has depends on Type.
type wireTx struct {
	TimeStamp *int64       `json:"timeStamp"`
	Type      *int64       `json:"type"`
	Version   *int64       `json:"version"`
	Fee       *int64       `json:"fee"`
	Signer    string       `json:"signer"`
	Amount    *int64       `json:"amount"`
	Recipient string       `json:"recipient"`
	Message   *wireMessage `json:"message"`
	Mosaics   []wireMosaic `json:"mosaics"`

	OtherTrans *wireTx  `json:"otherTrans"`
	Signatures []wireTx `json:"signatures"`

	RentalFee       *int64 `json:"rentalFee"`
	RentalFeeSink   string `json:"rentalFeeSink"`
	CreationFee     *int64 `json:"creationFee"`
	CreationFeeSink string `json:"creationFeeSink"`
}

type wireProperty struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type wireLevy struct {
	Type      int64        `json:"type"`
	Recipient string       `json:"recipient"`
	Mosaic    wireMosaicID `json:"mosaicId"`
	Fee       int64        `json:"fee"`
}

type wireDefinition struct {
	ID         wireMosaicID   `json:"id"`
	Properties []wireProperty `json:"properties"`
	Levy       *wireLevy      `json:"levy"`
}

// wirePair is one entry of a page: of transfers, or of mosaic definitions.
type wirePair struct {
	Meta        *wireMeta       `json:"meta"`
	Transaction *wireTx         `json:"transaction"`
	Mosaic      *wireDefinition `json:"mosaic"`
}

type wireAccount struct {
	Address string `json:"address"`
	Balance *int64 `json:"balance"`
}

// wireAnswer is any answer of a node; what is set says which.
type wireAnswer struct {
	Data *[]wirePair `json:"data"` // a page

	// A block.
	Height       *int64    `json:"height"`
	Transactions *[]wireTx `json:"transactions"`
	Signature    string    `json:"signature"`
	Version      *int64    `json:"version"`

	Account *wireAccount `json:"account"` // account/get

	// transaction/get
	Meta        *wireMeta `json:"meta"`
	Transaction *wireTx   `json:"transaction"`

	// An error.
	Error   string `json:"error"`
	Message string `json:"message"`
	Status  int64  `json:"status"`
}

// hollow reports whether an answer holds so many objects and nulls that they can
// hardly say anything: each takes up to a hundred times its text in memory. Those
// of a node hold hashes and keys and are longer.
func hollow(data []byte) bool {
	n := bytes.Count(data, []byte("{")) + bytes.Count(data, []byte("null"))
	return n > 1<<15 && n > len(data)/24
}

// decode reads the answers that stand in a file, one or several after another.
func decode(name string, data []byte) ([]wireAnswer, error) {
	if hollow(data) {
		return nil, &Error{File: name, Msg: fmt.Sprintf("%d bytes that are nearly all empty objects", len(data)), Err: ErrJSON}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	var out []wireAnswer
	for {
		var a wireAnswer
		if err := dec.Decode(&a); errors.Is(err, io.EOF) && len(out) > 0 {
			return out, nil
		} else if err != nil {
			return nil, jsonError(name, data, dec.InputOffset(), err)
		}
		out = append(out, a)
	}
}

func jsonError(name string, data []byte, at int64, err error) error {
	e := &Error{File: name, Record: fmt.Sprintf("at byte %d", at), Msg: err.Error(), Err: ErrJSON}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		e.Record = fmt.Sprintf("at byte %d", syntax.Offset)
	case errors.As(err, &kind):
		e.Record, e.Msg = kind.Field, fmt.Sprintf("a %s where a %s belongs", kind.Value, kind.Type)
	case errors.Is(err, io.EOF):
		e.Msg = "nothing is in it"
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Msg, e.Hint = fmt.Sprintf("the answer is cut off after %d bytes", len(data)), "ask the node again"
	}
	return e
}

// sameTx reports whether two answers tell the same of a transaction.
func sameTx(a, b *wireTx) bool { return reflect.DeepEqual(a, b) }
