package bench

import (
	"context"
	"fmt"
	"net/url"
)

// Transport is a way of hearing a room.
type Transport string

// The transports.
const (
	WebSocket Transport = "ws"
	SSE       Transport = "sse"
)

// target is a server under load.
type target interface {
	// room opens a room of its own.
	room(ctx context.Context) (room, error)
	// use returns what the server has used of the machine; an error when it
	// cannot be told.
	use() (Use, error)
	// stop ends the server.
	stop() error
}

// room is a place where whatever is published reaches all who listen.
type room interface {
	listen(ctx context.Context, t Transport, bufferBytes int) (stream, error)
	publisher(ctx context.Context) (publisher, error)
}

// publisher publishes events. It is for one goroutine.
type publisher interface {
	// command appends what makes the server publish an event with this number,
	// whose text is about size bytes as listeners get it.
	command(to []byte, seq uint64, size int) []byte
	// send sends commands, one on each line.
	send(commands []byte) error
	Close() error
}

// rawTarget is raw, in a process of its own.
type rawTarget struct {
	*child
	rooms int
}

func startRaw(ctx context.Context, program string, pins Pins) (*rawTarget, error) {
	c, err := startChild(ctx, program, pins, "bench", "raw")
	return &rawTarget{child: c}, err
}

func (t *rawTarget) room(context.Context) (room, error) {
	t.rooms++
	return rawEntrance{t.url, fmt.Sprintf("/%d", t.rooms)}, nil
}

type rawEntrance struct {
	server *url.URL
	path   string
}

func (r rawEntrance) listen(ctx context.Context, t Transport, bufferBytes int) (stream, error) {
	if t == SSE {
		return openEvents(ctx, endpoint{r.server, r.path + "/stream", nil}, bufferBytes)
	}
	s, err := dialSocket(ctx, r.server, r.path+"/ws", bufferBytes)
	if err != nil {
		return nil, err
	}
	_, err = s.message() // its first event
	return s, err
}

func (r rawEntrance) publisher(ctx context.Context) (publisher, error) {
	s, err := dialSocket(ctx, r.server, r.path+"/publish", 512)
	return rawPublisher{s}, err
}

type rawPublisher struct{ *socket }

func (rawPublisher) command(to []byte, seq uint64, size int) []byte {
	before := len(to)
	to = append(to, `{"type":"chat","payload":"`...)
	to = appendMark(to, seq)
	return append(pad(to, before+size-2), `"}`...)
}

// pad appends letters until there are n bytes.
func pad(to []byte, n int) []byte {
	for len(to) < n {
		to = append(to, 'x')
	}
	return to
}
