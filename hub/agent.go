package hub

import (
	"encoding/json"
	"errors"

	"parley/hub/journal"
	"parley/protocol"
)

// Errors of Launcher.Launch beside what the operating system and the agent
// report.
var (
	// ErrNoProfile: no profile has that name.
	ErrNoProfile = errors.New("no such agent")
	// ErrNoCommand: the profile's command is not there, may not be executed or is
	// no program.
	ErrNoCommand = errors.New("the agent's command cannot be run")
	// ErrNoDir: the profile's working directory is not there or may not be read.
	ErrNoDir = errors.New("the agent's working directory cannot be used")
	// ErrCwdNotAllowed: the profile does not allow the working directory.
	ErrCwdNotAllowed = errors.New("working directory is not allowed for this agent")
	// ErrCannotLoad: the agent did not survive loading the earlier session, or did
	// not end it. It may still be able to begin a new one.
	ErrCannotLoad = errors.New("agent cannot load its earlier session")
	// ErrAuthRequired: nobody is signed in at the agent.
	ErrAuthRequired = errors.New("agent is not signed in")
	// ErrAgentFailed: the agent has ended, has answered with an error or is none,
	// and would do so again.
	ErrAgentFailed = errors.New("agent failed")
)

// LaunchSpec says which agent to start, and how.
type LaunchSpec struct {
	HostSession journal.SessionID // takes the place of the agent's own session id in what it says
	Profile     string
	Cwd         string // absolute; empty for the profile's own
	Load        string // the agent's own id of an earlier session to load, or to replace by a new one if that fails; empty to begin a new one
	MaxEvent    int    // bytes; a longer notification is replaced by one that names its size and SHA-256
}

// AgentPrompt is one approved prompt on its way to an agent.
type AgentPrompt struct {
	Turn string          // the approval's id
	Text string          // exactly what was approved
	Meta json.RawMessage // the request's _meta: who wrote it and who approved it
}

// AgentEvent is what an agent says or what becomes of it: one of the types
// below.
type AgentEvent interface{ agentEvent() }

type (
	// AgentNotification is a notification of the agent, byte for byte but for
	// params.sessionId, which is the host session's id.
	AgentNotification struct {
		Raw      []byte // one JSON object: valid UTF-8, no carriage return or line feed
		Streamed bool   // a piece of a text that comes in many: it may wait a moment, to go on with others
	}
	// AgentUpdated says what is newly known of the agent: the members that are
	// there replace what was known. It comes in its place among what the agent
	// says. Its texts and lists may be as long as the agent made them.
	AgentUpdated struct{ Facts protocol.AgentFacts }
	// AgentPermission is a request for permission that waits for Respond.
	AgentPermission struct {
		RequestID string          // ours, unique
		ToolCall  json.RawMessage // as the agent sent it
		Options   json.RawMessage // as the agent sent them, in its order
		Choices   []AgentOption   // the options, read
	}
	// AgentWithdrawn says that the agent takes a permission request back.
	AgentWithdrawn struct{ RequestID string }
	// AgentTurnEnded is the answer to a Prompt. StopReason is the agent's word;
	// Err is set instead when the agent answered with an error.
	AgentTurnEnded struct {
		Turn       string
		StopReason string
		Err        error
	}
	// AgentProgress says what an agent that starts is doing, in a line for people.
	AgentProgress struct{ Detail string }
	// AgentStrayOutput says that the agent has written lines to its standard
	// output that are no messages. It comes for the first such line after the
	// start and after each Prompt, and then at most once in ten seconds.
	AgentStrayOutput struct{}
	// AgentExited says that the agent is gone. ExitCode is nil when it was
	// ended by a signal or is no process.
	AgentExited struct {
		ExitCode   *int
		StderrTail string // the last of what it wrote there, at most 4 KiB
	}
)

// AgentOption is one option of a permission request. Kind is one of
// allow_once, allow_always, reject_once, reject_always, or a word of the
// agent's own.
type AgentOption struct {
	ID   string `json:"optionId"`
	Kind string `json:"kind"`
}

func (AgentNotification) agentEvent() {}
func (AgentUpdated) agentEvent()      {}
func (AgentPermission) agentEvent()   {}
func (AgentWithdrawn) agentEvent()    {}
func (AgentTurnEnded) agentEvent()    {}
func (AgentProgress) agentEvent()     {}
func (AgentStrayOutput) agentEvent()  {}
func (AgentExited) agentEvent()       {}

// notifications are what an agent notified in a row.
type notifications [][]byte

func (notifications) agentEvent() {}
