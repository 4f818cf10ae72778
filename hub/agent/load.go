package agent

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"parley/hub/agent/wire"
	"parley/hub/rules"
)

const (
	// replayQuiet is how long an agent has to be quiet after it has answered
	// session/load before its replay is taken to be over: some answer first and
	// replay afterwards.
	replayQuiet = 500 * time.Millisecond
	// replayLimit is how long that is waited for.
	replayLimit = 10 * time.Second
)

var errNoLoad = errors.New("the agent cannot load an earlier session")

// resume opens an earlier session, or a new one when the agent cannot load it. An
// agent that then has no new session either is a rules.ErrCannotLoad: another process
// that was not asked to load one may still have.
func (s *session) resume(ctx context.Context, cwd, id string) error {
	loaded, err := s.load(ctx, cwd, id)
	if loaded || err != nil {
		return err
	}
	err = s.begin(ctx, cwd)
	if err == nil || ctx.Err() != nil && !isLate(err) {
		return err // ended by the caller
	}
	err = s.explained(err)
	if s.loadError == errNoLoad || errors.Is(err, rules.ErrAuthRequired) {
		return err
	}
	return fmt.Errorf("%w: %w; after that, %w", rules.ErrCannotLoad, s.loadError, err)
}

// load opens an earlier session, and reports false, with the reason in
// s.loadError, when the agent lives but does not have it. The replay goes to
// nobody.
func (s *session) load(ctx context.Context, cwd, id string) (loaded bool, err error) {
	if !s.canLoad {
		s.loadError = errNoLoad
		return false, nil
	}
	s.id = id
	s.facts.begin(cwd)
	s.loading.Store(true)
	defer s.loading.Store(false)
	err = s.await(ctx, "session/load", openParams{SessionID: id, Cwd: cwd, MCPServers: []any{}}, nil)
	answer, answered := errors.AsType[*wire.Error](err)
	switch {
	case err == nil:
		err = s.settle(ctx)
	case answered && answer.Code == wire.CodeAuthRequired && asksForLogin(answer):
		return false, s.explained(err)
	case answered:
		s.loadError = err
		return false, nil
	}
	if err == nil || ctx.Err() != nil && !isLate(err) {
		return err == nil, err // ended by the caller
	}
	return false, fmt.Errorf("%w: %w", rules.ErrCannotLoad, s.explained(err))
}

// loginWords are what an error that is about signing in speaks of.
var loginWords = regexp.MustCompile(`(?i)auth|log[ -]?in|logged|sign(?:ed)?[ -]?in|credential|api[ _-]?key|access token`)

// asksForLogin reports whether an error with the code for it is about signing in.
// The code is also the first of those that JSON-RPC leaves to servers, and some
// agents answer with it that they do not know the session.
func asksForLogin(e *wire.Error) bool {
	return e.Message == "" && e.Data == nil || loginWords.MatchString(e.Error())
}

// settle waits until nothing more is replayed. No prompt is sent before.
func (s *session) settle(ctx context.Context) error {
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
		case <-s.lost:
			return s.lostEarly()
		}
	}
}
