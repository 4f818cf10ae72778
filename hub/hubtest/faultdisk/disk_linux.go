package faultdisk

import (
	"errors"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// Disk is a mounted file system. Its methods are safe for concurrent use.
type Disk struct {
	Dir string // where it is mounted; immutable

	// guarded by mu
	mu    sync.Mutex
	files int // that were ever created
	log   []Op
	fail  func(Op) syscall.Errno
}

// Mount mounts an empty disk until the test ends. The test is skipped where
// FUSE cannot be had.
func Mount(t testing.TB) *Disk {
	t.Helper()
	d := &Disk{Dir: t.TempDir()}
	server, err := fs.Mount(d.Dir, &folder{disk: d}, &fs.Options{MountOptions: fuse.MountOptions{
		DirectMountStrict: true, Name: "faultdisk", FsName: "parley-test",
	}})
	if err != nil {
		t.Skipf("SKIPPED, NOT TESTED HERE: power cuts and errors of a real file system, for FUSE cannot be had: %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(server); err != nil {
			// Somebody still has a file open; the last one to close it ends it.
			t.Error(errors.Join(fmt.Errorf("unmount: %w", err), unix.Unmount(d.Dir, unix.MNT_DETACH)))
		}
	})
	return d
}

// unmount waits for those whom a killed process has started there: they end by
// themselves when they notice.
func unmount(server *fuse.Server) error {
	const patience = 30 * time.Second
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := server.Unmount()
		if !errors.Is(err, syscall.EBUSY) || time.Since(begin) > patience {
			return err
		}
	}
}

// FailWith lets fail say, from now on, which operations fail and how; nil lets
// all succeed. A sync that fails drops what was not yet synced: it can be read
// on, as long as the machine runs, and never reaches the disk.
func (d *Disk) FailWith(fail func(Op) syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = fail
}

// Note puts a mark into the log, behind all that is done.
func (d *Disk) Note(v any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log = append(d.log, Op{Kind: Note, Note: v})
}

// Log returns what was done so far.
func (d *Disk) Log() []Op {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log[:len(d.log):len(d.log)]
}

// do carries an operation out and writes it down, unless it is to fail. d.mu is
// held meanwhile.
func (d *Disk) do(op Op, run func()) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	errno := fs.OK
	if d.fail != nil {
		errno = d.fail(op)
	}
	switch {
	case errno != fs.OK && op.Kind == Sync:
		op.Kind = FailedSync
	case errno != fs.OK:
		return errno
	default:
		run()
	}
	if op.Kind != Read {
		d.log = append(d.log, op)
	}
	return errno
}
