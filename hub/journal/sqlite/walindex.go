package sqlite

import (
	"encoding/binary"
	"io"
	"os"
)

// walIndex is what the shared-memory file beside a log tells of it. SQLite
// writes it after the log is synced and before a commit succeeds, so that it
// never names a frame that was not committed; after a crash it is out of date,
// at the worst.
type walIndex struct {
	frames int // of the log, up to the newest commit
	moved  int // of frames, those that are in the database too
	salts  [8]byte
}

// Places in the file; see walIndexHdr in SQLite's wal.c. Numbers are in the
// machine's own byte order.
const (
	indexHeaderSize = 48 // there are two copies
	indexSumAt      = 40
	indexMovedAt    = 2 * indexHeaderSize
)

// readWalIndex returns false when there is no index, or none that can be
// trusted.
func readWalIndex(path string) (x walIndex, ok bool) {
	f, err := os.Open(path)
	if err != nil {
		return x, false
	}
	defer f.Close()
	raw := make([]byte, indexMovedAt+4)
	if _, err := io.ReadFull(f, raw); err != nil {
		return x, false
	}
	order := binary.NativeEndian
	header, second := raw[:indexHeaderSize], raw[indexHeaderSize:indexMovedAt]
	sum := walSum{order.Uint32(header[indexSumAt:]), order.Uint32(header[indexSumAt+4:])}
	var is walSum
	for at := 0; at < indexSumAt; at += 8 {
		is.a += order.Uint32(header[at:]) + is.b
		is.b += order.Uint32(header[at+4:]) + is.a
	}
	if string(header) != string(second) || is != sum || order.Uint32(header) != walVersion || header[12] == 0 {
		return x, false
	}
	x.frames = int(order.Uint32(header[16:]))
	x.moved = int(order.Uint32(raw[indexMovedAt:]))
	x.salts = [8]byte(header[32:40])
	return x, true
}
