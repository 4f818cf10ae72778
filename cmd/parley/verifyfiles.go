package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"parley/cmd/parley/internal/server"
	"parley/hub/blobs"
	"parley/hub/blobs/dir"
	"parley/hub/journal"
	"parley/hub/lookup"
)

// fileCheck checks the attachments of a data directory while its journal is read.
type fileCheck struct {
	ctx   context.Context
	root  string
	check *dir.Checker

	session journal.SessionID
	named   map[string]blobs.File // of the session, by id
	err     error                 // why the check could not be completed
}

func newFileCheck(ctx context.Context, data string, out io.Writer) *fileCheck {
	root := filepath.Join(data, server.AttachmentsDir)
	return &fileCheck{ctx: ctx, root: root, check: dir.NewChecker(root, func(p dir.Problem) {
		label := "damaged:"
		if p.Unused {
			label = "unused:"
		}
		fmt.Fprintln(out, label, p)
	})}
}

// visit takes the next event of the journal.
func (f *fileCheck) visit(r journal.Record) {
	if r.Session != f.session {
		f.endSession()
		f.session, f.named = r.Session, map[string]blobs.File{}
	}
	files, err := lookup.AttachmentsOf(r)
	f.err = errors.Join(f.err, err)
	for _, c := range files {
		f.named[c.ID] = blobs.File{ID: c.ID, Size: c.Size, SHA256: c.SHA256}
	}
}

// endSession checks the files of the session whose events were read.
func (f *fileCheck) endSession() {
	if f.err == nil && !f.session.IsZero() {
		f.err = f.check.Session(f.ctx, f.session, f.named)
	}
}

// finish checks the rest, and returns an error if anything is damaged. In a journal that is
// not sound, sessions may be missing that have files.
func (f *fileCheck) finish(sound bool) error {
	f.endSession()
	if f.err == nil && sound {
		f.err = f.check.Others(f.ctx)
	}
	switch {
	case f.err != nil:
		return fmt.Errorf("verify attachments %s: %w", f.root, f.err)
	case f.check.Problems > 0:
		return fmt.Errorf("verify attachments %s: %d are damaged or missing", f.root, f.check.Problems)
	}
	return nil
}
