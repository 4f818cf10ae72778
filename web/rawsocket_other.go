//go:build !unix

package web

import (
	"net"
	"syscall"
)

func rawSocket(net.Conn) syscall.RawConn { return nil }

// attempt leaves every write to the pump.
type attempt struct{}

func (attempt) write(syscall.RawConn, []byte) (int, error) { return 0, nil }

// readArrived is not used where there is no raw socket.
func readArrived(uintptr, []byte) (int, error) { return 0, net.ErrClosed }
