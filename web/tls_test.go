package web_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/web"
)

// overTLS runs a test for both versions of HTTP that clients may use over TLS.
func overTLS(t *testing.T, test func(t *testing.T, proto string, change func(*setup))) {
	for proto, change := range map[string]func(*setup){
		"HTTP/1.1": func(s *setup) { s.tls = true },
		"HTTP/2.0": func(s *setup) { s.tls, s.http2 = true, true },
	} {
		t.Run(proto, func(t *testing.T) { test(t, proto, change) })
	}
}

// Under TLS the server cannot write to sockets itself, so everything takes the
// portable way. WebSockets use HTTP/1.1 in any case.
func TestServer_serves_every_transport_over_TLS(t *testing.T) {
	overTLS(t, func(t *testing.T, proto string, change func(*setup)) {
		w := newWorld(t, change)
		require.True(t, strings.HasPrefix(w.url, "https://"))
		s := w.share(protocol.ModePromptWithApproval)
		gil := s.join("gil", protocol.RoleCollaborator)
		es := s.stream(gil, "")
		require.Equal(t, proto, es.res.Proto)
		c, _ := s.connect(s.Host)
		for i := range 20 {
			c.send(commandLine(fmt.Sprint(i), "ping", nil))
			require.Equal(t, &protocol.PongMessage{ID: fmt.Sprint(i)}, c.answer())
			s.say(gil, strings.Repeat("long ", 5000))
			require.Equal(t, protocol.EventMessageCreated, c.event().Type)
			es.until(protocol.EventMessageCreated)
		}
		var polled protocol.EventsAnswer
		w.call("GET", s.path("/events?after="+es.last+"&wait=0"), nil, gil.headers()...).ok(http.StatusOK, &polled)
		require.Empty(t, polled.Events)
		content := picture(t, 300, 200)
		require.Equal(t, content, s.download(s.Host, s.attach(gil, "a.png", "image/png", content).ID).body)

		s.close()
		c.closed(protocol.CloseSessionEnded)
		es.until(protocol.EventSessionClosed)
		_, err := es.read()
		require.Equal(t, io.EOF, err, "the client can tell the end of the stream from a broken connection")
	})
}

// The time-out of a response begins with the response: a handler may take longer.
func TestServer_answers_late_over_TLS(t *testing.T) {
	overTLS(t, func(t *testing.T, _ string, change func(*setup)) {
		w := newWorld(t, change, func(s *setup) { s.web.WriteTimeout = 100 * time.Millisecond })
		s := w.share(protocol.ModeCommentOnly)
		var state protocol.StateAnswer
		w.call("GET", s.path(""), nil).ok(http.StatusOK, &state)
		w.call("GET", s.path("/events?wait=1&after="+state.Cursor), nil, s.Host.headers()...).ok(http.StatusOK, nil)
	})
}

// A client of HTTP/2 closes a stream and keeps the connection.
func TestStream_over_HTTP2_ends_with_its_client_and_with_the_server(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.tls, s.http2 = true, true; s.web.Heartbeat = 10 * time.Millisecond })
	s := w.share(protocol.ModeCommentOnly)
	for range 40 { // a participant has 16 connections at most
		require.Eventually(t, func() bool {
			es := w.openStream(s.path("/stream?" + s.Host.query()))
			defer es.close()
			return es.res.StatusCode == http.StatusOK && es.next().Data != ""
		}, testTimeout, time.Millisecond)
	}
	es := s.stream(s.Host, "")
	es.next()
	w.stop() // waits for the stream
	for {
		if _, err := es.read(); err != nil {
			return
		}
	}
}

// A stream whose client does not read ends, and its connection goes on.
func TestStream_over_HTTP2_of_a_slow_client_delays_no_other(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.tls, s.http2, s.hub.MaxBacklog = true, true, 64<<10 })
	s := w.share(protocol.ModeCommentOnly)
	slow, fast := s.stream(s.Host, ""), s.stream(s.Host, "")
	for range 300 { // more than the windows of HTTP/2 take
		s.say(s.Host, strings.Repeat("x", 30_000))
		fast.until(protocol.EventMessageCreated)
	}
	for {
		if _, err := slow.read(); err != nil {
			break
		}
	}
	w.call("GET", s.path(""), nil).ok(http.StatusOK, nil)
}

// Clients that begin no handshake, or never finish it, do not keep others out, and are
// closed after a time.
func TestServer_bounds_unfinished_TLS_handshakes(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.tls, s.web.MaxUnfinished = true, 5 })
	address := strings.TrimPrefix(w.url, "https://")
	var open []net.Conn
	for i := range 30 {
		conn, err := net.Dial("tcp", address)
		require.NoError(t, err)
		defer conn.Close()
		if i%2 == 0 {
			_, err = conn.Write([]byte("\x16\x03\x01\x02\x00")) // the header of a ClientHello
			require.NoError(t, err)
		}
		open = append(open, conn)
	}
	w.call("GET", "/healthz", nil).ok(http.StatusOK, nil)
	for _, conn := range open[:20] {
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(testTimeout)))
		_, err := conn.Read(make([]byte, 1))
		require.Error(t, err)
		require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
	}
}

func TestServer_gives_a_TLS_handshake_as_much_time_as_a_header(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, func(s *setup) { s.tls = true })
		begin := time.Now()
		conn, err := w.client.Transport.(*http.Transport).DialContext(t.Context(), "", "")
		require.NoError(t, err)
		_, err = conn.Read(make([]byte, 1))
		require.Error(t, err)
		require.Equal(t, 10*time.Second, time.Since(begin))
		w.stop()
	})
}

func TestServer_refuses_old_versions_of_TLS(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.tls = true })
	config := w.client.Transport.(*http.Transport).TLSClientConfig.Clone()
	config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	_, err := tls.Dial("tcp", strings.TrimPrefix(w.url, "https://"), config)
	require.ErrorContains(t, err, "protocol version")
}

// Browsers are told to use only HTTPS from now on if they trust the certificate: else they
// would offer no way to use the server.
func TestServer_demands_TLS_in_future_only_with_a_trusted_certificate(t *testing.T) {
	const header = "Strict-Transport-Security"
	trusted := func(o *web.Options) { o.StrictTransport = func() bool { return true } }
	strict := newWorld(t, func(s *setup) { s.tls = true; trusted(&s.web) })
	require.Equal(t, "max-age=31536000", strict.call("GET", "/", nil).header.Get(header))
	require.NotEmpty(t, strict.call("GET", "/nothing", nil).header.Get(header))

	require.Empty(t, newWorld(t, func(s *setup) { s.tls = true }).call("GET", "/", nil).header.Get(header))
	require.Empty(t, newWorld(t, func(s *setup) { trusted(&s.web) }).call("GET", "/", nil).header.Get(header))
}
