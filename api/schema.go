package api

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/coldtrail/coldtrail/study"
)

// newRegistry names the schemas: those of our rooms carry the room's name, so that
// a claim of the register and a claim of an article are two things.
func newRegistry() huma.Registry {
	r := huma.NewMapRegistry("#/components/schemas/", func(t reflect.Type, hint string) string {
		name := huma.DefaultSchemaNamer(t, hint)
		room := path.Base(t.PkgPath())
		if t.Name() == "" || room == "." || room == "api" || !strings.Contains(t.PkgPath(), "coldtrail") {
			return name
		}
		return strings.ToUpper(room[:1]) + room[1:] + name
	})
	r.RegisterTypeAlias(reflect.TypeFor[study.Value](), reflect.TypeFor[Dollars]())
	return r
}

// Dollars is how study.Value is written: an amount never without its terms.
type Dollars struct {
	USD       string `json:"usd" doc:"dollars and cents, decimal"`
	Basis     string `json:"basis" doc:"attempted, executed, left_control, ..., net, mixed"`
	Valuation string `json:"valuation" doc:"at whose price"`
	AsKnownOn string `json:"as_known_on" doc:"as known at the end of this day"`
}
