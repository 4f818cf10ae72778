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

// intake is not used where there is no raw socket.
type intake struct{}

func (intake) read(syscall.RawConn, []byte) (int, error) { return 0, net.ErrClosed }

func readArrived(uintptr, []byte) (int, error) { return 0, net.ErrClosed }
