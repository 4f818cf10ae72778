package client_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/client"
	"parley/protocol/client/clienttest"
)

func TestCommand_is_carried_out_once(t *testing.T) {
	for name, tc := range map[string]struct {
		fault clienttest.Fault
		sent  int
	}{
		"if the connection breaks before it": {clienttest.Fault{CutBefore: true}, 2},
		"if its answer is lost":              {clienttest.Fault{CutAfter: true}, 2},
		"if its answer arrives twice":        {clienttest.Fault{Twice: true}, 1},
	} {
		for _, transport := range []client.Transport{client.WebSocket, client.EventStream} {
			t.Run(name+" over "+string(transport), func(t *testing.T) {
				s := clienttest.New(t)
				s.Set(clienttest.Faults{NoWebSocket: transport == client.EventStream})
				once(s, protocol.CommandChat, tc.fault)
				c := open(t, s.InviteLink(), quick)
				drain(t, c)
				message, err := c.Chat(withPatience(t), "hello", "")
				require.NoError(t, err)
				ids := seen(s, protocol.CommandChat)
				require.Len(t, ids, tc.sent)
				require.Equal(t, ids[0], ids[len(ids)-1], "the same command has the same id")
				require.Equal(t, []string{message.ID}, messages(t, c))
			})
		}
	}
}

// messages returns the ids of all messages of the session.
func messages(t *testing.T, c *client.Client) (ids []string) {
	t.Helper()
	history, err := c.History(withPatience(t), protocol.History{Limit: 500})
	require.NoError(t, err)
	events, err := client.DecodeEvents(history.Events)
	require.NoError(t, err)
	for _, e := range events {
		if m, ok := e.Payload.(*protocol.MessageCreated); ok {
			ids = append(ids, m.Message.ID)
		}
	}
	return ids
}

func TestCommands_succeed_on_a_server_that_breaks_connections(t *testing.T) {
	s := clienttest.New(t)
	n := 0
	s.Intercept(func(r protocol.Request) clienttest.Fault {
		n++
		return clienttest.Fault{CutBefore: n%7 == 3, CutAfter: n%7 == 5}
	})
	c := open(t, s.InviteLink(), quick)
	drain(t, c)
	ctx := withPatience(t)
	var all sync.WaitGroup
	errs := make(chan error, 100)
	for i := range cap(errs) {
		all.Go(func() {
			_, err := c.Chat(ctx, fmt.Sprint(i), "")
			errs <- err
		})
	}
	all.Wait()
	for range cap(errs) {
		require.NoError(t, <-errs)
	}
	s.Intercept(nil)
	require.Len(t, messages(t, c), cap(errs))
}

func TestEvents_arrive_once_and_without_a_gap(t *testing.T) {
	for name, disturb := range map[string]func(*clienttest.Server){
		"on a good connection":               func(*clienttest.Server) {},
		"when the server repeats events":     func(s *clienttest.Server) { s.Repeat(5) },
		"when the client was too slow":       func(s *clienttest.Server) { s.CloseAll(protocol.CloseTooSlow) },
		"when the session moves":             func(s *clienttest.Server) { s.CloseAll(protocol.CloseMoved) },
		"when the server goes away":          func(s *clienttest.Server) { s.CloseAll(protocol.CloseGoingAway) },
		"when the server restarts":           func(s *clienttest.Server) { s.CloseAll(protocol.CloseRestarting) },
		"when the server is overloaded":      func(s *clienttest.Server) { s.CloseAll(protocol.CloseTryAgain) },
		"at the rate limit":                  func(s *clienttest.Server) { s.CloseAll(protocol.CloseRateLimited) },
		"when the network breaks":            func(s *clienttest.Server) { s.CloseAll(-1) },
		"when WebSockets become unavailable": func(s *clienttest.Server) { s.Set(clienttest.Faults{NoWebSocket: true}); s.CloseAll(-1) },
		"when WebSockets become available":   func(s *clienttest.Server) { s.Set(clienttest.Faults{}); s.CloseAll(-1) },
	} {
		for _, plain := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, plain HTTP is %t", name, plain), func(t *testing.T) {
				s := clienttest.New(t)
				s.Set(clienttest.Faults{NoWebSocket: plain})
				c := open(t, s.InviteLink(), quick)
				next := 1
				for range 5 {
					for range 20 {
						s.Emit(status(next))
						next++
					}
					disturb(s)
				}
				receive(t, c, 1, next-1)
			})
		}
	}
}

func TestEvents_wait_for_a_slow_reader(t *testing.T) {
	s := clienttest.New(t)
	c := open(t, s.InviteLink(), quick)
	const many = 2000
	for i := range many {
		s.Emit(status(i + 1))
	}
	require.Eventually(t, func() bool { return len(c.Notices()) == cap(c.Notices()) }, patience, time.Millisecond)
	receive(t, c, 1, many)
}

func TestEvents_before_a_close_have_no_gap(t *testing.T) {
	s := clienttest.New(t)
	for range 100 {
		c := open(t, s.InviteLink(), quick)
		done := make(chan struct{})
		go func() {
			defer close(done)
			last := uint64(0)
			for n := range c.Notices() {
				e, is := n.(client.Event)
				if is && last > 0 {
					assert.Equal(t, last+1, e.Cursor.Seq)
				}
				if is {
					last = e.Cursor.Seq
				}
			}
		}()
		for i := range 100 {
			s.Emit(status(i))
		}
		require.NoError(t, c.Close())
		<-done
	}
}

func TestGap_is_reported_by_a_new_welcome(t *testing.T) {
	for _, plain := range []bool{false, true} {
		t.Run(fmt.Sprintf("plain is %t", plain), func(t *testing.T) {
			s := clienttest.New(t)
			s.Set(clienttest.Faults{NoWebSocket: plain})
			c := open(t, s.InviteLink(), quick)
			s.Emit(status(1), status(2))
			receive(t, c, 1, 2)
			s.ReplaceJournal()
			s.CloseAll(protocol.CloseRestarting)
			require.Equal(t, protocol.ResumeGap, await(t, c, func(w client.Welcome) bool { return w.Resume != protocol.ResumeNew }).Resume)
			s.Emit(status(3))
			receive(t, c, 3, 3)
		})
	}
}

func TestClient_stops_after_a_final_close_code(t *testing.T) {
	for code, name := range map[int]string{
		protocol.CloseRemoved: "removed", protocol.CloseBadCredentials: "bad credentials", protocol.CloseNotProtocol: "malformed",
		protocol.CloseNoSession: "no session", protocol.CloseSessionEnded: "ended", protocol.CloseTooBig: "too large",
	} {
		t.Run(name, func(t *testing.T) {
			s := clienttest.New(t)
			once(s, protocol.CommandChat, clienttest.Fault{NoAnswer: true})
			c := open(t, s.InviteLink(), quick)
			ctx := withPatience(t)
			result := make(chan error, 1)
			go func() { // ends with the answer, which the test receives
				_, err := c.Chat(ctx, "hello", "")
				result <- err
			}()
			await(t, c, anything[client.Event]) // the message
			s.CloseAll(code)
			ended := await(t, c, state(client.Ended))
			stopped := new(client.StopError)
			require.ErrorAs(t, ended.Err, &stopped)
			require.Equal(t, code, stopped.Code)
			require.NotEmpty(t, stopped.Reason)
			require.ErrorAs(t, <-result, &stopped, "the waiting call fails too")
			_, more := <-c.Notices()
			require.False(t, more)
			require.Equal(t, client.Ended, c.Status().State)
		})
	}
}

func TestClient_waits_as_long_as_the_server_asks(t *testing.T) {
	s := clienttest.New(t)
	o := quick
	o.RateLimitPause = 40 * time.Millisecond
	c := open(t, s.InviteLink(), o)
	s.CloseAll(protocol.CloseRateLimited)
	require.GreaterOrEqual(t, await(t, c, state(client.Waiting)).RetryIn, o.RateLimitPause)
	await(t, c, online(client.WebSocket))

	s.Send(&protocol.ErrorMessage{Error: protocol.WireError{Code: protocol.CodeRateLimited, Retryable: true, RetryAfterMS: 80}})
	await(t, c, anything[client.ServerError])
	s.CloseAll(protocol.CloseRateLimited)
	require.GreaterOrEqual(t, await(t, c, state(client.Waiting)).RetryIn, 80*time.Millisecond)
	await(t, c, online(client.WebSocket))
}

func TestClient_drops_a_silent_connection(t *testing.T) {
	for _, plain := range []bool{false, true} {
		t.Run(fmt.Sprintf("plain is %t", plain), func(t *testing.T) {
			s := clienttest.New(t)
			s.Set(clienttest.Faults{NoWebSocket: plain, Heartbeat: 20 * time.Millisecond, NoPings: true})
			c := open(t, s.InviteLink(), quick)
			require.ErrorContains(t, await(t, c, state(client.Waiting)).Err, "silent")
			s.Emit(status(1))
			receive(t, c, 1, 1)
		})
	}
}

func TestClient_keeps_a_connection_with_heartbeats(t *testing.T) {
	for _, plain := range []bool{false, true} {
		t.Run(fmt.Sprintf("plain is %t", plain), func(t *testing.T) {
			t.Parallel()
			s := clienttest.New(t)
			const beat = 500 * time.Millisecond // a busy machine may be late by less than that
			s.Set(clienttest.Faults{NoWebSocket: plain, Heartbeat: beat})
			c := open(t, s.InviteLink(), quick)
			await(t, c, anything[client.Welcome])
			select {
			case n := <-c.Notices():
				if _, changed := n.(client.Connection); changed {
					t.Fatalf("the client gave the connection up: %+v", n)
				}
			case <-time.After(4 * beat):
			}
		})
	}
}

func TestClient_returns_to_a_WebSocket(t *testing.T) {
	s := clienttest.New(t)
	s.Set(clienttest.Faults{NoWebSocket: true})
	o := quick
	o.UpgradeAfter = 20 * time.Millisecond
	c := open(t, s.InviteLink(), o)
	await(t, c, online(client.EventStream))
	s.Emit(status(1))
	receive(t, c, 1, 1)
	s.Set(clienttest.Faults{})
	await(t, c, online(client.WebSocket))
	s.Emit(status(2))
	receive(t, c, 2, 2)
}

func TestStream_ends_with_the_session(t *testing.T) {
	s := clienttest.New(t)
	s.Set(clienttest.Faults{NoWebSocket: true})
	c := open(t, s.InviteLink(), quick)
	s.Emit(&protocol.SessionClosed{Status: protocol.StatusExpired})
	await(t, c, func(e client.Event) bool { return e.Type == protocol.EventSessionClosed })
	stopped := new(client.StopError)
	require.ErrorAs(t, await(t, c, state(client.Ended)).Err, &stopped)
	require.Equal(t, protocol.CloseSessionEnded, stopped.Code)
}

func TestClose_ends_a_client_that_waits_to_reconnect(t *testing.T) {
	s := clienttest.New(t)
	o := quick
	o.RateLimitPause = time.Hour
	c := open(t, s.InviteLink(), o)
	s.CloseAll(protocol.CloseRateLimited)
	await(t, c, state(client.Waiting))
	require.NoError(t, c.Close())
	require.NoError(t, c.Close(), "a second call")
	require.ErrorIs(t, c.Err(), client.ErrClosed)
	_, err := c.Chat(withPatience(t), "hello", "")
	require.ErrorIs(t, err, client.ErrClosed)
}
