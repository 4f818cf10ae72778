package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"parley/hub/journal/sqlite/internal/datadir"
	"parley/hub/journal/sqlite/internal/wal"
)

// Salvage is what [PlanSalvage] found can be kept of a journal whose write-ahead
// log is damaged.
type Salvage struct {
	// Damage is what is wrong with the log.
	Damage *LogDamageError
	// Choice names the best repair of this very log, for [Options.Salvage]. It is
	// empty if no repair yields a sound journal; then only a backup helps.
	Choice string
	// Sessions counts the sessions in the repaired journal, all of them sound.
	Sessions int
	// Events counts the events in the repaired journal, all of them sound.
	Events uint64
	// Transactions counts the sound transactions in the log that the repair drops.
	// Each is one append or several.
	Transactions int
	// Repaired counts the bytes that the repair puts right without any loss.
	Repaired int
}

// PlanSalvage finds out, on a copy in the directory for temporary files, what can
// be kept of the journal in dir if its log is damaged. It returns nil if the log
// is not damaged. It changes nothing in dir, which no server may have open.
func PlanSalvage(ctx context.Context, dir string) (*Salvage, error) {
	path := filepath.Join(dir, FileName)
	_, err := wal.Check(path)
	damage, ok := errors.AsType[*LogDamageError](err)
	if !ok {
		return nil, err
	}
	plan := &Salvage{Damage: damage}
	log, err := wal.Scan(path + "-wal")
	if err != nil || log == nil {
		return plan, err
	}
	sum, err := fingerprint(path + "-wal")
	if err != nil {
		return nil, err
	}
	trial, err := os.MkdirTemp("", "parley-salvage-")
	if err != nil {
		return nil, err
	}
	if err = datadir.CopyFile(path, filepath.Join(trial, FileName)); err == nil {
		err = plan.try(ctx, trial, log, sum)
	}
	return plan, errors.Join(err, os.RemoveAll(trial))
}

// try applies one repair after the other to the database in dir, until the
// journal is sound.
func (p *Salvage) try(ctx context.Context, dir string, log *wal.Log, sum string) error {
	for _, repair := range log.Repairs() {
		if err := removeIndex(filepath.Join(dir, FileName)); err != nil {
			return err
		}
		if err := log.Write(filepath.Join(dir, FileName+"-wal"), repair); err != nil {
			return err
		}
		var last Progress
		err := Verify(ctx, dir, func(p Progress) { last = p }, nil)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			p.Choice = repair.String() + "-" + sum
			p.Sessions, p.Events = last.Sessions, last.Events
			p.Repaired, p.Transactions = log.Outcome(repair)
			return nil
		}
	}
	return nil
}

// salvage carries out a choice of PlanSalvage on the journal in dir, after copying
// its files to a directory of their own. It does nothing if the log is sound.
func salvage(dir, choice string) error {
	path := filepath.Join(dir, FileName)
	_, err := wal.Check(path)
	damage, ok := errors.AsType[*LogDamageError](err)
	if !ok {
		return err
	}
	sum, err := fingerprint(path + "-wal")
	if err != nil {
		return errors.Join(damage, err)
	}
	name, chosen, _ := strings.Cut(choice, "-")
	repair, ok := wal.ParseRepair(name)
	if !ok || chosen != sum {
		return fmt.Errorf("%w; %q is a choice for another log", damage, choice)
	}
	log, err := wal.Scan(path + "-wal")
	if err != nil {
		return err
	}
	if err := copyFiles(path, filepath.Join(dir, "damaged-"+sum)); err != nil {
		return fmt.Errorf("copy the damaged files: %w", err)
	}
	return replaceLog(path, log, repair)
}

// copyFiles copies the files of the journal at path to the directory to.
func copyFiles(path, to string) error {
	if err := os.MkdirAll(to, datadir.DirMode); err != nil {
		return err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		err := datadir.CopyFile(path+suffix, filepath.Join(to, FileName+suffix))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return errors.Join(datadir.Sync(to), datadir.Sync(filepath.Dir(to)))
}

// replaceLog replaces the log of the journal at path by a repaired one, so that a
// crash leaves one or the other, and removes the index of the old one.
func replaceLog(path string, log *wal.Log, repair wal.Repair) error {
	if err := log.Write(path+"-wal.new", repair); err != nil {
		return err
	}
	if err := os.Rename(path+"-wal.new", path+"-wal"); err != nil {
		return err
	}
	if err := removeIndex(path); err != nil {
		return err
	}
	return datadir.Sync(filepath.Dir(path))
}

// removeIndex removes the log's index where there is one.
func removeIndex(path string) error {
	if err := os.Remove(path + "-shm"); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// fingerprint returns twelve hexadecimal digits that identify a file's content.
func fingerprint(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:6]), nil
}
