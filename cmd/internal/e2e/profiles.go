package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Usage is what a server process uses, as observed from outside.
type Usage struct {
	Goroutines int
	Sessions   int // of sessions in memory
	Sockets    int
	Files      int // open files other than sockets and the journal
}

// String lists the counts for an error message.
func (u Usage) String() string {
	return fmt.Sprintf("%d goroutines, %d sessions in memory, %d sockets, %d other files", u.Goroutines, u.Sessions, u.Sockets, u.Files)
}

// Profiles reads the profiles of a server that was started with --debug-listen.
type Profiles struct {
	PID int
	URL string
}

// Profiles returns the profiles of the server.
func (s *Server) Profiles(t testing.TB) Profiles {
	t.Helper()
	return Profiles{s.PID, s.Stderr.Await(t, `profiles are at (http://[^\s"]+)`)[1]}
}

// Usage counts what the server uses. Files are counted on Linux only.
func (p Profiles) Usage(t testing.TB) Usage {
	t.Helper()
	u := Usage{
		Goroutines: p.count(t, "goroutine"),
		Sessions:   p.count(t, "parley.sessions"),
	}
	open, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.PID))
	for _, fd := range open {
		target, err := os.Readlink(fd)
		switch {
		case err != nil: // the file has been closed
		case strings.HasPrefix(target, "socket:"):
			u.Sockets++
		case !strings.Contains(target, "/journal."):
			u.Files++
		}
	}
	return u
}

// AwaitUsage waits until the server uses no more than before.
func (p Profiles) AwaitUsage(t testing.TB, before Usage) {
	t.Helper()
	p.AwaitUsageWithin(t, before, Timeout)
}

// AwaitUsageWithin is [Profiles.AwaitUsage] with the given time limit.
func (p Profiles) AwaitUsageWithin(t testing.TB, before Usage, limit time.Duration) {
	t.Helper()
	var now Usage
	isReached := func() bool {
		now = p.Usage(t)
		return now.Goroutines <= before.Goroutines && now.Sessions <= before.Sessions && now.Sockets <= before.Sockets && now.Files <= before.Files
	}
	if !Poll(100*time.Millisecond, limit, isReached) {
		t.Fatalf("usage before: %s; still: %s:\n%s", before, now, p.fetch(t, "goroutine?debug=1"))
	}
	t.Logf("usage before: %s; now: %s", before, now)
}

var total = regexp.MustCompile(`^\S+ profile: total (\d+)\n`)

// count returns how many values a profile has.
func (p Profiles) count(t testing.TB, profile string) int {
	t.Helper()
	dump := p.fetch(t, profile+"?debug=1")
	found := total.FindStringSubmatch(dump)
	if found == nil {
		t.Fatalf("profile %s has no total: %.200s", profile, dump)
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (p Profiles) fetch(t testing.TB, profile string) string {
	t.Helper()
	response, err := streamClient.Get(p.URL + profile)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", profile, response.Status, err)
	}
	return string(body)
}

// CollectGarbage makes the server run a garbage collection, as it does when it is idle.
func (p Profiles) CollectGarbage(t testing.TB) {
	t.Helper()
	p.fetch(t, "heap?gc=1")
}

var nextCollection = regexp.MustCompile(`(?m)^# NextGC = (\d+)$`)

// NextCollection returns the heap size, in bytes, that triggers the next garbage
// collection.
func (p Profiles) NextCollection(t testing.TB) int {
	t.Helper()
	size, err := strconv.Atoi(nextCollection.FindStringSubmatch(p.fetch(t, "heap?debug=1"))[1])
	if err != nil {
		t.Fatal(err)
	}
	return size
}
