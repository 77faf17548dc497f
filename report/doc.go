// Package report shows a trail: as text, JSON Lines, CSV, GraphML, SVG pictures
// and one HTML page, and explains single figures and freezes in words.
//
// In goes a Document: a trace.Trail with what was asked, who says what about the
// accounts, and the findings of a case. Out come bytes on an io.Writer, the same
// bytes for the same document. FlowPicture and GraphPicture lay the trail out as
// data, for a page that draws it under every policy at once.
//
// A study of heists goes in as study.Study with the register it was built from:
// out come its figures as SVG, its tables as CSV and one HTML page on which every
// number leads to its claims and sources. An amount without basis, valuation and
// as-known-on date is not drawn (ErrUnlabelled, study.ErrUnstated).
//
// The package lays out and adds up; it never computes taint, never turns an
// amount into a float (pixels are whole thousandths), never adds bounds of
// single places, never shortens an address in machine output, and never hides a
// row: what is left out of a long table is counted and summed. What is not known
// is called not known, never 0. All strings from outside are data: they are
// escaped in every format, and control characters do not reach a terminal.
package report
