package wal

import (
	"encoding/binary"
	"io"
	"os"
)

// index is what the shared-memory file beside a log says about it. SQLite writes
// it after syncing the log and before a commit succeeds, so it never counts an
// uncommitted frame. After a crash it may be out of date.
type index struct {
	frames       int // in the log, up to the newest commit
	checkpointed int // of frames, those that are in the database as well
	salts        [8]byte
}

// Offsets in the file; see struct WalIndexHdr in SQLite's wal.c. Numbers are in
// the machine's own byte order.
const (
	indexHeaderSize     = 48 // the header is stored twice
	indexInitializedAt  = 12
	indexFramesAt       = 16
	indexSaltsAt        = 32
	indexChecksumAt     = 40
	indexCheckpointedAt = 2 * indexHeaderSize
)

// readIndex returns nil if there is no index at path, or none to be trusted.
func readIndex(path string) *index {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	raw := make([]byte, indexCheckpointedAt+4)
	if _, err := io.ReadFull(f, raw); err != nil {
		return nil
	}
	order := binary.NativeEndian
	header, copied := raw[:indexHeaderSize], raw[indexHeaderSize:indexCheckpointedAt]
	stored := checksum{order.Uint32(header[indexChecksumAt:]), order.Uint32(header[indexChecksumAt+4:])}
	if string(header) != string(copied) || stored != (checksum{}).add(order, header[:indexChecksumAt]) ||
		order.Uint32(header) != formatVersion || header[indexInitializedAt] == 0 {
		return nil
	}
	return &index{
		frames:       int(order.Uint32(header[indexFramesAt:])),
		checkpointed: int(order.Uint32(raw[indexCheckpointedAt:])),
		salts:        [8]byte(header[indexSaltsAt:]),
	}
}
