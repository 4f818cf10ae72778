package bench

import (
	"context"
	"time"
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
	// room opens a room, which nobody else is in.
	room(ctx context.Context) (room, error)
	// use returns what the server has used of the machine; an error when it
	// cannot be told.
	use() (Use, error)
	// stop ends the server.
	stop() error
}

// room is a place where whatever somebody says reaches all who listen.
type room interface {
	// listen brings in somebody who listens.
	listen(ctx context.Context, t Transport, bufferBytes int) (stream, error)
	// talk brings in somebody who talks, and hears it too.
	talk(ctx context.Context) (speaker, error)
	// visit comes in, gets a first event, and goes. It returns when that event
	// was there.
	visit(ctx context.Context) (first time.Time, err error)
	// poster brings in a connection that posts messages with a text of so many
	// bytes.
	poster(ctx context.Context, size int) (poster, error)
}

// poster posts messages. It is for one goroutine.
type poster interface {
	// post posts one message and returns once it is answered.
	post() error
	Close() error
}

// stream is a connection on which a room's events come in.
type stream interface {
	// read returns some of what came, valid until the next call. A piece may
	// end anywhere.
	read() ([]byte, error)
	Close() error
}

// speaker says things. What it reads is for one goroutine and what it says for
// one.
type speaker interface {
	stream
	// command appends what makes the server send an event with this number, of
	// about so many bytes.
	command(to []byte, seq uint64, size int) []byte
	// send sends commands, one on each line.
	send(commands []byte) error
}

// pad appends letters until there are n bytes.
func pad(to []byte, n int) []byte {
	for len(to) < n {
		to = append(to, 'x')
	}
	return to
}
