package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/coldtrail/coldtrail/guard"
	"github.com/coldtrail/coldtrail/guard/receipt"
	"github.com/coldtrail/coldtrail/guard/serve"
)

// serveFlags are those of guard serve beside the shared ones.
type serveFlags struct {
	guardFlags
	listen, tokenFile       string
	cert, certKey, clients  string
	peers                   []string
	cosigner, fireblocksKey string
	vaults                  []string
	patience                time.Duration
}

func (a *app) guardServeCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the guard over HTTP, with receipts",
		Long: `Serves POST /v1/guard/check and what docs/guard.md lists; GET /openapi.json
describes it. It listens on loopback; any other address needs a token, or
certificates of the callers.

With --cosigner and --fireblocks-key it answers Fireblocks' co-signer callback:
allow is APPROVE, deny REJECT, hold RETRY until --patience ends.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.guardServe(c.Context(), &f) },
	}
	f.add(cmd)
	fl := cmd.Flags()
	fl.StringVar(&f.listen, "listen", "127.0.0.1:8787", "address to listen on")
	fl.StringVar(&f.tokenFile, "token-file", "", "file with the token that callers must give")
	fl.StringVar(&f.cert, "tls-cert", "", "certificate (PEM); then it serves TLS")
	fl.StringVar(&f.certKey, "tls-key", "", "its key (PEM)")
	fl.StringVar(&f.clients, "client-ca", "", "authority whose certificates callers must show (PEM)")
	fl.StringArrayVar(&f.peers, "peer", nil, "public key of another machine, for compare (repeatable)")
	fl.StringVar(&f.cosigner, "cosigner", "", "the co-signer's public key (PEM)")
	fl.StringVar(&f.fireblocksKey, "fireblocks-key", "", "our private key for answers to the co-signer (PEM)")
	fl.StringArrayVar(&f.vaults, "vault", nil, "VAULT=WALLET: the policy's wallet of a vault account; *=WALLET for all others")
	fl.DurationVar(&f.patience, "patience", 30*time.Minute, "how long a hold is answered by RETRY")
	return cmd
}

// check refuses flags that do nothing without another: a server that seems to be
// encrypted, or to know its wallets, and is not, is worse than none.
func (f *serveFlags) check() error {
	switch {
	case (f.cert == "") != (f.certKey == ""):
		return usagef("--tls-cert and --tls-key go together: give both, or neither")
	case f.clients != "" && f.cert == "":
		return usagef("--client-ca needs --tls-cert and --tls-key")
	case (f.cosigner == "") != (f.fireblocksKey == ""):
		return usagef("--cosigner and --fireblocks-key go together: give both, or neither")
	case len(f.vaults) > 0 && f.cosigner == "":
		return usagef("--vault is for the co-signer's callback: give --cosigner and --fireblocks-key")
	}
	return nil
}

// server makes the server that the flags describe.
func (a *app) server(f *serveFlags) (*serve.Server, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	g, err := a.openGuard(&f.guardFlags)
	if err != nil {
		return nil, err
	}
	s := &serve.Server{Guard: g}
	if f.tokenFile != "" {
		text, err := os.ReadFile(f.tokenFile)
		if err != nil {
			return nil, err
		}
		if s.Token = strings.TrimSpace(string(text)); len(s.Token) < 16 {
			return nil, usagef("the token of %s has fewer than 16 characters", f.tokenFile)
		}
	}
	if host, _, err := net.SplitHostPort(f.listen); err != nil {
		return nil, usagef("--listen %s: %v", f.listen, err)
	} else if ip := net.ParseIP(host); (ip == nil || !ip.IsLoopback()) && host != "localhost" && s.Token == "" && f.clients == "" {
		return nil, usagef("%s can be reached from outside: give --token-file or --client-ca", f.listen)
	}
	for _, p := range f.peers {
		k, err := receipt.ReadVerifier(p)
		if err != nil {
			return nil, err
		}
		s.Keys = append(s.Keys, k)
	}
	if f.log != "" {
		if s.Log, err = a.openLog(&f.guardFlags); err != nil {
			return nil, err
		}
		_, own, err := receipt.ReadKey(f.key)
		if err != nil {
			return nil, err
		}
		s.Keys = append(s.Keys, own)
	}
	if f.cosigner != "" {
		if s.Fireblocks, err = fireblocks(f); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func fireblocks(f *serveFlags) (*serve.Fireblocks, error) {
	pub, key, err := serve.ReadRSA(f.cosigner, f.fireblocksKey)
	if err != nil {
		return nil, err
	}
	fb := &serve.Fireblocks{CoSigner: pub, Key: key, Patience: f.patience, Wallets: map[string]string{}, Assets: serve.DefaultAssets()}
	for _, v := range f.vaults {
		vault, wallet, ok := strings.Cut(v, "=")
		if !ok {
			return nil, usagef("--vault %s: write VAULT=WALLET", v)
		}
		fb.Wallets[vault] = wallet
	}
	return fb, nil
}

func (a *app) guardServe(ctx context.Context, f *serveFlags) error {
	s, err := a.server(f)
	if err != nil {
		return err
	}
	if s.Log == nil {
		a.say("no --log: answers leave no receipt")
	} else {
		defer s.Log.Close()
	}
	listener, err := listen(f.listen)
	if err != nil {
		return err
	}
	h := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	if f.cert != "" {
		if h.TLSConfig, err = tlsConfig(f); err != nil {
			return err
		}
		listener = tls.NewListener(listener, h.TLSConfig)
	}
	a.say("listening on %s, policy %s %s", listener.Addr(), s.Guard.Policy().Name, s.Guard.Policy().Hash())
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = h.Shutdown(late) // what is under way is answered first
	}()
	if err := h.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func tlsConfig(f *serveFlags) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(f.cert, f.certKey)
	if err != nil {
		return nil, err
	}
	c := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13}
	if f.clients == "" {
		return c, nil
	}
	text, err := os.ReadFile(f.clients)
	if err != nil {
		return nil, err
	}
	c.ClientCAs = x509.NewCertPool()
	if !c.ClientCAs.AppendCertsFromPEM(text) {
		return nil, usagef("%s holds no certificate", f.clients)
	}
	c.ClientAuth = tls.RequireAndVerifyClientCert
	return c, nil
}

func (a *app) guardPollCommand() *cobra.Command {
	var f guardFlags
	var base, wallet string
	var every time.Duration
	cmd := &cobra.Command{
		Use:   "poll",
		Short: "Check what waits in a Safe Transaction Service (reads only)",
		Long: `Asks a Safe Transaction Service for the proposals of a wallet that wait, computes
each hash anew, verifies every confirmation over it, and prints the verdicts.
Exit 20 if one is a deny, else 10 if one is a hold. With --every it goes on
until it is interrupted, and prints what changed.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if base == "" || wallet == "" {
				return usagef("name the service with --service and the policy's wallet with --wallet")
			}
			return a.poll(c.Context(), &f, base, wallet, every)
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&base, "service", "", "address of the service, for example https://safe-transaction-mainnet.safe.global")
	cmd.Flags().StringVar(&wallet, "wallet", "", "wallet of the policy")
	cmd.Flags().DurationVar(&every, "every", 0, "ask again after this time; 0 asks once")
	return cmd
}

func (a *app) poll(ctx context.Context, f *guardFlags, base, wallet string, every time.Duration) error {
	g, err := a.openGuard(f)
	if err != nil {
		return err
	}
	var l *receipt.Log
	if f.log != "" {
		if l, err = a.openLog(f); err != nil {
			return err
		}
		defer l.Close()
	}
	p := &serve.Poller{Base: base, Wallet: wallet, Guard: g}
	said := map[string]string{}
	for {
		verdicts, err := p.Poll(ctx)
		if err != nil {
			if every == 0 {
				return err
			}
			if ctx.Err() != nil {
				return nil
			}
			a.say("the queue could not be read: %v; hold whatever waits", err)
		}
		for _, v := range verdicts {
			state := fmt.Sprint(v.Decision, len(v.Decoded.Signers), len(v.Reasons))
			if said[v.RequestID] == state {
				continue
			}
			said[v.RequestID] = state
			if err := a.sayVerdict(g, l, v, f.json); err != nil {
				return err
			}
		}
		if every == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}

func (a *app) sayVerdict(g *guard.Guard, l *receipt.Log, v *guard.Verdict, asJSON bool) error {
	switch {
	case v.Decision == guard.Deny:
		a.code = exitDeny
	case v.Decision == guard.Hold && a.code != exitDeny:
		a.code = exitHold
	}
	text, err := v.JSON()
	if err != nil {
		return err
	}
	if l != nil {
		if _, err := l.Append(text); err != nil {
			return err
		}
	}
	if asJSON {
		fmt.Fprintf(a.out, "%s\n", text)
	} else {
		fmt.Fprintln(a.out, v.Screen(g.Policy(), nil, min(a.width(), 80)))
	}
	return nil
}
