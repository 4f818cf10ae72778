package sqlite

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest/faultdisk"
	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
)

// The power cuts of powercut_test.go happen below SQLite's own file layer. Those of
// this file happen below the kernel's, so they include every sync that the server
// requests, those of its directory too, and what a killed process leaves.

// recordChild lets a process append to a journal on a disk, and kills it.
func recordChild(t *testing.T, d *faultdisk.Disk, synchronous string) {
	journaltest.RunAndKill(t, d.Dir, 150, func(session int, head journal.Head) {
		d.Note(acknowledged{journaltest.CrashID(session), head})
	}, crashSynchronous+"="+synchronous)
}

func TestPowerCut_of_a_real_file_system_loses_no_acknowledged_event(t *testing.T) {
	t.Parallel()
	d := faultdisk.Mount(t)
	for range 2 { // the second continues where the first was killed
		recordChild(t, d, "FULL")
	}
	requireNothingLost(t, d.Log())
}

func TestPowerCut_of_a_real_file_system_loses_acknowledged_events_if_commits_are_not_synced(t *testing.T) {
	d := faultdisk.Mount(t)
	recordChild(t, d, "NORMAL")
	requireSomethingLost(t, d.Log())
}

// A failed sync leaves data in the kernel's cache that will never reach the disk. A
// server that starts later can read it, and must not build on it.
func TestPowerCut_after_a_failed_sync_loses_no_acknowledged_event(t *testing.T) {
	t.Parallel()
	d := faultdisk.Mount(t)
	for range 3 {
		recordChild(t, d, "FULL")
		recordFailing(t, d)
	}
	recordChild(t, d, "FULL")
	requireNothingLost(t, d.Log())
}

// recordFailing lets a process append until a sync fails and its append is refused.
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
	said := journaltest.RunUntilRefused(t, d.Dir, func(session int, head journal.Head) {
		d.Note(acknowledged{journaltest.CrashID(session), head})
	})
	require.Contains(t, said, "disk I/O error")
}
