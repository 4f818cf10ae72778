package client

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"parley/protocol"
)

// maxInFlight is how many commands may wait for their answers. The server
// remembers more than that of each participant, so all of them can be sent
// again after a reconnect.
const maxInFlight = 64

// window is how many of them a connection carries at a time. The next is sent
// when one is answered, so a connection that breaks in their midst leaves little
// to be done again, and a reconnect is no burst.
const window = 8

// maxTries is how often a command is sent when the server asks for patience.
const maxTries = 6

// call is one command that waits for its answer.
type call struct {
	number uint64 // in order of asking
	id     string
	line   []byte
	answer chan protocol.ServerMessage // capacity 1: whoever settles the call writes, once
}

// calls are the commands under way. A connection's writer takes those that it
// has not sent; a new connection's writer begins with the oldest.
type calls struct {
	slots chan struct{} // capacity maxInFlight; when full, asking waits
	wake  chan struct{} // capacity 1: something may be sent now; more than one says no more

	mu   sync.Mutex
	next uint64
	open []*call // in order
}

func newCalls() *calls {
	return &calls{slots: make(chan struct{}, maxInFlight), wake: make(chan struct{}, 1)}
}

// ask queues a line and waits for its answer, for ctx, or for ended.
func (q *calls) ask(ctx context.Context, ended <-chan struct{}, id string, line []byte) (protocol.ServerMessage, error) {
	select {
	case q.slots <- struct{}{}:
		defer func() { <-q.slots }()
	case <-ended:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c := q.add(id, line)
	defer q.drop(c)
	select {
	case m := <-c.answer:
		return m, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-ended:
	}
	select {
	case m := <-c.answer: // it came with the end
		return m, nil
	default:
		return nil, ErrClosed
	}
}

func (q *calls) add(id string, line []byte) *call {
	q.mu.Lock()
	q.next++
	c := &call{number: q.next, id: id, line: line, answer: make(chan protocol.ServerMessage, 1)}
	q.open = append(q.open, c)
	q.mu.Unlock()
	q.signal()
	return c
}

func (q *calls) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *calls) drop(c *call) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open = slices.DeleteFunc(q.open, func(other *call) bool { return other == c })
	q.signal()
}

// following returns the oldest call after the one with that number, or nil
// when there is none or the window is full.
func (q *calls) following(number uint64) *call {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, c := range q.open {
		if i == window {
			break
		}
		if c.number > number {
			return c
		}
	}
	return nil
}

// settle hands an answer to whoever waits for it. One that nobody waits for, a
// second answer say, is dropped.
func (q *calls) settle(id string, m protocol.ServerMessage) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.IndexFunc(q.open, func(c *call) bool { return c.id == id }); i >= 0 {
		q.open[i].answer <- m
		q.open = slices.Delete(q.open, i, i+1)
		q.signal()
	}
}

// Do sends any command but Join and Resume and waits for its answer. Errors: a
// *protocol.Error in which the server refuses, a *StopError or ErrClosed when
// the client has ended, ctx.Err() when it is not known whether the command was
// carried out. A server that is out of breath is asked again, under the same
// id. Do may be called from any goroutine; at most 64 commands are under way,
// and further ones wait.
func (c *Client) Do(ctx context.Context, command protocol.Command) (*protocol.OKMessage, error) {
	id := uuid.NewString()
	line, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: command})
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		m, err := c.calls.ask(ctx, c.done, id, line)
		if errors.Is(err, ErrClosed) {
			return nil, c.Err()
		}
		if err != nil {
			return nil, err
		}
		refused, ok := m.(*protocol.ErrorMessage)
		if !ok {
			return okOf(m), nil
		}
		e := refused.Error.Err()
		if !outOfBreath(e.Code) || try == maxTries {
			return nil, e
		}
		if !c.pause(ctx, max(e.RetryAfter, c.o.backoff(try-1))) {
			return nil, e
		}
	}
}

// outOfBreath reports whether the command itself is fine and only came at a bad
// moment, so that nobody needs to be asked before it is sent again.
func outOfBreath(code protocol.Code) bool {
	return code == protocol.CodeRateLimited || code == protocol.CodeJournalUnavailable
}

func okOf(m protocol.ServerMessage) *protocol.OKMessage {
	if ok, isOK := m.(*protocol.OKMessage); isOK {
		return ok
	}
	return &protocol.OKMessage{Payload: []byte("{}")} // of a Pong
}

// pause waits and reports whether it was not interrupted.
func (c *Client) pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-c.done:
	}
	return false
}
