// Command coldtrail follows stolen money, with proofs.
//
// Each verb is one file: flags to calls, errors to exit codes. Data goes to
// standard output, talk to standard error. The rules of what is printed stand
// at the head of talk.go.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}, os.Getenv)
	stop()
	os.Exit(code)
}
