package sqlite

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// LogDamageError says that the write-ahead log that a crash has left holds
// committed transactions which SQLite would drop, since it takes the log to end
// before the first frame that is damaged.
type LogDamageError struct {
	Path   string
	What   string
	Offset int64 // of the first damage in the file
}

func (e *LogDamageError) Error() string {
	return fmt.Sprintf("%s is damaged at byte %d: %s", e.Path, e.Offset, e.What)
}

// sectorSize is the least that a disk writes, in bytes: all of it or nothing.
const sectorSize = 512

// walScan is what a log holds, damaged or not.
type walScan struct {
	path        string
	header      walHeader
	headerFixed bool // the header is not the file's
	frames      []scannedFrame
	torn        bool // it ends with a transaction that was not wholly written
}

type scannedFrame struct {
	sound  bool // valid, perhaps after one of fixes
	commit bool
	ours   bool // has this log's salts
	page   uint32
	fixes  []fix // of a frame that one byte makes valid, with places in the file; the likeliest first
}

func (f *scannedFrame) damaged() bool { return !f.sound || len(f.fixes) > 0 }

// scanWal looks through a log. It returns nil when there is none, or one that
// holds no frame.
func scanWal(path string) (*walScan, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	head := make([]byte, walHeaderSize)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, endOfFile(err)
	}
	s := &walScan{path: path}
	ok := false
	if s.header, ok = parseWalHeader(head); !ok {
		s.headerFixed = true
		if s.header, _, ok = repairWalHeader(head); !ok {
			s.header, ok = guessWalHeader(in)
		}
	}
	if !ok {
		return nil, nil
	}
	return s, s.scan(in, f)
}

// endOfFile makes no error of a file that ends.
func endOfFile(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// guessWalHeader makes up a header from what the first frames show: that both
// have the same salts and that the second goes on from the first.
func guessWalHeader(in *bufio.Reader) (walHeader, bool) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for size := minPageSize; size <= maxPageSize; size *= 2 {
			h := walHeader{order: order, pageSize: size}
			first, err := in.Peek(2 * h.frameSize())
			if err != nil {
				break
			}
			h.salts = [8]byte(frame(first).salts())
			if h.valid(first[h.frameSize():], frame(first).sum()) {
				return h.made(), true
			}
		}
	}
	return walHeader{}, false
}

// made writes the header anew.
func (h walHeader) made() walHeader {
	magic := uint32(walMagic)
	if h.order == binary.BigEndian {
		magic |= 1
	}
	binary.BigEndian.PutUint32(h.raw[0:], magic)
	binary.BigEndian.PutUint32(h.raw[4:], walVersion)
	binary.BigEndian.PutUint32(h.raw[8:], uint32(h.pageSize))
	copy(h.raw[16:], h.salts[:])
	h.sum = walSum{}.add(h.order, h.raw[:24])
	binary.BigEndian.PutUint32(h.raw[24:], h.sum.a)
	binary.BigEndian.PutUint32(h.raw[28:], h.sum.b)
	return h
}

// scan reads the frames, each checked behind the checksum that stands in the one
// before, so that damage to one does not hide those behind it.
func (s *walScan) scan(in io.Reader, file io.ReaderAt) error {
	f := make(frame, s.header.frameSize())
	before := []walSum{s.header.sum} // what the next frame may go on from, the likeliest first
	if s.headerFixed {
		before = nil
	}
	latest := map[uint32]int{} // the newest sound frame of a page
	for n := 0; ; n++ {
		if _, err := io.ReadFull(in, f); err != nil {
			return endOfFile(err)
		}
		is := scannedFrame{commit: f.commit(), ours: [8]byte(f.salts()) == s.header.salts, page: f.page()}
		on := slices.IndexFunc(before, func(sum walSum) bool { return s.header.valid(f, sum) })
		switch {
		case before == nil:
			is.sound = is.ours && f.page() != 0 // the header that it goes on from is gone
		case on >= 0:
			is.sound = true
			s.settle(n-1, on)
		case is.ours || nearly(f.salts(), s.header.salts[:]):
			is.fixes = s.header.fixes(f, before[0])
		}
		before = []walSum{f.sum()}
		if len(is.fixes) > 0 {
			last, seen := latest[is.page]
			s.rank(is.fixes, file, last, seen)
			before = s.repair(&is, f, n)
		}
		if is.sound {
			latest[is.page] = n
		}
		s.frames = append(s.frames, is)
	}
}

// repair makes the likeliest fix of frame n, and returns the checksums that the
// next may go on from: the one that stands there, and the one that should if it
// is the checksum that is damaged.
func (s *walScan) repair(is *scannedFrame, f frame, n int) []walSum {
	sums := []walSum{f.sum()}
	for _, fix := range is.fixes {
		if inSum(fix.at) {
			changed := append(frame(nil), f[:frameHeaderSize]...)
			changed[fix.at] = fix.to
			sums = append(sums, changed.sum())
		}
	}
	f[is.fixes[0].at] = is.fixes[0].to
	is.sound, is.ours, is.commit, is.page = true, true, f.commit(), f.page()
	for i := range is.fixes {
		is.fixes[i].at += s.offset(n)
	}
	return sums
}

func inSum(at int64) bool { return at >= 16 && at < frameHeaderSize }

// settle tells by the frame behind frame n, which goes on from one of the
// checksums that repair returned, what is damaged in frame n.
func (s *walScan) settle(n, on int) {
	if n < 0 || len(s.frames[n].fixes) == 0 {
		return
	}
	s.frames[n].fixes = slices.DeleteFunc(s.frames[n].fixes, func(f fix) bool { return inSum(f.at-s.offset(n)) != (on == 1) })
}

// rank puts those fixes first that make a byte what it was in the frame that had
// the page before.
func (s *walScan) rank(fixes []fix, file io.ReaderAt, last int, seen bool) {
	was := make(frame, s.header.frameSize())
	if _, err := file.ReadAt(was, s.offset(last)); !seen || err != nil {
		return
	}
	changes := func(f fix) int {
		if f.at >= frameHeaderSize && was[f.at] == f.to {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(fixes, func(a, b fix) int { return changes(a) - changes(b) })
}

// nearly reports whether a and b differ in one byte.
func nearly(a, b []byte) bool {
	_, ok := differs(a, b)
	return ok
}

func (s *walScan) offset(frame int) int64 {
	return walHeaderSize + int64(frame)*int64(s.header.frameSize())
}

// damage judges the log; index may be nil. Without an index, damage to the last
// transaction is what a power cut leaves of one that was not acknowledged: any
// of its sectors can be missing, and a missing one can differ in a single byte
// from what was to be written, or make a frame seem to end a transaction. Only a
// transaction behind it shows that it was on the disk.
func (s *walScan) damage(index *walIndex) *LogDamageError {
	found := func(frame int, format string, args ...any) *LogDamageError {
		at := s.offset(frame)
		if frame < len(s.frames) && len(s.frames[frame].fixes) == 1 {
			at = s.frames[frame].fixes[0].at
		}
		return &LogDamageError{s.path, fmt.Sprintf(format, args...), at}
	}
	if s.headerFixed {
		return &LogDamageError{s.path, fmt.Sprintf("its header is not what was written, and %d transactions behind it are", s.commits(0)), 0}
	}
	bad := s.firstBad()
	if index != nil && index.salts == s.header.salts && bad < index.frames {
		return found(bad, "of %d frames that were committed, %d are not what was written or are missing", index.frames, index.frames-s.soundUntil(index.frames))
	}
	lost := s.commits(bad)
	if lost > 1 || s.endsOne(bad) && s.soundUntil(len(s.frames)) > bad {
		return found(bad, "a frame is not what was written; %d transactions from there on are there, and would be dropped", lost)
	}
	s.torn = lost > 0
	return nil
}

// endsOne reports whether a frame that is damaged ended a transaction of this
// log. Its header tells, unless it lies in two sectors, of which one may be of
// an earlier log.
func (s *walScan) endsOne(n int) bool {
	if n >= len(s.frames) || !s.frames[n].ours || !s.frames[n].commit {
		return false
	}
	return s.offset(n)/sectorSize == (s.offset(n)+frameHeaderSize-1)/sectorSize
}

func (s *walScan) firstBad() int {
	for i, f := range s.frames {
		if f.damaged() {
			return i
		}
	}
	return len(s.frames)
}

// commits counts the sound transactions that end at or behind a frame.
func (s *walScan) commits(from int) (n int) {
	for _, f := range s.frames[min(from, len(s.frames)):] {
		if f.sound && f.commit {
			n++
		}
	}
	return n
}

// soundUntil counts the sound frames before one.
func (s *walScan) soundUntil(end int) (n int) {
	for _, f := range s.frames[:min(end, len(s.frames))] {
		if !f.damaged() {
			n++
		}
	}
	return n
}
