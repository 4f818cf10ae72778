package client

import (
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"

	"parley/protocol"
)

// ErrClosed is the error of a client after [Client.Close].
var ErrClosed = errors.New("the client is closed")

// StopError says that the server has refused the client for good. It wraps the
// [*protocol.Error] of the server, if there was one.
type StopError struct {
	Code   int    // the close code
	Reason string // for people
	cause  error
}

// Error returns the reason.
func (e *StopError) Error() string { return e.Reason }

// Unwrap returns the error that the server answered with, or nil.
func (e *StopError) Unwrap() error { return e.cause }

// refusal is the error that a join or resume was answered with.
type refusal struct {
	answer    *protocol.Error
	retryable bool // as the server says, since it may use codes that are unknown here
}

// Error returns the error of the server.
func (r *refusal) Error() string { return r.answer.Error() }

// Unwrap returns the error of the server.
func (r *refusal) Unwrap() error { return r.answer }

// Reasons for which the client gives a connection up.
var (
	errSilent  = errors.New("the server was silent for too long")
	errUpgrade = errors.New("time to try the WebSocket again")
)

// verdict says what to do after a connection has ended.
type verdict struct {
	stop   *StopError    // end the client
	atOnce bool          // reconnect without waiting, unless the connection made no progress
	pause  time.Duration // wait at least this long before reconnecting
}

// judge applies the rules of the close codes: reconnect after 40xx, stop after 44xx except
// 4429. Other errors are network failures, after which the client reconnects.
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
			return closed.Reason // it includes the host's reason
		}
		return "the host has removed you"
	case protocol.CloseSessionEnded:
		return "the session has ended"
	case protocol.CloseNoSession:
		return "there is no such session"
	case protocol.CloseBadCredentials:
		return "the link is not valid, or no longer valid"
	}
	if closed.Reason != "" {
		return closed.Reason
	}
	return fmt.Sprintf("the server closed the connection with code %d", closed.Code)
}
