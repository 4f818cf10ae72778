package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Timeout is how long a test waits for something that should happen at once. It is
// generous, because the machine may be busy and a passing test does not wait for it.
const Timeout = 2 * time.Minute

// Log is what a process has written to one of its outputs. It is safe for
// concurrent use.
type Log struct {
	mu      sync.Mutex // guards the fields below
	text    strings.Builder
	ended   bool
	changed chan struct{} // closed, and replaced, when text grows or ends
}

func newLog() *Log { return &Log{changed: make(chan struct{})} }

// Write implements io.Writer.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(b)
	l.notify()
	return len(b), nil
}

func (l *Log) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.notify()
}

// notify wakes all waiters. mu must be locked.
func (l *Log) notify() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// String returns everything that has been written.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *Log) snapshot() (text string, ended bool, changed <-chan struct{}) {
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
	timeout := time.After(Timeout)
	for {
		text, ended, changed := l.snapshot()
		if found := pattern.FindStringSubmatch(text); found != nil {
			return found, nil
		}
		if ended {
			return nil, fmt.Errorf("the process ended without writing %s; it wrote:\n%s", pattern, text)
		}
		select {
		case <-changed:
		case <-timeout:
			return nil, fmt.Errorf("timed out waiting for %s; the process wrote:\n%s", pattern, text)
		}
	}
}
