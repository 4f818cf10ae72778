package demo

import (
	"encoding/json"

	"parley/hub/agent/wire"
)

// authMethods returns the ways to sign in, one of each type. The demo agent has no account: the
// first way always succeeds, and the second never does.
func authMethods() []object {
	return []object{
		{"id": "account", "name": "Demo account", "description": "Signs in at once, without a page or a password"},
		{"id": "closed", "name": "Closed account", "description": "Always fails, with a reason"},
		{"id": "terminal", "name": "In a terminal", "description": "Shows what a command that signs in looks like", "type": "terminal", "args": []string{"--login"}},
		{"id": "key", "name": "API key", "description": "A variable of the agent's environment", "type": "env_var", "vars": []object{{"name": KeyVariable}}},
	}
}

// KeyVariable is the environment variable that signs in to "parley demo-agent".
const KeyVariable = "DEMO_AGENT_KEY"

var (
	errSignedOut = &wire.Error{Code: wire.CodeAuthRequired, Message: "Authentication required: nobody is signed in to the demo account"}
	errClosed    = &wire.Error{Code: wire.CodeInvalidRequest, Message: "this account was closed"}
)

// signIn answers authenticate, which version 2 calls auth/login.
func (s *server) signIn(params json.RawMessage) (any, error) {
	var p struct {
		MethodID string `json:"methodId"`
	}
	_ = json.Unmarshal(params, &p) // another value is no way to sign in
	switch p.MethodID {
	case "account":
		s.setSignedOut(false)
		return struct{}{}, nil
	case "closed":
		return nil, errClosed
	}
	return nil, invalid("the demo agent cannot sign in like that by itself")
}

func (s *server) setSignedOut(out bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signedOut = out
}

func (s *server) isSignedOut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signedOut
}

// ifSignedIn opens a session, unless the user has to sign in first.
func (s *server) ifSignedIn(params json.RawMessage, open func(json.RawMessage) (*session, error)) (*session, error) {
	if s.isSignedOut() {
		return nil, errSignedOut
	}
	return open(params)
}

// playSignOut signs out, so that later prompts fail until the host signs in.
func playSignOut(t *turn) {
	t.say("You are signed out. The next prompt fails, and the host can then sign in.")
	t.server.setSignedOut(true)
}
