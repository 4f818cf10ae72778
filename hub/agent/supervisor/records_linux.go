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

// Records notes the supervisors of this process in a directory, for the next
// process to find if this one is killed. It is safe for concurrent use.
//
// The files need not survive the machine: the processes do not either. So they
// are written without a sync, which keeps them through any end of this process.
type Records struct {
	// immutable
	dir string // empty to note nothing
	log *zap.Logger
}

// NewRecords returns records in a directory, which is made when it is needed. With
// an empty dir it notes nothing.
func NewRecords(dir string, log *zap.Logger) *Records { return &Records{dir: dir, log: log} }

// record is one supervisor. Its exported fields are the file.
type record struct {
	Run    run
	Boot   string // of the machine; process ids of another boot mean nothing
	PID    int
	Start  uint64 // of the process, in clock ticks since boot
	Cgroup string // of the command; empty for none

	path string // empty when it is not written
}

const (
	recordSuffix = ".json"
	partSuffix   = ".part" // while it is being written
)

// add notes a supervisor.
func (r *Records) add(run run, pid int) (*record, error) {
	p, _ := readProc(pid) // it lives, and waits for its order
	rec := &record{Run: run, Boot: bootID(), PID: pid, Start: p.start, Cgroup: newCgroup(run)}
	if r.dir == "" {
		return rec, nil
	}
	rec.path = filepath.Join(r.dir, string(run)+recordSuffix)
	if err := rec.write(); err != nil {
		removeCgroup(rec.Cgroup)
		return nil, fmt.Errorf("cannot note it for the next start: %w", err)
	}
	return rec, nil
}

// write puts the file in place whole.
func (r *record) write() error {
	// Not MkdirAll: a data directory that was removed does not come back by this.
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

// remove forgets the run, of which nothing is left.
func (r *record) remove() {
	removeCgroup(r.Cgroup)
	if r.path != "" {
		_ = os.Remove(r.path) // at worst, the next start finds nothing by it
	}
}

// killStrays kills what a supervisor that was killed has left behind.
func (r *record) killStrays() int {
	killCgroup(r.Cgroup)
	return adopted.killStrays()
}

// Sweep ends what was left by an earlier process that was killed, and returns when
// it is gone. Nothing may be started meanwhile, and no other process may be using
// the directory. The error says that it cannot be read, or how many processes do
// not go.
func (r *Records) Sweep() error {
	if r.dir == "" {
		return nil
	}
	entries, err := os.ReadDir(r.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("what runs from before cannot be read: %w", err)
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
			_ = os.Remove(path) // of another boot, or never finished: no command was ordered then
			continue
		}
		if n := r.sweep(rec); n > 0 {
			left += n
			continue // the next start tries again
		}
		rec.remove()
	}
	if left > 0 {
		return fmt.Errorf("%d processes that agents have left running do not end", left)
	}
	return nil
}

// sweep ends what is left of one run, and returns how many processes do not go.
func (r *Records) sweep(rec *record) (left int) {
	ended := 0
	look := func() []proc {
		found := rec.remains()
		ended = max(ended, len(found))
		return found
	}
	if rec.awaitSupervisor() {
		ended++
	}
	killCgroup(rec.Cgroup)
	if left = killAll(look, killWait); ended > 0 {
		r.log.Warn("ended what an agent of a server that was killed had left running",
			zap.Int("processes", ended), zap.Int("left", left))
	}
	return left
}

// awaitSupervisor waits for a supervisor that is ending its tree, which it does
// better than this process can, and kills one that does not. It reports whether there
// was one.
func (r *record) awaitSupervisor() bool {
	deadline := time.Now().Add(forceWait)
	there := false
	for wait := killPoll; ; wait = min(2*wait, killPollMax) {
		p, ok := readProc(r.PID)
		if !ok || p.start != r.Start || p.ended {
			return there
		}
		there = true
		p.signal(unix.SIGCONT) // it may have been stopped
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

// remains finds what has the run's variable, and what that has started.
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

// bootID names this boot of the machine.
func bootID() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}

// executable is this program, also after its file was replaced or removed.
func executable() (string, error) {
	const self = "/proc/self/exe"
	if _, err := os.Stat(self); err == nil {
		return self, nil
	}
	return os.Executable()
}
