package agent

import (
	"context"
	"errors"
	"time"

	"parley/hub/agent/wire"
	"parley/hub/rules"
)

// errLastEvent is the error of Stop if its context ends before the sink has returned
// from the agent's last event.
var errLastEvent = errors.New("the agent has ended, but its last event was not accepted")

// errSurvives is the error of Stop if killing does not end the agent.
var errSurvives = errors.New("the agent does not exit")

// killWait is how long a killed process may take to end. It only takes longer while the
// kernel cannot end it, as with an unreachable network disk.
const killWait = 10 * time.Second

// Stop implements [hub.Agent].
func (s *session) Stop(ctx context.Context) error {
	for _, requestID := range s.pendingQuestions() {
		s.cancelQuestion(requestID)
	}
	s.cancel(rules.Cause{})
	s.closeSession(ctx)
	if err := s.shutDown(ctx); err != nil {
		return err
	}
	select {
	case <-s.ended:
		s.workers.Wait()
		return nil
	case <-ctx.Done():
		return errors.Join(errLastEvent, ctx.Err())
	}
}

// closeWait is how long an agent may take to close its session before it is ended. It only
// frees what the session uses, so it is not worth a longer wait.
const closeWait = time.Second

// closeSession asks an agent that offers it to close its session, and waits for a moment.
// It then lets the agent delete the session if that was asked for.
func (s *session) closeSession(ctx context.Context) {
	if !s.ready.Load() || s.id == "" {
		return
	}
	if s.closes {
		s.request(ctx, "session/close")
	}
	if s.deletes && s.unwanted.Load() {
		s.request(ctx, "session/delete")
	}
}

// DeleteSession implements [hub.Agent].
func (s *session) DeleteSession() { s.unwanted.Store(true) }

// request sends a request about the session, and waits for the answer for a moment.
func (s *session) request(ctx context.Context, method string) {
	closed := make(chan struct{}) // closed by read with the answer
	s.call(method, sessionParams{SessionID: s.id}, func(wire.Message) { close(closed) })
	timer := time.NewTimer(min(closeWait, s.grace))
	defer timer.Stop()
	select {
	case <-closed:
	case <-s.peer.Gone():
	case <-timer.C:
	case <-ctx.Done():
	}
}

// shutDown ends the agent and waits until it has ended: it closes the agent's input,
// then sends SIGTERM, then SIGKILL. If ctx ends, it continues with the last step. It may
// run several times at once, since repeating a step does no harm.
func (s *session) shutDown(ctx context.Context) error {
	s.out.Close()
	if s.awaitEnd(ctx, s.grace) {
		return nil
	}
	if ctx.Err() == nil {
		s.peer.Terminate()
		if s.awaitEnd(ctx, s.grace) {
			return nil
		}
	}
	s.peer.Kill()
	if !s.awaitEnd(context.Background(), killWait) {
		return errSurvives
	}
	return nil
}

// awaitEnd waits for the agent's end for a limited time, and reports whether it has
// ended.
func (s *session) awaitEnd(ctx context.Context, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-s.peer.Gone():
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	select {
	case <-s.peer.Gone():
		return true
	default:
		return false
	}
}

// pendingQuestions returns the ids of the pending questions.
func (s *session) pendingQuestions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, 0, len(s.questions))
	for id := range s.questions {
		ids = append(ids, id)
	}
	return ids
}
