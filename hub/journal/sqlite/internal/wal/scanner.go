package wal

import (
	"io"
	"slices"
)

// scanner reads the frames of a log in order. It checks each against the
// checksum stored in the frame before, so that one damaged frame does not
// invalidate those behind it.
type scanner struct {
	log    *Log
	file   io.ReaderAt // the log, for earlier versions of a page
	frame  frame       // the frame just read; reused
	newest map[uint32]int

	// previous are the checksums that the frame may continue, the likeliest
	// first: the stored one and, if the frame before is damaged in its checksum,
	// the one it should have. It is empty if the checksum is unknown.
	previous []checksum
}

func newScanner(l *Log, file io.ReaderAt) *scanner {
	s := &scanner{log: l, file: file, frame: make(frame, l.header.frameSize()), newest: map[uint32]int{}}
	if !l.headerDamaged {
		s.previous = []checksum{l.header.sum}
	}
	return s
}

func (s *scanner) scan(in io.Reader) error {
	for {
		if _, err := io.ReadFull(in, s.frame); err != nil {
			return ignoreEOF(err)
		}
		s.log.frames = append(s.log.frames, s.check(len(s.log.frames)))
	}
}

// check describes frame n, which was just read.
func (s *scanner) check(n int) frameInfo {
	f, h := s.frame, &s.log.header
	info := frameInfo{isCommit: f.isCommit(), isCurrent: [8]byte(f.salts()) == h.salts, page: f.page()}
	continued := slices.IndexFunc(s.previous, func(sum checksum) bool { return h.isValid(f, sum) })
	switch {
	case len(s.previous) == 0:
		info.isSound = info.isCurrent && f.page() != 0
	case continued >= 0:
		info.isSound = true
		s.narrowFixes(n-1, continued > 0)
	case f.belongsTo(h):
		info.fixes = h.fixes(f, s.previous[0])
	}
	s.previous = []checksum{f.checksum()}
	if len(info.fixes) > 0 {
		s.rankFixes(info.fixes, info.page)
		s.applyFix(&info, n)
	}
	if info.isSound {
		s.newest[info.page] = n
	}
	return info
}

// applyFix makes the likeliest fix of frame n, and lets the next frame continue
// either of the checksums that the frame may have.
func (s *scanner) applyFix(info *frameInfo, n int) {
	for _, fix := range info.fixes {
		if isInChecksum(fix.at) {
			fixed := append(frame(nil), s.frame[:frameHeaderSize]...)
			fixed[fix.at] = fix.to
			s.previous = append(s.previous, fixed.checksum())
		}
	}
	s.frame[info.fixes[0].at] = info.fixes[0].to
	info.isSound, info.isCurrent = true, true
	info.isCommit, info.page = s.frame.isCommit(), s.frame.page()
	for i := range info.fixes {
		info.fixes[i].at += s.log.header.offset(n)
	}
}

// narrowFixes drops the fixes of frame n that the frame behind it refutes. That
// frame continues either the checksum stored in frame n, so something else is
// damaged, or the one it should have, so the checksum is.
func (s *scanner) narrowFixes(n int, checksumIsDamaged bool) {
	if n < 0 || len(s.log.frames[n].fixes) == 0 {
		return
	}
	info, start := &s.log.frames[n], s.log.header.offset(n)
	info.fixes = slices.DeleteFunc(info.fixes, func(f fix) bool {
		return isInChecksum(f.at-start) != checksumIsDamaged
	})
}

// rankFixes moves those fixes to the front that restore a byte to its value in
// the newest sound frame of the same page.
func (s *scanner) rankFixes(fixes []fix, page uint32) {
	last, seen := s.newest[page]
	if !seen {
		return
	}
	earlier := make(frame, len(s.frame))
	if _, err := s.file.ReadAt(earlier, s.log.header.offset(last)); err != nil {
		return
	}
	rank := func(f fix) int {
		if f.at >= frameHeaderSize && earlier[f.at] == f.to {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(fixes, func(a, b fix) int { return rank(a) - rank(b) })
}
