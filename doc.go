// Package coldtrail follows stolen money, with proofs.
//
// The rooms, in the order in which data flows:
//
//	money            exact amounts and assets
//	ledger           transfers, debits, credits, coins; the one-line text form
//	source/table     reads CSV files into transfers
//	source/bitcoin   reads block files of Bitcoin, exports of bitcoin-etl, running nodes
//	source/ethereum  reads exports of ethereum-etl, running nodes
//	source/nem       reads the answers of NEM nodes (NIS1)
//	source/payments  joins the messages of banks into payments, payments into a ledger
//	source/swift     reads FIN messages (MT)
//	source/iso20022  reads the XML messages of ISO 20022
//	source/parquet   reads and writes those exports as Parquet
//	graph            keeps transfers, in memory or on disk, and walks them
//	swap             recognises conversions within a transaction by net flows
//	heist            the register: incidents, claims, sources, actors
//	tag              who is behind an address, says who, how sure; reads packs and lists
//	tag/tagdb        an index of tags on disk
//	tag/known        a small table of well-known services
//	guard/evm        reads Ethereum transactions and calldata before they are signed
//	guard/eip712     reads typed data before it is signed
//	guard/psbt       reads Bitcoin transactions before they are signed
//	guard/safe       reads transactions of Safe wallets, recovers who signed
//	guard/receipt    what was decided, chained and signed
//	guard            compares with what was meant, checks rules, gives a verdict
//	guard/replay     plays a guard against a wallet's history
//	guard/serve      the guard over HTTP, for Fireblocks, beside a Safe service
//	guard/cases      real histories of wallets, to play a guard against
//	cluster          joins addresses by stated rules, reversible
//	study            rankings, totals, shares, intervals; study/claims checks an article
//	casefile         the question as a file; the shipped cases
//	trace            policies, bounds, certificates
//	report           text, JSON, CSV, GraphML, SVG, HTML
//	inquiry          a case asked: loaded, traced, compared with what it expects
//	api              all of it over HTTP, described by OpenAPI
//	web              the page
//	docs             these documents, inside the binary
//	cmd/coldtrail    the command
//
// A room imports only from rooms above it; imports_test.go holds that. Start at
// docs/tour.md, which follows one stolen coin through these files.
package coldtrail
