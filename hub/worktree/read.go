package worktree

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"go.uber.org/zap"

	"parley/hub/journal"
	"parley/protocol"
)

const (
	errNoGit   = reasonError("The server has no git program, so it cannot compare files.")
	errNoTurn  = reasonError("The changes of this turn were not recorded, or are no longer stored.")
	errSlow    = reasonError("The working directory is too large, or the disk too slow, to compare the files in time.")
	errProblem = reasonError("The repository cannot be read; the server's log says why.")
	errNoDir   = reasonError("The agent's working directory is not known yet.")
)

// Changes compares the working directory of a session. An answer without changes to show
// has a reason. The only error is that of ctx.
func (s *Store) Changes(ctx context.Context, session journal.SessionID, dir string, q protocol.ChangesQuery) (*protocol.ChangesAnswer, error) {
	answer := protocol.NoChanges(q.Scope, "")
	reason, err := s.reading(ctx, session, dir, func(ctx context.Context) error {
		r, err := s.begun(ctx, session, dir)
		if err != nil {
			return err
		}
		return s.changes(ctx, r, q, answer)
	})
	answer.Reason = reason
	return answer, err
}

// reading calls read with the session's recording locked, and returns the reason for an
// error that is not ctx's.
func (s *Store) reading(ctx context.Context, session journal.SessionID, dir string, read func(context.Context) error) (reason string, err error) {
	switch {
	case s.git == "":
		return errNoGit.Error(), nil
	case dir == "":
		return errNoDir.Error(), nil
	}
	limited, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.exclusively(limited, session, read)
	if known, ok := errors.AsType[reasonError](err); ok {
		return known.Error(), nil
	}
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case limited.Err() != nil:
		return errSlow.Error(), nil
	case err != nil:
		s.log.Warn("a working directory cannot be compared", zap.Stringer("session", session), zap.Error(err))
		return errProblem.Error(), nil
	}
	return "", nil
}

// exclusively calls read with the session's recording locked, and with one of the slots for
// reads. A session whose directory is slow takes one of them at most.
func (s *Store) exclusively(ctx context.Context, session journal.SessionID, read func(context.Context) error) error {
	unlock, err := s.lock(ctx, session)
	if err != nil {
		return err
	}
	defer unlock()
	select {
	case s.reads <- struct{}{}:
		defer func() { <-s.reads }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return read(ctx)
}

// changes fills an answer.
func (s *Store) changes(ctx context.Context, r *recording, q protocol.ChangesQuery, answer *protocol.ChangesAnswer) error {
	for _, t := range r.state.Turns {
		answer.Turns = append(answer.Turns, protocol.ChangesOf{ApprovalID: t.Approval, EndedAt: t.At})
	}
	u, err := s.openRepo(r.state.Dir)
	if err != nil {
		return err
	}
	answer.Head, answer.Branch = u.head, u.branch
	from, to, err := s.trees(ctx, r, u, q, answer)
	if err != nil {
		return err
	}
	run := s.run(r, u)
	run.objects = r.path("now/objects")
	if err := os.MkdirAll(run.objects, 0o700); err != nil {
		return err
	}
	all, err := compare(ctx, run, from, to)
	if err != nil {
		return err
	}
	return fill(ctx, run, from, to, all, q.Path, answer)
}

// trees returns the trees to compare.
func (s *Store) trees(ctx context.Context, r *recording, u repo, q protocol.ChangesQuery, answer *protocol.ChangesAnswer) (from, to string, err error) {
	if q.Scope == protocol.ChangesTurn {
		i := slices.IndexFunc(r.state.Turns, func(t turnTrees) bool { return t.Approval == q.Turn })
		if i < 0 {
			return "", "", errNoTurn
		}
		return r.state.Turns[i].Before, r.state.Turns[i].After, nil
	}
	now, err := s.now(ctx, r, u)
	if err != nil {
		return "", "", err
	}
	for _, f := range now.Unread {
		answer.Unread = append(answer.Unread, protocol.UnreadFile{Path: shownName(f.Path), Size: f.Size, Reason: f.Reason})
	}
	answer.UnreadMore = now.More
	if q.Scope == protocol.ChangesUncommitted {
		return cmp.Or(u.head, emptyTree(u)), now.Tree, nil
	}
	answer.Since = &r.state.Baseline.At
	return r.state.Baseline.Tree, now.Tree, nil
}

// emptyTree returns the id of a tree without files, which git knows without an object.
func emptyTree(u repo) string {
	if len(u.head) == 64 {
		return "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
	}
	return "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
}

// now returns a tree of the working directory as it is. It is written into a directory of
// its own, which is emptied when it has become large.
func (s *Store) now(ctx context.Context, r *recording, u repo) (treeAt, error) {
	if now := r.state.Now; now != nil && time.Since(now.At) < freshFor && now.Head == u.head {
		return *now, nil
	}
	if (&recording{base: r.path("now")}).size() > maxStored/4 {
		if err := os.RemoveAll(r.path("now")); err != nil {
			return treeAt{}, err
		}
	}
	if err := os.MkdirAll(r.path("now/objects"), 0o700); err != nil {
		return treeAt{}, err
	}
	index := r.path("now/index")
	if _, err := os.Stat(index); err != nil {
		if err := copyFile(index, r.path("index")); err != nil {
			return treeAt{}, err
		}
	}
	tree, err := s.record(ctx, r, index, r.path("now/objects"))
	if err != nil {
		_ = os.RemoveAll(r.path("now")) // a run that was ended may leave its lock
		return treeAt{}, err
	}
	r.state.Now = &tree
	return tree, r.save()
}

// copyFile copies a file; one that does not exist is left out.
func copyFile(to, from string) error {
	in, err := os.Open(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// fill fills an answer with changes, or with the one of a path.
func fill(ctx context.Context, r run, from, to string, all []change, path string, answer *protocol.ChangesAnswer) error {
	var alone *change
	answer.Total = len(all)
	for i, c := range all {
		answer.Additions += c.added
		answer.Deletions += c.deleted
		if path != "" && shownName(c.path) == path {
			alone = &all[i]
		}
	}
	if path != "" && alone == nil {
		return nil
	}
	if len(all) > 0 {
		if err := readPatches(ctx, r, from, to, all, alone); err != nil {
			return err
		}
	}
	if alone != nil {
		answer.Files = append(answer.Files, alone.file(maxWholePatch))
		return nil
	}
	left := maxListBytes
	for _, c := range all[:min(len(all), maxFiles)] {
		f := c.file(min(maxListPatch, left))
		left -= len(f.Patch)
		answer.Files = append(answer.Files, f)
	}
	return nil
}
