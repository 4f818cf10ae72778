package share

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"parley/hub/agent/profile"
)

// record is what is stored of a share. Its JSON is stored.
type record struct {
	Dir       string            `json:"dir"`    // in which the agent works
	Server    string            `json:"server"` // the URL; empty for a server of its own
	Listen    string            `json:"listen,omitempty"`
	Agent     string            `json:"agent"`
	Command   []string          `json:"command"`
	Env       map[string]string `json:"env,omitempty"`
	Key       string            `json:"key"`
	Epoch     uint64            `json:"epoch"`
	Link      string            `json:"link,omitempty"`   // the host's own; empty before the session exists
	Invite    string            `json:"invite,omitempty"` // the link for others
	UpdatedAt time.Time         `json:"updatedAt"`
}

func (r record) profile() profile.Profile {
	return profile.Profile{Name: r.Agent, Command: r.Command, Env: r.Env}
}

// slot is the directory of one share, locked by the process that uses it.
type slot struct {
	dir    string
	lock   *flock.Flock
	record record
}

const (
	recordFile = "share.json"
	lockFile   = "lock"
	// keptFor is how long a share that nobody continues is kept.
	keptFor = 30 * 24 * time.Hour
)

// newSlot makes a slot in a store, and removes those that have not been used for long.
func newSlot(store string, r record) (*slot, error) {
	removeOld(store)
	s := &slot{dir: filepath.Join(store, uuid.NewString()), record: r}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	s.lock = flock.New(filepath.Join(s.dir, lockFile))
	if _, err := s.lock.TryLock(); err != nil {
		return nil, err
	}
	return s, s.save()
}

// errNothingToResume: no share of the directory can be continued.
var errNothingToResume = errors.New("there is nothing to continue in this directory; start with parley share, without --resume")

// errStillRuns: the newest share of the directory is in use.
var errStillRuns = errors.New("the session of this directory is still shared by another parley share; end that one first")

// resumeSlot returns the slot that was used last for a directory, and for a server unless
// that is empty.
func resumeSlot(store, dir, server string) (*slot, error) {
	all, err := slots(store)
	if err != nil {
		return nil, err
	}
	inUse := false
	for _, s := range all {
		if s.record.Dir != dir || server != "" && s.record.Server != server {
			continue
		}
		if locked, err := s.lock.TryLock(); err != nil || !locked {
			inUse = true
			continue
		}
		return s, nil
	}
	if inUse {
		return nil, errStillRuns
	}
	return nil, errNothingToResume
}

// slots returns the slots of a store, the newest first. None is locked.
func slots(store string) ([]*slot, error) {
	entries, err := os.ReadDir(store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var all []*slot
	for _, e := range entries {
		s := &slot{dir: filepath.Join(store, e.Name())}
		content, err := os.ReadFile(filepath.Join(s.dir, recordFile))
		if err != nil || json.Unmarshal(content, &s.record) != nil {
			continue
		}
		s.lock = flock.New(filepath.Join(s.dir, lockFile))
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *slot) int { return b.record.UpdatedAt.Compare(a.record.UpdatedAt) })
	return all, err
}

// removeOld removes the slots that have not been used for long.
func removeOld(store string) {
	all, _ := slots(store) // what cannot be read is left alone
	for _, s := range all {
		if time.Since(s.record.UpdatedAt) < keptFor {
			continue
		}
		if locked, err := s.lock.TryLock(); err == nil && locked {
			_ = s.remove()
		}
	}
}

// save stores the record, so that it is complete or the earlier one.
func (s *slot) save() error {
	s.record.UpdatedAt = time.Now()
	content, err := json.MarshalIndent(s.record, "", "  ")
	if err != nil {
		return err
	}
	temporary := filepath.Join(s.dir, recordFile+".new")
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return fmt.Errorf("cannot store what continues the session: %w", err)
	}
	return os.Rename(temporary, filepath.Join(s.dir, recordFile))
}

// release unlocks the slot, which can be continued.
func (s *slot) release() { _ = s.lock.Unlock() }

// remove removes the slot.
func (s *slot) remove() error { return errors.Join(os.RemoveAll(s.dir), s.lock.Unlock()) }
