// Package serve offers a guard over HTTP, to Fireblocks' co-signer, and beside a
// Safe Transaction Service.
//
// In go requests, out come verdicts with receipts. Whatever goes wrong after a
// request was understood gives hold (RETRY to a co-signer), never allow; what
// cannot be understood gets 400, and a caller who is not known 401. On the path of
// a check nothing is asked of any network. The server is plain net/http: it faces
// machines that may be hostile, and the fewest parts are the easiest to trust.
package serve
