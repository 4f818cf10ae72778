package wal

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// Log is the result of scanning a write-ahead log, damaged or not. It keeps what
// was found about each frame, not the frames' content.
type Log struct {
	path          string
	header        header
	headerDamaged bool // header was repaired or guessed
	frames        []frameInfo
}

// frameInfo describes one frame of a log.
type frameInfo struct {
	isSound   bool // valid, if need be after one of fixes
	isCommit  bool // ends a transaction
	isCurrent bool // has the log's salts; other frames are left over from an earlier log
	page      uint32
	fixes     []fix // of a damaged frame that one byte makes valid, the likeliest first
}

func (f *frameInfo) isDamaged() bool { return !f.isSound || len(f.fixes) > 0 }

// Scan reads the log at path. It returns nil if there is none, or none that
// holds a frame.
func Scan(path string) (*Log, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	raw := make([]byte, headerSize)
	if _, err := io.ReadFull(in, raw); err != nil {
		return nil, ignoreEOF(err)
	}
	l := &Log{path: path}
	if !l.readHeader(raw, in) {
		return nil, nil
	}
	return l, newScanner(l, f).scan(in)
}

// readHeader sets the header, as it is stored or, if that is damaged, as it can
// be restored. It returns false if it cannot.
func (l *Log) readHeader(raw []byte, frames *bufio.Reader) (ok bool) {
	if l.header, ok = decodeHeader(raw); ok {
		return true
	}
	l.headerDamaged = true
	var salts []byte // of the first frame
	if first, err := frames.Peek(frameHeaderSize); err == nil {
		salts = frame(first).salts()
	}
	if l.header, ok = repairHeader(raw, salts); !ok {
		l.header, ok = guessHeader(frames)
	}
	return ok
}

// ignoreEOF returns nil for the error of a file that ends.
func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// firstDamaged returns the index of the first damaged frame, or the number of
// frames.
func (l *Log) firstDamaged() int {
	for i, f := range l.frames {
		if f.isDamaged() {
			return i
		}
	}
	return len(l.frames)
}

// commits counts the sound transactions that end at frame from or later.
func (l *Log) commits(from int) (n int) {
	for _, f := range l.frames[min(from, len(l.frames)):] {
		if f.isSound && f.isCommit {
			n++
		}
	}
	return n
}

// undamaged counts the frames before end that are not damaged.
func (l *Log) undamaged(end int) (n int) {
	for _, f := range l.frames[:min(end, len(l.frames))] {
		if !f.isDamaged() {
			n++
		}
	}
	return n
}
