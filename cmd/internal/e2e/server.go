package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// Server is a running server.
type Server struct {
	*Process
	API
	ServerConfig
}

// ServerConfig says how to start a server.
type ServerConfig struct {
	Program string   // default: parley
	Env     []string // in addition to the environment of the test
	Data    string   // data directory
	Address string   // address to listen on; default: a free one
	Flags   []string // further flags of "parley serve"
}

// StartServer starts a server on a data directory, with further flags, and waits until
// it is ready.
func StartServer(t testing.TB, data string, flags ...string) *Server {
	t.Helper()
	return ServerConfig{Data: data, Flags: flags}.Start(t)
}

// Start starts a server and waits until it is ready.
func (c ServerConfig) Start(t testing.TB) *Server {
	t.Helper()
	if c.Address == "" {
		c.Address = FreeAddress(t)
	}
	args := append([]string{"serve", "--data", c.Data, "--listen", c.Address}, c.Flags...)
	p := Start(t, Command{Path: c.Program, Args: args, Env: c.Env})
	url := p.Stderr.Await(t, `parley is ready: (https?://[^\s"]+)`)[1]
	return &Server{Process: p, API: API{URL: url}, ServerConfig: c}
}

// Restart starts a server with the configuration of s, which has ended, and waits until
// it is ready.
func (s *Server) Restart(t testing.TB) *Server {
	t.Helper()
	return s.ServerConfig.Start(t)
}

// Stop stops the server in order. The test fails if its exit code is not zero.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.Signal(t, syscall.SIGTERM)
	if code := s.ExitCode(t); code != 0 {
		t.Errorf("the server exited with %d: %s", code, tail(s.Stderr.String()))
	}
}

// FreeAddress returns a loopback address that is not in use. Its port is below the range
// from which systems assign ports, so that it stays free while a server is restarted.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

// CopyData copies the files of a data directory, so that a test can damage
// them. The server may be running: the copy begins again when a file is removed
// while it is being made, as git's lock files are.
func CopyData(t testing.TB, from string) string {
	t.Helper()
	for deadline := time.Now().Add(Timeout); ; {
		to := t.TempDir()
		err := os.CopyFS(to, os.DirFS(from))
		switch {
		case err == nil:
			return to
		case !errors.Is(err, fs.ErrNotExist) || time.Now().After(deadline):
			t.Fatal(err)
		}
	}
}
