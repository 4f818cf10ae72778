package sqlite

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Salvage is what can be kept of a journal whose log is damaged.
type Salvage struct {
	Damage *LogDamageError
	// Choice names the best way to go on, of this very log: see Options.Salvage.
	// It is empty when there is none, and only a backup helps.
	Choice       string
	Sessions     int // that are then in the journal, all sound
	Events       uint64
	Transactions int // sound ones in the log that are dropped; each is one append or several
	Repaired     int // bytes that are put right, after which nothing is lost by them
}

// way is a way to make a log of the sound frames of a damaged one.
type way struct {
	part bool // of those before the first damage, as SQLite would
	fix  int  // else of all, which one of the fixes is the right one
}

// wayWhole keeps all sound frames: what a damaged one held is in later ones,
// mostly.
const wayWhole, wayPart = "keep", "until"

func (w way) String() string {
	switch {
	case w.part:
		return wayPart
	case w.fix > 0:
		return wayWhole + strconv.Itoa(w.fix)
	}
	return wayWhole
}

func parseWay(name string) (w way, ok bool) {
	number, whole := strings.CutPrefix(name, wayWhole)
	if name == wayPart || !whole || number == "" {
		return way{part: name == wayPart}, name == wayPart || whole
	}
	n, err := strconv.Atoi(number)
	return way{fix: n}, err == nil && n > 0
}

// ways are the ways to try, the best first. Where several bytes could be the
// damaged one, the checks of what comes out tell which it was.
func (s *walScan) ways() []way {
	most := 1
	for _, f := range s.frames {
		most = max(most, len(f.fixes))
	}
	var ways []way
	for i := range most {
		ways = append(ways, way{fix: i})
	}
	return append(ways, way{part: true})
}

// PlanSalvage tries on a copy, in the directory for temporary files, what can be
// kept of a journal whose log is damaged. It returns nil when the log is not. It
// changes nothing in the directory, which no server may have open.
func PlanSalvage(ctx context.Context, dir string) (*Salvage, error) {
	path := filepath.Join(dir, FileName)
	_, err := checkLog(path)
	damage, ok := errors.AsType[*LogDamageError](err)
	if !ok {
		return nil, err
	}
	plan := &Salvage{Damage: damage}
	s, err := scanWal(path + "-wal")
	if err != nil || s == nil {
		return plan, err
	}
	sum, err := hashFile(path + "-wal")
	if err != nil {
		return nil, err
	}
	trial, err := os.MkdirTemp("", "parley-salvage-")
	if err != nil {
		return nil, err
	}
	if err = copyFile(path, filepath.Join(trial, FileName)); err == nil {
		err = plan.try(ctx, trial, s, sum)
	}
	return plan, errors.Join(err, os.RemoveAll(trial))
}

// try verifies what becomes of the database in a directory in each way, until one
// is sound.
func (p *Salvage) try(ctx context.Context, dir string, s *walScan, sum string) error {
	log := filepath.Join(dir, FileName+"-wal")
	for _, w := range s.ways() {
		if err := os.Remove(filepath.Join(dir, FileName+"-shm")); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := s.rewrite(log, w); err != nil {
			return err
		}
		var last Progress
		err := Verify(ctx, dir, func(p Progress) { last = p })
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			p.Choice = w.String() + "-" + sum
			p.Sessions, p.Events = last.Sessions, last.Events
			p.count(s, w)
			return nil
		}
	}
	return nil
}

// count counts what a way puts right and what it drops.
func (p *Salvage) count(s *walScan, w way) {
	end := s.end(w)
	for i, f := range s.frames {
		if i < end && f.sound && f.damaged() {
			p.Repaired++
		}
		if i >= end && f.sound && f.commit {
			p.Transactions++
		}
	}
}

// end is the number of the frame behind those that are looked at.
func (s *walScan) end(w way) int {
	end := len(s.frames)
	if w.part {
		end = s.firstBad()
	}
	for end > 0 && !(s.frames[end-1].sound && s.frames[end-1].commit) {
		end--
	}
	return end
}

// rewrite writes a log of the sound frames.
func (s *walScan) rewrite(to string, w way) error {
	from, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer from.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(out, 1<<20)
	err = s.rechain(buffered, from, w)
	return errors.Join(err, buffered.Flush(), out.Sync(), out.Close())
}

// rechain writes a header and the sound frames, each with the checksum that it
// has behind the one before. The salts are others, so that no index of
// the damaged log is taken for one of this.
func (s *walScan) rechain(to io.Writer, from io.ReaderAt, w way) error {
	h := s.header
	h.salts[0] ^= 0xff
	h = h.made()
	if _, err := to.Write(h.raw[:]); err != nil {
		return err
	}
	f := make(frame, h.frameSize())
	before := h.sum
	for i, is := range s.frames[:s.end(w)] {
		if !is.sound {
			continue
		}
		if _, err := from.ReadAt(f, s.offset(i)); err != nil {
			return err
		}
		if len(is.fixes) > 0 {
			fix := is.fixes[min(w.fix, len(is.fixes)-1)]
			f[fix.at-s.offset(i)] = fix.to
		}
		copy(f.salts(), h.salts[:])
		before = h.sumOf(f, before)
		binary.BigEndian.PutUint32(f[16:], before.a)
		binary.BigEndian.PutUint32(f[20:], before.b)
		if _, err := to.Write(f); err != nil {
			return err
		}
	}
	return nil
}

// salvage carries out a choice, and first copies the files as they are into a
// directory of their own. It does nothing when the log is not damaged.
func salvage(dir, choice string) error {
	path := filepath.Join(dir, FileName)
	_, err := checkLog(path)
	damage, ok := errors.AsType[*LogDamageError](err)
	if !ok {
		return err
	}
	name, sum, _ := strings.Cut(choice, "-")
	is, err := hashFile(path + "-wal")
	if err != nil {
		return errors.Join(damage, err)
	}
	w, ok := parseWay(name)
	if !ok || sum != is {
		return fmt.Errorf("%w; %q is a choice for another log", damage, choice)
	}
	s, err := scanWal(path + "-wal")
	if err != nil {
		return err
	}
	if err := setAside(path, filepath.Join(dir, "damaged-"+sum)); err != nil {
		return fmt.Errorf("copy the damaged files: %w", err)
	}
	return s.replace(path, w)
}

// setAside copies the files of a journal into a directory.
func setAside(path, to string) error {
	if err := os.MkdirAll(to, dirMode); err != nil {
		return err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		err := copyFile(path+suffix, filepath.Join(to, FileName+suffix))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return errors.Join(SyncDir(to), SyncDir(filepath.Dir(to)))
}

// replace puts the new log in the place of the damaged one, so that a crash
// leaves one or the other. The index of the old one goes.
func (s *walScan) replace(path string, w way) error {
	if err := s.rewrite(path+"-wal.new", w); err != nil {
		return err
	}
	if err := os.Rename(path+"-wal.new", path+"-wal"); err != nil {
		return err
	}
	if err := os.Remove(path + "-shm"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// copyFile copies a file, for its owner alone, and syncs the copy.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// hashFile names the content of a file in twelve characters.
func hashFile(path string) (string, error) {
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
