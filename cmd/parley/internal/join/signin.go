package join

import (
	"context"
	"fmt"
	"strings"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/display"
	"parley/protocol"
)

// signIn carries out /sign-in: it lists the ways to sign in to the agent, or uses one.
func (s *session) signIn(ctx context.Context, c command.Command) {
	if c.Text == "" {
		s.screen.signInWays(s.room)
		return
	}
	m := s.room.authMethod(c.Text)
	if m == nil {
		s.fail(fmt.Errorf("nothing was done: there is no way to sign in called %q; /sign-in lists them", display.Short(c.Text, 40)))
		return
	}
	s.startLine(ctx, func(ctx context.Context) (func(), error) { return nil, s.c.SignIn(ctx, m.ID) })
}

// authMethod returns the way to sign in with an id or a name; nil if there is none.
func (r *room) authMethod(word string) *protocol.AuthMethod {
	if m := r.agent.AuthMethod(word); m != nil {
		return m
	}
	for i := range r.agent.AuthMethods {
		if strings.EqualFold(r.agent.AuthMethods[i].Name, word) {
			return &r.agent.AuthMethods[i]
		}
	}
	return nil
}

// signInWays lists the ways to sign in.
func (s *screen) signInWays(r *room) {
	if len(r.agent.AuthMethods) == 0 {
		s.line(dim, "* the agent does not say how to sign in; its documentation does")
		return
	}
	s.line(dim, "* the user that runs the agent can sign in to the agent in these ways; after signing in elsewhere, /restart-agent starts the agent again")
	for _, m := range r.agent.AuthMethods {
		s.line(plain, "* %s: %s", display.OneLine(m.Name), howToSignIn(m))
		if m.Description != "" {
			s.line(dim, "    %s", display.OneLine(m.Description))
		}
	}
}

// howToSignIn says what to do to sign in.
func howToSignIn(m protocol.AuthMethod) string {
	variables := display.OneLine(strings.Join(m.Variables, ", "))
	switch {
	case m.Type == protocol.AuthByAgent:
		return "the host types /sign-in " + display.OneLine(m.ID)
	case m.Command != "" && variables != "":
		return "run on the agent's machine, with " + variables + " as in the agent's configuration: " + display.OneLine(m.Command)
	case m.Command != "":
		return "run on the agent's machine: " + display.OneLine(m.Command)
	case variables != "":
		return "set " + variables + " in the agent's configuration or in the server's environment, and restart the server"
	}
	return "follow the description"
}

// signInEvent prints an event about signing in. It returns false for any other event.
func (s *screen) signInEvent(r *room, e *protocol.Event) bool {
	switch p := e.Payload.(type) {
	case *protocol.AgentSigningIn:
		s.line(dim, "* %s is signing in to the agent", r.displayName(p.Participant))
	case *protocol.AgentSignedIn:
		s.line(accent, "* %s signed in to the agent", r.displayName(p.Participant))
	case *protocol.AgentSignInFailed:
		s.line(bad, "* %s could not sign in to the agent: %s", r.displayName(p.Participant), display.Indent(p.Reason))
	default:
		return false
	}
	return true
}

// needsSignIn says that somebody has to sign in.
func (s *screen) needsSignIn() {
	s.line(alert, "! nobody is signed in to the agent; /sign-in lists the ways to do that, and then the prompt can be sent again")
}
