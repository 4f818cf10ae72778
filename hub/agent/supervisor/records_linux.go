package supervisor

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sys/unix"
)

// Records has a file in a directory for each running supervisor of this process, so
// that a later process can find them if this one is killed. It is safe for concurrent
// use.
//
// The files are written without a sync. So they survive any end of this process but not
// of the machine, and neither do the supervisors.
type Records struct {
	// immutable
	dir string // empty to record nothing
	log *zap.Logger
}

// NewRecords returns records in a directory, which it creates at the first record. With
// an empty dir it records nothing.
func NewRecords(dir string, log *zap.Logger) *Records { return &Records{dir: dir, log: log} }

// record is the record of one supervisor. Its exported fields are the content of the
// file, as JSON.
type record struct {
	Run    run
	Boot   string // the machine's boot, since process ids are valid in one boot only
	PID    int    // of the supervisor
	Start  uint64 // of the supervisor, in clock ticks since boot
	Cgroup string // of the command; empty for none

	path string // of the file; empty if there is none
}

const (
	recordSuffix = ".json"
	partSuffix   = ".part" // while the file is being written
)

// add records a supervisor.
func (r *Records) add(run run, pid int) (*record, error) {
	p, _ := readProc(pid) // cannot fail: the supervisor waits for its order
	rec := &record{Run: run, Boot: bootID(), PID: pid, Start: p.start, Cgroup: newCgroup(run)}
	if r.dir == "" {
		return rec, nil
	}
	rec.path = filepath.Join(r.dir, string(run)+recordSuffix)
	if err := rec.write(); err != nil {
		removeCgroup(rec.Cgroup)
		return nil, fmt.Errorf("cannot record the process: %w", err)
	}
	return rec, nil
}

// write writes the file atomically.
func (r *record) write() error {
	// MkdirAll would restore a data directory that was removed.
	if err := os.Mkdir(filepath.Dir(r.path), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	part := strings.TrimSuffix(r.path, recordSuffix) + partSuffix
	if err := os.WriteFile(part, content, 0o600); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, r.path)
}

func (r *record) cgroup() string { return r.Cgroup }

// remove removes the record of a run of which nothing is left.
func (r *record) remove() {
	removeCgroup(r.Cgroup)
	if r.path != "" {
		_ = os.Remove(r.path) // a file that stays is removed by the next Sweep
	}
}

// killStrays kills what a killed supervisor has left behind, and returns the number of
// processes that do not end.
func (r *record) killStrays() int {
	killCgroup(r.Cgroup)
	return adopted.killStrays()
}

// Sweep ends what an earlier process left behind when it was killed, and returns when
// that has ended. Until then nothing may be started, and no other process may use the
// directory. Sweep returns an error if the directory cannot be read or if processes do
// not end.
func (r *Records) Sweep() error {
	if r.dir == "" {
		return nil
	}
	entries, err := os.ReadDir(r.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the records of running agents: %w", err)
	}
	left := 0
	for _, e := range entries {
		path := filepath.Join(r.dir, e.Name())
		if ext := filepath.Ext(path); ext != recordSuffix && ext != partSuffix {
			continue
		}
		content, err := os.ReadFile(path)
		rec := &record{path: path}
		if err != nil || json.Unmarshal(content, rec) != nil || rec.Boot != bootID() {
			_ = os.Remove(path) // of another boot, or incomplete and so before the command
			continue
		}
		if n := r.sweep(rec); n > 0 {
			left += n
			continue // the next Sweep tries again
		}
		rec.remove()
	}
	if left > 0 {
		return fmt.Errorf("%d processes that agents left running do not end", left)
	}
	return nil
}

// sweep ends what is left of one run, and returns the number of processes that do not
// end.
func (r *Records) sweep(rec *record) (left int) {
	ended := 0
	find := func() []proc {
		found := rec.remains()
		ended = max(ended, len(found))
		return found
	}
	if rec.awaitSupervisor() {
		ended++
	}
	killCgroup(rec.Cgroup)
	if left = killAll(find, killWait); ended > 0 {
		r.log.Warn("ended processes that an agent of a killed server left running",
			zap.Int("processes", ended), zap.Int("left", left))
	}
	return left
}

// awaitSupervisor waits for a supervisor that is ending its tree, which it can do better
// than this process. It kills a supervisor that takes too long. It reports whether there
// was a supervisor.
func (r *record) awaitSupervisor() (found bool) {
	deadline := time.Now().Add(forceWait)
	for wait := killPoll; ; wait = min(2*wait, killPollMax) {
		p, ok := readProc(r.PID)
		if !ok || p.start != r.Start || p.ended {
			return found
		}
		found = true
		p.signal(unix.SIGCONT) // in case it is stopped
		if time.Now().After(deadline) {
			below := descendants(allProcs(), func(q proc) bool { return q.pid == p.pid })
			p.kill()
			for _, q := range below {
				q.kill()
			}
		}
		time.Sleep(wait)
	}
}

// remains returns the processes with the run's variable, and their descendants.
func (r *record) remains() []proc {
	all := allProcs()
	self := os.Getpid()
	var found []proc
	has := func(p proc) bool {
		if p.pid == self || p.ended || !p.hasVariable(r.Run.variable()) {
			return false
		}
		found = append(found, p)
		return true
	}
	for _, p := range descendants(all, has) {
		if !p.ended && p.pid != self {
			found = append(found, p)
		}
	}
	return found
}

// bootID identifies this boot of the machine.
func bootID() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}

// executable returns the path of this program, which works even after its file was
// replaced or removed.
func executable() (string, error) {
	const self = "/proc/self/exe"
	if _, err := os.Stat(self); err == nil {
		return self, nil
	}
	return os.Executable()
}
