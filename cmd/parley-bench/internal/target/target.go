package target

import (
	"context"
	"time"

	"parley/cmd/parley-bench/internal/machine"
	"parley/cmd/parley-bench/internal/netio"
)

// Transport is a protocol by which listeners receive events.
type Transport string

// The transports.
const (
	WebSocket Transport = "ws"
	SSE       Transport = "sse"
)

// Target is a server under load. Its methods are safe for concurrent use until
// Stop is called.
type Target interface {
	// Room returns an empty room.
	Room(ctx context.Context) (Room, error)
	// Use returns what the server process has used so far. It fails when that is
	// not known.
	Use() (machine.Usage, error)
	// Stop stops the server in order and removes its data.
	Stop() error
}

// Room distributes everything that is sent to it to all its listeners. Its
// methods are safe for concurrent use.
type Room interface {
	// Listen joins as a listener.
	Listen(ctx context.Context, t Transport, bufferBytes int) (netio.Stream, error)
	// Talk joins as a speaker.
	Talk(ctx context.Context) (Speaker, error)
	// Visit joins, waits for the first event and disconnects. It returns the time
	// at which the event arrived.
	Visit(ctx context.Context) (first time.Time, err error)
	// Poster joins as a connection that posts messages whose text has size bytes.
	Poster(ctx context.Context, size int) (Poster, error)
}

// Poster posts messages. It is for one goroutine.
type Poster interface {
	// Post posts a message and returns once it is answered.
	Post() error
	Close() error
}

// Speaker sends events to a room and receives them as listeners do. One
// goroutine may read and one other may send at the same time.
type Speaker interface {
	netio.Stream
	// Command appends a command, one line, that makes the server send an event
	// of about size bytes with the mark of seq; see [meter.AppendMark].
	Command(to []byte, seq uint64, size int) []byte
	// Send sends commands, separated by newlines.
	Send(commands []byte) error
}

// pad appends letters to to until it has n bytes.
func pad(to []byte, n int) []byte {
	for len(to) < n {
		to = append(to, 'x')
	}
	return to
}
