package protocol

// SignIn signs the server's user in to the agent, in a way of the type agent. If the agent
// does not run, it is started. The answer has an empty payload and says that signing in has
// begun; [AgentSignedIn] or [AgentSignInFailed] follows. Client to server.
type SignIn struct {
	MethodID string `json:"methodId"` // the id of an [AuthMethod]
}

// CommandType implements [Command].
func (*SignIn) CommandType() CommandType { return CommandSignIn }

// Normalize implements [Command].
func (c *SignIn) Normalize(Limits) error { return checkMethodID(c.MethodID) }

func checkMethodID(id string) error {
	if !isName(id) {
		return Errorf(CodeInvalidRequest, "methodId must be the id of a way to sign in")
	}
	return nil
}

// Payloads about signing in to the agent.
type (
	// AgentSigningIn says that a participant signs the server's user in, which the agent
	// has not finished. Server to client.
	AgentSigningIn struct {
		MethodID    string      `json:"methodId"`
		Participant Participant `json:"participant"` // who signs in
	}
	// AgentSignedIn says that the server's user is signed in. Server to client.
	AgentSignedIn struct {
		MethodID    string      `json:"methodId"`
		Participant Participant `json:"participant"` // who signed in
	}
	// AgentSignInFailed says that signing in has failed. Server to client.
	AgentSignInFailed struct {
		MethodID    string      `json:"methodId"`
		Participant Participant `json:"participant"` // who tried
		Reason      string      `json:"reason"`      // the agent's own, if it has answered
	}
)

// EventType implements [Payload].
func (*AgentSigningIn) EventType() EventType { return EventAgentSigningIn }

// EventType implements [Payload].
func (*AgentSignedIn) EventType() EventType { return EventAgentSignedIn }

// EventType implements [Payload].
func (*AgentSignInFailed) EventType() EventType { return EventAgentSignInFailed }

// Types of an [AuthMethod].
const (
	AuthByAgent    = "agent"    // the agent signs in by itself; SignIn begins it
	AuthInTerminal = "terminal" // somebody runs a command on the server's machine
	AuthByVariable = "env_var"  // somebody sets variables of the agent's environment
)

// AuthMethod returns the way to sign in with an id; nil if there is none.
func (f AgentFacts) AuthMethod(id string) *AuthMethod {
	for i := range f.AuthMethods {
		if f.AuthMethods[i].ID == id {
			return &f.AuthMethods[i]
		}
	}
	return nil
}
