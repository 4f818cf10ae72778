package web_test

import (
	"context"
	"net"
	"sync"
)

// pipeListener is a network in memory, so that synctest knows which goroutines wait.
type pipeListener struct {
	remote string        // the address of clients
	conns  chan net.Conn // sent to by dial; unbuffered, so that Accept receives each
	closed chan struct{}
	once   sync.Once
}

func newPipeListener(remote string) *pipeListener {
	return &pipeListener{remote: remote, conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- pipeEnd{server, l.remote}:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return pipeAddr("localhost") }

// pipeEnd is the server's end of a connection.
type pipeEnd struct {
	net.Conn
	remote string
}

func (p pipeEnd) RemoteAddr() net.Addr { return pipeAddr(p.remote) }

type pipeAddr string

func (pipeAddr) Network() string  { return "pipe" }
func (a pipeAddr) String() string { return string(a) }
