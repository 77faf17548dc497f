package study

import (
	"crypto/sha1" //nolint:gosec // UUIDv5 is defined with SHA-1 (RFC 9562, 5.5)
	_ "embed"     // the citation
	"encoding/hex"
	"encoding/json"
	"io"
	"time"

	"github.com/coldtrail/coldtrail/heist"
)

// Citation is CITATION.cff of the repository: how to cite register and study.
//
//go:embed CITATION.cff
var Citation string

// stixSpace is the name space of STIX 2.1's deterministic ids (STIX 2.1, 2.9).
var stixSpace = [16]byte{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7}

// stixID is a UUIDv5 id: the same object has the same id in every bundle.
func stixID(kind, name string) string {
	h := sha1.New()
	h.Write(stixSpace[:])
	io.WriteString(h, "coldtrail:"+kind+":"+name)
	u := h.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80
	x := hex.EncodeToString(u)
	return kind + "--" + x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// tlpClear is the marking TLP:CLEAR of STIX (TLP:WHITE's id of STIX 2.1, 7.2.1.4).
const tlpClear = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"

// object is a STIX object; encoding/json sorts its keys.
type object map[string]any

// WriteSTIX writes the period's incidents as a STIX 2.1 bundle: incidents, victims
// as identities, the actor as a threat actor, attributed-to relationships with
// confidence 0 to 100, notes for the other side of a dispute, and a report.
func WriteSTIX(w io.Writer, reg *heist.Register, s *Study) error {
	when := s.Header.Terms.AsKnownOn + "T00:00:00.000Z"
	base := func(kind, name string) object {
		return object{"type": kind, "spec_version": "2.1", "id": stixID(kind, name), "created": when, "modified": when, "object_marking_refs": []string{tlpClear}}
	}
	all := []object{{"type": "marking-definition", "spec_version": "2.1", "id": tlpClear, "created": "2017-01-20T00:00:00.000Z", "definition_type": "tlp", "name": "TLP:WHITE",
		"definition": object{"tlp": "white"}}}
	actor := base("threat-actor", s.Front.Actor)
	actor["name"] = reg.Actor(s.Front.Actor).Name
	all = append(all, actor)
	var refs []string
	for n := range s.Rows {
		made, err := stixRow(base, &s.Rows[n], actor["id"])
		if err != nil {
			return err
		}
		all = append(all, made...)
	}
	for _, o := range all[1:] {
		refs = append(refs, o["id"].(string))
	}
	report := base("report", s.Header.Policy+s.Header.RegisterHash+when)
	report["name"], report["published"], report["object_refs"] = "Heists under policy "+s.Header.Policy, when, refs
	report["x_coldtrail_register_sha256"] = s.Header.RegisterHash
	all = append(all, report)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(object{"type": "bundle", "id": stixID("bundle", s.Header.Policy+s.Header.RegisterHash+when), "objects": all})
}

func stixRow(base func(string, string) object, row *Row, actor any) ([]object, error) {
	incident := base("incident", row.ID)
	incident["name"] = row.Title
	incident["external_references"] = []object{{"source_name": "coldtrail register", "external_id": row.ID}}
	incident["x_coldtrail_occurred"], incident["x_coldtrail_draft"] = row.Occurred, row.Draft
	var amounts []Value
	for _, a := range row.Amounts {
		if err := a.Value.Terms().Check(); err != nil {
			return nil, err
		}
		if a.Known && !a.Stands {
			amounts = append(amounts, a.Value)
		}
	}
	if len(amounts) > 0 {
		incident["x_coldtrail_amount"] = amounts
	}
	victim := base("identity", row.ID)
	victim["name"], victim["identity_class"] = row.Title, "organization"
	hit := base("relationship", "targets"+row.ID)
	hit["relationship_type"], hit["source_ref"], hit["target_ref"] = "related-to", incident["id"], victim["id"]
	out := []object{incident, victim, hit}
	if row.Claimed.Verdict == Nobody {
		return out, nil
	}
	link := base("relationship", "attributed"+row.ID)
	link["relationship_type"], link["source_ref"], link["target_ref"] = "attributed-to", incident["id"], actor
	link["confidence"] = map[string]int{"low": 15, "moderate": 50, "high": 85}[row.Claimed.Confidence] // STIX 2.1, appendix A, None/Low/Med/High
	link["x_coldtrail_status"], link["x_coldtrail_verdict"] = row.Claimed.Standing, row.Claimed.Verdict
	if d, err := heist.ParseDate(row.Claimed.On); err == nil && !d.First().IsZero() {
		link["x_coldtrail_asserted_on"] = d.First().Format(time.DateOnly)
	}
	out = append(out, link)
	if row.Claimed.Verdict == Disputed {
		note := base("note", row.ID)
		note["content"], note["object_refs"] = "The attribution is disputed; both sides stand in the register.", []any{link["id"]}
		out = append(out, note)
	}
	return out, nil
}
