package web

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"net"
	"net/http"
	"slices"

	"parley/hub/feed"
)

// What this file knows of RFC 6455, section 5.2, is how a server's frames
// begin. A server does not mask, so a frame is the same bytes for everybody.
const (
	final   = 0x80 // the first byte's highest bit: the message ends with this frame
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xa

	headerBytes = 10 // at most
)

// webSocket is the format of a WebSocket connection: lines become one message.
var webSocket = &feed.Format{Append: appendMessage}

// appendMessage writes one text message with one line for each of lines.
func appendMessage(b []byte, lines []feed.Line) []byte {
	size := len(lines) - 1
	for _, l := range lines {
		size += len(l.Bytes)
	}
	b = appendHeader(slices.Grow(b, size+headerBytes), opText, size)
	for i, l := range lines {
		if i > 0 {
			b = append(b, '\n')
		}
		b = append(b, l.Bytes...)
	}
	return b
}

// controlFrame returns a control frame; its payload has at most 125 bytes.
func controlFrame(opcode byte, payload []byte) []byte {
	return append([]byte{final | opcode, byte(len(payload))}, payload...)
}

func appendHeader(b []byte, opcode byte, size int) []byte {
	b = append(b, final|opcode)
	switch {
	case size <= 125:
		return append(b, byte(size))
	case size < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(size))
	}
	return binary.BigEndian.AppendUint64(append(b, 127), uint64(size))
}

// upgrade is the ResponseWriter that the handshake is answered with. It has the
// library read through an inflow, and write nothing but the close frame: all
// else goes through conn.
type upgrade struct {
	http.ResponseWriter
	conn *conn
	in   *inflow // set by Hijack
}

// writeBuffer has a close frame, which has at most 127 bytes, leave in one piece.
const writeBuffer = 160

// Hijack implements http.Hijacker, with buffers of its own: those of net/http
// are larger than a connection that mostly listens needs.
func (u *upgrade) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	rw, err := u.conn.takeOver(u.ResponseWriter)
	if err != nil {
		return nil, nil, err
	}
	early, _ := rw.Reader.Peek(rw.Reader.Buffered()) // what the client did not wait to send
	u.in = newInflow(u.conn, bytes.Clone(early))
	n := closing{u.conn.net, u.conn, u.in}
	return n, bufio.NewReadWriter(bufio.NewReaderSize(n, libraryBuffer), bufio.NewWriterSize(n, writeBuffer)), nil
}

// closing is the connection as the library sees it: what it writes is the last.
type closing struct {
	net.Conn
	conn *conn
	in   *inflow
}

func (c closing) Read(p []byte) (int, error) { return c.in.Read(p) }

func (c closing) Write(p []byte) (int, error) {
	if err := c.conn.writeLast(p); err != nil {
		return 0, err
	}
	return len(p), nil
}
