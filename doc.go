// Package coldtrail follows stolen money, with proofs.
//
// The rooms, in the order in which data flows:
//
//	money            exact amounts and assets
//	ledger           transfers, debits, credits, coins; the one-line text form
//	source/table     reads CSV files into transfers
//	graph            keeps transfers and walks them
//	tag              who is behind an address, says who, how sure
//	heist            the register: incidents, claims, sources, actors
//	study            rankings, totals, shares, intervals; study/claims checks an article
//	casefile         the question as a file; the shipped cases
//	trace            policies, bounds, certificates
//	report           text, JSON, CSV, GraphML, SVG, HTML
//	cmd/coldtrail    the command
//
// A room imports only from rooms above it; imports_test.go holds that. Start at
// docs/tour.md, which follows one stolen coin through these files.
package coldtrail
