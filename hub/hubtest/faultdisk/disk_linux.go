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

	mu sync.Mutex

	// guarded by mu
	files int // the number of files ever created
	log   []Op
	fail  func(Op) syscall.Errno // nil if nothing fails
}

// Mount mounts an empty disk until the test ends. It skips the test if FUSE is not
// available.
func Mount(t testing.TB) *Disk {
	t.Helper()
	d := &Disk{Dir: t.TempDir()}
	server, err := fs.Mount(d.Dir, &folder{disk: d}, &fs.Options{MountOptions: fuse.MountOptions{
		DirectMountStrict: true, Name: "faultdisk", FsName: "parley-test",
	}})
	if err != nil {
		t.Skipf("SKIPPED, NOT TESTED HERE: power cuts and errors of a real file system, because FUSE is not available: %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(server); err != nil {
			// A process still has a file open. The mount ends when it closes the file.
			t.Error(errors.Join(fmt.Errorf("unmount: %w", err), unix.Unmount(d.Dir, unix.MNT_DETACH)))
		}
	})
	return d
}

// unmount retries while processes that a killed one has started use the disk. They
// exit when they notice its end.
func unmount(server *fuse.Server) error {
	const patience = 30 * time.Second
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := server.Unmount()
		if !errors.Is(err, syscall.EBUSY) || time.Since(begin) > patience {
			return err
		}
	}
}

// FailWith makes the operations fail for which fail returns an error number; nil ends
// that. A failed sync drops the unsynced data: it can be read as long as the machine
// runs, but never reaches the disk.
func (d *Disk) FailWith(fail func(Op) syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = fail
}

// Note adds a mark to the log.
func (d *Disk) Note(v any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log = append(d.log, Op{Kind: Note, Note: v})
}

// Log returns the operations so far.
func (d *Disk) Log() []Op {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log[:len(d.log):len(d.log)]
}

// do carries out an operation and logs it, or fails it. It holds d.mu.
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
