package wal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// DamageError reports that a write-ahead log holds committed transactions which
// SQLite would drop, because a damaged frame stands before them.
type DamageError struct {
	Path   string // of the damaged file
	What   string // the damage, as a clause that begins with its subject
	Offset int64  // of the first damage, in bytes from the start of the file
}

// Error names the file, the offset and the damage.
func (e *DamageError) Error() string {
	return fmt.Sprintf("%s is damaged at byte %d: %s", e.Path, e.Offset, e.What)
}

// Check checks the log of a database, given by its path, that no process has
// open. It returns a [*DamageError] if SQLite would drop committed transactions.
// torn reports that the log ends with an incomplete transaction, as a power cut
// leaves it; such a transaction was never acknowledged.
func Check(database string) (torn bool, err error) {
	index := readIndex(database + "-shm")
	l, err := Scan(database + "-wal")
	if err != nil {
		return false, err
	}
	if l == nil {
		return false, checkMissing(database, index)
	}
	if info, err := os.Stat(database); errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return false, &DamageError{Path: database, What: fmt.Sprintf(
			"the database is missing or empty, but its log holds %d transactions", l.commits(0))}
	}
	damage, torn := l.damage(index)
	if damage != nil {
		return false, damage
	}
	return torn, nil
}

// CheckLive is [Check] for a database that a server is writing to. Frames that
// the server has committed do not change until it starts the log over.
func CheckLive(database string) error {
	for range 5 {
		index := readIndex(database + "-shm")
		if index == nil {
			continue // the server is writing it
		}
		l, err := Scan(database + "-wal")
		if err != nil || l == nil {
			return err
		}
		if l.headerDamaged || l.header.salts != index.salts || l.firstDamaged() >= index.frames {
			return nil
		}
		damage, _ := l.damage(index)
		if again := readIndex(database + "-shm"); damage != nil && again != nil && again.salts == index.salts {
			return damage
		}
	}
	return nil
}

// checkMissing returns a [*DamageError] if the index shows that there was a log
// with frames that are not in the database.
func checkMissing(database string, index *index) error {
	if index == nil || index.checkpointed >= index.frames {
		return nil
	}
	return &DamageError{Path: database + "-wal", What: fmt.Sprintf(
		"the log is missing, empty or unreadable, but it held %d frames that are not in the database; if the database was restored from a backup, remove %s-shm too",
		index.frames-index.checkpointed, filepath.Base(database))}
}

// sectorSize is the smallest unit, in bytes, that a disk writes as a whole or not
// at all.
const sectorSize = 512

// damage reports damage to committed transactions, and whether the log ends with
// an incomplete one. index may be nil.
//
// Without an index, damage to the last transaction counts as the trace of a power
// cut before it was acknowledged: any of its sectors may be missing, and a missing
// sector may differ from the written one in a single byte, or make a frame look
// like the end of a transaction. Only a later transaction proves that it was on
// the disk.
func (l *Log) damage(index *index) (damage *DamageError, torn bool) {
	if l.headerDamaged {
		return &DamageError{Path: l.path, What: fmt.Sprintf("the header is damaged, and %d transactions follow it", l.commits(0))}, false
	}
	bad := l.firstDamaged()
	if index != nil && index.salts == l.header.salts && bad < index.frames {
		return l.damageAt(bad, "%d of %d committed frames are damaged or missing", index.frames-l.undamaged(index.frames), index.frames), false
	}
	lost := l.commits(bad)
	if lost > 1 || l.endsTransaction(bad) && l.undamaged(len(l.frames)) > bad {
		return l.damageAt(bad, "a frame is damaged, and %d transactions from there on would be dropped", lost), false
	}
	return nil, lost > 0
}

func (l *Log) damageAt(n int, format string, args ...any) *DamageError {
	at := l.header.offset(n)
	if n < len(l.frames) && len(l.frames[n].fixes) == 1 {
		at = l.frames[n].fixes[0].at
	}
	return &DamageError{Path: l.path, What: fmt.Sprintf(format, args...), Offset: at}
}

// endsTransaction reports whether damaged frame n ended a transaction of this
// log, by its header. A header that spans two sectors does not tell, since one of
// them may be left over from an earlier log.
func (l *Log) endsTransaction(n int) bool {
	if n >= len(l.frames) || !l.frames[n].isCurrent || !l.frames[n].isCommit {
		return false
	}
	start := l.header.offset(n)
	return start/sectorSize == (start+frameHeaderSize-1)/sectorSize
}
