package hub

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/redact"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// Changes compares the working directory of a session's agent with its state when the
// session began, at the newest commit, or before a turn. Errors: SESSION_NOT_FOUND,
// SESSION_INACTIVE, those of credentials, JOURNAL_UNAVAILABLE, and ctx's.
func (h *Hub) Changes(ctx context.Context, id string, c Credentials, q protocol.ChangesQuery) (*protocol.ChangesAnswer, error) {
	files, session, err := h.filesOf(ctx, id, c)
	if err != nil {
		return nil, err
	}
	answer, err := h.worktrees(files.Connector).Changes(ctx, session, files.Dir, q)
	if err != nil {
		return nil, err
	}
	answer.Marks = slices.DeleteFunc(files.Marks, func(m protocol.ReviewMark) bool {
		return !slices.ContainsFunc(answer.Files, func(f protocol.ChangedFile) bool { return f.Path == m.Path && f.Version == m.Version })
	})
	return masked(h.options.Redact, files.For, answer), nil
}

// masked returns the answer to a read of files as a reader sees it. Paths stay as they are,
// since they are names for other requests.
func masked(r *redact.Rules, reader rules.Projection, a *protocol.ChangesAnswer) *protocol.ChangesAnswer {
	if reader.Whole || r == nil {
		return a
	}
	shown := *a
	shown.Files = slices.Clone(a.Files)
	for i := range shown.Files {
		f := &shown.Files[i]
		lines := strings.Count(f.Patch, "\n")
		if f.Patch = r.String(f.Patch); strings.Count(f.Patch, "\n") != lines {
			f.Patch, f.Left = "", -1 // a mask of several lines leaves no valid diff
		}
	}
	return &shown
}

// Files lists the files of the working directory of a session's agent whose paths contain
// a text. Errors: as [Hub.Changes].
func (h *Hub) Files(ctx context.Context, id string, c Credentials, query string) (*protocol.FilesAnswer, error) {
	files, session, err := h.filesOf(ctx, id, c)
	if err != nil {
		return nil, err
	}
	return h.worktrees(files.Connector).Files(ctx, session, files.Dir, query)
}

// filesOf returns what a session knows of files, for a participant.
func (h *Hub) filesOf(ctx context.Context, id string, c Credentials) (lookup.Files, journal.SessionID, error) {
	files, r, err := readAs[lookup.Files](ctx, h, id, shared.Read{Sender: c.reading(), Kind: shared.ReadFiles})
	return files, r.Session, err
}

// worktrees returns what records the working directories of the server's machine or, if
// connector is not empty, of the machine of that host session's connector.
func (h *Hub) worktrees(connector string) Worktrees {
	if connector == "" {
		return h.options.Worktrees
	}
	id, err := journal.ParseSessionID(connector)
	if err != nil || h.options.RemoteWorktrees == nil {
		return noWorktrees{}
	}
	return h.options.RemoteWorktrees(id)
}

// dropRecordings discards what was recorded of sessions that do not exist or have ended,
// which a crash may have left.
func (h *Hub) dropRecordings(ctx context.Context) {
	for _, id := range h.options.Worktrees.Sessions() {
		summary, err := h.journal.Summary(ctx, id)
		if errors.Is(err, journal.ErrNotFound) || err == nil && summary.Status != string(protocol.StatusActive) {
			h.options.Worktrees.End(id)
		}
	}
}

// noWorktrees records nothing.
type noWorktrees struct{}

const notRecorded = "This server does not record changes of files."

func (noWorktrees) Begin(journal.SessionID, string) {}

func (noWorktrees) TurnEnded(journal.SessionID, string, string, time.Time) {}

func (noWorktrees) End(journal.SessionID) {}

func (noWorktrees) Sessions() []journal.SessionID { return nil }

func (noWorktrees) Changes(_ context.Context, _ journal.SessionID, _ string, q protocol.ChangesQuery) (*protocol.ChangesAnswer, error) {
	return protocol.NoChanges(q.Scope, notRecorded), nil
}

func (noWorktrees) Files(context.Context, journal.SessionID, string, string) (*protocol.FilesAnswer, error) {
	return &protocol.FilesAnswer{Reason: notRecorded, Files: []protocol.FileEntry{}}, nil
}
