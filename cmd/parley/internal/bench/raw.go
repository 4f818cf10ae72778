package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"parley/hub/journal/sqlite"
)

// raw is the server that Parley is compared with: for every event and every
// connection one write of bytes that are ready, and nothing else. It decodes
// nothing, and keeps nothing unless it has a keeper.
//
//	GET /ROOM/ws      a WebSocket; its first message joins the room, and each
//	                  line of the others is an event for all
//	GET /ROOM/stream  the room's events as an event stream
//	POST /ROOM/messages  a body, of a length that is told, is an event for all
//
// Who joins a room is sent one first event.
type raw struct {
	keeper *keeper // nil to keep nothing

	mu    sync.Mutex
	rooms map[string]*rawRoom // guarded by mu
}

// rawRoom are the connections of a room. Its lock is held while they are
// written to, so that all get events in the same order; a client that does not
// read holds everybody up.
type rawRoom struct {
	kept *kept

	mu      sync.Mutex
	sockets map[net.Conn]struct{} // guarded by mu
	streams map[net.Conn]struct{} // guarded by mu
}

// rawFirst is the first event.
var rawFirst = []byte(`{"type":"welcome","payload":"` + strings.Repeat("x", 370) + `"}`)

// ServeRaw serves raw on a listener until ctx ends. With a data directory every
// message, a join too, is durable there, in a journal like Parley's, before it is
// passed on. It does not wait for its connections: it has a process of its own,
// which ends then.
func ServeRaw(ctx context.Context, l net.Listener, dir string, o sqlite.Options) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	r := &raw{rooms: map[string]*rawRoom{}}
	if dir != "" {
		k, err := openKeeper(ctx, dir, o)
		if err != nil {
			return err
		}
		defer k.journal.Close()
		r.keeper = k
	}
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		go r.serve(conn)
	}
}

func (r *raw) room(name string) *rawRoom {
	r.mu.Lock()
	defer r.mu.Unlock()
	room, ok := r.rooms[name]
	if !ok {
		room = &rawRoom{kept: r.keeper.session(), sockets: map[net.Conn]struct{}{}, streams: map[net.Conn]struct{}{}}
		r.rooms[name] = room
	}
	return room
}

func (r *raw) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 512)
	request, header, err := readHead(in)
	if err != nil {
		return
	}
	path := strings.Split(strings.Fields(request + " /")[1]+"//", "/")
	room := r.room(path[1])
	if path[2] == "messages" {
		room.answer(conn, in, header)
		return
	}
	if path[2] == "stream" {
		_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
		room.serve(conn, in, room.streams, appendEvent(nil, rawFirst), err)
		return
	}
	var join []byte
	if err = accept(conn, header.Get("Sec-Websocket-Key")); err == nil {
		join, err = readMessage(in, nil)
	}
	if err == nil {
		err = room.kept.keep(join, remote(conn))
	}
	room.serve(conn, in, room.sockets, appendFrame(nil, opText, rawFirst, false), err)
}

// accept answers a WebSocket handshake as RFC 6455, section 4.2.2 has it.
func accept(conn net.Conn, key string) error {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, err := fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	return err
}

// remote returns the address of the client of a connection.
func remote(conn net.Conn) string { return conn.RemoteAddr().String() }

// serve keeps a connection in the room until its client goes.
func (r *rawRoom) serve(conn net.Conn, in *bufio.Reader, among map[net.Conn]struct{}, first []byte, err error) {
	if err != nil {
		return
	}
	r.mu.Lock()
	_, err = conn.Write(first)
	among[conn] = struct{}{}
	r.mu.Unlock()
	if err == nil {
		r.read(in, remote(conn))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(among, conn)
}

// read sends every line that comes in to everybody in the room. Nothing comes
// in on an event stream.
func (r *rawRoom) read(in *bufio.Reader, client string) {
	var message, out []byte
	var err error
	for {
		if message, err = readMessage(in, message); err != nil {
			return
		}
		for line := range bytes.SplitSeq(message, []byte{'\n'}) {
			if r.kept.keep(line, client) != nil {
				return
			}
			out = r.send(line, out)
		}
	}
}

// answer takes what is posted on a connection, one body after the other, the
// header of the first of which has been read.
func (r *rawRoom) answer(conn net.Conn, in *bufio.Reader, header http.Header) {
	var body, out []byte
	for {
		n, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil || n < 0 || n > 1<<20 {
			return
		}
		body = append(body[:0], make([]byte, n)...)
		if _, err := io.ReadFull(in, body); err != nil || r.kept.keep(body, remote(conn)) != nil {
			return
		}
		out = r.send(body, out)
		if _, err := conn.Write(rawPosted); err != nil {
			return
		}
		if _, header, err = readHead(in); err != nil {
			return
		}
	}
}

// rawPosted is the answer to every message that is posted.
var rawPosted = []byte("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")

// readMessage reads the next frame of a client into a buffer. Its mask is zeros,
// and it is text, or the last.
func readMessage(in *bufio.Reader, buffer []byte) ([]byte, error) {
	opcode, _, n, err := readFrameHeader(in)
	if err == nil && opcode != opText {
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

// send sends an event to everybody. Who is gone is noticed by read.
func (r *rawRoom) send(event, out []byte) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	out = appendFrame(out[:0], opText, event, false)
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
