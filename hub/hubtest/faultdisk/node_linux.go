package faultdisk

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// folder is a directory. Package fs keeps its entries.
type folder struct {
	fs.Inode
	disk *Disk
	path string // relative to the disk's root, with a trailing slash; empty for the root
}

var (
	_ fs.NodeMkdirer  = (*folder)(nil)
	_ fs.NodeCreater  = (*folder)(nil)
	_ fs.NodeUnlinker = (*folder)(nil)
	_ fs.NodeRenamer  = (*folder)(nil)
	_ fs.NodeFsyncer  = (*folder)(nil)
)

// Mkdir creates a directory. A power cut can lose its files, but not the directory.
func (f *folder) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	out.Mode = mode
	inner := &folder{disk: f.disk, path: f.path + name + "/"}
	return f.NewPersistentInode(ctx, inner, fs.StableAttr{Mode: syscall.S_IFDIR}), fs.OK
}

func (f *folder) Create(
	ctx context.Context, name string, _, mode uint32, out *fuse.EntryOut,
) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	n := &file{disk: f.disk, name: f.path + name, mode: mode &^ syscall.S_IFMT}
	f.disk.mu.Lock()
	f.disk.files++
	n.id = fmt.Sprintf("%s#%d", n.name, f.disk.files)
	f.disk.mu.Unlock()
	if errno := f.disk.do(n.op(Create), func() {}); errno != fs.OK {
		return nil, nil, 0, errno
	}
	out.Mode = n.mode
	return f.NewPersistentInode(ctx, n, fs.StableAttr{Mode: syscall.S_IFREG}), nil, n.openFlags(), fs.OK
}

func (f *folder) Unlink(_ context.Context, name string) syscall.Errno {
	return f.disk.do(Op{Kind: Remove, Name: f.path + name}, func() {})
}

func (f *folder) Rename(_ context.Context, name string, into fs.InodeEmbedder, to string, _ uint32) syscall.Errno {
	return f.disk.do(Op{Kind: Rename, Name: f.path + name, To: into.(*folder).path + to}, func() {})
}

func (f *folder) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return f.disk.do(Op{Kind: SyncDir}, func() {})
}

// file is a file as programs see it, synced or not.
type file struct {
	fs.Inode

	// immutable
	disk *Disk
	id   string
	name string // by which it was created

	// guarded by disk.mu
	mode    uint32
	content []byte
}

var (
	_ fs.NodeOpener    = (*file)(nil)
	_ fs.NodeReader    = (*file)(nil)
	_ fs.NodeWriter    = (*file)(nil)
	_ fs.NodeFsyncer   = (*file)(nil)
	_ fs.NodeGetattrer = (*file)(nil)
	_ fs.NodeSetattrer = (*file)(nil)
)

// openFlags returns flags that let every read and write reach the disk, except for the
// file that SQLite maps, which needs the kernel's cache.
func (f *file) openFlags() uint32 {
	if strings.HasSuffix(f.name, "-shm") {
		return fuse.FOPEN_KEEP_CACHE
	}
	return fuse.FOPEN_DIRECT_IO
}

func (f *file) op(kind Kind) Op { return Op{Kind: kind, File: f.id, Name: f.name} }

func (f *file) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, f.openFlags(), fs.OK
}

func (f *file) Read(_ context.Context, _ fs.FileHandle, to []byte, offset int64) (fuse.ReadResult, syscall.Errno) {
	n := 0
	errno := f.disk.do(f.op(Read), func() {
		if offset < int64(len(f.content)) {
			n = copy(to, f.content[offset:])
		}
	})
	return fuse.ReadResultData(to[:n]), errno
}

func (f *file) Write(_ context.Context, _ fs.FileHandle, data []byte, offset int64) (uint32, syscall.Errno) {
	op := f.op(Write)
	op.Offset, op.Data = offset, bytes.Clone(data)
	errno := f.disk.do(op, func() { f.content = op.apply(f.content) })
	return uint32(len(data)), errno
}

func (f *file) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return f.disk.do(f.op(Sync), func() {})
}

func (f *file) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	out.Mode, out.Size = f.mode, uint64(len(f.content))
	return fs.OK
}

func (f *file) Setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, given := in.GetSize(); given {
		op := f.op(Truncate)
		op.Offset = int64(size)
		if errno := f.disk.do(op, func() { f.content = op.apply(f.content) }); errno != fs.OK {
			return errno
		}
	}
	if mode, given := in.GetMode(); given {
		f.disk.mu.Lock()
		f.mode = mode &^ syscall.S_IFMT
		f.disk.mu.Unlock()
	}
	return f.Getattr(ctx, h, out)
}
