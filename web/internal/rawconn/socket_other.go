//go:build !unix

package rawconn

import (
	"net"
	"syscall"
)

func rawSocket(net.Conn) syscall.RawConn { return nil }

// TryWrite writes nothing on this system.
func TryWrite(net.Conn, []byte) {}

// rawWriter writes nothing, so that every write waits.
type rawWriter struct{}

func (rawWriter) write(syscall.RawConn, []byte) (int, error) { return 0, nil }

// receive is not called where rawSocket returns nil.
func receive(uintptr, []byte) (int, error) { return 0, net.ErrClosed }

func isAgain(error) bool { return false }
