package live

import (
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"parley/protocol"
	"parley/web/internal/limit"
	"parley/web/internal/rawconn"
)

// firstMessageBytes is the limit of a message until the client has joined: far more
// than a join needs, and little to hold for many unknown clients.
const firstMessageBytes = 64 << 10

// errControlFlood ends the reading from a client that sends too many control frames.
var errControlFlood = errors.New("too many control frames")

// receive carries out what has arrived, but stops behind a join. It returns false
// when the connection has ended.
func (k *socket) receive() bool {
	for joined := k.joined; k.ws.Ready() && k.joined == joined; {
		message, ok := k.readMessage()
		if !ok {
			return false
		}
		isBlank := message != nil
		for line := range protocol.SplitLines(message) {
			if isBlank = false; !k.handle(line) {
				return false
			}
		}
		if isBlank && !k.allows(k.control) {
			return false
		}
	}
	return true
}

// allows counts one message against a limit. It returns false, and closes the
// connection, if the client keeps exceeding the limit.
func (k *socket) allows(l *limit.Commands) bool {
	_, excessive := l.Take()
	if excessive {
		k.server.options.Hub.Refused(protocol.LimitControl)
		k.close(protocol.CloseRateLimited, "over the rate limit again and again")
	}
	return !excessive
}

// readMessage returns the next message, or nil if only control frames have arrived.
// It returns false when the connection has ended.
func (k *socket) readMessage() (message []byte, ok bool) {
	r, err := k.ws.NextMessage()
	if err == nil {
		message, err = k.readText(r)
	}
	if err == nil || errors.Is(err, rawconn.ErrNoMessage) {
		return message, true
	}
	if e, ok := errors.AsType[*closeError](err); ok {
		k.server.options.Hub.Refused(e.limit)
		k.close(e.code, e.reason)
	} else if errors.Is(err, rawconn.ErrNotText) {
		k.close(protocol.CloseNotProtocol, "messages are text")
	} else if errors.Is(err, errControlFlood) {
		k.server.options.Hub.Refused(protocol.LimitControl)
		k.close(protocol.CloseRateLimited, "too many control frames")
	}
	return nil, false
}

// readText reads a message to its end.
func (k *socket) readText(r io.Reader) ([]byte, error) {
	longest := k.server.options.Limits.FrameBytes
	if !k.joined {
		longest = min(longest, firstMessageBytes)
	}
	k.messageSince.Store(time.Now().UnixNano())
	message, err := k.server.options.Memory.ReadAll(r, longest)
	k.messageSince.Store(0)
	switch {
	case err == limit.ErrMemoryFull:
		return nil, &closeError{protocol.CloseTryAgain, limit.ErrMemoryFull.Message, protocol.LimitInbound}
	case len(message) > longest:
		return nil, &closeError{protocol.CloseTooBig, "message too big", protocol.LimitBody}
	case err != nil:
		return nil, err
	case !utf8.Valid(message):
		return nil, &closeError{code: protocol.CloseNotText, reason: "messages are UTF-8"}
	}
	return message, nil
}

// closeError is the reason for which the server closes a connection.
type closeError struct {
	code   int
	reason string
	limit  protocol.Limit // that the client has exceeded
}

// Error returns the reason.
func (e *closeError) Error() string { return e.reason }

// handle carries out one line. It returns false when the connection has ended.
func (k *socket) handle(line []byte) bool {
	req, err := protocol.DecodeRequest(line, k.server.options.Limits)
	if errors.Is(err, protocol.ErrNotProtocol) {
		k.close(protocol.CloseNotProtocol, protocol.ErrNotProtocol.Message)
		return false
	}
	if !k.joined {
		return k.handleFirst(req, err)
	}
	limited, excessive := k.commands.Take()
	if excessive {
		k.server.options.Hub.Refused(protocol.LimitCommands)
		k.close(protocol.CloseRateLimited, "over the rate limit again and again")
		return false
	}
	if limited != nil {
		err = limited
	}
	if err == nil {
		err = k.carryOut(req)
	}
	if e, ok := asProtocol(err); ok {
		_ = k.sender.subscription().Reject(k.sender.ctx, req.ID, e)
	}
	// Any other error means that the subscription has ended. The sender learns the
	// reason and closes the connection with its code. Reading goes on until then.
	return true
}

func (k *socket) carryOut(req protocol.Request) error {
	switch req.Command.(type) {
	case *protocol.Join, *protocol.Resume:
		return protocol.Errorf(protocol.CodeInvalidRequest, "this connection is in the session already")
	}
	return k.sender.subscription().Send(k.sender.ctx, req)
}
