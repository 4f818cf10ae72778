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

// disk is a file system for SQLite that passes everything on to the real one,
// writes down what is written and synced, and can fail.
type disk struct {
	// immutable
	name string  // under which SQLite knows it
	base uintptr // *sqlite3.Tsqlite3_vfs

	// guarded by mu
	mu    sync.Mutex
	files map[uintptr]openFile // by SQLite's handle
	log   []faultdisk.Op
	fail  func(op faultdisk.Op) int32 // returns a result code of SQLite; nil fails nothing
}

// openFile is a file that SQLite has open, and what the real file system does
// for it.
type openFile struct {
	name    string
	methods sqlite3.Tsqlite3_io_methods
}

// dirSynced is written down with every change of the directory: what SQLite does
// about it is below what is seen here.
var dirSynced = faultdisk.Op{Kind: faultdisk.SyncDir}

// disks finds a disk by the handle of a file, since SQLite calls plain functions.
var disks sync.Map // of *disk by the address of its VFS or of an open file

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

// failWith makes operations fail from now on; nil makes them succeed again.
func (d *disk) failWith(fail func(faultdisk.Op) int32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = fail
}

// note puts a mark into the log, behind all that is done.
func (d *disk) note(v any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log = append(d.log, faultdisk.Op{Kind: faultdisk.Note, Note: v})
}

// logged returns the log and begins a new one.
func (d *disk) logged() []faultdisk.Op {
	d.mu.Lock()
	defer d.mu.Unlock()
	log := d.log
	d.log = nil
	return log
}

// do runs an operation on an open file, unless it is to fail, and logs it.
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

// at reads an address of SQLite's memory, which Go's collector does not move.
// Going through the address of p tells vet that this is meant.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// pointer makes a Go function one that SQLite can keep and call. The function
// has to be a top-level one, which is never collected.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// function is the opposite of pointer.
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }
