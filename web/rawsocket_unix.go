//go:build unix

package web

import (
	"net"
	"syscall"
)

// rawSocket returns the socket of a connection that is nothing but one.
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

// attempt writes what a socket takes at once. It is not for concurrent use. It
// keeps its closure, which would be allocated for every write otherwise.
type attempt struct {
	p    []byte
	n    int
	err  error
	call func(fd uintptr) bool
}

// write returns how much of p was taken: all, or a part, or nothing. p is not
// empty.
func (a *attempt) write(socket syscall.RawConn, p []byte) (int, error) {
	if socket == nil {
		return 0, nil
	}
	if a.call == nil {
		a.call = a.once
	}
	a.p = p
	err := socket.Write(a.call)
	a.p = nil
	if err == nil {
		err = a.err
	}
	return a.n, err
}

// once always says that it is done, so that nobody waits for the socket.
func (a *attempt) once(fd uintptr) bool {
	a.n, a.err = writeNow(fd, a.p)
	for a.err == syscall.EINTR {
		a.n, a.err = writeNow(fd, a.p)
	}
	if a.err == syscall.EAGAIN {
		a.n, a.err = 0, nil
	}
	return true
}

// readArrived reads what has arrived at a socket; the error is EAGAIN when that
// is nothing yet.
func readArrived(fd uintptr, p []byte) (n int, err error) {
	n, err = readNow(fd, p)
	for err == syscall.EINTR {
		n, err = readNow(fd, p)
	}
	return n, err
}
