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

// Usage is what a server process uses, seen from outside.
type Usage struct {
	Goroutines int
	Actors     int // of sessions in memory
	Sockets    int
	Files      int // open files other than sockets and the journal
}

// String lists the counts for an error message.
func (u Usage) String() string {
	return fmt.Sprintf("%d goroutines, %d of sessions, %d sockets, %d other files", u.Goroutines, u.Actors, u.Sockets, u.Files)
}

// Debug reads the profiles of a server that was started with --debug-listen.
type Debug struct {
	PID int
	URL string
}

// Debug returns the profiles of the server.
func (s *Server) Debug(t testing.TB) Debug {
	t.Helper()
	return Debug{s.PID, s.Err.Await(t, `profiles are at (http://[^\s"]+)`)[1]}
}

// Usage measures. Files are counted on Linux only.
func (d Debug) Usage(t testing.TB) Usage {
	t.Helper()
	u := Usage{
		Goroutines: d.count(t, "goroutine"),
		Actors:     d.count(t, "parley.sessions"),
	}
	open, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", d.PID))
	for _, fd := range open {
		target, err := os.Readlink(fd)
		switch {
		case err != nil: // closed meanwhile
		case strings.HasPrefix(target, "socket:"):
			u.Sockets++
		case !strings.Contains(target, "/journal."):
			u.Files++
		}
	}
	return u
}

// AwaitUsage waits until the server uses no more than before.
func (d Debug) AwaitUsage(t testing.TB, before Usage) {
	t.Helper()
	d.AwaitUsageWithin(t, before, Patience)
}

// AwaitUsageWithin is [Debug.AwaitUsage] with a time limit of its own.
func (d Debug) AwaitUsageWithin(t testing.TB, before Usage, limit time.Duration) {
	t.Helper()
	late := time.After(limit)
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		now := d.Usage(t)
		if now.Goroutines <= before.Goroutines && now.Actors <= before.Actors && now.Sockets <= before.Sockets && now.Files <= before.Files {
			t.Logf("the server held %s, and holds %s", before, now)
			return
		}
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("the server held %s, and holds %s:\n%s", before, now, d.fetch(t, "goroutine?debug=1"))
		}
	}
}

var total = regexp.MustCompile(`^\S+ profile: total (\d+)\n`)

// count returns how many values a profile has.
func (d Debug) count(t testing.TB, profile string) int {
	t.Helper()
	dump := d.fetch(t, profile+"?debug=1")
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

func (d Debug) fetch(t testing.TB, profile string) string {
	t.Helper()
	response, err := streams.Get(d.URL + profile)
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

// CollectGarbage makes the server collect its garbage now, as it does when it is idle.
func (d Debug) CollectGarbage(t testing.TB) {
	t.Helper()
	d.fetch(t, "heap?gc=1")
}

var nextCollection = regexp.MustCompile(`(?m)^# NextGC = (\d+)$`)

// NextCollection returns the size of the heap, in bytes, at which garbage is collected
// next.
func (d Debug) NextCollection(t testing.TB) int {
	t.Helper()
	size, err := strconv.Atoi(nextCollection.FindStringSubmatch(d.fetch(t, "heap?debug=1"))[1])
	if err != nil {
		t.Fatal(err)
	}
	return size
}

var residentSet = regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB$`)

// Resident returns the resident memory of a process in bytes. It skips the test where the
// system does not report that.
func (p *Process) Resident(t testing.TB) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID))
	if err != nil {
		t.Skipf("this system does not tell how much memory a process occupies: %v", err)
	}
	kilobytes, err := strconv.Atoi(string(residentSet.FindSubmatch(status)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// AwaitResident waits until the resident memory of a process is below a number of bytes,
// and returns it: the runtime returns unused memory gradually.
func (p *Process) AwaitResident(t testing.TB, below int) int {
	t.Helper()
	late := time.After(Patience)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		now := p.Resident(t)
		if now < below {
			return now
		}
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("the process occupies %d KiB, and not less than %d KiB", now>>10, below>>10)
		}
	}
}
