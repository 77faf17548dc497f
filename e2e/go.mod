module github.com/coldtrail/coldtrail/e2e

go 1.26.0

require github.com/coldtrail/coldtrail v0.0.0

require (
	github.com/holiman/uint256 v1.3.2 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/coldtrail/coldtrail => ../
