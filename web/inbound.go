package web

import (
	"io"
	"sync/atomic"

	"parley/protocol"
)

// inbound is what all clients together may have sent of messages and bodies that
// are not yet whole. A short one is not counted: what counts is held for as long
// as its sender likes.
type inbound struct {
	limit int64 // immutable
	held  atomic.Int64
}

// inboundFree is how much of one message or body is not counted.
const inboundFree = 64 << 10

// errInboundFull refuses a long message while too many others are on their way.
var errInboundFull = protocol.Errorf(protocol.CodeRateLimited, "too much is being sent to the server at once; send it again in a moment")

// read reads up to a limit and one byte more, which tells that there is more. It
// returns errInboundFull, or what r returns.
func (b *inbound) read(r io.Reader, limit int) (message []byte, err error) {
	counted := 0
	defer func() { b.held.Add(-int64(counted)) }()
	message = make([]byte, 0, 512)
	for len(message) <= limit {
		if len(message) == cap(message) {
			grown := min(2*cap(message), limit+1)
			if more := grown - inboundFree - counted; more > 0 {
				counted += more
				if b.held.Add(int64(more)) > b.limit {
					return message, errInboundFull
				}
			}
			message = append(make([]byte, 0, grown), message...)
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
