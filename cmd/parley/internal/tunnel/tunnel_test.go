//go:build unix

package tunnel_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/cmd/parley/internal/tunnel"
)

// outputs are what the programs print, with what comes before and after the address.
var outputs = map[string]struct{ printed, url, args string }{
	"cloudflared": {
		printed: `2026-11-11T19:57:55Z INF Thank you for trying Cloudflare Tunnel. See https://developers.cloudflare.com/cloudflare-one/connections/connect-apps
2026-11-11T19:57:55Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-11-11T19:57:58Z INF +--------------------------------------------------------------------------------------------+
2026-11-11T19:57:58Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |
2026-11-11T19:57:58Z INF |  https://four-dashed-word-url.trycloudflare.com                                            |
2026-11-11T19:57:58Z INF +--------------------------------------------------------------------------------------------+
2026-11-11T19:57:58Z INF Generated Connector ID: 4f3a`,
		url: "https://four-dashed-word-url.trycloudflare.com", args: "tunnel --no-autoupdate --url http://127.0.0.1:7777",
	},
	"tailscale": {
		printed: "Available on the internet:\n\nhttps://laptop.tail1234.ts.net/\n|-- proxy http://127.0.0.1:7777\n\nPress Ctrl+C to exit.",
		url:     "https://laptop.tail1234.ts.net", args: "funnel 7777",
	},
	"ngrok": {
		printed: `t=2026-11-11T19:57:55+0000 lvl=info msg="no configuration paths supplied" url=https://ngrok.com/docs
t=2026-11-11T19:57:56+0000 lvl=info msg="starting web service" obj=web addr=127.0.0.1:4040
t=2026-11-11T19:57:57+0000 lvl=info msg="started tunnel" obj=tunnels name=command_line addr=http://localhost:7777 url=https://1a2b.ngrok-free.app`,
		url: "https://1a2b.ngrok-free.app", args: "http 7777 --log stdout --log-format logfmt",
	},
}

// fake puts a shell script of that name first in PATH.
func fake(t *testing.T, name, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755))
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return dir
}

func TestStart_reads_the_address_that_a_program_prints(t *testing.T) {
	for name, o := range outputs {
		for _, stream := range []string{"1", "2"} {
			t.Run(name+" on descriptor "+stream, func(t *testing.T) {
				dir := fake(t, name, fmt.Sprintf("echo \"$@\" >%s/args\ncat >&%s <<'END'\n%s\nEND\nexec sleep 600\n", "$(dirname $0)", stream, o.printed))
				tun, err := tunnel.Start(t.Context(), tunnel.Spec{Name: name}, "7777")
				require.NoError(t, err)
				defer tun.Stop()
				require.Equal(t, o.url, tun.URL)
				args, err := os.ReadFile(filepath.Join(dir, "args"))
				require.NoError(t, err)
				require.Equal(t, o.args, strings.TrimSpace(string(args)))
			})
		}
	}
}

func TestStart_says_why_there_is_no_tunnel(t *testing.T) {
	fake(t, "cloudflared", "echo 'failed to request quick Tunnel: no such host' >&2; printf '\\033[31mred' >&2; exit 1")
	_, err := tunnel.Start(t.Context(), tunnel.Spec{Name: "cloudflared"}, "7777")
	require.ErrorContains(t, err, "cloudflared has ended with status 1: failed to request quick Tunnel: no such host")
	require.NotContains(t, err.Error(), "\033")

	fake(t, "ngrok", "exec sleep 600")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err = tunnel.Start(ctx, tunnel.Spec{Name: "ngrok"}, "7777")
	require.ErrorIs(t, err, context.Canceled)

	t.Setenv("PATH", t.TempDir())
	_, err = tunnel.Start(t.Context(), tunnel.Spec{Name: "tailscale"}, "7777")
	require.ErrorContains(t, err, "tailscale is not installed; get it from https://tailscale.com")
}

func TestTunnel_tells_of_its_end(t *testing.T) {
	fake(t, "tailscale", "echo https://laptop.tail1234.ts.net/; echo the relay has gone; exit 3")
	tun, err := tunnel.Start(t.Context(), tunnel.Spec{Name: "tailscale"}, "7777")
	require.NoError(t, err)
	<-tun.Done()
	require.ErrorContains(t, tun.Err(), "tailscale has ended with status 3: https://laptop.tail1234.ts.net/; the relay has gone")
	tun.Stop()
}

func TestParse(t *testing.T) {
	for value, want := range map[string]tunnel.Spec{
		"cloudflared": {Name: "cloudflared"}, "ssh example.com": {"ssh", "example.com"}, " ssh  ann@example.com ": {"ssh", "ann@example.com"},
	} {
		s, err := tunnel.Parse(value)
		require.NoError(t, err)
		require.Equal(t, want, s)
	}
	for value, reason := range map[string]string{
		"ssh": "name the host", "ssh -oProxyCommand=evil": "name the host", "ngrok x": "takes nothing", "frp": `"frp" is none of`,
	} {
		_, err := tunnel.Parse(value)
		require.ErrorContains(t, err, reason, value)
	}
	t.Setenv("PATH", t.TempDir())
	_, err := tunnel.Parse("")
	require.ErrorContains(t, err, "none of cloudflared, tailscale and ngrok is installed")
	fake(t, "ngrok", "")
	s, err := tunnel.Parse("")
	require.NoError(t, err)
	require.Equal(t, "ngrok", s.Name, "the first that is installed")
}

func TestStart_with_a_real_ssh(t *testing.T) {
	sshd, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		t.Skip(err)
	}
	client, err := exec.LookPath("ssh")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, key := range []string{"host", "user"} {
		out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, key)).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	address := e2e.FreeAddress(t)
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	config := fmt.Sprintf("ListenAddress %s\nHostKey %s/host\nAuthorizedKeysFile %s/user.pub\nPidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n", address, dir, dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sshd_config"), []byte(config), 0o600))
	if os.Geteuid() == 0 {
		require.NoError(t, os.MkdirAll("/run/sshd", 0o755)) // sshd insists on it
	}
	daemon := e2e.Start(t, e2e.Command{Path: sshd, Args: []string{"-D", "-e", "-f", filepath.Join(dir, "sshd_config")}})
	daemon.Stderr.Await(t, "Server listening on")
	fake(t, "ssh", fmt.Sprintf(`exec %s -F none -p %s -i %s/user -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "$@"`, client, port, dir))

	local := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "through") }))
	defer local.Close()
	_, localPort, err := net.SplitHostPort(local.Listener.Addr().String())
	require.NoError(t, err)
	tun, err := tunnel.Start(t.Context(), tunnel.Spec{Name: "ssh", Host: "127.0.0.1"}, localPort)
	require.NoError(t, err)
	defer tun.Stop()
	require.Regexp(t, `^http://127\.0\.0\.1:\d+$`, tun.URL)
	response, err := http.Get(tun.URL)
	require.NoError(t, err)
	defer response.Body.Close()
	var body [7]byte
	_, err = response.Body.Read(body[:])
	require.Equal(t, "through", string(body[:]), err)

	tun.Stop()
	_, err = http.Get(tun.URL)
	require.Error(t, err, "the tunnel is gone")
}
