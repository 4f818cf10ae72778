package raw

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"parley/cmd/parley-bench/internal/netio"
	"parley/cmd/parley-bench/internal/store"
	"parley/hub/journal/sqlite"
)

// FirstEvent is the first event that every connection receives.
var FirstEvent = []byte(`{"type":"welcome","payload":"` + strings.Repeat("x", 370) + `"}`)

// server has the rooms and the connections.
type server struct {
	store   *store.Store   // nil to store nothing
	serving sync.WaitGroup // a goroutine for each connection; close ends them and waits

	mu    sync.Mutex // guards the fields below
	rooms map[string]*room
	conns map[net.Conn]struct{}
}

// Serve serves on a listener until ctx is done, and then closes all connections and waits
// for their goroutines. With a data directory every message, joins included, is durable in
// a journal like Parley's before it is sent.
func Serve(ctx context.Context, l net.Listener, dir string, o sqlite.Options) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	s := &server{rooms: map[string]*room{}, conns: map[net.Conn]struct{}{}}
	if dir != "" {
		var err error
		if s.store, err = store.Open(ctx, dir, o); err != nil {
			return err
		}
		defer s.store.Close()
	}
	defer s.close()
	for {
		conn, err := l.Accept()
		switch {
		case ctx.Err() != nil && err == nil:
			return conn.Close()
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		s.start(conn)
	}
}

// start serves a connection on a goroutine of its own.
func (s *server) start(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[conn] = struct{}{}
	s.serving.Go(func() {
		s.serve(conn)
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.conns, conn)
		_ = conn.Close()
	})
}

// close closes all connections and waits for their goroutines.
func (s *server) close() {
	s.mu.Lock()
	for conn := range s.conns {
		_ = conn.Close()
	}
	s.mu.Unlock()
	s.serving.Wait()
}

// room returns the room with a name, which it creates if needed.
func (s *server) room(name string) *room {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rooms[name]
	if !ok {
		r = newRoom(s.store.Session())
		s.rooms[name] = r
	}
	return r
}

// serve reads the request of a connection and serves it.
func (s *server) serve(conn net.Conn) {
	in := bufio.NewReaderSize(conn, 512)
	request, header, err := netio.ReadHead(in)
	if err != nil {
		return
	}
	path := strings.Split(strings.Fields(request + " /")[1]+"//", "/")
	r := s.room(path[1])
	switch path[2] {
	case "messages":
		r.servePosts(conn, in, header)
	case "stream":
		if _, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"); err == nil {
			r.serve(conn, in, r.streams, appendEvent(nil, FirstEvent))
		}
	default:
		if acceptWebSocket(conn, header.Get("Sec-Websocket-Key")) == nil {
			r.serveSocket(conn, in)
		}
	}
}

// acceptWebSocket answers a handshake as RFC 6455, section 4.2.2, requires.
func acceptWebSocket(conn net.Conn, key string) error {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, err := fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	return err
}
