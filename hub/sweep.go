package hub

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"parley/hub/blobs"
	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules/host"
)

// sweepInterval is the pause between two searches for files that are not needed any more.
const sweepInterval = 10 * time.Minute

// sweep deletes files that are not needed, now and again until ctx ends.
func (h *Hub) sweep(ctx context.Context) {
	for {
		h.sweepAttachments(ctx, time.Now().Add(-unusedAfter))
		h.sweepAgentFiles(ctx)
		select {
		case <-time.After(sweepInterval):
		case <-ctx.Done():
			return
		}
	}
}

// sweepAttachments deletes the files that were not used since a time and that no event
// names, and those of sessions that do not exist. It marks files that an event names.
func (h *Hub) sweepAttachments(ctx context.Context, before time.Time) {
	if h.options.Attachments == nil {
		return
	}
	sessions, err := h.options.Attachments.Sessions(ctx)
	if err != nil && ctx.Err() == nil {
		h.options.Logger.Error("attachments cannot be listed", zap.Error(err))
	}
	for _, session := range sessions {
		if err := h.sweepSession(ctx, session, before); err != nil && ctx.Err() == nil {
			h.options.Logger.Error("unused attachments cannot be deleted", zap.Stringer("session", session), zap.Error(err))
		}
	}
}

func (h *Hub) sweepSession(ctx context.Context, session journal.SessionID, before time.Time) error {
	if _, err := h.journal.Head(ctx, session); errors.Is(err, journal.ErrNotFound) {
		return h.options.Attachments.DeleteSession(ctx, session)
	} else if err != nil {
		return err
	}
	files, err := h.options.Attachments.Files(ctx, session)
	if err != nil {
		return err
	}
	unused, from := unusedFiles(files, before)
	if len(unused) == 0 {
		return nil
	}
	named, err := lookup.NamedAttachments(ctx, history.Reader{Journal: h.journal, Session: session}, from)
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range unused {
		if named[f.ID] {
			errs = append(errs, h.options.Attachments.Touch(ctx, session, f.ID, f.Used, true))
		} else {
			errs = append(errs, h.options.Attachments.Delete(ctx, session, f.ID, before))
		}
	}
	return errors.Join(errs...)
}

// unusedFiles returns the files that were not used since a time, and the first event that
// can name one of them.
func unusedFiles(files []blobs.File, before time.Time) (unused []blobs.File, from journal.Seq) {
	for _, f := range files {
		if !f.Used.Before(before) {
			continue
		}
		if len(unused) == 0 || f.After+1 < from {
			from = f.After + 1
		}
		unused = append(unused, f)
	}
	return unused, from
}

// FileKeeper is a [Launcher] that stores files for agents.
type FileKeeper interface {
	// SweepFiles deletes the files of host sessions that are not needed any more.
	SweepFiles(needed func(host journal.SessionID) bool) error
}

// sweepAgentFiles deletes the files that were stored for the agents of deleted host
// sessions.
func (h *Hub) sweepAgentFiles(ctx context.Context) {
	keeper, ok := h.launcher.(FileKeeper)
	if !ok {
		return
	}
	err := keeper.SweepFiles(func(id journal.SessionID) bool {
		summary, err := h.journal.Summary(ctx, id)
		return err == nil && summary.Status != host.StatusDeleted || err != nil && !errors.Is(err, journal.ErrNotFound)
	})
	if err != nil {
		h.options.Logger.Error("files of agents cannot be deleted", zap.Error(err))
	}
}
