package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/hub"
	"parley/hub/agent/wire"
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
	var answer *wire.Error
	switch {
	case err == nil:
		err = s.settle(ctx)
	case errors.As(err, &answer) && answer.Code == wire.CodeAuthRequired:
		return false, s.explained(err)
	case errors.As(err, &answer):
		s.loadError = err
		return false, nil
	}
	var late *lateError
	if err == nil || ctx.Err() != nil && !errors.As(err, &late) {
		return err == nil, err // ended by the caller
	}
	return false, fmt.Errorf("%w: %w", hub.ErrCannotLoad, s.explained(err))
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
