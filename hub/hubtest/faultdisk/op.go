package faultdisk

// Kind says what was done to a disk.
type Kind int

// What can be done to a disk.
const (
	Read       Kind = iota // not written down
	Write                  // of Data at Offset
	Truncate               // to the size Offset
	Sync                   // of a file
	FailedSync             // of a file: the kernel takes what it could not write for clean
	Create                 // of File under Name
	Remove                 // of Name
	Rename                 // of Name to To
	SyncDir                // of a directory, which syncs all
	Note                   // the test's own mark between operations
)

// Op is one thing that was done to a disk.
type Op struct {
	Kind   Kind
	File   string // which file; it keeps that when it is renamed
	Name   string // its path
	To     string // of a Rename: the new path
	Offset int64
	Data   []byte
	Note   any
}

// apply lets one operation reach the platter.
func (op Op) apply(content []byte) []byte {
	if op.Kind == Truncate {
		return grow(content, op.Offset)[:op.Offset]
	}
	content = grow(content, op.Offset+int64(len(op.Data)))
	copy(content[op.Offset:], op.Data)
	return content
}

// grow fills with zeros what was not there, as a disk does.
func grow(content []byte, size int64) []byte {
	if missing := size - int64(len(content)); missing > 0 {
		return append(content, make([]byte, missing)...)
	}
	return content
}

// sector is what a disk writes whole or not at all.
const sector = 512

// sectors splits a write into the parts that survive or not by themselves.
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
