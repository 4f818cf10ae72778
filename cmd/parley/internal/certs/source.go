package certs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Options say where the certificate comes from. At most one of CertFile, SelfSigned and
// ACMEHosts is set.
type Options struct {
	CertFile string // PEM file with the certificate and those of its issuers
	KeyFile  string // PEM file with its private key

	SelfSigned bool     // create a certificate, and keep it in Data
	Hosts      []string // names and addresses that a new self-signed certificate is for, besides this machine's

	ACMEHosts     []string // names for which to request certificates
	ACMEDirectory string   // URL of the authority's directory

	Data     string        // data directory
	Interval time.Duration // between two looks at the files; 0 for 10 s
	Log      *zap.Logger
}

// Source is where a server's certificate comes from.
type Source struct {
	// immutable
	config *tls.Config
	pin    string
	kind   kind

	stop context.CancelFunc // ends the goroutine of Watch; nil before
	done sync.WaitGroup     // the goroutine of Watch
}

// kind is what differs between the sources.
type kind interface {
	// isTrusted reports whether browsers can trust the certificate.
	isTrusted() bool
	// watch keeps the certificate up to date until ctx ends.
	watch(ctx context.Context)
}

// Open returns the source that the options name, or nil if they name none.
func Open(o Options) (*Source, error) {
	switch {
	case o.CertFile != "":
		return openFiles(o)
	case o.SelfSigned:
		return openSelfSigned(o)
	case len(o.ACMEHosts) > 0:
		return openACME(o), nil
	}
	return nil, nil
}

// Config returns the configuration for a server. HTTP/2 is offered.
func (s *Source) Config() *tls.Config { return s.config.Clone() }

// Pin returns the SHA-256 fingerprint of a self-signed certificate in the form that links
// contain, or an empty string for a certificate that can change.
func (s *Source) Pin() string {
	if s == nil {
		return ""
	}
	return s.pin
}

// IsTrusted reports whether browsers can trust the certificate: whether it is not
// self-signed.
func (s *Source) IsTrusted() bool { return s != nil && s.kind.isTrusted() }

// Watch starts to keep the certificate up to date. With ACME the server must listen.
// Watch may be called once.
func (s *Source) Watch() {
	if s == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	s.done.Go(func() { s.kind.watch(ctx) }) // Close ends it
}

// Close ends what Watch has started and waits for it.
func (s *Source) Close() {
	if s != nil && s.stop != nil {
		s.stop()
		s.done.Wait()
	}
}

// newConfig returns a configuration for any kind of certificate.
func newConfig(certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: certificate,
	}
}

// IsSet reports whether the options name a source.
func (o Options) IsSet() bool { return o.CertFile != "" || o.SelfSigned || len(o.ACMEHosts) > 0 }

// Check returns an error if the options contradict each other. It names the flags of
// "parley serve".
func (o Options) Check() error {
	ways := 0
	for _, given := range []bool{o.CertFile != "" || o.KeyFile != "", o.SelfSigned, len(o.ACMEHosts) > 0} {
		if given {
			ways++
		}
	}
	switch {
	case ways > 1:
		return errors.New("--tls-cert, --tls-self-signed and --acme exclude each other")
	case (o.CertFile == "") != (o.KeyFile == ""):
		return errors.New("--tls-cert and --tls-key belong together")
	case len(o.ACMEHosts) > 0:
		return o.checkACME()
	}
	return nil
}

// errorIn returns an error about a file.
func errorIn(path, format string, args ...any) error {
	return fmt.Errorf("%s %w", path, fmt.Errorf(format, args...))
}
