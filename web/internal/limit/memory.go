package limit

import (
	"io"
	"sync/atomic"

	"parley/protocol"
)

// Memory bounds the messages and bodies that have begun to arrive, for all clients
// together: the server holds each for as long as its sender takes.
type Memory struct {
	limit int64 // immutable; in bytes
	held  atomic.Int64
}

// freeBytes is how much of each message is not counted, so that short messages
// are received however many long ones are in progress.
const freeBytes = 64 << 10

// ErrMemoryFull refuses a long message while the others in progress use up the
// memory.
var ErrMemoryFull = protocol.Errorf(protocol.CodeRateLimited, "too much is being sent to the server at once; send it again in a moment").By(protocol.LimitInbound)

// NewMemory returns a bound, in bytes.
func NewMemory(limit int64) *Memory { return &Memory{limit: limit} }

// Held returns how many bytes are held.
func (m *Memory) Held() int64 { return m.held.Load() }

// ReadAll reads r to its end, or up to limit bytes and one byte more, which tells
// that r is longer. It returns [ErrMemoryFull] or r's error together with what was
// read.
func (m *Memory) ReadAll(r io.Reader, limit int) (message []byte, err error) {
	counted := 0
	defer func() { m.held.Add(-int64(counted)) }()
	message = make([]byte, 0, 512)
	for len(message) <= limit {
		if len(message) == cap(message) {
			size := min(2*cap(message), limit+1)
			if more := size - freeBytes - counted; more > 0 {
				counted += more
				if m.held.Add(int64(more)) > m.limit {
					return message, ErrMemoryFull
				}
			}
			message = append(make([]byte, 0, size), message...)
		}
		n, err := r.Read(message[len(message):min(cap(message), limit+1)])
		message = message[:len(message)+n]
		if err == io.EOF {
			return message, nil
		}
		if err != nil {
			return message, err
		}
	}
	return message, nil
}
