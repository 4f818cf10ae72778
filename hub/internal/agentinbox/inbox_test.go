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

func newFixture(t *testing.T) *fixture { return &fixture{t, New(), time.Now()} }

// next waits for the next message and returns it with the time since the beginning.
func (f *fixture) next() (message string, after time.Duration) {
	for {
		<-f.inbox.Ready()
		if message, ok := f.inbox.Take(); ok {
			return fmt.Sprintf("%s", message), time.Since(f.began)
		}
	}
}

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

func pause(d time.Duration) { <-time.After(d) }

const ms = time.Millisecond

func TestInbox(t *testing.T) {
	for _, tc := range []struct {
		name string
		test func(f *fixture)
	}{
		{"gives the first piece at once and those that follow together", func(f *fixture) {
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
		}},
		{"gives a piece at once after a pause", func(f *fixture) {
			f.stream("a")
			f.expect("[a]", 0)
			pause(41 * ms)
			f.stream("b")
			f.expect("[b]", 41*ms)
		}},
		{"gives a message that is not a piece at once, after the pieces before it", func(f *fixture) {
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
		}},
		{"does not delay the pieces of a fast stream", func(f *fixture) {
			f.stream("a")
			f.expect("[a]", 0)
			go func() {
				for range 100 * MaxMessages {
					f.stream("x")
				}
			}()
			for n := 0; n < 99*MaxMessages; { // the last few may wait for more
				said, ok := f.inbox.Take()
				if !ok {
					<-f.inbox.Ready()
					continue
				}
				n += len(said.(rules.Notifications))
			}
			require.Zero(f.t, time.Since(f.began))
			f.inbox.Close()
		}},
		{"blocks Put while it is full", func(f *fixture) {
			var said int
			go func() {
				for ; ; said++ {
					if !f.inbox.Put(rules.AgentNotification{Raw: make([]byte, MaxBytes/4)}) {
						return
					}
				}
			}()
			synctest.Wait()
			require.Equal(f.t, 4, said)
			_, _ = f.inbox.Take()
			synctest.Wait()
			require.Equal(f.t, 8, said)
			require.Len(f.t, f.inbox.Close(), 1)
		}},
		{"takes no message once it is closed", func(f *fixture) {
			f.stream("a")
			require.Equal(f.t, []any{rules.Notifications{[]byte("a")}}, f.inbox.Close())
			require.False(f.t, f.inbox.Put(rules.AgentExited{}))
			require.Empty(f.t, f.inbox.Close())
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { tc.test(newFixture(t)) })
		})
	}
}
