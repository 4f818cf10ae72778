package agentinbox

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

// fixture is an inbox with a session that takes messages as soon as they are ready.
type fixture struct {
	t     *testing.T
	inbox *Inbox
	began time.Time
}

// busy is how many connections the process of a fixture has: enough for the longest wait.
const busy = 1000

func newFixture(t *testing.T) *fixture {
	return &fixture{t, New(NewPace(func() int { return busy })), time.Now()}
}

// next waits for the next message and returns it with the time since the beginning.
func (f *fixture) next() (message string, after time.Duration) {
	for {
		<-f.inbox.Ready()
		if message, ok := f.inbox.Take(); ok {
			return fmt.Sprintf("%s", message), time.Since(f.began)
		}
	}
}

// expect waits for the next message, and checks it and its time.
func (f *fixture) expect(message string, after time.Duration) {
	f.t.Helper()
	got, at := f.next()
	require.Equal(f.t, message, got)
	require.Equal(f.t, after, at)
}

// stream puts pieces of a stream.
func (f *fixture) stream(pieces ...string) {
	for _, p := range pieces {
		f.inbox.Put(rules.AgentNotification{Raw: []byte(p), Streamed: true})
	}
}

// pause lets the clock of the bubble advance.
func pause(d time.Duration) { <-time.After(d) }

const ms = time.Millisecond

// test runs f with an inbox in a synctest bubble.
func test(t *testing.T, f func(f *fixture)) {
	synctest.Test(t, func(t *testing.T) { f(newFixture(t)) })
}

func TestInbox_returns_the_first_piece_at_once_and_later_ones_together(t *testing.T) {
	test(t, func(f *fixture) {
		f.stream("a")
		f.expect("[a]", 0)
		for _, p := range []string{"b", "c", "d"} {
			pause(10 * ms)
			f.stream(p)
		}
		f.expect("[b c d]", 40*ms)
		pause(30 * ms)
		f.stream("e")
		f.expect("[e]", 80*ms)
	})
}

func TestInbox_returns_a_piece_at_once_after_a_pause(t *testing.T) {
	test(t, func(f *fixture) {
		f.stream("a")
		f.expect("[a]", 0)
		pause(41 * ms)
		f.stream("b")
		f.expect("[b]", 41*ms)
	})
}

func TestInbox_returns_another_message_at_once_behind_the_pieces_before_it(t *testing.T) {
	test(t, func(f *fixture) {
		f.stream("a")
		f.expect("[a]", 0)
		f.stream("b", "c")
		pause(10 * ms)
		f.inbox.Put(rules.AgentNotification{Raw: []byte("call")})
		f.expect("[b c call]", 10*ms)
		f.stream("d")
		pause(5 * ms)
		f.inbox.Put(rules.AgentWithdrawn{RequestID: "q"})
		f.expect("[d]", 15*ms)
		f.expect("{q}", 15*ms)
	})
}

func TestInbox_does_not_delay_the_pieces_of_a_fast_stream(t *testing.T) {
	test(t, func(f *fixture) {
		f.stream("a")
		f.expect("[a]", 0)
		go func() {
			for range 100 * MaxMessages {
				f.stream("x")
			}
		}()
		for n := 0; n < 99*MaxMessages; { // the last few may still wait for others
			message, ok := f.inbox.Take()
			if !ok {
				<-f.inbox.Ready()
				continue
			}
			n += len(message.(rules.Notifications))
		}
		require.Zero(f.t, time.Since(f.began))
		f.inbox.Close()
	})
}

func TestInbox_Put_blocks_while_it_is_full(t *testing.T) {
	test(t, func(f *fixture) {
		var put int
		go func() {
			for ; ; put++ {
				if !f.inbox.Put(rules.AgentNotification{Raw: make([]byte, MaxBytes/4)}) {
					return
				}
			}
		}()
		synctest.Wait()
		require.Equal(f.t, 4, put)
		_, _ = f.inbox.Take()
		synctest.Wait()
		require.Equal(f.t, 8, put)
		require.Len(f.t, f.inbox.Close(), 1)
	})
}

func TestInbox_Put_returns_false_once_it_is_closed(t *testing.T) {
	test(t, func(f *fixture) {
		f.stream("a")
		require.Equal(f.t, []any{rules.Notifications{[]byte("a")}}, f.inbox.Close())
		require.False(f.t, f.inbox.Put(rules.AgentExited{}))
		require.Empty(f.t, f.inbox.Close())
	})
}
