package faultdisk

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDisk_logs_operations_of_a_file_system(t *testing.T) {
	d := Mount(t)
	path := filepath.Join(d.Dir, "a")
	f, err := os.OpenFile(path+".new", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	require.NoError(t, err)
	_, err = f.WriteString("hello world")
	require.NoError(t, err)
	require.NoError(t, f.Sync())
	require.NoError(t, f.Truncate(5))
	require.NoError(t, f.Close())
	require.NoError(t, os.Rename(path+".new", path))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "hello", string(content))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	d.Note("here")
	require.NoError(t, os.Remove(path))
	_, err = os.Stat(path)
	require.ErrorIs(t, err, os.ErrNotExist)
	var kinds []Kind
	for _, op := range d.Log() {
		kinds = append(kinds, op.Kind)
	}
	require.Equal(t, []Kind{Create, Write, Sync, Truncate, Rename, Note, Remove}, kinds)
}

func TestDisk_fails_on_demand(t *testing.T) {
	d := Mount(t)
	f, err := os.Create(filepath.Join(d.Dir, "a"))
	require.NoError(t, err)
	defer f.Close()
	_, err = f.WriteString("hello")
	require.NoError(t, err)
	for _, test := range []struct {
		kind  Kind
		errno syscall.Errno
		do    func() error
	}{
		{Write, syscall.EIO, func() error { _, err := f.WriteString("x"); return err }},
		{Write, syscall.ENOSPC, func() error { _, err := f.WriteString("x"); return err }},
		{Sync, syscall.EIO, f.Sync},
		{Read, syscall.EIO, func() error { _, err := f.ReadAt(make([]byte, 1), 0); return err }},
		{Truncate, syscall.EROFS, func() error { return f.Truncate(0) }},
	} {
		d.FailWith(func(op Op) syscall.Errno {
			if op.Kind == test.kind {
				return test.errno
			}
			return 0
		})
		require.ErrorIs(t, test.do(), test.errno)
	}
	d.FailWith(nil)
	require.NoError(t, f.Sync())
}
