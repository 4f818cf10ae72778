package sqlite

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest"
	"parley/hub/hubtest/faultdisk"
	"parley/hub/journal"
)

// The power cuts of powercut_test.go are below SQLite's own file layer. These
// are below the kernel's: what the server really asks it to sync, its directory
// included, and what a killed process leaves.

// recordChild lets a process append to a journal on a disk, and kills it.
func recordChild(t *testing.T, d *faultdisk.Disk, synchronous string) {
	hubtest.RunAndKill(t, d.Dir, 150, func(session int, head journal.Head) {
		d.Note(acknowledged{hubtest.CrashID(session), head})
	}, crashSynchronous+"="+synchronous)
}

func TestPowerCut_of_a_real_file_system_loses_nothing_that_was_acknowledged(t *testing.T) {
	t.Parallel()
	d := faultdisk.Mount(t)
	for range 2 { // the second goes on where the first was killed
		recordChild(t, d, "FULL")
	}
	requireNothingLost(t, d.Log())
}

func TestPowerCut_of_a_real_file_system_loses_acknowledged_events_without_a_sync_for_each_commit(t *testing.T) {
	d := faultdisk.Mount(t)
	recordChild(t, d, "NORMAL")
	requireSomethingLost(t, d.Log())
}

// A sync that fails leaves in the kernel's cache what will never be on the disk.
// A server that begins anew reads it there, and must not build on it.
func TestPowerCut_after_a_sync_that_failed_loses_nothing_that_was_acknowledged(t *testing.T) {
	t.Parallel()
	d := faultdisk.Mount(t)
	for range 3 {
		recordChild(t, d, "FULL")
		recordFailing(t, d)
	}
	recordChild(t, d, "FULL")
	requireNothingLost(t, d.Log())
}

// recordFailing lets a process append until it is refused, since a sync fails.
func recordFailing(t *testing.T, d *faultdisk.Disk) {
	syncs := 0
	d.FailWith(func(op faultdisk.Op) syscall.Errno {
		if op.Kind != faultdisk.Sync {
			return 0
		}
		if syncs++; syncs < 10 {
			return 0
		}
		return syscall.EIO
	})
	defer d.FailWith(nil)
	said := hubtest.RunUntilRefused(t, d.Dir, func(session int, head journal.Head) {
		d.Note(acknowledged{hubtest.CrashID(session), head})
	})
	require.Contains(t, said, "disk I/O error")
}
