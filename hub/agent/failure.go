package agent

import (
	"context"
	"errors"
	"strings"

	"parley/hub/agent/wire"
	"parley/hub/rules"
)

// failedError says that the agent failed by its own doing, with what it wrote to
// its standard error. It is a rules.ErrAgentFailed.
type failedError struct {
	err   error
	wrote string // empty if that was nothing
}

func (e *failedError) Error() string {
	if e.wrote == "" {
		return e.err.Error()
	}
	return e.err.Error() + "; it wrote: " + e.wrote
}

func (e *failedError) Unwrap() []error { return []error{rules.ErrAgentFailed, e.err} }

// explained tells what kind of failure an error of the handshake is.
func (s *session) explained(err error) error {
	var answer *wire.Error
	switch {
	case err == nil, isLate(err), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &answer) && answer.Code == wire.CodeAuthRequired:
		return &signInError{err, s.methods}
	}
	return &failedError{err, s.lastWords()}
}

// lastWords is the end of what the agent wrote to its standard error, without
// secrets.
func (s *session) lastWords() string {
	const most = 600
	words := printable(s.peer.stderr())
	if len(words) > most {
		words = "…" + strings.ToValidUTF8(words[len(words)-most:], "")
	}
	return words
}

// printable is what people may be shown of an agent's standard error.
func printable(stderr string) string { return wire.ForPeople(stderr, tailSize) }

// authMethod is a way to sign in that an agent names.
type authMethod struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// maxMethods is how many ways to sign in are named in a message.
const maxMethods = 8

// signInError says that nobody is signed in at the agent, and how to sign in. It
// is a rules.ErrAuthRequired.
type signInError struct {
	err     error
	methods []authMethod
}

func (e *signInError) Error() string {
	text := "is not signed in: " + e.err.Error() + ". Sign in as the user that runs Parley, then start the agent again"
	var ways []string
	for _, m := range e.methods[:min(len(e.methods), maxMethods)] {
		way := wire.ForPeople(m.Name, 200)
		if about := wire.ForPeople(m.Description, 200); about != "" && about != way {
			way += " (" + about + ")"
		}
		if way != "" {
			ways = append(ways, way)
		}
	}
	if len(ways) == 0 {
		return text
	}
	return text + ". The agent's ways to sign in: " + strings.Join(ways, "; ")
}

func (e *signInError) Unwrap() []error { return []error{rules.ErrAuthRequired, e.err} }
