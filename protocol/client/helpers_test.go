package client_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/client"
	"parley/protocol/client/clienttest"
)

// patience bounds every wait of a test.
const patience = time.Minute

// quick are options with short times for reconnecting.
var quick = client.Options{
	UserID:         "ann",
	DisplayName:    "Ann",
	BackoffBase:    time.Millisecond,
	BackoffMax:     5 * time.Millisecond,
	RateLimitPause: time.Millisecond,
}

// open joins or resumes. The client closes at the end of the test.
func open(t *testing.T, link string, o client.Options) *client.Client {
	t.Helper()
	l, err := client.ParseLink(link)
	require.NoError(t, err)
	c, err := client.Open(withPatience(t), l, o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// openError returns the error of opening a link.
func openError(t *testing.T, link string, o client.Options) error {
	t.Helper()
	l, err := client.ParseLink(link)
	require.NoError(t, err)
	_, err = client.Open(withPatience(t), l, o)
	require.Error(t, err)
	return err
}

func withPatience(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// await returns the next notice of type N for which ok returns true, and drops the
// notices before it.
func await[N client.Notice](t *testing.T, c *client.Client, ok func(N) bool) N {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case n, open := <-c.Notices():
			require.True(t, open, "the client ended: %v", c.Err())
			if n, is := n.(N); is && ok(n) {
				return n
			}
		case <-timeout:
			t.Fatalf("no %T arrived", *new(N))
		}
	}
}

func state(s client.State) func(client.Connection) bool {
	return func(n client.Connection) bool { return n.State == s }
}

func online(tr client.Transport) func(client.Connection) bool {
	return func(n client.Connection) bool { return n.State == client.Online && n.Transport == tr }
}

func anything[N client.Notice](N) bool { return true }

// status returns an event that contains a number.
func status(n int) protocol.Payload {
	return &protocol.AgentStatusChanged{Status: protocol.AgentStatus(fmt.Sprint(n))}
}

// receive receives the events of status(first) to status(last), and requires that they
// arrive in order, each once.
func receive(t *testing.T, c *client.Client, first, last int) {
	t.Helper()
	for want := first; want <= last; {
		e := await(t, c, anything[client.Event])
		if p, ok := e.Payload.(*protocol.AgentStatusChanged); ok {
			require.Equal(t, fmt.Sprint(want), string(p.Status))
			want++
		}
	}
}

// drain receives notices until the client or the test ends.
func drain(t *testing.T, c *client.Client) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range c.Notices() {
		}
	}()
	t.Cleanup(func() {
		_ = c.Close()
		<-done
	})
}

// once applies a fault to the first command of a type.
func once(s *clienttest.Server, kind protocol.CommandType, f clienttest.Fault) {
	done := false
	s.Intercept(func(r protocol.Request) clienttest.Fault {
		if done || r.Command.CommandType() != kind {
			return clienttest.Fault{}
		}
		done = true
		return f
	})
}

// seen returns the ids of the commands of a type that the server received.
func seen(s *clienttest.Server, kind protocol.CommandType) (ids []string) {
	for _, r := range s.Seen() {
		if r.Command.CommandType() == kind {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
