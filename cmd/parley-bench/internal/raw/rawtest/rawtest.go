// Package rawtest runs the comparison server inside a test.
package rawtest

import (
	"context"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley-bench/internal/raw"
	"parley/hub/journal/sqlite"
)

// Start serves package raw on a loopback address until the test ends or stop is
// called, which waits for its end. With a data directory the server is durable.
func Start(t *testing.T, dir string) (server *url.URL, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- raw.Serve(ctx, l, dir, sqlite.Options{}) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	t.Cleanup(stop)
	return &url.URL{Scheme: "http", Host: l.Addr().String()}, stop
}
