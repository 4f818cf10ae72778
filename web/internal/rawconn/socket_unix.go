//go:build unix

package rawconn

import (
	"net"
	"syscall"
)

// rawSocket returns the socket of a plain TCP connection, or nil for any other
// connection.
func rawSocket(n net.Conn) syscall.RawConn {
	tcp, ok := n.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// TryWrite writes as much of p to a connection as its socket takes without waiting.
// It writes nothing to a connection that is not a plain TCP socket.
func TryWrite(n net.Conn, p []byte) {
	_, _ = new(rawWriter).write(rawSocket(n), p)
}

// rawWriter writes without waiting. It is not safe for concurrent use. It keeps its
// arguments and results in fields, and its method value, so that a write allocates
// nothing.
type rawWriter struct {
	p    []byte
	n    int
	err  error
	call func(fd uintptr) bool // try
}

// write returns how many bytes of p, which is not empty, the socket has taken: any
// number from none to all.
func (w *rawWriter) write(raw syscall.RawConn, p []byte) (int, error) {
	if raw == nil {
		return 0, nil
	}
	if w.call == nil {
		w.call = w.try
	}
	w.p = p
	err := raw.Write(w.call)
	w.p = nil
	if err == nil {
		err = w.err
	}
	return w.n, err
}

// try reports in any case that it is done, so that RawConn.Write does not wait.
func (w *rawWriter) try(fd uintptr) bool {
	w.n, w.err = send(fd, w.p)
	for w.err == syscall.EINTR {
		w.n, w.err = send(fd, w.p)
	}
	if w.err == syscall.EAGAIN {
		w.n, w.err = 0, nil
	}
	return true
}

// receive reads what has arrived at a socket. The error is EAGAIN if that is
// nothing.
func receive(fd uintptr, p []byte) (n int, err error) {
	n, err = syscall.Read(int(fd), p)
	for err == syscall.EINTR {
		n, err = syscall.Read(int(fd), p)
	}
	return n, err
}

// isAgain reports whether a call on a socket would have to wait.
func isAgain(err error) bool { return err == syscall.EAGAIN }
