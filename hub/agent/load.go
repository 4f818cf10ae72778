package agent

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"parley/hub/agent/wire"
	"parley/hub/rules"
	"parley/protocol"
)

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
}

// reopen opens an earlier session, or a new one if the agent cannot open it. Its error
// wraps rules.ErrCannotLoad if the agent could not open a new session after failing to
// open the earlier one; an agent that is not asked for that may succeed.
func (s *session) reopen(ctx context.Context, cwd, id string) error {
	s.loadError = errNoLoad
	for _, way := range s.reopenings {
		opened, err := s.openBy(ctx, way, cwd, id)
		if err != nil {
			return err
		}
		if opened {
			s.continued, s.loadError = way.continued, nil
			return nil
		}
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

// openBy opens an earlier session in one way. It returns false, with the reason in
// s.loadError, if the agent is alive but cannot open the session.
func (s *session) openBy(ctx context.Context, way reopening, cwd, id string) (opened bool, err error) {
	s.id = id
	s.facts.Begin(cwd, s.opening.notes)
	s.loading.Store(way.repeats)
	defer s.loading.Store(false)
	err = s.await(ctx, way.method, s.opening.params(id, cwd), nil)
	answer, answered := errors.AsType[*wire.Error](err)
	switch {
	case err == nil && way.replays:
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
