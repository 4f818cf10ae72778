package client

import (
	"context"
	"slices"
	"sync"

	"parley/protocol"
)

// maxInFlight is the number of commands that may wait for their answers. The server
// remembers more commands than that for each participant, so the client can send all of
// them again after a reconnect.
const maxInFlight = 64

// window is the number of commands that a connection carries at a time. The client sends
// the next one when one is answered, so that a connection that breaks leaves little to
// repeat, and a reconnect causes no burst.
const window = 8

// call is a command that waits for its answer.
type call struct {
	number uint64 // in the order of the calls
	id     string
	line   []byte
	answer chan protocol.ServerMessage // resolve sends, once; nobody closes it; capacity 1, so resolve never waits
}

// calls are the commands in progress. A connection's writer sends those that it has not
// sent yet; the writer of a new connection begins with the oldest.
type calls struct {
	// immutable
	slots chan struct{} // one element for each call in progress; capacity maxInFlight; when full, do waits
	wake  chan struct{} // signal sends, the writer receives; capacity 1, since one signal is enough; never closed

	// guarded by mu
	mu   sync.Mutex
	next uint64
	open []*call // in order
}

func newCalls() *calls {
	return &calls{slots: make(chan struct{}, maxInFlight), wake: make(chan struct{}, 1)}
}

// do queues a line and waits for its answer, for ctx, or for the end of the client.
func (q *calls) do(ctx context.Context, ended <-chan struct{}, id string, line []byte) (protocol.ServerMessage, error) {
	select {
	case q.slots <- struct{}{}:
		defer func() { <-q.slots }()
	case <-ended:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c := q.add(id, line)
	defer q.remove(c)
	select {
	case m := <-c.answer:
		return m, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-ended:
	}
	select {
	case m := <-c.answer: // it arrived together with the end
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

func (q *calls) remove(c *call) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open = slices.DeleteFunc(q.open, func(other *call) bool { return other == c })
	q.signal()
}

// after returns the oldest call after the one with that number, or nil if there is none
// or the window is full.
func (q *calls) after(number uint64) *call {
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

// resolve passes an answer to its call. It drops an answer without a call, such as a
// second answer.
func (q *calls) resolve(id string, m protocol.ServerMessage) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.IndexFunc(q.open, func(c *call) bool { return c.id == id }); i >= 0 {
		q.open[i].answer <- m
		q.open = slices.Delete(q.open, i, i+1)
		q.signal()
	}
}
