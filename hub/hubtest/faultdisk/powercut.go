package faultdisk

import "slices"

// After returns the content of a disk's files by their names after a power cut at the
// end of log. It calls keep for each unsynced sector in turn, which reports whether
// the sector survives. Of the unsynced changes to directories those before some point
// survive, as on a file system that journals them.
func After(log []Op, keep func() bool) map[string][]byte {
	d := replay{files: map[string]*platter{}, names: map[string]string{}, linked: map[string]string{}}
	for _, op := range log {
		d.do(op)
	}
	for _, op := range d.unsynced {
		if !keep() {
			break
		}
		link(d.names, op)
	}
	found := map[string][]byte{}
	for name, file := range d.names {
		found[name] = d.files[file].after(keep)
	}
	return found
}

// replay is the state of a disk in the middle of a log.
type replay struct {
	files    map[string]*platter // by Op.File
	linked   map[string]string   // Op.File by name, as programs see it
	names    map[string]string   // Op.File by name, as it was last synced
	unsynced []Op                // changes to directories since then
}

// platter is a file's content on the disk.
type platter struct {
	synced   []byte // the content at the last sync
	unsynced []Op   // changes since then
}

func (d *replay) do(op Op) {
	switch op.Kind {
	case Create:
		if d.linked[op.Name] == op.File {
			return // it exists
		}
		d.files[op.File] = &platter{}
		d.directory(op)
	case Remove, Rename:
		d.directory(op)
	case SyncDir:
		for _, op := range d.unsynced {
			link(d.names, op)
		}
		d.unsynced = nil
	case Write, Truncate:
		f := d.files[op.File]
		f.unsynced = append(f.unsynced, op)
	case Sync:
		f := d.files[op.File]
		for _, op := range f.unsynced {
			f.synced = op.apply(f.synced)
		}
		f.unsynced = nil
	case FailedSync:
		d.files[op.File].unsynced = nil
	}
}

// directory applies a change to a directory.
func (d *replay) directory(op Op) {
	link(d.linked, op)
	d.unsynced = append(d.unsynced, op)
}

// link applies a change of a directory to names.
func link(names map[string]string, op Op) {
	switch op.Kind {
	case Create:
		names[op.Name] = op.File
	case Remove:
		delete(names, op.Name)
	case Rename:
		names[op.To] = names[op.Name]
		delete(names, op.Name)
	}
}

// after returns the content after a power cut.
func (p *platter) after(keep func() bool) []byte {
	content := slices.Clone(p.synced)
	for _, op := range p.unsynced {
		for _, part := range op.sectors() {
			if keep() {
				content = part.apply(content)
			}
		}
	}
	return content
}
