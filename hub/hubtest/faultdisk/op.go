package faultdisk

// Kind is the kind of an operation on a disk.
type Kind int

// The kinds of operations.
const (
	Read       Kind = iota // reads a file; not logged
	Write                  // writes Op.Data at Op.Offset
	Truncate               // sets the size of a file to Op.Offset
	Sync                   // syncs a file
	FailedSync             // fails to sync a file; the kernel drops the unsynced writes
	Create                 // creates Op.File by the name Op.Name
	Remove                 // removes the name Op.Name
	Rename                 // renames Op.Name to Op.To
	SyncDir                // syncs all directories
	Note                   // a mark of the test between operations
)

// Op is an operation on a disk.
type Op struct {
	Kind   Kind   // determines which other fields are set
	File   string // identifies the file, also after it is renamed
	Name   string // the file's path
	To     string // of a Rename: the new path
	Offset int64  // of a Write, in bytes; of a Truncate, the new size
	Data   []byte // of a Write
	Note   any    // of a Note: the test's value
}

// apply returns a file's content after a Write or a Truncate.
func (op Op) apply(content []byte) []byte {
	if op.Kind == Truncate {
		return grow(content, op.Offset)[:op.Offset]
	}
	content = grow(content, op.Offset+int64(len(op.Data)))
	copy(content[op.Offset:], op.Data)
	return content
}

// grow extends content with zeros to at least size bytes.
func grow(content []byte, size int64) []byte {
	if missing := size - int64(len(content)); missing > 0 {
		return append(content, make([]byte, missing)...)
	}
	return content
}

// sector is the unit, in bytes, that a disk writes as a whole or not at all.
const sector = 512

// sectors splits a Write into the parts that survive a power cut independently.
func (op Op) sectors() []Op {
	if op.Kind == Truncate {
		return []Op{op}
	}
	var parts []Op
	offset, data := op.Offset, op.Data
	for len(data) > 0 {
		n := min(int(sector-offset%sector), len(data))
		parts = append(parts, Op{Kind: Write, Offset: offset, Data: data[:n]})
		offset, data = offset+int64(n), data[n:]
	}
	return parts
}
