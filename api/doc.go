// Package api answers over HTTP what the command answers on a terminal: cases,
// trails, addresses, tags, the register, the study, the guard. What comes out is
// described by OpenAPI 3.1 (openapi.json) and holds the records of the command's
// JSON Lines.
//
// It computes nothing of its own: questions go through inquiry to trace, pictures
// are laid out by report, studies are built by study, verdicts are given by guard.
// It keeps nothing on disk but what its Options name, asks nothing of any network,
// and never takes a request whose Host or Origin is not its own
// (docs/design/0008-page-and-api.md).
package api
