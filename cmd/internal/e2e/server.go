package e2e

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"syscall"
	"testing"
)

// Server is a running server.
type Server struct {
	*Process
	API
	Data    string
	Address string

	program  string   // parley if empty
	env      []string // in addition to that of the test
	settings []string
}

// Serve starts a server on a data directory and waits until it is ready.
func Serve(t testing.TB, data string, settings ...string) *Server {
	t.Helper()
	return serve(t, &Server{Data: data, Address: FreeAddress(t), settings: settings})
}

// ServeWith is [Serve] with another program.
func ServeWith(t testing.TB, program, data string, settings ...string) *Server {
	t.Helper()
	return serve(t, &Server{Data: data, Address: FreeAddress(t), program: program, settings: settings})
}

// ServeUnder is [ServeWith] with additional environment variables.
func ServeUnder(t testing.TB, env []string, program, data string, settings ...string) *Server {
	t.Helper()
	return serve(t, &Server{Data: data, Address: FreeAddress(t), program: program, env: env, settings: settings})
}

// Again starts a server on the data and the address of s, which has ended.
func (s *Server) Again(t testing.TB) *Server {
	t.Helper()
	return serve(t, &Server{Data: s.Data, Address: s.Address, program: s.program, env: s.env, settings: s.settings})
}

func serve(t testing.TB, s *Server) *Server {
	t.Helper()
	args := append([]string{"serve", "--data", s.Data, "--listen", s.Address}, s.settings...)
	s.Process = Start(t, Command{Path: s.program, Args: args, Env: s.env})
	s.API = API{URL: s.Err.Await(t, `parley is ready: (http://[^\s"]+)`)[1]}
	return s
}

// Stop stops the server in order. The test fails if its exit code is not zero.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.Signal(t, syscall.SIGTERM)
	if code := s.Code(t); code != 0 {
		t.Errorf("the server ended with %d: %s", code, lastOf(s.Err.String()))
	}
}

// FreeAddress returns a loopback address that is not in use. Its port is below those that
// systems assign by themselves, so that it stays free while a server is restarted on it.
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

// CopyData copies the files of a data directory, so that a test can damage them.
func CopyData(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}
