package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"parley/cmd/parley-bench/internal/machine"
	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/netio"
)

// rawTarget is the raw server in a process of its own.
type rawTarget struct {
	*child
	remove func() // removes the data directory, if any
	rooms  atomic.Int64
}

// StartRaw starts the raw server. A durable one commits every message to a
// journal before it sends it.
func StartRaw(ctx context.Context, l Lab, durable bool) (Target, error) {
	t := &rawTarget{remove: func() {}}
	args := []string{"raw"}
	if durable {
		dir, remove, err := machine.TempDir()
		if err != nil {
			return nil, err
		}
		t.remove = remove
		args = append(args, "--data", dir)
	}
	var err error
	if t.child, err = l.startChild(ctx, l.Self, args...); err != nil {
		t.remove()
		return nil, err
	}
	return t, nil
}

// Stop implements [Target].
func (t *rawTarget) Stop() error {
	defer t.remove()
	return t.child.stop()
}

// Room implements [Target].
func (t *rawTarget) Room(context.Context) (Room, error) {
	return NewRawRoom(t.url, fmt.Sprintf("/%d", t.rooms.Add(1))), nil
}

// rawRoom is a room of the raw server.
type rawRoom struct {
	server *url.URL
	path   string
}

// NewRawRoom returns the room at a path of a raw server.
func NewRawRoom(server *url.URL, path string) Room { return rawRoom{server, path} }

func (r rawRoom) endpoint(path string) netio.Endpoint {
	return netio.Endpoint{Server: r.server, Path: r.path + path, Header: http.Header{}}
}

// Listen implements [Room].
func (r rawRoom) Listen(ctx context.Context, t Transport, bufferBytes int) (netio.Stream, error) {
	if t == SSE {
		return netio.OpenEventStream(ctx, r.endpoint("/stream"), bufferBytes)
	}
	return r.join(ctx, bufferBytes)
}

// join joins by WebSocket and waits for the first event.
func (r rawRoom) join(ctx context.Context, bufferBytes int) (*netio.Socket, error) {
	s, err := netio.DialWebSocket(ctx, r.server, r.path+"/ws", bufferBytes)
	if err != nil {
		return nil, err
	}
	if err = s.Send(rawJoin); err == nil {
		_, err = s.Message()
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

var rawJoin = []byte(`{"type":"join"}`)

// Talk implements [Room].
func (r rawRoom) Talk(ctx context.Context) (Speaker, error) {
	s, err := r.join(ctx, 64<<10)
	if err != nil {
		return nil, err
	}
	return rawSpeaker{s}, nil
}

// Visit implements [Room].
func (r rawRoom) Visit(ctx context.Context) (first time.Time, err error) {
	s, err := r.join(ctx, 4<<10)
	if err != nil {
		return first, err
	}
	return time.Now(), s.Close()
}

// Poster implements [Room].
func (r rawRoom) Poster(ctx context.Context, size int) (Poster, error) {
	return netio.NewHTTPPoster(ctx, r.endpoint("/messages"), messageBody(size))
}

// messageBody returns the body of a message whose text has size bytes. Both
// servers are sent the same.
func messageBody(size int) string { return `{"text":"` + strings.Repeat("x", size) + `"}` }

// rawSpeaker sends events: the raw server sends on what it receives, unchanged.
type rawSpeaker struct{ *netio.Socket }

// Command implements [Speaker].
func (rawSpeaker) Command(to []byte, seq uint64, size int) []byte {
	before := len(to)
	to = append(to, `{"type":"chat","payload":"`...)
	to = meter.AppendMark(to, seq)
	return append(pad(to, before+size-2), `"}`...)
}
