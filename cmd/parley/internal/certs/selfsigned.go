package certs

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"parley/cmd/parley/internal/secretfile"
)

// SelfSignedFile is the name of the file in the data directory with the self-signed
// certificate and its key.
const SelfSignedFile = "tls.pem"

// selfSignedYears is the validity of a self-signed certificate. Links contain its
// fingerprint, so a new one would invalidate them.
const selfSignedYears = 10

// selfSigned is a self-signed certificate. It never changes.
type selfSigned struct{}

func (selfSigned) isTrusted() bool       { return false }
func (selfSigned) watch(context.Context) {}

func openSelfSigned(o Options) (*Source, error) {
	path := filepath.Join(o.Data, SelfSignedFile)
	content, err := secretfile.Read(path)
	if errors.Is(err, os.ErrNotExist) {
		if content, err = createSelfSigned(o.Hosts); err == nil {
			err = secretfile.Write(path, content)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("self-signed certificate: %w", err)
	}
	certificate, err := parse(Options{CertFile: path, KeyFile: path}, content, content)
	if err != nil {
		return nil, fmt.Errorf("%w; remove it to create a new one, which invalidates the links that name it", err)
	}
	digest := sha256.Sum256(certificate.Leaf.Raw)
	get := func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return certificate, nil }
	return &Source{config: newConfig(get), kind: selfSigned{}, pin: base64.RawURLEncoding.EncodeToString(digest[:])}, nil
}

// createSelfSigned returns a new certificate and its key in PEM form.
func createSelfSigned(hosts []string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "Parley, self-signed"},
		NotBefore:             now.Add(-24 * time.Hour), // the clocks of clients may be slow
		NotAfter:              now.AddDate(selfSignedYears, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	addNames(&template, hosts)
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	content := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return append(content, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...), nil
}

// addNames adds the names and addresses of this machine, and hosts, to a certificate.
func addNames(c *x509.Certificate, hosts []string) {
	all := append([]string{"localhost", "127.0.0.1", "::1"}, hosts...)
	if name, err := os.Hostname(); err == nil {
		all = append(all, name)
	}
	if own, err := net.InterfaceAddrs(); err == nil {
		for _, a := range own {
			if prefix, err := netip.ParsePrefix(a.String()); err == nil {
				all = append(all, prefix.Addr().String())
			}
		}
	}
	seen := map[string]bool{"": true}
	for _, host := range all {
		if seen[host] {
			continue
		}
		seen[host] = true
		if ip := net.ParseIP(host); ip == nil {
			c.DNSNames = append(c.DNSNames, host)
		} else if !ip.IsUnspecified() {
			c.IPAddresses = append(c.IPAddresses, ip)
		}
	}
}
