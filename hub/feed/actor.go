package feed

import (
	"context"

	"parley/protocol"
)

// Actor is how a subscription reaches the actor of its session. Every
// subscription has one that acts for its participant. The methods may be called
// from any goroutine.
type Actor interface {
	// Submit sends a command of the client's to the actor, which answers it by
	// [Subscription.Answer]. Submit blocks while the actor's inbox is full. It returns
	// ctx's error if ctx ends first, and another error if the actor has ended.
	Submit(ctx context.Context, s *Subscription, r protocol.Request) error
	// Reject has the actor answer a request with an error, after the answers to
	// earlier requests. It blocks and fails as Submit does.
	Reject(ctx context.Context, s *Subscription, requestID string, err *protocol.Error) error
	// Leave has the actor call [Room.Leave] soon. It does not block, and may be
	// called more than once.
	Leave(s *Subscription)
}

// Session is what a [Room] needs to know of its session's state. The methods are
// called on the actor's goroutine.
type Session interface {
	// Active reports whether the session has not ended.
	Active() bool
	// Participants returns the participants in join order. Some of them may have
	// left. The caller does not change the slice.
	Participants() []protocol.Participant
	// IsPresent reports whether a participant has joined and has not left.
	IsPresent(participantID string) bool
}

// Closed is the error with which a subscription ends. [Subscription.Next] and
// [Subscription.Take] return a pointer to it.
type Closed struct {
	Code   int // a close code of package protocol, or 1000
	Reason string
}

// Error returns the reason.
func (c *Closed) Error() string { return c.Reason }

// closeNormal is the close code of RFC 6455 for a connection that has served its
// purpose.
const closeNormal = 1000
