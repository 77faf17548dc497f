package safe

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/coldtrail/coldtrail/guard/eip712"
	"github.com/coldtrail/coldtrail/guard/evm"
)

// TestTypedData reads the two Safe documents on which ethers and viem agree, one
// for each rule of the domain, and finds their digests by the version's rule.
func TestTypedData(t *testing.T) {
	data, err := os.ReadFile("../eip712/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Name     string
		Digest   evm.Hash
		Document json.RawMessage
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, v := range all {
		d, err := eip712.Parse(v.Document)
		if err != nil {
			t.Fatal(err)
		}
		w, tx, err := FromTypedData(d)
		if !strings.HasPrefix(v.Name, "safe ") {
			if !errors.Is(err, ErrTypedData) {
				t.Errorf("%s: %v", v.Name, err)
			}
			continue
		}
		found++
		if err != nil {
			t.Fatal(err)
		}
		// Each version on the same side of 1.3.0 gives the digest of the others'
		// libraries, each on the other side gives another.
		for _, version := range versions {
			w.Version = version
			same := version.BindsChain() == (v.Name == "safe 1.3.0")
			if got := tx.Digests(w).SafeTxHash; (got == v.Digest) != same {
				t.Errorf("%s by the rule of %s: %s", v.Name, version, got)
			}
		}
		// A domain with a name is no Safe's.
		named := strings.Replace(string(v.Document), `"EIP712Domain": [`, `"EIP712Domain": [{"name":"name","type":"string"},`, 1)
		named = strings.Replace(named, `"domain": {`, `"domain": {"name":"Safe",`, 1)
		if d, err := eip712.Parse([]byte(named)); err != nil {
			t.Error(err)
		} else if _, _, err := FromTypedData(d); !errors.Is(err, ErrTypedData) {
			t.Errorf("%s with a name: %v", v.Name, err)
		}
	}
	if found != 2 {
		t.Errorf("%d Safe documents", found)
	}
}

func TestVersions(t *testing.T) {
	for text, want := range map[string]Version{"1.0.0": "1.0.0", "1.1.1": "1.1.1", "1.3.0": "1.3.0", "1.3.0+L2": "1.3.0", "1.5.0": "1.5.0"} {
		if v, err := ParseVersion(text); err != nil || v != want {
			t.Errorf("%s: %s, %v", text, v, err)
		}
	}
	for _, text := range []string{"", "0.1.0", "1.6.0", "1.3", "1.3.0+", "1.3.0+l2", "+L2", "v1.3.0", " 1.3.0"} {
		if v, err := ParseVersion(text); !errors.Is(err, ErrVersion) {
			t.Errorf("%q: %s, %v", text, v, err)
		}
	}
	if domainTypeOld.String() != "0x035aff83d86937d35b32e04f0ddc6ff469290eef2f1b692d8a815c89404d4749" ||
		domainType.String() != "0x47e79534a245952e8b16893a336b85a3d9ea9fa8c573f3d803afb92a79469218" ||
		txType.String() != "0xbb8310d486368db6bd6f849402fdd73ad53d316b5a4b2644ad6efe0f941286d8" {
		t.Errorf("%s %s %s", domainTypeOld, domainType, txType)
	}
}
