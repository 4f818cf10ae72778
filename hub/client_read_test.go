package hub_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/feed"
	"parley/protocol"
)

// answer skips messages up to the answer to a command, and returns it.
func (p *client) answer(id string) (json.RawMessage, *protocol.Error) {
	p.t.Helper()
	for {
		switch m := p.next().(type) {
		case *protocol.ErrorMessage:
			if m.ID == id {
				return nil, m.Error.Err()
			}
		case *protocol.OKMessage:
			if m.ID == id {
				return m.Payload, nil
			}
		}
	}
}

// next waits for the next message.
func (p *client) next() protocol.ServerMessage {
	p.t.Helper()
	m, err := p.tryNext()
	require.NoError(p.t, err)
	return m
}

// tryNext waits for the next message, or returns why the connection has ended.
func (p *client) tryNext() (protocol.ServerMessage, error) {
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	for len(p.lines) == 0 {
		var err error
		if p.lines, err = p.sub.Next(ctx); err != nil {
			return nil, err
		}
	}
	l := p.lines[0]
	p.lines = p.lines[1:]
	if l.Cursor != "" {
		p.seen = append(p.seen, l.Cursor)
	}
	return protocol.DecodeServer(l.Bytes)
}

// closeCode skips messages until the connection ends, and returns the close code.
func (p *client) closeCode() int {
	p.t.Helper()
	for {
		if _, err := p.tryNext(); err != nil {
			var c *feed.Closed
			require.ErrorAs(p.t, err, &c)
			return c.Code
		}
	}
}

// requireContiguous checks that the numbers of the events seen are consecutive.
func (p *client) requireContiguous() {
	p.t.Helper()
	require.NotEmpty(p.t, p.seen)
	first := seqOf(p.t, p.seen[0])
	for i, s := range p.seen {
		require.Equal(p.t, first+uint64(i), seqOf(p.t, s), "a gap or a duplicate")
	}
}

// seqOf returns the event number that a cursor names.
func seqOf(t *testing.T, cursor string) uint64 {
	t.Helper()
	c, err := protocol.ParseCursor(cursor)
	require.NoError(t, err)
	return c.Seq
}

// next waits for the next message of a type and skips others.
func next[M protocol.ServerMessage](p *client) M {
	p.t.Helper()
	for {
		if m, ok := p.next().(M); ok {
			return m
		}
	}
}

// nextPresence waits for the next presence message, and returns the participants who are
// present then. It applies the message to the list that the client has.
func (p *client) nextPresence() []string {
	p.t.Helper()
	w := &p.welcome
	list := protocol.PresenceAnswer{Epoch: w.PresenceEpoch, At: w.PresenceAt, Participants: w.Presence}
	require.True(p.t, list.Apply(next[*protocol.PresenceMessage](p).Payload))
	w.PresenceAt, w.Presence = list.At, list.Participants
	return list.Participants
}

// event waits for the next event with a payload of a type, and returns the payload.
func event[P protocol.Payload](p *client) P {
	p.t.Helper()
	for {
		if e, ok := next[*protocol.Event](p).Payload.(P); ok {
			return e
		}
	}
}

// hasOutput reports whether a message waits for the client. It needs a synctest bubble.
func (p *client) hasOutput() bool {
	p.t.Helper()
	lines := make(chan []feed.Line, 1)
	ctx, cancel := context.WithCancel(p.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if l, err := p.sub.Next(ctx); err == nil {
			lines <- l
		}
	}()
	synctest.Wait()
	cancel()
	<-done
	select {
	case l := <-lines:
		p.lines = append(p.lines, l...)
		return true
	default:
		return len(p.lines) > 0
	}
}

// discard reads all messages that wait for the client.
func (p *client) discard() {
	for p.hasOutput() {
		for len(p.lines) > 0 {
			p.next()
		}
	}
}

// cursor returns the cursor from which the client resumes.
func (p *client) cursor() string {
	if len(p.seen) > 0 {
		return p.seen[len(p.seen)-1]
	}
	return p.welcome.Cursor
}
