package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/cmd/internal/proxytest"
	"parley/protocol"
	"parley/protocol/client"
)

// behind is a server behind a proxy.
type behind struct {
	server *e2e.Server
	e2e.API
	config proxytest.Config
}

// startBehind starts a server, with further flags, and a proxy of a kind in front of it.
func startBehind(t *testing.T, kind string, c proxytest.Config, flags ...string) behind {
	t.Helper()
	upstream := e2e.FreeAddress(t)
	c.Address, c.Upstream = e2e.FreeAddress(t), upstream
	http := proxytest.Kinds[kind](t, c)
	flags = append(flags, "--public-url", c.URL(), "--trusted-proxies", "127.0.0.1", "--insecure-open")
	s := e2e.ServerConfig{Data: t.TempDir(), Address: upstream, Flags: flags}.Start(t)
	return behind{server: s, API: e2e.API{URL: c.URL(), HTTP: http}, config: c}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	for kind := range proxytest.Kinds {
		for _, strip := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, which removes the path: %v", kind, strip), func(t *testing.T) {
				t.Parallel()
				b := startBehind(t, kind, proxytest.Config{Path: "/team", Strip: strip})
				b.testPage(t)
				session := b.Share(t, b.StartAgent(t, "demo"), protocol.ModePromptDirect)
				b.testTransports(t, session)
				b.testUpload(t, session)
				b.testLinks(t, session)
			})
		}
	}
}

// testPage reads the web page and a file that it refers to.
func (b behind) testPage(t *testing.T) {
	t.Helper()
	page := b.get(t, "/s/some-session")
	require.Contains(t, page, "<title>Parley")
	_, rest, found := strings.Cut(page, `src="../`)
	require.True(t, found, page)
	script, _, _ := strings.Cut(rest, `"`)
	require.NotEmpty(t, b.get(t, "/"+script))
	require.Contains(t, b.get(t, "/"), `src="./`)
}

func (b behind) get(t *testing.T, path string) string {
	t.Helper()
	response, err := b.HTTP.Get(b.URL + path)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, 2, response.ProtoMajor, "browsers speak HTTP/2 to the proxy")
	require.Equal(t, http.StatusOK, response.StatusCode, path)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}

// testTransports reads each event while its connection is open, on every transport.
func (b behind) testTransports(t *testing.T, session e2e.Session) {
	t.Helper()
	after := session.Cursor(t)
	var all []*e2e.Subscriber
	for _, by := range []e2e.Transport{e2e.WebSocket, e2e.EventStream, e2e.LongPoll} {
		all = append(all, session.Subscribe(t, by, after))
	}
	for i := range 3 {
		answer, err := session.PostMessage(t.Context(), session.Host, "", fmt.Sprint("message ", i))
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.Status, string(answer.Body))
		for _, s := range all {
			s.AwaitSeq(t, sequenceOf(t, session.Cursor(t))) // a proxy that buffers would keep it
		}
	}
}

// testUpload uploads a file that is larger than what proxies allow by default.
func (b behind) testUpload(t *testing.T, session e2e.Session) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), e2e.Timeout)
	defer cancel()
	host, err := client.Open(ctx, session.HostLink(), client.Options{HTTPClient: b.HTTP})
	require.NoError(t, err)
	defer host.Close()
	content := bytes.Repeat([]byte("parley "), 1<<20)
	a, err := host.Upload(ctx, client.Upload{Name: "long.txt", Content: bytes.NewReader(content), Size: int64(len(content))})
	require.NoError(t, err)
	require.EqualValues(t, len(content), a.Size)
}

// testLinks checks that links carry the public URL although the page has another.
func (b behind) testLinks(t *testing.T, session e2e.Session) {
	t.Helper()
	direct := session
	direct.API = b.server.API
	host := e2e.Connect(t, direct.HostLink(), "")
	require.Equal(t, b.URL, host.Welcome.PublicURL)
	link, err := host.RotateInvite(t.Context())
	require.NoError(t, err)
	require.Equal(t, b.URL, link.Server)
}

func TestProxy_that_cuts_idle_connections_loses_no_event(t *testing.T) {
	t.Parallel()
	for kind := range proxytest.Kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := startBehind(t, kind, proxytest.Config{IdleCut: time.Second})
			direct := b.server.Share(t, b.server.StartAgent(t, "demo"), protocol.ModePromptDirect)
			session := direct
			session.API = b.API
			stream := session.Subscribe(t, e2e.EventStream, direct.Cursor(t))
			host := e2e.ConnectWith(t, session.HostLink(), client.Options{HTTPClient: b.HTTP})
			for i := range 3 {
				require.Error(t, stream.AwaitEnd(t), "the proxy cuts a stream on which nothing happens")
				answer, err := direct.PostMessage(t.Context(), direct.Host, "", fmt.Sprint("message ", i))
				require.NoError(t, err)
				require.Equal(t, http.StatusOK, answer.Status, string(answer.Body))
				stream = session.Subscribe(t, e2e.EventStream, direct.Cursor(t))
			}
			var said []string
			for _, e := range host.AwaitSeq(t, sequenceOf(t, direct.Cursor(t))) {
				if p, ok := e.Payload.(*protocol.MessageCreated); ok {
					said = append(said, p.Message.Text)
				}
			}
			require.Equal(t, []string{"message 0", "message 1", "message 2"}, said)
		})
	}
}

func TestProxy_limits_hold_for_the_address_of_the_client(t *testing.T) {
	t.Parallel()
	for kind := range proxytest.Kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := startBehind(t, kind, proxytest.Config{ClientIP: "192.0.2.7"}, "--read-rate", "0.01")
			limited := func(a e2e.API) bool {
				for range 20 {
					answer, err := a.Call(t.Context(), e2e.Request{Method: http.MethodGet, Path: "/api/agents"})
					require.NoError(t, err)
					if answer.Status == http.StatusTooManyRequests {
						return true
					}
				}
				return false
			}
			require.True(t, limited(b.API), "the proxy says that its client is at another machine")
			require.False(t, limited(b.server.API), "this machine has no limit")
		})
	}
}
