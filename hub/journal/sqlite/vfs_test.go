package sqlite

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/hub/hubtest/faultdisk"
)

// disk is a file system for SQLite that passes operations on to the real one, logs
// writes and syncs, and can fail.
type disk struct {
	// immutable
	name string  // SQLite's name for it
	base uintptr // *sqlite3.Tsqlite3_vfs

	// guarded by mu
	mu    sync.Mutex
	files map[uintptr]openFile // by SQLite's handle
	log   []faultdisk.Op
	fail  func(op faultdisk.Op) int32 // returns a result code of SQLite; nil if nothing fails
}

// openFile is a file that SQLite has open, with the real file system's methods.
type openFile struct {
	name    string
	methods sqlite3.Tsqlite3_io_methods
}

// dirSynced is logged with every change of the directory: SQLite syncs directories
// below this layer.
var dirSynced = faultdisk.Op{Kind: faultdisk.SyncDir}

// disks holds each *disk by the address of its VFS and of each open file, since
// SQLite calls plain functions.
var disks sync.Map

// newDisk registers a disk until the test ends.
func newDisk(t *testing.T) *disk {
	tls := libc.NewTLS()
	base := sqlite3.Xsqlite3_vfs_find(tls, 0)
	require.NotZero(t, base)
	d := &disk{name: fmt.Sprintf("disk-%p", t), base: base, files: map[uintptr]openFile{}}
	name, err := libc.CString(d.name)
	require.NoError(t, err)
	vfs := alloc(tls, unsafe.Sizeof(sqlite3.Tsqlite3_vfs{}))
	*at[sqlite3.Tsqlite3_vfs](vfs) = *at[sqlite3.Tsqlite3_vfs](base)
	at[sqlite3.Tsqlite3_vfs](vfs).FzName = name
	at[sqlite3.Tsqlite3_vfs](vfs).FxOpen = pointer(diskOpen)
	at[sqlite3.Tsqlite3_vfs](vfs).FxDelete = pointer(diskDelete)
	disks.Store(vfs, d)
	require.Zero(t, sqlite3.Xsqlite3_vfs_register(tls, vfs, 0))
	t.Cleanup(func() {
		sqlite3.Xsqlite3_vfs_unregister(tls, vfs)
		disks.Delete(vfs)
		libc.Xfree(tls, vfs)
		libc.Xfree(tls, name)
		tls.Close()
	})
	return d
}

// failWith makes operations fail with the result codes of fail; nil ends that.
func (d *disk) failWith(fail func(faultdisk.Op) int32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = fail
}

// note adds a mark to the log.
func (d *disk) note(v any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log = append(d.log, faultdisk.Op{Kind: faultdisk.Note, Note: v})
}

// logged returns the log and starts a new one.
func (d *disk) logged() []faultdisk.Op {
	d.mu.Lock()
	defer d.mu.Unlock()
	log := d.log
	d.log = nil
	return log
}

// do runs an operation on an open file and logs it, or fails it.
func do(file uintptr, op faultdisk.Op, run func(openFile) int32) int32 {
	v, _ := disks.Load(file)
	d := v.(*disk)
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[file]
	op.File, op.Name = f.name, f.name
	if d.fail != nil {
		if code := d.fail(op); code != sqlite3.SQLITE_OK {
			return code
		}
	}
	code := run(f)
	if code == sqlite3.SQLITE_OK {
		d.log = append(d.log, op)
	}
	return code
}

func diskOpen(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32 {
	v, _ := disks.Load(vfs)
	d := v.(*disk)
	open := function[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](at[sqlite3.Tsqlite3_vfs](d.base).FxOpen)
	code := open(tls, vfs, name, file, flags, outFlags)
	handle := at[sqlite3.Tsqlite3_file](file)
	if code != sqlite3.SQLITE_OK || handle.FpMethods == 0 {
		return code
	}
	methods := *at[sqlite3.Tsqlite3_io_methods](handle.FpMethods)
	d.mu.Lock()
	base := filepath.Base(libc.GoString(name))
	d.files[file] = openFile{base, methods}
	d.log = append(d.log, faultdisk.Op{Kind: faultdisk.Create, File: base, Name: base}, dirSynced)
	d.mu.Unlock()
	disks.Store(file, d)
	methods.FxWrite, methods.FxTruncate = pointer(diskWrite), pointer(diskTruncate)
	methods.FxSync, methods.FxClose = pointer(diskSync), pointer(diskClose)
	handle.FpMethods = alloc(tls, unsafe.Sizeof(methods))
	*at[sqlite3.Tsqlite3_io_methods](handle.FpMethods) = methods
	return code
}

func diskDelete(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32 {
	v, _ := disks.Load(vfs)
	d := v.(*disk)
	d.mu.Lock()
	defer d.mu.Unlock()
	remove := function[func(*libc.TLS, uintptr, uintptr, int32) int32](at[sqlite3.Tsqlite3_vfs](d.base).FxDelete)
	code := remove(tls, vfs, name, syncDir)
	if code == sqlite3.SQLITE_OK {
		d.log = append(d.log, faultdisk.Op{Kind: faultdisk.Remove, Name: filepath.Base(libc.GoString(name))}, dirSynced)
	}
	return code
}

func diskWrite(tls *libc.TLS, file, from uintptr, n int32, offset int64) int32 {
	data := slices.Clone(unsafe.Slice(at[byte](from), n))
	return do(file, faultdisk.Op{Kind: faultdisk.Write, Offset: offset, Data: data}, func(f openFile) int32 {
		return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](f.methods.FxWrite)(tls, file, from, n, offset)
	})
}

func diskTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	return do(file, faultdisk.Op{Kind: faultdisk.Truncate, Offset: size}, func(f openFile) int32 {
		return function[func(*libc.TLS, uintptr, int64) int32](f.methods.FxTruncate)(tls, file, size)
	})
}

func diskSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	return do(file, faultdisk.Op{Kind: faultdisk.Sync}, func(f openFile) int32 {
		return function[func(*libc.TLS, uintptr, int32) int32](f.methods.FxSync)(tls, file, flags)
	})
}

func diskClose(tls *libc.TLS, file uintptr) int32 {
	v, _ := disks.LoadAndDelete(file)
	d := v.(*disk)
	d.mu.Lock()
	f := d.files[file]
	delete(d.files, file)
	d.mu.Unlock()
	libc.Xfree(tls, at[sqlite3.Tsqlite3_file](file).FpMethods)
	return function[func(*libc.TLS, uintptr) int32](f.methods.FxClose)(tls, file)
}

func alloc(tls *libc.TLS, size uintptr) uintptr {
	p := libc.Xmalloc(tls, libc.Tsize_t(size))
	if p == 0 {
		panic("out of memory")
	}
	return p
}

// at returns a pointer to an address in SQLite's memory, which Go's collector does
// not move. The detour through &p tells vet that the conversion is intended.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// pointer returns a Go function as a pointer that SQLite can keep and call. The
// function must be a top-level one, which is never collected.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// function is the inverse of pointer.
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }
