package certs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"go.uber.org/zap"
)

// files is a certificate in files.
type files struct {
	o       Options // immutable
	current atomic.Pointer[tls.Certificate]

	// owned by the goroutine that watches
	seen [sha256.Size]byte // digest of what the files contained when they were last read
}

const defaultInterval = 10 * time.Second

// expiresSoon is the remaining validity about which the log warns. Certificates are
// usually renewed long before.
const expiresSoon = 7 * 24 * time.Hour

func openFiles(o Options) (*Source, error) {
	if o.Interval <= 0 {
		o.Interval = defaultInterval
	}
	f := &files{o: o}
	if _, err := f.reload(); err != nil {
		return nil, err
	}
	certificate := func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.current.Load(), nil }
	return &Source{config: newConfig(certificate), kind: f}, nil
}

// isTrusted implements kind.
func (f *files) isTrusted() bool {
	leaf := f.current.Load().Leaf
	return !bytes.Equal(leaf.RawIssuer, leaf.RawSubject)
}

// watch implements kind. It reads the files at intervals, whatever their times say, and
// when the process receives SIGHUP.
func (f *files) watch(ctx context.Context) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	tick := time.NewTicker(f.o.Interval)
	defer tick.Stop()
	for {
		asked := false
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			asked = true
		case <-tick.C:
		}
		switch changed, err := f.reload(); {
		case err != nil && (changed || asked):
			f.o.Log.Error("the certificate stays as it was: "+err.Error(), zap.String("file", f.o.CertFile))
		case err == nil && (changed || asked):
			f.o.Log.Info("read the certificate", zap.String("file", f.o.CertFile), zap.Time("expires", f.current.Load().Leaf.NotAfter))
		}
	}
}

// reload reads the files and uses their certificate. It reports whether they have changed
// since the last call.
func (f *files) reload() (changed bool, err error) {
	certPEM, certErr := os.ReadFile(f.o.CertFile)
	keyPEM, keyErr := os.ReadFile(f.o.KeyFile)
	readErr := errors.Join(certErr, keyErr)
	digest := sha256.Sum256(append(certPEM, keyPEM...))
	changed = digest != f.seen
	f.seen = digest
	if readErr != nil {
		return changed, readErr
	}
	if !changed && f.current.Load() != nil {
		return false, nil
	}
	certificate, err := parse(f.o, certPEM, keyPEM)
	if err != nil {
		return changed, err
	}
	f.current.Store(certificate)
	f.warn(certificate.Leaf)
	return changed, nil
}

// parse returns the certificate in two files.
func parse(o Options, certPEM, keyPEM []byte) (*tls.Certificate, error) {
	if !hasBlock(certPEM, "CERTIFICATE") {
		return nil, errorIn(o.CertFile, "contains no certificate in PEM form")
	}
	if hasBlock(keyPEM, "ENCRYPTED PRIVATE KEY") || bytes.Contains(keyPEM, []byte("Proc-Type: 4,ENCRYPTED")) {
		return nil, errorIn(o.KeyFile, "is protected by a passphrase, which the server cannot ask for; remove it with: openssl pkey")
	}
	if !hasBlock(keyPEM, "PRIVATE KEY") {
		return nil, errorIn(o.KeyFile, "contains no private key in PEM form")
	}
	certificate, err := tls.X509KeyPair(certPEM, keyPEM)
	switch {
	case err == nil:
		return &certificate, nil
	case strings.Contains(err.Error(), "private key does not match"), strings.Contains(err.Error(), "private key type does not match"):
		return nil, errorIn(o.KeyFile, "is not the key of the certificate in %s", o.CertFile)
	case strings.Contains(err.Error(), "private key"):
		return nil, errorIn(o.KeyFile, "cannot be used: %w", err)
	}
	return nil, errorIn(o.CertFile, "cannot be used: %w", err)
}

// hasBlock reports whether PEM data has a block whose type ends in a suffix.
func hasBlock(data []byte, suffix string) bool {
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			return false
		}
		if strings.HasSuffix(block.Type, suffix) {
			return true
		}
		data = rest
	}
}

// warn logs what is wrong with files that can be used all the same.
func (f *files) warn(leaf *x509.Certificate) {
	log, now := f.o.Log.With(zap.String("file", f.o.CertFile)), time.Now()
	switch {
	case now.After(leaf.NotAfter):
		log.Warn("the certificate has expired", zap.Time("expired", leaf.NotAfter))
	case now.Before(leaf.NotBefore):
		log.Warn("the certificate is not valid yet", zap.Time("from", leaf.NotBefore))
	case leaf.NotAfter.Sub(now) < expiresSoon:
		log.Warn("the certificate expires soon", zap.Time("expires", leaf.NotAfter))
	}
	if info, err := os.Stat(f.o.KeyFile); err == nil && info.Mode().Perm()&0o004 != 0 && runtime.GOOS != "windows" {
		f.o.Log.Warn("every user of this machine can read the private key; run: chmod o-r " + f.o.KeyFile)
	}
}
