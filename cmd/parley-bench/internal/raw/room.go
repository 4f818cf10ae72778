package raw

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"

	"parley/cmd/parley-bench/internal/netio"
	"parley/cmd/parley-bench/internal/store"
)

// room has the connections of a room. Its lock is held while they are written to,
// so that all receive events in the same order.
type room struct {
	session *store.Session

	mu      sync.Mutex
	sockets map[net.Conn]struct{} // guarded by mu
	streams map[net.Conn]struct{} // guarded by mu
}

func newRoom(s *store.Session) *room {
	return &room{session: s, sockets: map[net.Conn]struct{}{}, streams: map[net.Conn]struct{}{}}
}

// client names the client of a connection.
func client(conn net.Conn) string { return conn.RemoteAddr().String() }

// serveSocket serves a WebSocket: a message that joins, and then events.
func (r *room) serveSocket(conn net.Conn, in *bufio.Reader) {
	join, err := readMessage(in, nil)
	if err != nil || r.session.Commit(join, client(conn)) != nil {
		return
	}
	r.serve(conn, in, r.sockets, netio.AppendFrame(nil, netio.OpText, FirstEvent, false))
}

// serve adds a connection to the room until its client disconnects.
func (r *room) serve(conn net.Conn, in *bufio.Reader, among map[net.Conn]struct{}, first []byte) {
	r.mu.Lock()
	_, err := conn.Write(first)
	among[conn] = struct{}{}
	r.mu.Unlock()
	if err == nil {
		r.receive(in, client(conn))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(among, conn)
}

// receive sends every line that a client sends to all in the room. On an event
// stream nothing arrives.
func (r *room) receive(in *bufio.Reader, client string) {
	var message, out []byte
	var err error
	for {
		if message, err = readMessage(in, message); err != nil {
			return
		}
		for line := range bytes.SplitSeq(message, []byte{'\n'}) {
			if r.session.Commit(line, client) != nil {
				return
			}
			out = r.send(line, out)
		}
	}
}

// postAnswer is the answer to every message that is posted.
var postAnswer = []byte("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")

// servePosts serves the requests of a connection that posts messages. The header of
// the first has been read.
func (r *room) servePosts(conn net.Conn, in *bufio.Reader, header http.Header) {
	var body, out []byte
	for {
		n, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil || n < 0 || n > 1<<20 {
			return
		}
		body = append(body[:0], make([]byte, n)...)
		if _, err := io.ReadFull(in, body); err != nil || r.session.Commit(body, client(conn)) != nil {
			return
		}
		out = r.send(body, out)
		if _, err := conn.Write(postAnswer); err != nil {
			return
		}
		if _, header, err = netio.ReadHead(in); err != nil {
			return
		}
	}
}

// readMessage reads the next frame of a client into a buffer. The frame must be
// text, unfragmented, with a mask of zeros; any other ends the connection.
func readMessage(in *bufio.Reader, buffer []byte) ([]byte, error) {
	opcode, _, n, err := netio.ReadFrameHeader(in)
	if err == nil && opcode != netio.OpText {
		err = io.EOF
	}
	if err != nil {
		return nil, err
	}
	if _, err := in.Discard(4); err != nil {
		return nil, err
	}
	buffer = append(buffer[:0], make([]byte, n)...)
	_, err = io.ReadFull(in, buffer)
	return buffer, err
}

// send sends an event to all connections, and returns the buffer that it has used.
// A connection that has ended is removed by its reader.
func (r *room) send(event, out []byte) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	out = netio.AppendFrame(out[:0], netio.OpText, event, false)
	for conn := range r.sockets {
		_, _ = conn.Write(out)
	}
	if len(r.streams) > 0 {
		out = appendEvent(out[:0], event)
		for conn := range r.streams {
			_, _ = conn.Write(out)
		}
	}
	return out
}

func appendEvent(to, data []byte) []byte {
	to = append(to, "data: "...)
	to = append(to, data...)
	return append(to, "\n\n"...)
}
