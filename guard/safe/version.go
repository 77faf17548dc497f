package safe

import (
	"errors"
	"fmt"
	"strings"

	"github.com/coldtrail/coldtrail/guard/evm"
)

// ErrVersion marks a version of Safe that this package does not know.
var ErrVersion = errors.New("unknown version of Safe")

// Version is a released version of the wallet contract: "1.1.1".
type Version string

// versions are the releases, oldest first.
var versions = []Version{"1.0.0", "1.1.0", "1.1.1", "1.2.0", "1.3.0", "1.4.0", "1.4.1", "1.5.0"}

// ParseVersion reads a version. A suffix after a plus sign, as in "1.3.0+L2",
// names the variant that emits more events; it hashes alike and is dropped. The
// error is ErrVersion: versions before 1.0.0 hash other fields.
func ParseVersion(text string) (Version, error) {
	plain, variant, _ := strings.Cut(text, "+")
	for _, v := range versions {
		if string(v) == plain && (variant == "" && plain == text || variant == "L2") {
			return v, nil
		}
	}
	return "", fmt.Errorf("%w: %q (known: 1.0.0 to 1.5.0)", ErrVersion, text)
}

// BindsChain reports whether the version hashes the chain id into its domain,
// which it does from 1.3.0. A signature for an older Safe is good on every chain
// on which the Safe's address exists.
func (v Version) BindsChain() bool { return v >= "1.3.0" }

// HasGuard reports whether the wallet can have a transaction guard: from 1.3.0.
func (v Version) HasGuard() bool { return v >= "1.3.0" }

// Type hashes of EIP-712 structures.
var (
	domainType = evm.Keccak([]byte("EIP712Domain(uint256 chainId,address verifyingContract)"))
	// domainTypeOld is the domain before 1.3.0.
	domainTypeOld = evm.Keccak([]byte("EIP712Domain(address verifyingContract)"))
	txType        = evm.Keccak([]byte("SafeTx(address to,uint256 value,bytes data,uint8 operation," +
		"uint256 safeTxGas,uint256 baseGas,uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)"))
)
