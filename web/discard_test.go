package web_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// exchange sends a whole request over a connection of its own, and then reads the
// response.
func (w *world) exchange(head string, body io.Reader) (*http.Response, net.Conn) {
	w.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = conn.Close() })
	require.NoError(w.t, conn.SetDeadline(time.Now().Add(w.testTimeout)))
	_, err = io.WriteString(conn, head)
	require.NoError(w.t, err)
	_, err = io.Copy(conn, body)
	require.NoError(w.t, err, "the server receives all of it")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(w.t, err)
	return res, conn
}

// Most clients send a whole body before they read the response, and would lose it if
// the connection were reset meanwhile.
func TestContract_refusals_of_large_bodies_arrive(t *testing.T) {
	w := newWorld(t)
	const size = 24 << 20 // more than the buffers of both sockets hold
	post := func(path, host string, headers ...string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n%s\r\n", path, host, strings.Join(headers, ""))
	}
	length := fmt.Sprintf("Content-Length: %d\r\n", size)
	for name, tc := range map[string]struct {
		head string
		code protocol.Code
	}{
		"too large":                 {post("/api/sessions", "localhost", length), protocol.CodeTooLarge},
		"too large for a command":   {post(sharedAPI+"/x/commands", "localhost", length), protocol.CodeTooLarge},
		"to be closed afterwards":   {post("/api/sessions", "localhost", length, "Connection: close\r\n"), protocol.CodeTooLarge},
		"for another host":          {post("/api/sessions", "evil.example", length), protocol.CodeOriginNotAllowed},
		"for a page from elsewhere": {post("/api/sessions", "localhost", length, "Origin: https://evil.example\r\n"), protocol.CodeOriginNotAllowed},
		"for a path that is none":   {post("/api/nothing", "localhost", length), protocol.CodeNotFound},
		"for another method":        {post("/api/agents", "localhost", length), protocol.CodeMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, _ := w.in(t).exchange(tc.head, io.LimitReader(spaces{}, size))
			require.Equal(t, protocol.Catalogue[tc.code].Status, res.StatusCode)
			body, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			require.Contains(t, string(body), string(tc.code))
		})
	}
	t.Run("in chunks", func(t *testing.T) {
		t.Parallel()
		const chunk = 64 << 10
		piece := fmt.Sprintf("%x\r\n%s\r\n", chunk, strings.Repeat(" ", chunk))
		body := strings.NewReader(strings.Repeat(piece, size/chunk) + "0\r\n\r\n")
		res, _ := w.in(t).exchange(post("/api/sessions", "localhost", "Transfer-Encoding: chunked\r\n"), body)
		require.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
	})
	t.Run("before the body, if the client waits for 100 Continue", func(t *testing.T) {
		t.Parallel()
		head := post("/api/sessions", "localhost", length, "Expect: 100-continue\r\n")
		res, _ := w.in(t).exchange(head, strings.NewReader(""))
		require.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
	})
	t.Run("and the connection can be used again after the whole body", func(t *testing.T) {
		t.Parallel()
		requireReusable(t, w.in(t), post)
	})
}

// What follows the response is received for a limited time.
func TestContract_a_refused_body_that_stalls_ends_the_connection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		for _, pause := range []time.Duration{time.Hour, time.Second} {
			conn, err := w.client.Transport.(*http.Transport).DialContext(t.Context(), "", "")
			require.NoError(t, err)
			_, err = fmt.Fprint(conn, "POST /api/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n")
			require.NoError(t, err)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusNotFound, res.StatusCode)
			begin := time.Now()
			require.NoError(t, conn.SetDeadline(begin.Add(2*time.Minute)))
			for err == nil {
				if _, err = conn.Write([]byte(" ")); pause > time.Minute {
					_, err = io.ReadAll(conn)
					break
				}
				<-time.After(pause)
			}
			require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
			require.Less(t, time.Since(begin), time.Minute)
			_ = conn.Close()
		}
		w.stop()
	})
}

// spaces is an endless reader.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte(" "), len(p))), nil }

// Common HTTP clients receive the response.
func TestContract_a_refusal_arrives_at_common_clients(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), "large.json")
	require.NoError(t, os.WriteFile(file, bytes.Repeat([]byte(" "), 9<<20), 0o600))
	url := w.url + "/api/sessions"
	const python = `
import http.client, sys, urllib.parse
at = urllib.parse.urlparse(sys.argv[1])
c = http.client.HTTPConnection(at.hostname, at.port)
for _ in range(2):
    c.request("POST", at.path, open(sys.argv[2], "rb").read(), {"Content-Type": "application/json"})
    r = c.getresponse(); print(r.status, r.read().decode())
`
	const node = `
const body = require("fs").readFileSync(process.argv[2]);
(async () => {
  const r = await fetch(process.argv[1], {method: "POST", headers: {"content-type": "application/json"}, body});
  console.log(r.status, await r.text());
})();
`
	for name, command := range map[string][]string{
		"curl":                 {"curl", "-sS", "-w", "%{http_code}", "-H", "Content-Type: application/json", "--data-binary", "@" + file, url},
		"curl without Expect":  {"curl", "-sS", "-w", "%{http_code}", "-H", "Expect:", "-H", "Content-Type: application/json", "--data-binary", "@" + file, url},
		"curl in chunks":       {"curl", "-sS", "-w", "%{http_code}", "-H", "Transfer-Encoding: chunked", "-H", "Content-Type: application/json", "--data-binary", "@" + file, url},
		"Python's http.client": {"python3", "-c", python, url, file},
		"the fetch of Node.js": {"node", "-e", node, url, file},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(command[0]); err != nil {
				t.Skip("the client is not there; TestContract_RefusalsOfLargeBodiesArrive makes the same requests")
			}
			out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput()
			require.NoError(t, err, string(out))
			require.Contains(t, string(out), "413")
			require.Contains(t, string(out), string(protocol.CodeTooLarge))
		})
	}
}

// requireReusable requires that a connection can be used again, or is closed in good
// order, after a whole body was refused.
func requireReusable(t *testing.T, w *world, post func(path, host string, headers ...string) string) {
	over := protocol.DefaultLimits.FrameBytes + 1
	head := post("/api/sessions", "localhost", fmt.Sprintf("Content-Length: %d\r\n", over))
	res, conn := w.exchange(head, io.LimitReader(spaces{}, int64(over)))
	require.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
	_, err := io.Copy(io.Discard, res.Body)
	require.NoError(t, err)
	if res.Close {
		rest, err := io.ReadAll(conn)
		require.NoError(t, err, "closed, and not reset")
		require.Empty(t, rest)
		return
	}
	_, err = io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
	require.NoError(t, err)
	res, err = http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode)
}
