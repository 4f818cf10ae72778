package agent

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"go.uber.org/zap"

	"parley/hub/agent/profile"
	"parley/hub/agent/wire"
	"parley/hub/rules"
	"parley/protocol"
)

// replayFrom asks an agent of version 2 for the session's updates.
type replayFrom struct {
	Type string `json:"type"` // start
}

const (
	// replayQuiet is how long an agent must be quiet after its answer to session/load
	// for its replay to count as finished: some agents answer first and replay
	// afterwards.
	replayQuiet = 500 * time.Millisecond
	// replayLimit is the maximum time to wait for that.
	replayLimit = 10 * time.Second
)

var errNoLoad = errors.New("the agent cannot load an earlier session")

// reopening is a way to open an earlier session.
type reopening struct {
	method    string
	continued protocol.AgentContinuation
	repeats   bool // updates before the answer are earlier ones, which the session's events have; they are dropped
	replays   bool // further earlier updates may follow the answer
	// canReplay says that the agent sends the session's updates again, if the request has
	// replayFrom.
	canReplay  bool
	replayFrom *replayFrom
}

// reopen opens an earlier session, or a new one if the agent cannot open it. Its error
// wraps rules.ErrCannotLoad if the agent could not open a new session after failing to
// open the earlier one; an agent that is not asked for that may succeed.
func (s *session) reopen(ctx context.Context, cwd string, spec rules.LaunchSpec) error {
	s.loadError = errNoLoad
	spec.Replay = spec.Replay && slices.ContainsFunc(s.reopenings, func(way reopening) bool { return way.canReplay })
	for _, way := range s.reopenings {
		if spec.Replay && !way.canReplay {
			continue
		}
		opened, err := s.openBy(ctx, way, cwd, spec)
		if err != nil {
			return err
		}
		if opened {
			s.continued, s.loadError = way.continued, nil
			return nil
		}
	}
	if spec.Adopt {
		return s.classify(s.loadError)
	}
	err := s.begin(ctx, cwd)
	if err == nil || isCanceled(ctx, err) {
		return err
	}
	err = s.classify(err)
	if s.loadError == errNoLoad || errors.Is(err, rules.ErrAuthRequired) {
		return err
	}
	return fmt.Errorf("%w: %w; then %w", rules.ErrCannotLoad, s.loadError, err)
}

// fork opens a fork of an earlier session. What the agent repeats of that meanwhile is
// dropped as when it is reopened: the fork is replayed to the first shared session on it.
func (s *session) fork(ctx context.Context, cwd, from string, offered bool) error {
	if !offered {
		return &failedError{errors.New("does not fork its sessions"), ""}
	}
	s.continued = protocol.ContinuedLoaded
	s.loading.Store(true)
	s.replaying.Store(!slices.ContainsFunc(s.reopenings, func(way reopening) bool { return way.repeats }))
	defer s.loading.Store(false)
	err := s.openNamed(ctx, "session/fork", from, cwd)
	if err == nil && s.id == from {
		err = errors.New("session/fork returned the id of the session that it forks")
	}
	if err == nil {
		err = s.awaitReplay(ctx)
	}
	return s.classify(err)
}

// openBy opens an earlier session in one way. It returns false, with the reason in
// s.loadError, if the agent is alive but cannot open the session.
func (s *session) openBy(ctx context.Context, way reopening, cwd string, spec rules.LaunchSpec) (opened bool, err error) {
	s.id = spec.Load
	s.facts.Begin(cwd, s.opening.notes)
	s.loading.Store(way.repeats || spec.Replay)
	s.replaying.Store(spec.Replay)
	defer s.loading.Store(false)
	params := s.opening.params(s.id, cwd)
	if spec.Replay {
		params.ReplayFrom = way.replayFrom
	}
	err = s.await(ctx, way.method, params, nil)
	answer, answered := errors.AsType[*wire.Error](err)
	switch {
	case err == nil && (way.replays || spec.Replay):
		err = s.awaitReplay(ctx)
	case err == nil:
	case answered && answer.Code == wire.CodeAuthRequired && isAboutSigningIn(answer):
		return false, s.classify(err)
	case answered:
		s.loadError = err
		return false, nil
	}
	if err == nil || isCanceled(ctx, err) {
		return err == nil, err
	}
	return false, fmt.Errorf("%w: %w", rules.ErrCannotLoad, s.classify(err))
}

// isCanceled reports whether an error means that the caller of Launch has given up.
func isCanceled(ctx context.Context, err error) bool { return ctx.Err() != nil && !isTimeout(err) }

// signInWords matches error messages about signing in.
var signInWords = regexp.MustCompile(`(?i)auth|log[ -]?in|logged|sign(?:ed)?[ -]?in|credential|api[ _-]?key|access token`)

// isAboutSigningIn reports whether an error with the code CodeAuthRequired is about
// signing in. The code is also the first of those that JSON-RPC reserves for servers,
// and some agents use it for an unknown session.
func isAboutSigningIn(e *wire.Error) bool {
	return e.Message == "" && e.Data == nil || signInWords.MatchString(e.Error())
}

// awaitReplay waits until the agent has finished its replay.
func (s *session) awaitReplay(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, replayLimit)
	defer cancel()
	quiet := time.NewTimer(replayQuiet)
	defer quiet.Stop()
	for {
		select {
		case <-s.replayed:
			quiet.Reset(replayQuiet)
		case <-quiet.C:
			return nil
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err()
			}
			return nil
		case <-s.drained:
			return s.earlyExitError()
		}
	}
}

// The bounds of a list of sessions.
const (
	maxListed    = 200
	maxListPages = 20
)

// listResult is a page of the answer to session/list.
type listResult struct {
	Sessions []struct {
		SessionID string  `json:"sessionId"`
		Cwd       string  `json:"cwd"`
		Title     *string `json:"title"`
		UpdatedAt *string `json:"updatedAt"`
	} `json:"sessions"`
	NextCursor string `json:"nextCursor"`
}

// list returns the sessions that the agent has already, at most maxListed. allowed reports
// whether a directory may be worked on.
func (s *session) list(ctx context.Context, cwd string, allowed func(cwd string) bool) (found protocol.AgentSessionsAnswer, err error) {
	found.Sessions = []protocol.ListedSession{}
	if !s.lists {
		return found, &failedError{errors.New("does not list its sessions"), ""}
	}
	params := map[string]string{}
	if cwd != "" {
		params["cwd"] = cwd
	}
	for range maxListPages {
		var page listResult
		if err := s.await(ctx, "session/list", params, &page); err != nil {
			return found, s.classify(err)
		}
		for _, l := range page.Sessions {
			if len(l.SessionID) > protocol.MaxNameLength || l.SessionID == "" || !allowed(l.Cwd) {
				continue
			}
			if len(found.Sessions) == maxListed {
				found.More = true
				return found, nil
			}
			listed := protocol.ListedSession{SessionID: l.SessionID, Cwd: l.Cwd, UpdatedAt: l.UpdatedAt}
			if l.Title != nil {
				listed.Title = wire.ForPeople(*l.Title, maxFailure)
			}
			found.Sessions = append(found.Sessions, listed)
		}
		if page.NextCursor == "" {
			return found, nil
		}
		params["cursor"] = page.NextCursor
	}
	found.More = true
	return found, nil
}

// Sessions implements [hub.Launcher].
func (l *Launcher) Sessions(ctx context.Context, name, cwd string) (protocol.AgentSessionsAnswer, error) {
	spec := rules.LaunchSpec{Profile: name, Cwd: cwd, List: true}
	sink, release := l.takeSlot(name, func(rules.AgentEvent) {})
	if release == nil {
		return protocol.AgentSessionsAnswer{}, fmt.Errorf("agent %q: %w", name, rules.ErrTooManyAgents)
	}
	defer release()
	s, err := l.launch(ctx, spec, sink)
	if err != nil {
		return protocol.AgentSessionsAnswer{}, fmt.Errorf("agent %q: %w", name, err)
	}
	chosen, _ := l.profile(name)
	ctx, cancel := context.WithTimeout(ctx, l.opts.StartTimeout)
	defer cancel()
	found, err := s.list(ctx, cwd, func(cwd string) bool {
		if profile.IsBuiltIn(name) {
			return true
		}
		_, err := chosen.WorkingDir(cwd)
		return err == nil
	})
	if stopErr := s.Stop(ctx); stopErr != nil {
		l.log.Warn("the agent that listed its sessions could not be stopped cleanly", zap.Error(stopErr))
	}
	if err != nil {
		return found, fmt.Errorf("agent %q: %w", name, err)
	}
	return found, nil
}
