//go:build unix

package streamer

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// handOver passes files to the process that listens on a Unix socket, and returns the
// connection to it.
func handOver(path string, files ...*os.File) (net.Conn, error) {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	fds := make([]int, len(files))
	for i, f := range files {
		fds[i] = int(f.Fd())
	}
	if _, _, err := conn.WriteMsgUnix([]byte{0}, syscall.UnixRights(fds...), nil); err != nil {
		return nil, errors.Join(fmt.Errorf("hand files over: %w", err), conn.Close())
	}
	return conn, nil
}

// takeOver returns the n files that another process passes over a connection.
func takeOver(conn *net.UnixConn, n int) ([]*os.File, error) {
	rights := make([]byte, syscall.CmsgSpace(4*n))
	_, size, _, _, err := conn.ReadMsgUnix(make([]byte, 1), rights)
	if err != nil {
		return nil, err
	}
	messages, err := syscall.ParseSocketControlMessage(rights[:size])
	if err != nil || len(messages) != 1 {
		return nil, fmt.Errorf("no files have arrived: %w", err)
	}
	fds, err := syscall.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != n {
		return nil, fmt.Errorf("%d files have arrived, not %d: %w", len(fds), n, err)
	}
	files := make([]*os.File, n)
	for i, fd := range fds {
		syscall.CloseOnExec(fd)
		if err := syscall.SetNonblock(fd, true); err != nil { // else a read would block a thread
			return nil, err
		}
		files[i] = os.NewFile(uintptr(fd), "handed over")
	}
	return files, nil
}

// writeNow writes p if the pipe has room for all of it. p must not be longer than
// what a pipe writes atomically, see pipe(7).
func writeNow(to *os.File, p []byte) (written bool, err error) {
	raw, err := to.SyscallConn()
	if err != nil {
		return false, err
	}
	var failed error
	err = raw.Write(func(fd uintptr) (done bool) {
		_, failed = syscall.Write(int(fd), p)
		return failed != syscall.EINTR
	})
	switch {
	case err != nil:
		return false, err
	case errors.Is(failed, syscall.EAGAIN):
		return false, nil
	}
	return failed == nil, failed
}
