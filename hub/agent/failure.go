package agent

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"parley/hub/agent/peer"
	"parley/hub/agent/wire"
	"parley/hub/rules"
)

// failedError reports a failure of the agent itself, with what it wrote to its standard
// error. It wraps rules.ErrAgentFailed.
type failedError struct {
	err    error
	stderr string // empty if the agent wrote nothing
}

func (e *failedError) Error() string {
	if e.stderr == "" {
		return e.err.Error()
	}
	return e.err.Error() + "; it wrote: " + e.stderr
}

func (e *failedError) Unwrap() []error { return []error{rules.ErrAgentFailed, e.err} }

// classify wraps an error of the handshake in the kind of failure that it is.
func (s *session) classify(err error) error {
	var answer *wire.Error
	switch {
	case err == nil, isTimeout(err), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &answer) && answer.Code == wire.CodeAuthRequired:
		return &signInError{err, s.authMethods, s.profile.SignIn()}
	}
	return &failedError{err, s.recentStderr()}
}

// recentStderr returns the end of what the agent wrote to its standard error, with
// secrets masked.
func (s *session) recentStderr() string {
	const maxBytes = 600
	text := printable(s.peer.Stderr())
	if len(text) > maxBytes {
		text = "…" + strings.ToValidUTF8(text[len(text)-maxBytes:], "")
	}
	return text
}

// printable returns an agent's standard error in a form that people may be shown.
func printable(stderr string) string { return wire.ForPeople(stderr, peer.TailSize) }

// authMethod is an ACP authentication method: a way to sign in.
type authMethod struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

const (
	maxAuthMethods = 8 // ways to sign in that an error names
	maxDescribed   = 2 // ways to sign in that an error also describes, so that it stays short
)

// signInError reports that the agent requires signing in, and how. It wraps
// rules.ErrAuthRequired.
type signInError struct {
	err     error
	methods []authMethod
	command string // that signs in, if the agent is a known one
}

// Error says in one line what is wrong, and in a second one what to do about it.
func (e *signInError) Error() string {
	what := "is not signed in: " + e.err.Error()
	if e.command != "" {
		return what + "\nRun this as the user that runs Parley, then try again: " + e.command
	}
	ways := e.ways()
	do := "\nSign in to it as the user that runs Parley, then try again"
	if len(ways) > 0 {
		do += ". The agent offers: " + strings.Join(ways, "; ")
	}
	return what + do
}

// ways returns the names of the ways to sign in, with their descriptions if those are few.
func (e *signInError) ways() []string {
	var ways []string
	for _, m := range e.methods[:min(len(e.methods), maxAuthMethods)] {
		way := wire.ForPeople(m.Name, 200)
		if about := wire.ForPeople(m.Description, 200); about != "" && about != way && len(e.methods) <= maxDescribed {
			way += " (" + about + ")"
		}
		if way != "" {
			ways = append(ways, way)
		}
	}
	return ways
}

func (e *signInError) Unwrap() []error { return []error{rules.ErrAuthRequired, e.err} }

// refusedCredentials matches messages by which a model's provider refuses the credentials of
// a request, as agents pass them on.
var refusedCredentials = regexp.MustCompile(`(?i)\b401\b|unauthori[sz]ed|unauthenticated|authentication[ _](error|failed|required)` +
	`|(invalid|incorrect|expired|missing|wrong)[^.]{0,20}(api[ _-]?key|credential|(access|auth) token)` +
	`|(api[ _-]?key|credentials?|(access|auth) token)[^.]{0,30}(invalid|incorrect|expired|not valid|missing|not found)` +
	`|not (logged|signed)[ -]in`)

// isSignedOut reports whether the error of a turn means that the agent needs a person to
// sign in. Not all agents use the code CodeAuthRequired: some give the HTTP status of the
// provider as the code, and others an internal error with the provider's words.
func isSignedOut(err *wire.Error) bool {
	switch err.Code {
	case wire.CodeAuthRequired, http.StatusUnauthorized:
		return true
	case wire.CodeInternal:
		return refusedCredentials.MatchString(err.Error())
	}
	return false
}

// startTimeout is the cause of a context that ends because the agent took too long to
// start.
type startTimeout struct{ limit time.Duration }

func (e *startTimeout) Error() string { return fmt.Sprintf("was not ready within %v", e.limit) }

// limitStart returns a context that ends when the agent has taken too long to start. The
// time begins anew while people are asked.
func (s *session) limitStart(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	var timer *time.Timer
	armed := make(chan struct{}) // closed once timer is set, never sent to
	timer = time.AfterFunc(limit, func() {
		<-armed
		if s.asks() {
			timer.Reset(limit)
			return
		}
		cancel(&startTimeout{limit})
	})
	close(armed)
	return ctx, func() { timer.Stop(); cancel(nil) }
}

// timeoutError reports that the agent took too long to start.
type timeoutError struct{ text string }

func (e *timeoutError) Error() string { return e.text }

func isTimeout(err error) bool {
	_, ok := errors.AsType[*timeoutError](err)
	return ok
}

// contextError returns the error for a context that ended while the agent had not
// answered a request: a timeoutError if the agent took too long to start.
func (s *session) contextError(ctx context.Context, method string) error {
	var timeout *startTimeout
	if !errors.As(context.Cause(ctx), &timeout) {
		return ctx.Err()
	}
	text := fmt.Sprintf("%v: it did not answer %s", timeout, method)
	if stderr := s.recentStderr(); stderr != "" {
		text += "; it wrote: " + stderr
	}
	return &timeoutError{text}
}

// earlyExitError returns the error for an agent that ended before it was ready.
func (s *session) earlyExitError() error {
	if s.stray.bytes > maxStrayBytes {
		return fmt.Errorf("wrote %d KiB to its standard output that are not messages of the Agent Client Protocol", s.stray.bytes>>10)
	}
	return errors.New(s.exit().Text + " before it was ready")
}
