package hub

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

// listener takes what is said whenever it is told to, and notes when that was.
type listener struct {
	t       *testing.T
	hearing *hearing
	began   time.Time
}

func listen(t *testing.T) *listener { return &listener{t, newHearing(), time.Now()} }

// hears waits for the next thing and returns it with how long after the
// beginning it came.
func (l *listener) hears() (what string, after time.Duration) {
	for {
		<-l.hearing.ready
		if said, ok := l.hearing.take(); ok {
			return fmt.Sprintf("%s", said), time.Since(l.began)
		}
	}
}

func (l *listener) wants(what string, after time.Duration) {
	l.t.Helper()
	said, at := l.hears()
	require.Equal(l.t, what, said)
	require.Equal(l.t, after, at)
}

func (l *listener) says(pieces ...string) {
	for _, p := range pieces {
		l.hearing.say(rules.AgentNotification{Raw: []byte(p), Streamed: true})
	}
}

func pause(d time.Duration) { <-time.After(d) }

const ms = time.Millisecond

func TestHearing(t *testing.T) {
	for _, tc := range []struct {
		name string
		test func(l *listener)
	}{
		{"takes the first piece at once and those that follow together", func(l *listener) {
			l.says("a")
			l.wants("[a]", 0)
			for _, p := range []string{"b", "c", "d"} {
				pause(10 * ms)
				l.says(p)
			}
			l.wants("[b c d]", 40*ms)
			pause(30 * ms)
			l.says("e")
			l.wants("[e]", 80*ms)
		}},
		{"takes a piece at once when there was none for a while", func(l *listener) {
			l.says("a")
			l.wants("[a]", 0)
			pause(41 * ms)
			l.says("b")
			l.wants("[b]", 41*ms)
		}},
		{"takes what is no piece at once, behind the pieces before it", func(l *listener) {
			l.says("a")
			l.wants("[a]", 0)
			l.says("b", "c")
			pause(10 * ms)
			l.hearing.say(rules.AgentNotification{Raw: []byte("call")})
			l.wants("[b c call]", 10*ms)
			l.says("d")
			pause(5 * ms)
			l.hearing.say(rules.AgentWithdrawn{RequestID: "q"})
			l.wants("[d]", 15*ms)
			l.wants("{q}", 15*ms)
		}},
		{"lets no piece wait for a stream that is fast", func(l *listener) {
			l.says("a")
			l.wants("[a]", 0)
			go func() {
				for range 100 * hearingSize {
					l.says("x")
				}
			}()
			for n := 0; n < 99*hearingSize; { // the last few may wait for more
				said, ok := l.hearing.take()
				if !ok {
					<-l.hearing.ready
					continue
				}
				n += len(said.(rules.Notifications))
			}
			require.Zero(l.t, time.Since(l.began))
			l.hearing.close()
		}},
		{"makes who says too much wait", func(l *listener) {
			var said int
			go func() {
				for ; ; said++ {
					if !l.hearing.say(rules.AgentNotification{Raw: make([]byte, hearingBytes/4)}) {
						return
					}
				}
			}()
			synctest.Wait()
			require.Equal(l.t, 4, said)
			_, _ = l.hearing.take()
			synctest.Wait()
			require.Equal(l.t, 8, said)
			require.Len(l.t, l.hearing.close(), 1)
		}},
		{"hears nothing once it is closed", func(l *listener) {
			l.says("a")
			require.Equal(l.t, []any{rules.Notifications{[]byte("a")}}, l.hearing.close())
			require.False(l.t, l.hearing.say(rules.AgentExited{}))
			require.Empty(l.t, l.hearing.close())
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { tc.test(listen(t)) })
		})
	}
}
