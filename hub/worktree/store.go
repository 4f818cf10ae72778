package worktree

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"parley/hub/journal"
)

// Bounds of a store.
const (
	maxTurns    = 100              // turns of a session
	maxStored   = 512 << 20        // bytes of a session, after which no further turn is recorded
	workers     = 4                // that carry out jobs
	maxJobs     = 64               // that wait for one worker
	maxReads    = 2                // at a time
	jobTimeout  = 2 * time.Minute  // for recording a tree
	readTimeout = 25 * time.Second // for an answer
	freshFor    = time.Second      // a read is answered with a tree that is not older
)

// Store is the recordings of all sessions. Its methods are safe for concurrent use.
type Store struct {
	// immutable
	dir  string
	git  string // the path of the git program; empty if there is none
	log  *zap.Logger
	life context.Context // ends with Close
	end  context.CancelFunc
	work sync.WaitGroup // the goroutines of runJobs, which Close ends and waits for

	limits limits // of a tree

	jobs  [workers]chan func(context.Context) // by session, so that a session's jobs stay in order; runJobs receives; never closed; a job that does not fit is dropped, so that no actor waits
	reads chan struct{}                       // holds a value for each read that runs
	locks [64]chan struct{}                   // by session; each holds a value while a recording is in use
}

// New returns a store in a directory of the server's data directory, an absolute path. It
// creates the directory when it is needed. Files in the data directory are not shown.
func New(dir string, log *zap.Logger) *Store {
	git, err := exec.LookPath("git")
	if err == nil {
		git, err = filepath.Abs(git)
	}
	if err != nil {
		git = ""
		log.Info("there is no git program, so changes of files are not recorded")
	}
	s := &Store{dir: dir, git: git, log: log, limits: defaultLimits, reads: make(chan struct{}, maxReads)}
	s.life, s.end = context.WithCancel(context.Background())
	for i := range s.locks {
		s.locks[i] = make(chan struct{}, 1)
	}
	for i := range s.jobs {
		s.jobs[i] = make(chan func(context.Context), maxJobs)
		s.work.Go(func() { s.runJobs(s.jobs[i]) })
	}
	return s
}

// Close ends the running jobs, drops those that wait, and waits. Later calls do nothing.
func (s *Store) Close() {
	s.end()
	s.work.Wait()
}

func (s *Store) runJobs(jobs <-chan func(context.Context)) {
	for {
		select {
		case job := <-jobs:
			ctx, cancel := context.WithTimeout(s.life, jobTimeout)
			job(ctx)
			cancel()
		case <-s.life.Done():
			return
		}
	}
}

// enqueue adds a job, or drops it if too many wait.
func (s *Store) enqueue(session journal.SessionID, job func(context.Context) error) {
	work := func(ctx context.Context) {
		unlock, err := s.lock(ctx, session)
		if err != nil {
			return
		}
		defer unlock()
		if err := job(ctx); err != nil && ctx.Err() == nil {
			s.log.Debug("changes of files are not recorded", zap.Stringer("session", session), zap.Error(err))
		}
	}
	select {
	case s.jobs[part(session, len(s.jobs))] <- work:
	default:
		s.log.Warn("too many directories wait to be recorded", zap.Stringer("session", session))
	}
}

// lock locks a session's recording. The error is that of ctx.
func (s *Store) lock(ctx context.Context, session journal.SessionID) (unlock func(), err error) {
	lock := s.locks[part(session, len(s.locks))]
	select {
	case lock <- struct{}{}:
		return func() { <-lock }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// part returns the part of n parts that a session belongs to.
func part(session journal.SessionID, n int) int { return int(session[15]) % n }

// data returns the server's data directory.
func (s *Store) data() string { return filepath.Dir(s.dir) }

// base returns the directory of a session's recording.
func (s *Store) base(session journal.SessionID) string {
	return filepath.Join(s.dir, session.String())
}

// Begin records the working directory at the beginning of a session, unless that was done.
// It returns at once.
func (s *Store) Begin(session journal.SessionID, dir string) {
	if s.git == "" {
		return
	}
	s.enqueue(session, func(ctx context.Context) error {
		_, err := s.begun(ctx, session, dir)
		return err
	})
}

// begun returns a session's recording, with a baseline. The lock must be held.
func (s *Store) begun(ctx context.Context, session journal.SessionID, dir string) (*recording, error) {
	r, err := openRecording(s.base(session), dir)
	if err != nil || r.state.Baseline != nil {
		return r, err
	}
	tree, err := s.record(ctx, r, r.path("index"), "")
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(r.base))
	}
	r.state.Baseline = &tree
	return r, r.save()
}

// record writes a tree with an index, and its new objects into a directory, which is the
// session's repository if it is empty.
func (s *Store) record(ctx context.Context, r *recording, index, objects string) (treeAt, error) {
	u, err := s.openRepo(r.state.Dir)
	if err != nil {
		return treeAt{}, err
	}
	own, err := privateIn(r.state.Dir, s.data())
	if err != nil {
		return treeAt{}, err
	}
	if err := r.prepare(u); err != nil {
		return treeAt{}, err
	}
	_ = os.Remove(index + ".lock") // of a run that was ended
	made := snapshot{run: s.run(r, u), repo: u, limits: s.limits, own: own}
	made.run.index, made.run.objects, made.run.limit = index, objects, maxPathList
	return made.write(ctx)
}

// openRepo returns the repository of a working directory.
func (s *Store) openRepo(dir string) (repo, error) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil || real != filepath.Clean(dir) {
		return repo{}, reasonError("The agent's working directory does not exist, or has been replaced.")
	}
	return findRepo(real)
}

// run returns a run of git on a recording.
func (s *Store) run(r *recording, u repo) run {
	return run{program: s.git, gitDir: r.path("git"), top: u.top, dir: r.state.Dir}
}

// TurnEnded records the working directory at the end of a turn. It returns at once.
func (s *Store) TurnEnded(session journal.SessionID, dir, approvalID string, at time.Time) {
	if s.git == "" {
		return
	}
	s.enqueue(session, func(ctx context.Context) error {
		r, err := openRecording(s.base(session), dir)
		if err != nil {
			return err
		}
		if r.state.Baseline == nil {
			_, err := s.begun(ctx, session, dir)
			return err
		}
		if r.state.Full || slices.ContainsFunc(r.state.Turns, func(t turnTrees) bool { return t.Approval == approvalID }) {
			return nil
		}
		before := r.state.Baseline.Tree
		if n := len(r.state.Turns); n > 0 {
			before = r.state.Turns[n-1].After
		}
		tree, err := s.record(ctx, r, r.path("index"), "")
		if err != nil {
			return err
		}
		r.state.Turns = append(r.state.Turns, turnTrees{approvalID, before, tree.Tree, at})
		r.state.Turns = r.state.Turns[max(0, len(r.state.Turns)-maxTurns):]
		r.state.Now = nil
		_ = os.RemoveAll(r.path("now"))
		r.state.Full = r.size() > maxStored
		return r.save()
	})
}

// End removes a session's recording. It returns at once.
func (s *Store) End(session journal.SessionID) {
	s.enqueue(session, func(context.Context) error { return os.RemoveAll(s.base(session)) })
}

// Sessions returns the sessions that have a recording.
func (s *Store) Sessions() (ids []journal.SessionID) {
	entries, _ := os.ReadDir(s.dir) // there is none before the first recording
	for _, e := range entries {
		if id, err := journal.ParseSessionID(e.Name()); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}
