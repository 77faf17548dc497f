package safe_test

import (
	"encoding/hex"
	"fmt"

	"github.com/coldtrail/coldtrail/guard/cases"
	"github.com/coldtrail/coldtrail/guard/safe"
)

// The first of the three signatures that were collected for the proposal shown
// to Bybit's signers: it is of none of them.
func ExampleReadSignature() {
	c, err := cases.Open("bybit-2025")
	if err != nil {
		panic(err)
	}
	for _, r := range c.Rows[len(c.Rows)-2:] {
		d := safe.Decode(c.Wallet, &r.Transaction)
		s := safe.ReadSignature(r.Signatures[0], d.Digests.SafeTxHash)
		fmt.Println(r.Label, hex.EncodeToString(d.Digests.SafeTxHash[:4]), "signed by", s.Signer)
		for _, a := range d.Tree.Actions {
			fmt.Println("  ", a.Kind, a.Name, "to", a.To, a.Amount.Dec())
		}
	}
	// Output:
	// displayed 9d89e673 signed by 0x9ed84723885128072E4EeBe53D2C71Cac23ceb01
	//    native_transfer  to 0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3 30000000000000000000000
	// malicious b3476d06 signed by 0x1F4EB0a903619ac168b19A82F1a6e2e426522211
	//    delegatecall  to 0x96221423681A6d52E184D440a8eFCEbB105C7242 0
	//    token_transfer transfer to 0xbDd077f651EBe7f7b3cE16fe5F2b025BE2969516 0
}
