// Package report shows a trail: as text, JSON Lines, CSV, GraphML, SVG pictures
// and one HTML page, and explains single figures and freezes in words.
//
// In goes a Document: a trace.Trail with what was asked, who says what about the
// accounts, and the findings of a case. Out come bytes on an io.Writer, the same
// bytes for the same document.
//
// The package lays out and adds up; it never computes taint, never turns an
// amount into a float (pixels are whole thousandths), never adds bounds of
// single places, never shortens an address in machine output, and never hides a
// row: what is left out of a long table is counted and summed. What is not known
// is called not known, never 0. All strings from outside are data: they are
// escaped in every format, and control characters do not reach a terminal.
package report
