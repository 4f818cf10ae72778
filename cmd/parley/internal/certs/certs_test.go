package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

const testTimeout = time.Minute

// authority issues certificates.
type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return authority{t, key, cert}
}

// issue writes a certificate that is valid for a time, and its key, to the two files.
func (a authority) issue(certFile, keyFile, name string, validity time.Duration) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(a.t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(validity),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	require.NoError(a.t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(a.t, err)
	require.NoError(a.t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(a.t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
}

// served returns the certificate that a client receives.
func served(t *testing.T, s *Source) *x509.Certificate {
	t.Helper()
	client, server := net.Pipe()
	defer client.Close()
	go func() { // ends with the handshake or the pipe
		_ = tls.Server(server, s.Config()).Handshake()
		_ = server.Close()
	}()
	c := tls.Client(client, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	require.NoError(t, c.Handshake())
	require.Equal(t, "h2", c.ConnectionState().NegotiatedProtocol)
	return c.ConnectionState().PeerCertificates[0]
}

// open opens a source whose log can be read.
func open(t *testing.T, o Options) (*Source, *observer.ObservedLogs) {
	t.Helper()
	core, logs := observer.New(zap.InfoLevel)
	o.Log = zap.New(core)
	s, err := Open(o)
	require.NoError(t, err)
	s.Watch()
	t.Cleanup(s.Close)
	return s, logs
}

func inFiles(dir string) Options {
	return Options{CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem"), Interval: time.Millisecond}
}

func TestFiles_are_read_again_when_they_change(t *testing.T) {
	a, o := newAuthority(t), inFiles(t.TempDir())
	a.issue(o.CertFile, o.KeyFile, "one.example", time.Hour*24*90)
	s, logs := open(t, o)
	require.Equal(t, "one.example", served(t, s).Subject.CommonName)
	require.True(t, s.IsTrusted())
	require.Empty(t, s.Pin(), "it will change")

	a.issue(o.CertFile, o.KeyFile, "two.example", time.Hour*24*90)
	require.Eventually(t, func() bool { return served(t, s).Subject.CommonName == "two.example" }, testTimeout, time.Millisecond)

	require.NoError(t, os.WriteFile(o.CertFile, []byte("broken"), 0o600))
	require.Eventually(t, func() bool { return logs.FilterLevelExact(zap.ErrorLevel).Len() > 0 }, testTimeout, time.Millisecond)
	last := logs.FilterLevelExact(zap.ErrorLevel).All()
	require.Equal(t, "the certificate stays as it was: "+o.CertFile+" contains no certificate in PEM form", last[len(last)-1].Message)
	require.Equal(t, "two.example", served(t, s).Subject.CommonName)
}

func TestFiles_are_read_again_on_SIGHUP(t *testing.T) {
	a, o := newAuthority(t), inFiles(t.TempDir())
	o.Interval = time.Hour
	a.issue(o.CertFile, o.KeyFile, "one.example", time.Hour*24*90)
	s, logs := open(t, o)
	a.issue(o.CertFile, o.KeyFile, "two.example", time.Hour*24*90)
	require.Eventually(t, func() bool {
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
		return served(t, s).Subject.CommonName == "two.example"
	}, testTimeout, 10*time.Millisecond)
	require.NotZero(t, logs.FilterMessage("read the certificate").Len())
}

func TestFiles_that_expire_are_used_and_warned_about(t *testing.T) {
	a := newAuthority(t)
	for want, validity := range map[string]time.Duration{
		"the certificate has expired":  -time.Minute,
		"the certificate expires soon": time.Hour,
	} {
		o := inFiles(t.TempDir())
		a.issue(o.CertFile, o.KeyFile, "a.example", validity)
		require.NoError(t, os.Chmod(o.KeyFile, 0o644))
		s, logs := open(t, o)
		require.Equal(t, "a.example", served(t, s).Subject.CommonName)
		require.Equal(t, 1, logs.FilterMessage(want).Len())
		require.Equal(t, 1, logs.FilterMessage("every user of this machine can read the private key; run: chmod o-r "+o.KeyFile).Len())
	}
}

func TestOpen_names_the_file_and_what_is_wrong_with_it(t *testing.T) {
	a, dir := newAuthority(t), t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	cert, key := filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	otherCert, otherKey := filepath.Join(dir, "other-cert"), filepath.Join(dir, "other-key")
	a.issue(cert, key, "a.example", time.Hour)
	a.issue(otherCert, otherKey, "b.example", time.Hour)
	text, missing := file("text", "hello"), filepath.Join(dir, "missing")
	damaged := file("damaged", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
	damagedKey := file("damaged-key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
	encrypted := file("encrypted", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
	for _, c := range []struct{ cert, key, want string }{
		{missing, key, "open " + missing + ": no such file or directory"},
		{cert, missing, "open " + missing + ": no such file or directory"},
		{text, key, text + " contains no certificate in PEM form"},
		{key, key, key + " contains no certificate in PEM form"},
		{damaged, key, damaged + " cannot be used: x509: "},
		{cert, text, text + " contains no private key in PEM form"},
		{cert, damagedKey, damagedKey + " cannot be used: tls: failed to parse private key"},
		{cert, encrypted, encrypted + " is protected by a passphrase"},
		{cert, otherKey, otherKey + " is not the key of the certificate in " + cert},
	} {
		_, err := Open(Options{CertFile: c.cert, KeyFile: c.key, Log: zap.NewNop()})
		require.ErrorContains(t, err, c.want)
	}
}

func TestSelfSigned_is_kept_in_the_data_directory(t *testing.T) {
	o := Options{SelfSigned: true, Data: t.TempDir(), Hosts: []string{"parley.lan", "192.0.2.1", "0.0.0.0", ""}}
	s, _ := open(t, o)
	cert := served(t, s)
	digest := sha256.Sum256(cert.Raw)
	require.Equal(t, base64.RawURLEncoding.EncodeToString(digest[:]), s.Pin())
	require.False(t, s.IsTrusted())
	for _, host := range []string{"localhost", "127.0.0.1", "::1", "parley.lan", "192.0.2.1"} {
		require.NoError(t, cert.VerifyHostname(host))
	}
	info, err := os.Stat(filepath.Join(o.Data, SelfSignedFile))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())

	again, _ := open(t, Options{SelfSigned: true, Data: o.Data})
	require.Equal(t, s.Pin(), again.Pin(), "the links stay valid")

	require.NoError(t, os.Chmod(filepath.Join(o.Data, SelfSignedFile), 0o644))
	_, err = Open(o)
	require.ErrorContains(t, err, "can be read by other users; run: chmod 600")
	require.NoError(t, os.Chmod(filepath.Join(o.Data, SelfSignedFile), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(o.Data, SelfSignedFile), []byte("x"), 0o600))
	_, err = Open(o)
	require.ErrorContains(t, err, SelfSignedFile+" contains no certificate in PEM form; remove it to create a new one")
}

// A certificate in files that no authority has issued must not make browsers refuse
// everything else: they would offer no way around their warning.
func TestFiles_with_a_self_signed_certificate_are_not_trusted(t *testing.T) {
	o := inFiles(t.TempDir())
	content, err := createSelfSigned(nil)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(o.CertFile, content, 0o600))
	require.NoError(t, os.WriteFile(o.KeyFile, content, 0o600))
	s, _ := open(t, o)
	require.False(t, s.IsTrusted())
}

func TestCheck_refuses_contradictions(t *testing.T) {
	const le = DefaultACMEDirectory
	for want, o := range map[string]Options{
		"exclude each other":                     {SelfSigned: true, ACMEHosts: []string{"a.example"}, ACMEDirectory: le},
		"--tls-cert and --tls-key belong":        {CertFile: "a"},
		"--tls-key belong together":              {KeyFile: "a"},
		`--acme: "localhost" is not a public`:    {ACMEHosts: []string{"localhost"}, ACMEDirectory: le},
		`--acme: "192.0.2.1" is not a public`:    {ACMEHosts: []string{"192.0.2.1"}, ACMEDirectory: le},
		`--acme: "https://a.example" is not`:     {ACMEHosts: []string{"https://a.example"}, ACMEDirectory: le},
		`--acme-directory: "http://a" is not an`: {ACMEHosts: []string{"a.example"}, ACMEDirectory: "http://a"},
	} {
		require.ErrorContains(t, o.Check(), want)
	}
	for _, o := range []Options{{}, {CertFile: "a", KeyFile: "b"}, {SelfSigned: true}, {ACMEHosts: []string{"a.example"}, ACMEDirectory: le}} {
		require.NoError(t, o.Check())
	}
}
