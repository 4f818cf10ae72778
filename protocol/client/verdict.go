package client

import (
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"

	"parley/protocol"
)

// ErrClosed is what a client that was closed answers with.
var ErrClosed = errors.New("the client is closed")

// StopError says that the server sent the client away for good. errors.As finds
// the *protocol.Error in it, where there was one.
type StopError struct {
	Code   int    // the close code
	Reason string // in words
	cause  error
}

func (e *StopError) Error() string { return e.Reason }

// Unwrap returns what the server answered, if it did.
func (e *StopError) Unwrap() error { return e.cause }

// refusal is a join or resume that was answered with an error.
type refusal struct {
	answer    *protocol.Error
	retryable bool // as the server says, which may know more codes
}

func (r *refusal) Error() string { return r.answer.Error() }
func (r *refusal) Unwrap() error { return r.answer }

// Reasons for which a connection is given up from this side.
var (
	errSilent  = errors.New("the server was silent for too long")
	errUpgrade = errors.New("time to try the WebSocket again")
)

// verdict is what to do after a connection has ended.
type verdict struct {
	stop   *StopError    // for good, and why
	atOnce bool          // reconnect without waiting, if that is not a loop
	pause  time.Duration // wait this long at least
}

// judge reads the rule of close codes: 40xx come back, 44xx stop, but for 4429.
// Whatever is none of those is a broken network and heals.
func judge(err error, rateLimitPause time.Duration) verdict {
	if r, ok := errors.AsType[*refusal](err); ok {
		if r.retryable {
			return verdict{pause: r.answer.RetryAfter}
		}
		return verdict{stop: &StopError{r.answer.Entry().Close, r.answer.Message, r.answer}}
	}
	if errors.Is(err, errUpgrade) {
		return verdict{atOnce: true}
	}
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		return verdict{}
	}
	switch code := int(closed.Code); {
	case code == protocol.CloseMoved:
		return verdict{atOnce: true}
	case code == protocol.CloseRateLimited:
		return verdict{pause: rateLimitPause}
	case code == protocol.CloseNotText, code == protocol.CloseTooBig, code >= 4400 && code < 4500:
		return verdict{stop: &StopError{Code: code, Reason: reasonFor(closed)}}
	}
	return verdict{}
}

func reasonFor(closed websocket.CloseError) string {
	switch int(closed.Code) {
	case protocol.CloseRemoved:
		if closed.Reason != "" {
			return closed.Reason // it says why
		}
		return "the host has removed you"
	case protocol.CloseSessionEnded:
		return "the session has ended"
	case protocol.CloseNoSession:
		return "there is no such session"
	case protocol.CloseBadCredentials:
		return "the link is not good, or no longer"
	}
	if closed.Reason != "" {
		return closed.Reason
	}
	return fmt.Sprintf("the server closed the connection with %d", closed.Code)
}
