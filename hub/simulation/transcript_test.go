package simulation

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// transcript is what a run did and what came of it, for people to read. It is
// safe for concurrent use.
type transcript struct {
	began time.Time // immutable

	// guarded by mu
	mu      sync.Mutex
	lines   []line
	pending []line // came since the last step: in an order that is nobody's
}

// line is written out only if somebody wants to read it.
type line struct {
	at     time.Duration
	who    string
	format string
	args   []any
}

func newTranscript() *transcript { return &transcript{began: time.Now()} }

// step says what the run does next.
func (t *transcript) step(format string, args ...any) {
	t.settle()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, line{time.Since(t.began), "", format, args})
}

// came notes something that reached somebody. What reaches one of them keeps
// its order, what reaches several at once is sorted by who.
func (t *transcript) came(who, format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pending = append(t.pending, line{time.Since(t.began), who, format, args})
}

// settle is called when everything is quiet.
func (t *transcript) settle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	slices.SortStableFunc(t.pending, func(a, b line) int { return strings.Compare(a.who, b.who) })
	t.lines = append(t.lines, t.pending...)
	t.pending = nil
}

func (t *transcript) String() string {
	t.settle()
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for _, l := range t.lines {
		at := fmt.Sprintf("%10.3fs ", l.at.Seconds())
		if l.who != "" {
			at += "    " + l.who + ": "
		}
		b.WriteString(at + fmt.Sprintf(l.format, l.args...) + "\n")
	}
	return b.String()
}
