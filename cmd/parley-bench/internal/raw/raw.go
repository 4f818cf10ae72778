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

// server has the rooms.
type server struct {
	store *store.Store // nil to store nothing

	mu    sync.Mutex
	rooms map[string]*room // guarded by mu
}

// Serve serves on a listener until ctx ends. With a data directory every message,
// joins included, is durable in a journal like Parley's before it is sent on. Serve
// does not wait for its connections: it is for a process that ends then.
func Serve(ctx context.Context, l net.Listener, dir string, o sqlite.Options) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	s := &server{rooms: map[string]*room{}}
	if dir != "" {
		var err error
		if s.store, err = store.Open(ctx, dir, o); err != nil {
			return err
		}
		defer s.store.Close()
	}
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		go s.serve(conn)
	}
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
	defer conn.Close()
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
