package wal

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"parley/hub/journal/sqlite/internal/datadir"
)

// Repair is a way to turn a damaged log into one that SQLite reads to its end.
// The zero value keeps all sound frames and makes the likeliest fixes.
type Repair struct {
	truncate bool // keep only what stands before the first damage, as SQLite would
	fix      int  // otherwise, which of a frame's fixes to make
}

// Names of repairs in [Repair.String]. A whole repair keeps all sound frames:
// later frames usually hold again what a damaged one held.
const wholeName, truncateName = "keep", "until"

// String returns the repair's name, which [ParseRepair] accepts.
func (r Repair) String() string {
	switch {
	case r.truncate:
		return truncateName
	case r.fix > 0:
		return wholeName + strconv.Itoa(r.fix)
	}
	return wholeName
}

// ParseRepair returns the repair of a name; ok is false if it is no name.
func ParseRepair(name string) (r Repair, ok bool) {
	number, isWhole := strings.CutPrefix(name, wholeName)
	switch {
	case name == truncateName:
		return Repair{truncate: true}, true
	case !isWhole:
		return Repair{}, false
	case number == "":
		return Repair{}, true
	}
	n, err := strconv.Atoi(number)
	return Repair{fix: n}, err == nil && n > 0
}

// Repairs returns the repairs to try, the best first. If a frame has several
// fixes, checking what the database then holds tells which is right.
func (l *Log) Repairs() []Repair {
	most := 1
	for _, f := range l.frames {
		most = max(most, len(f.fixes))
	}
	var repairs []Repair
	for i := range most {
		repairs = append(repairs, Repair{fix: i})
	}
	return append(repairs, Repair{truncate: true})
}

// Outcome returns how many bytes a repair puts right, and how many sound
// transactions it drops.
func (l *Log) Outcome(r Repair) (repaired, dropped int) {
	end := l.end(r)
	for i, f := range l.frames {
		if i < end && f.isSound && f.isDamaged() {
			repaired++
		}
		if i >= end && f.isSound && f.isCommit {
			dropped++
		}
	}
	return repaired, dropped
}

// end returns the index behind the last frame that a repair considers.
func (l *Log) end(r Repair) int {
	end := len(l.frames)
	if r.truncate {
		end = l.firstDamaged()
	}
	for end > 0 && !(l.frames[end-1].isSound && l.frames[end-1].isCommit) {
		end--
	}
	return end
}

// Write writes a repaired log to the file to, and syncs it.
func (l *Log) Write(to string, r Repair) error {
	from, err := os.Open(l.path)
	if err != nil {
		return err
	}
	defer from.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, datadir.FileMode)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(out, 1<<20)
	err = l.rewrite(buffered, from, r)
	return errors.Join(err, buffered.Flush(), out.Sync(), out.Close())
}

// rewrite writes a header and the sound frames, each with a checksum that
// continues the frame before. It changes the salts, so that an index of the
// damaged log is not taken for one of the new log.
func (l *Log) rewrite(to io.Writer, from io.ReaderAt, r Repair) error {
	h := l.header
	h.salts[0] ^= 0xff
	h = h.encoded()
	if _, err := to.Write(h.raw[:]); err != nil {
		return err
	}
	f := make(frame, h.frameSize())
	sum := h.sum
	for i, info := range l.frames[:l.end(r)] {
		if !info.isSound {
			continue
		}
		if _, err := from.ReadAt(f, h.offset(i)); err != nil {
			return err
		}
		if len(info.fixes) > 0 {
			fix := info.fixes[min(r.fix, len(info.fixes)-1)]
			f[fix.at-h.offset(i)] = fix.to
		}
		copy(f.salts(), h.salts[:])
		sum = h.checksumOf(f, sum)
		sum.put(f[16:])
		if _, err := to.Write(f); err != nil {
			return err
		}
	}
	return nil
}
