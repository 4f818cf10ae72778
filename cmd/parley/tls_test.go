package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/cmd/parley/internal/certs"
	"parley/protocol/client"
)

// The links of a server with a self-signed certificate name it, and so do all links that
// follow from them.
func TestDemo_with_a_self_signed_certificate_is_joined_by_links_that_name_it(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	demo := e2e.StartParley(t, "demo", "--listen", "127.0.0.1:0", "--data", data, "--tls-self-signed")
	mine := demo.Stdout.Await(t, `You, the host: +(https\S+)`)[1]
	invite := demo.Stdout.Await(t, `Invite others: +(https\S+)`)[1]
	link, err := client.ParseLink(invite)
	require.NoError(t, err)
	demo.Stdout.Await(t, `Compare its SHA-256 fingerprint[^\n]*\n\n  `+client.Fingerprint(link.Certificate))

	ben := e2e.Start(t, e2e.Command{Args: []string{"join", invite, "--name", "Ben"}, Stdin: true})
	ben.Stdout.Await(t, `you are Ben, collaborator`)
	host := e2e.Start(t, e2e.Command{Args: []string{"join", mine}, Stdin: true})
	host.WriteLine(t, "good morning")
	ben.Stdout.Await(t, `Host: good morning`)
	host.WriteLine(t, "/prompt help") // an agent that has not worked cannot be forked
	ben.Stdout.Await(t, `the agent finished`)
	ben.WriteLine(t, "/quit")
	require.Zero(t, ben.ExitCode(t), ben.Stderr)
	own := ben.Stdout.Await(t, `parley join '(\S+#p=\S+)'`)[1]
	require.True(t, strings.HasSuffix(own, "&c="+link.Certificate))
	again := e2e.Start(t, e2e.Command{Args: []string{"join", own}, Stdin: true})
	again.Stdout.Await(t, `you are Ben, collaborator`)

	forked := e2e.StartParley(t, "fork", mine)
	require.Zero(t, forked.ExitCode(t), forked.Stderr)
	require.Equal(t, 2, strings.Count(forked.Stdout.String(), "&c="+link.Certificate))

	before, _, _ := strings.Cut(invite, "&c=")
	stranger := e2e.StartParley(t, "join", before, "--name", "Eve")
	require.NotZero(t, stranger.ExitCode(t))
	require.Contains(t, stranger.Stderr.String(), "unknown authority; if the certificate is the server's own, use a link")
	deceived := e2e.StartParley(t, "join", before+"&c="+strings.Repeat("A", 43), "--name", "Eve")
	require.NotZero(t, deceived.ExitCode(t))
	require.Contains(t, deceived.Stderr.String(), "the server's certificate is not the one that the link names")
}

// TestServe_obtains_a_certificate_by_ACME runs Pebble, which Let's Encrypt develops to test
// clients, and its DNS server.
func TestServe_obtains_a_certificate_by_ACME(t *testing.T) {
	t.Parallel()
	const name = "parley.example.test"
	address := e2e.FreeAddress(t)
	ca := startPebble(t, address)
	config := e2e.ServerConfig{
		Data: t.TempDir(), Address: address,
		Flags: []string{"--acme", name, "--acme-directory", ca.directory},
		Env:   []string{"SSL_CERT_FILE=" + ca.certificate},
	}
	s := config.Start(t)
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	require.Equal(t, "https://"+name+":"+port, s.URL)
	s.Stderr.Await(t, "the certificate of "+name+" is ready")
	first := requireServes(t, ca, address, name)
	s.Stop(t)

	again := s.Restart(t)
	again.Stderr.Await(t, "the certificate of "+name+" is ready")
	require.Equal(t, first.SerialNumber, requireServes(t, ca, address, name).SerialNumber, "it is kept in the data directory")
	again.Stop(t)
}

func TestServe_says_why_an_authority_issues_no_certificate(t *testing.T) {
	t.Parallel()
	address := e2e.FreeAddress(t)
	ca := startPebble(t, e2e.FreeAddress(t)) // it connects to a port at which nobody listens
	s := e2e.ServerConfig{
		Data: t.TempDir(), Address: address,
		Flags: []string{"--acme", "parley.example.test", "--acme-directory", ca.directory},
		Env:   []string{"SSL_CERT_FILE=" + ca.certificate},
	}.Start(t)
	s.Stderr.Await(t, `there is no certificate for parley\.example\.test; the authority must reach this server at port 443`)
	s.Stop(t)
}

// requireServes checks that a server has a certificate of the authority for a name, and
// tells browsers to use only HTTPS. It returns the certificate.
func requireServes(t *testing.T, ca pebble, address, name string) *x509.Certificate {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.roots(t), ServerName: name}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/healthz", nil)
	require.NoError(t, err)
	request.Host = name
	response, err := transport.RoundTrip(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.NotEmpty(t, response.Header.Get("Strict-Transport-Security"))
	return response.TLS.PeerCertificates[0]
}

// pebble is an ACME server.
type pebble struct {
	directory   string // the URL of its directory
	certificate string // PEM file with the certificate of its own HTTPS
	management  string // address of its management interface
}

// startPebble starts Pebble. It connects to an address to check who has a name.
func startPebble(t *testing.T, validates string) pebble {
	t.Helper()
	dir := t.TempDir()
	source, err := certs.Open(certs.Options{SelfSigned: true, Data: dir})
	require.NoError(t, err)
	defer source.Close()
	listen, management, dns := e2e.FreeAddress(t), e2e.FreeAddress(t), e2e.FreeAddress(t)
	certificate := filepath.Join(dir, certs.SelfSignedFile)
	_, port, err := net.SplitHostPort(validates)
	require.NoError(t, err)
	config := filepath.Join(dir, "pebble.json")
	content := fmt.Sprintf(`{"pebble": {"listenAddress": %q, "managementListenAddress": %q, "certificate": %q, "privateKey": %q,
		"httpPort": 1, "tlsPort": %s, "retryAfter": {"authz": 1, "order": 1},
		"profiles": {"default": {"description": "", "validityPeriod": 7776000}}}}`, listen, management, certificate, certificate, port)
	require.NoError(t, os.WriteFile(config, []byte(content), 0o600))
	names := e2e.Start(t, e2e.Command{
		Path: buildTool(t, "pebble-challtestsrv"),
		Args: []string{"-dnsserver", dns, "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-management", e2e.FreeAddress(t)},
	})
	names.Stdout.Await(t, "Starting")
	server := e2e.Start(t, e2e.Command{
		Path: buildTool(t, "pebble"),
		Args: []string{"-config", config, "-strict", "-dnsserver", dns},
		Env:  []string{"PEBBLE_VA_NOSLEEP=1"},
	})
	server.Stdout.Await(t, "Listening on: "+listen)
	return pebble{"https://" + listen + "/dir", certificate, management}
}

// buildTool builds a command of Pebble, in the version that .tools/go.mod names.
func buildTool(t *testing.T, name string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), name)
	build := exec.CommandContext(t.Context(), "go", "build", "-modfile=.tools/go.mod", "-o", to, "github.com/letsencrypt/pebble/v2/cmd/"+name)
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	return to
}

// roots returns the certificate under which the authority issues others, which it creates
// at each start.
func (p pebble) roots(t *testing.T) *x509.CertPool {
	t.Helper()
	own, err := os.ReadFile(p.certificate)
	require.NoError(t, err)
	trusted := x509.NewCertPool()
	require.True(t, trusted.AppendCertsFromPEM(own))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
	defer transport.CloseIdleConnections()
	pool := x509.NewCertPool()
	for _, path := range []string{"/roots/0", "/intermediates/0"} {
		response, err := (&http.Client{Transport: transport}).Get("https://" + p.management + path)
		require.NoError(t, err)
		content, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.True(t, pool.AppendCertsFromPEM(content), string(content))
	}
	return pool
}
