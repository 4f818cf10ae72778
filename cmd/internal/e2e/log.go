package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Patience is how long a test waits for something that should happen at once. It is
// long since the machine may be busy, which costs nothing when all is well.
const Patience = 30 * time.Second

// Log is what a process has written to one of its outputs. It is safe for
// concurrent use.
type Log struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{} // closed, and replaced, when text grows or ends
	ended   bool
}

func newLog() *Log { return &Log{changed: make(chan struct{})} }

// Write implements io.Writer.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(b)
	l.announce()
	return len(b), nil
}

func (l *Log) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.announce()
}

// announce wakes all waiters. mu must be locked.
func (l *Log) announce() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// String returns all that has been written.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *Log) look() (text string, ended bool, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String(), l.ended, l.changed
}

// Await waits until a regular expression matches the log, and returns the match and its
// groups.
func (l *Log) Await(t testing.TB, pattern string) []string {
	t.Helper()
	found, err := l.find(regexp.MustCompile(pattern))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (l *Log) find(pattern *regexp.Regexp) ([]string, error) {
	late := time.After(Patience)
	for {
		text, ended, changed := l.look()
		if found := pattern.FindStringSubmatch(text); found != nil {
			return found, nil
		}
		if ended {
			return nil, fmt.Errorf("the process ended and never wrote %s, but:\n%s", pattern, text)
		}
		select {
		case <-changed:
		case <-late:
			return nil, fmt.Errorf("nothing like %s was written, but:\n%s", pattern, text)
		}
	}
}
