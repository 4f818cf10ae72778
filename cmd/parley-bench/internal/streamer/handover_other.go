//go:build !unix

package streamer

import (
	"errors"
	"net"
	"os"
)

func handOver(string, ...*os.File) (net.Conn, error) { return nil, errors.ErrUnsupported }

func takeOver(*net.UnixConn, int) ([]*os.File, error) { return nil, errors.ErrUnsupported }

func writeNow(*os.File, []byte) (bool, error) { return false, errors.ErrUnsupported }
