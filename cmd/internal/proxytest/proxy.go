package proxytest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"text/template"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
)

// Config says what a proxy does.
type Config struct {
	Address  string        // that the proxy listens on
	Upstream string        // host and port of the server
	Path     string        // below which the proxy serves the server, such as /team
	Strip    bool          // whether it removes Path from what it passes on
	IdleCut  time.Duration // after which it cuts a connection that carries nothing; default: a minute
	ClientIP string        // address that it says its clients have; default: the true one
}

// Host is the name of the server behind the proxy. The clients of this package resolve it
// to the proxy's address.
const Host = "example.com" // httptest's certificate is valid for it

// URL returns the address of the server behind the proxy.
func (c Config) URL() string {
	_, port, _ := net.SplitHostPort(c.Address)
	return "https://" + net.JoinHostPort(Host, port) + c.Path
}

// Kinds are the proxies, by name.
var Kinds = map[string]func(testing.TB, Config) *http.Client{"nginx": NGINX, "Caddy": Caddy}

// NGINX starts nginx. It returns a client that trusts its certificate and speaks HTTP/2.
func NGINX(t testing.TB, c Config) *http.Client {
	t.Helper()
	dir := t.TempDir()
	file := write(t, dir, "nginx.conf", nginxConfig, c)
	return start(t, c, dir, "nginx", "-e", "stderr", "-p", dir, "-c", file)
}

// Caddy starts Caddy. It returns a client that trusts its certificate and speaks HTTP/2.
func Caddy(t testing.TB, c Config) *http.Client {
	t.Helper()
	dir := t.TempDir()
	file := write(t, dir, "Caddyfile", caddyConfig, c)
	return start(t, c, dir, "caddy", "run", "--config", file, "--adapter", "caddyfile")
}

// start writes a certificate, starts the proxy and waits until it listens.
func start(t testing.TB, c Config, dir, program string, args ...string) *http.Client {
	t.Helper()
	path := find(t, program)
	client := certificate(t, dir, c.Address)
	p := e2e.Start(t, e2e.Command{Path: path, Args: args, Dir: dir, Env: []string{"XDG_DATA_HOME=" + dir, "XDG_CONFIG_HOME=" + dir}})
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", c.Address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, e2e.Timeout, 20*time.Millisecond, "%s does not listen: %s", program, p.Stderr)
	return client
}

// find returns the path of a program, or skips the test if it is not installed.
func find(t testing.TB, program string) string {
	t.Helper()
	for _, path := range []string{program, "/usr/sbin/" + program} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed", program)
	}
	t.Skipf("%s is not installed", program)
	return ""
}

// certificate writes cert.pem and key.pem, and returns a client that trusts them and
// connects to the proxy whatever it is asked for.
func certificate(t testing.TB, dir, proxy string) *http.Client {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	pair := s.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	require.NoError(t, err)
	writePEM(t, filepath.Join(dir, "cert.pem"), "CERTIFICATE", pair.Certificate[0])
	writePEM(t, filepath.Join(dir, "key.pem"), "PRIVATE KEY", key)

	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, proxy)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func writePEM(t testing.TB, path, kind string, content []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600))
}

func write(t testing.TB, dir, name string, text *template.Template, c Config) string {
	t.Helper()
	if c.IdleCut == 0 {
		c.IdleCut = time.Minute
	}
	_, port, err := net.SplitHostPort(c.Address)
	require.NoError(t, err)
	values := map[string]any{"Dir": dir, "Config": c, "Host": Host, "Port": port, "Millis": c.IdleCut.Milliseconds(), "Root": os.Geteuid() == 0}
	var b bytes.Buffer
	require.NoError(t, text.Execute(&b, values))
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}
