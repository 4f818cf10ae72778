package client_test

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol/client"
)

// pinnedServer starts a server over TLS, and returns the fingerprint of its certificate. It
// counts the requests that it receives.
func pinnedServer(t *testing.T) (s *httptest.Server, pin string, requests *atomic.Int32) {
	requests = new(atomic.Int32)
	s = httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	digest := sha256.Sum256(s.Certificate().Raw)
	return s, base64.RawURLEncoding.EncodeToString(digest[:]), requests
}

func TestNewTransport_accepts_the_pinned_certificate_alone(t *testing.T) {
	s, pin, requests := pinnedServer(t)
	get := func(pin string) (*http.Response, error) {
		transport := client.NewTransport(pin)
		t.Cleanup(transport.CloseIdleConnections)
		response, err := (&http.Client{Transport: transport}).Get(s.URL)
		if err == nil {
			_ = response.Body.Close()
		}
		return response, err
	}
	response, err := get(pin)
	require.NoError(t, err)
	require.Equal(t, 2, response.ProtoMajor)

	_, err = get(anyPin)
	require.ErrorIs(t, err, client.ErrCertificate)
	_, err = get("")
	require.ErrorContains(t, err, "unknown authority")
	require.EqualValues(t, 1, requests.Load(), "a server with another certificate receives nothing")
}

func TestOpen_says_that_the_certificate_is_another_one(t *testing.T) {
	s, _, requests := pinnedServer(t)
	link, err := client.ParseLink(s.URL + "/s/" + sessionID + "#i=I&c=" + anyPin)
	require.NoError(t, err)
	_, err = client.Open(t.Context(), link, client.Options{UserID: "ann"})
	require.ErrorIs(t, err, client.ErrCertificate)
	require.Zero(t, requests.Load())
}

func TestFingerprint_is_what_browsers_show(t *testing.T) {
	require.Equal(t, "00"+strings.Repeat(":00", 31), client.Fingerprint(anyPin))
}
