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
	"strings"
	"sync"
)

// Raw is the server that Parley is compared with: for every event and every
// connection one write of bytes that are ready, and nothing else. It keeps
// nothing, decodes nothing, and forgets no connection until a write to it
// fails or its client goes.
//
//	GET /ROOM/publish  a WebSocket; every line that comes in becomes an event
//	GET /ROOM/ws       a WebSocket on which the room's events go out
//	GET /ROOM/stream   the same as an event stream
//
// Who begins to listen is sent one first event.
type Raw struct {
	mu    sync.Mutex
	rooms map[string]*rawRoom
}

type rawRoom struct {
	mu      sync.Mutex
	sockets map[net.Conn]struct{}
	streams map[net.Conn]struct{}
}

// rawFirst is what who begins to listen is sent.
var rawFirst = []byte(`{"type":"welcome","payload":"` + strings.Repeat("x", 400) + `"}`)

// ServeRaw serves raw on a listener until ctx ends, and does not wait for its
// connections: it has a process of its own, which ends then.
func ServeRaw(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	r := &Raw{rooms: map[string]*rawRoom{}}
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

func (r *Raw) room(name string) *rawRoom {
	r.mu.Lock()
	defer r.mu.Unlock()
	room, ok := r.rooms[name]
	if !ok {
		room = &rawRoom{sockets: map[net.Conn]struct{}{}, streams: map[net.Conn]struct{}{}}
		r.rooms[name] = room
	}
	return room
}

func (r *Raw) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 512)
	request, key, err := readRawRequest(in)
	if err != nil {
		return
	}
	path := strings.Split(strings.Fields(request + " /")[1]+"//", "/")
	room := r.room(path[1])
	switch path[2] {
	case "publish":
		if accept(conn, key) == nil {
			room.publish(bufio.NewReaderSize(conn, 64<<10))
		}
	case "ws":
		if accept(conn, key) == nil {
			room.listen(conn, room.sockets, appendFrame(nil, opText, rawFirst, false))
		}
	case "stream":
		if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"); err == nil {
			room.listen(conn, room.streams, appendSSE(nil, rawFirst))
		}
	}
}

// readRawRequest reads a request and returns its first line and its WebSocket
// key.
func readRawRequest(in *bufio.Reader) (first, key string, err error) {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", "", err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			return first, key, nil
		}
		if first == "" {
			first = line
		}
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Sec-WebSocket-Key") {
			key = strings.TrimSpace(value)
		}
	}
}

// accept answers a WebSocket handshake as RFC 6455, section 4.2.2 has it.
func accept(conn net.Conn, key string) error {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, err := fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	return err
}

// listen lets a connection hear the room until its client goes.
func (r *rawRoom) listen(conn net.Conn, among map[net.Conn]struct{}, first []byte) {
	r.mu.Lock()
	_, err := conn.Write(first)
	among[conn] = struct{}{}
	r.mu.Unlock()
	if err == nil {
		var b [64]byte
		for err == nil {
			_, err = conn.Read(b[:])
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(among, conn)
}

// publish sends every line that comes in to everybody in the room.
func (r *rawRoom) publish(in *bufio.Reader) {
	var message, out []byte
	for {
		opcode, _, n, err := readFrameHeader(in)
		if err != nil || opcode != opText {
			return
		}
		message = append(message[:0], make([]byte, n+4)...)
		if _, err := io.ReadFull(in, message); err != nil {
			return
		}
		for line := range bytes.SplitSeq(message[4:], []byte{'\n'}) { // behind the mask, which is zeros
			out = r.write(line, out)
		}
	}
}

func (r *rawRoom) write(line, out []byte) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.sockets) > 0 {
		out = appendFrame(out[:0], opText, line, false)
		for conn := range r.sockets {
			_, _ = conn.Write(out) // the reader sees that it is gone
		}
	}
	if len(r.streams) > 0 {
		out = appendSSE(out[:0], line)
		for conn := range r.streams {
			_, _ = conn.Write(out)
		}
	}
	return out
}

func appendSSE(to, data []byte) []byte {
	to = append(to, "data: "...)
	to = append(to, data...)
	return append(to, "\n\n"...)
}
