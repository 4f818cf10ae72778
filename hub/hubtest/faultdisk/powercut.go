package faultdisk

import "slices"

// After returns the files of a disk by their names, as they are found when the
// power went after all of log was done. keep says, of each sector in turn that
// was written and not synced, whether it survives. What was done to the directory
// and not synced survives up to some point, as on a disk that keeps a log of it.
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

// replay is a disk amid a log.
type replay struct {
	files    map[string]*platter
	linked   map[string]string // files by their names, as programs see it
	names    map[string]string // as it survives for certain
	unsynced []Op              // of the directory, since
}

// platter is a file's content.
type platter struct {
	synced   []byte // survives for certain
	unsynced []Op   // may survive, since
}

func (d *replay) do(op Op) {
	switch op.Kind {
	case Create:
		if d.linked[op.Name] == op.File {
			return // it is there
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

func (d *replay) directory(op Op) {
	link(d.linked, op)
	d.unsynced = append(d.unsynced, op)
}

// link lets an operation reach a directory.
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
