package certs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// DefaultACMEDirectory is the directory of Let's Encrypt.
const DefaultACMEDirectory = autocert.DefaultACMEDirectory

// acmeDir is the directory in the data directory with the account's key and the
// certificates.
const acmeDir = "acme"

// acmeSource obtains certificates from an authority, which connects to this server to
// check that it serves the name.
type acmeSource struct {
	// immutable
	hosts   []string
	manager *autocert.Manager
	log     *zap.Logger

	// guarded by mu
	mu     sync.Mutex
	logged time.Time // when a failure was last logged
}

func openACME(o Options) *Source {
	a := &acmeSource{hosts: o.ACMEHosts, log: o.Log, manager: &autocert.Manager{
		Prompt:     autocert.AcceptTOS,
		Cache:      autocert.DirCache(filepath.Join(o.Data, acmeDir)),
		HostPolicy: autocert.HostWhitelist(o.ACMEHosts...),
		Client:     &acme.Client{DirectoryURL: o.ACMEDirectory, UserAgent: "parley"},
	}}
	config := newConfig(a.certificate)
	config.NextProtos = append(config.NextProtos, acme.ALPNProto)
	return &Source{config: config, kind: a}
}

// checkACME returns an error for names and addresses that no authority accepts.
func (o Options) checkACME() error {
	for _, host := range o.ACMEHosts {
		if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(strings.Trim(host, "."), ".") || strings.ContainsAny(host, "/:* ") {
			return fmt.Errorf("--acme: %q is not a public host name, such as parley.example.com", host)
		}
	}
	if u, err := url.Parse(o.ACMEDirectory); err != nil || u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("--acme-directory: %q is not an address that begins with https://", o.ACMEDirectory)
	}
	return nil
}

// isTrusted implements kind.
func (a *acmeSource) isTrusted() bool { return true }

// watch implements kind. It requests the certificates before the first client needs them,
// and returns then: the manager renews them by itself.
func (a *acmeSource) watch(ctx context.Context) {
	for _, host := range a.hosts {
		if ctx.Err() != nil {
			return
		}
		got := make(chan error, 1)
		go func() { // ends when the authority has answered, or with the process
			certificate, err := a.certificate(&tls.ClientHelloInfo{ServerName: host, CipherSuites: ecdsaSuites})
			if err == nil {
				a.log.Info("the certificate of "+host+" is ready", zap.Time("expires", certificate.Leaf.NotAfter))
			}
			got <- err
		}()
		select {
		case <-got:
		case <-ctx.Done():
		}
	}
}

// ecdsaSuites let the manager choose the kind of key that current clients get.
var ecdsaSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}

// certificate returns the certificate for a handshake, and logs why there is none, at most
// once a minute. Port scanners ask for other names, which is not worth attention.
func (a *acmeSource) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	certificate, err := a.manager.GetCertificate(hello)
	if err == nil || !slices.Contains(a.hosts, hello.ServerName) || errors.Is(err, context.Canceled) {
		return certificate, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if now := time.Now(); now.Sub(a.logged) >= time.Minute {
		a.logged = now
		a.log.Error("there is no certificate for "+hello.ServerName+"; the authority must reach this server at port 443 of that name", zap.Error(err))
	}
	return nil, err
}
