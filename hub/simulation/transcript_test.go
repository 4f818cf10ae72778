package simulation

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// transcript records what a run did and what followed, for people to read. It is safe for
// concurrent use.
type transcript struct {
	began time.Time // immutable

	// guarded by mu
	mu      sync.Mutex
	lines   []line
	pending []line // recorded since the last step, in random order
}

// line is formatted only if the transcript is read.
type line struct {
	at     time.Duration
	who    string
	format string
	args   []any
}

func newTranscript() *transcript { return &transcript{began: time.Now()} }

// step adds the next step of the run.
func (t *transcript) step(format string, args ...any) {
	t.flush()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, line{time.Since(t.began), "", format, args})
}

// record adds something that has happened to who. The order is that of the calls for each
// who, and by name for several.
func (t *transcript) record(who, format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pending = append(t.pending, line{time.Since(t.began), who, format, args})
}

// flush moves pending lines to the transcript, sorted by name. It is called while
// everything is at rest.
func (t *transcript) flush() {
	t.mu.Lock()
	defer t.mu.Unlock()
	slices.SortStableFunc(t.pending, func(a, b line) int { return strings.Compare(a.who, b.who) })
	t.lines = append(t.lines, t.pending...)
	t.pending = nil
}

func (t *transcript) String() string {
	t.flush()
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
