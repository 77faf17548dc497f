// Package guard checks a transfer before it is signed.
//
// In go a request (the exact bytes that a key is asked to sign, what the
// requester says they mean, the signatures collected so far), a policy, and what
// the wallet did before. Out comes a verdict: allow, hold or deny, with the rules
// that fired, their evidence, the decoded effects and the digests computed here.
//
// It fails closed: bytes without a meaning, missing data, a fault or a timeout
// give hold, never allow. A verdict is that of the gravest rule, never a sum of
// weak ones. The package asks no node, holds no keys that move money, signs no
// transfer and sends none. It cannot tell what a contract will do, nor whether an
// intent typed by a deceived person is right.
//
// Rules have the ids G01 to G21; see docs/guard.md for each.
package guard
