package rules

import (
	"encoding/json"
	"errors"

	"parley/hub/journal"
	"parley/protocol"
)

// Errors that the launch of an agent wraps, in addition to those of the operating system.
var (
	// ErrNoProfile: no profile has that name.
	ErrNoProfile = errors.New("no such agent")
	// ErrNoCommand: the profile's command does not exist or cannot be executed.
	ErrNoCommand = errors.New("the agent's command cannot be run")
	// ErrNoDir: the profile's working directory does not exist or cannot be read.
	ErrNoDir = errors.New("the agent's working directory cannot be used")
	// ErrCwdNotAllowed: the profile does not allow the working directory.
	ErrCwdNotAllowed = errors.New("working directory is not allowed for this agent")
	// ErrTooManyAgents: as many agents of the profile run as may run at a time.
	ErrTooManyAgents = errors.New("all agents of this kind that may run are running; try again when one has ended")
	// ErrCannotLoad: the agent exited while it opened the earlier session, or did not
	// finish opening it. It may be able to begin a new one.
	ErrCannotLoad = errors.New("agent cannot load its earlier session")
	// ErrAuthRequired: the agent requires the user to sign in.
	ErrAuthRequired = errors.New("agent is not signed in")
	// ErrAgentFailed: the agent exited, answered with an error, or does not speak the
	// protocol, and a retry is expected to fail the same way.
	ErrAgentFailed = errors.New("agent failed")
)

// ErrConnectorFenced says that a newer connector has taken the place of one.
var ErrConnectorFenced = errors.New("a newer connector has taken over this session")

// ConnectorSeat identifies a process of the connector that runs a host session's agent. A
// process with a higher epoch takes the place of the one before, for good. Its JSON is
// stored.
type ConnectorSeat struct {
	Epoch       uint64 `json:"epoch"`
	Incarnation string `json:"incarnation"`
}

// ConnectorVisit is a connection of a connector.
type ConnectorVisit struct {
	Seat ConnectorSeat // of the process
	// Resumed says that the agent has run on while the server was not there, and Taken is the
	// number of the newest frame that the connector has received of the server.
	Resumed bool
	Taken   uint64
}

// Fences reports whether a process that comes now is refused, since the one with the seat is
// newer, or is another one with the same epoch.
func (s ConnectorSeat) Fences(now ConnectorSeat) bool {
	return now.Epoch < s.Epoch || now.Epoch == s.Epoch && s.Incarnation != "" && now.Incarnation != s.Incarnation
}

// LaunchSpec describes the agent to start.
type LaunchSpec struct {
	HostSession journal.SessionID // replaces the agent's own session id in its notifications
	Profile     string
	Owner       string // the id of the session's owner; empty for none
	Run         uint64 // counts the starts of the session's agent, from 1
	Remote      bool   // the agent's connector runs it, and knows its command and working directory
	Cwd         string // absolute; empty for the profile's own
	Load        string // the agent's own id of an earlier session to open; if that fails, a new one is begun. Empty to begin a new one
	SignIn      string // the id of a way to sign in that the agent uses before it opens a session; empty for none
	Adopt       bool   // fail if the session in Load cannot be opened, instead of beginning a new one
	Fork        string // the agent's own id of an earlier session to fork; empty for none
	Replay      bool   // pass on the updates of the session in Load that the agent repeats
	List        bool   // open no session; the agent is started to list those that it has
	MaxEvent    int    // bytes; a longer notification is replaced by one that names its size and SHA-256
}

// AgentPrompt is an approved prompt for an agent.
type AgentPrompt struct {
	Turn        string            // the approval's id
	Shared      journal.SessionID // the shared session, which has the attachments
	Recap       string            // quotes the conversation that the agent does not remember, as the first text block; empty for none
	Attribution string            // a text block before the prompt that names the author and the approver; empty for none
	Text        string            // the approved text, unchanged
	Content     []protocol.Content
	Meta        json.RawMessage // the request's _meta: the author and the approver
}

// AgentEvent is a message of an agent, or a change of its process: one of the
// types below, or [Notifications].
type AgentEvent interface{ agentEvent() }

type (
	// AgentNotification is a notification of the agent, byte for byte but for
	// params.sessionId, which is the host session's id.
	AgentNotification struct {
		Raw      []byte // one JSON object: valid UTF-8, no carriage return or line feed
		Streamed bool   // a piece of a longer text, which may be delayed to be batched with others
	}
	// AgentUpdated holds new facts about the agent: members that are set replace the
	// earlier ones. It keeps its position among the agent's messages. Its texts and
	// lists are not bounded.
	AgentUpdated struct{ Facts protocol.AgentFacts }
	// AgentPermission is a permission request. The agent waits for the response.
	AgentPermission struct {
		RequestID string          // unique, made by Parley
		ToolCall  json.RawMessage // as the agent sent it
		Options   json.RawMessage // as the agent sent them, in its order
		Choices   []AgentOption   // the options, decoded

		RPC string // the agent's JSON-RPC id, as JSON; empty unless the agent outlives the server

		Title       string // of the question; empty in version 1 of the protocol
		Description string // of the question; may be empty
	}
	// AgentReachable precedes the first elicitation of an agent, which may not be ready
	// yet. Answer answers elicitations.
	AgentReachable struct {
		Answer func(requestID string, reply ElicitationReply)
	}
	// AgentElicitation is a request for input. The agent waits for the response.
	AgentElicitation struct {
		Elicitation protocol.Elicitation
		URL         string // of the page, with mode url
		RPC         string // as in AgentPermission
		Page        string // the agent's id of it, with RPC and mode url
	}
	// AgentElicitationCompleted reports that an accepted page is finished.
	AgentElicitationCompleted struct{ RequestID string }
	// AgentElicitationRefused reports that the agent asked for input in a way that cannot
	// be shown. The agent has received an error.
	AgentElicitationRefused struct{ Refused protocol.ElicitationRefused }
	// AgentWithdrawn reports that the agent withdraws a question. An agent that outlives the
	// server is to be answered, as cancelled.
	AgentWithdrawn struct{ RequestID string }
	// AgentTurnBegan reports that the agent works without a prompt.
	AgentTurnBegan struct{}
	// AgentTurnEnded is the end of a turn: of a prompt, or, with an empty Turn, of one that
	// the agent began without a prompt. StopReason is the agent's own; Err is set instead
	// when the agent answered with an error.
	AgentTurnEnded struct {
		Turn       string
		StopReason string
		Err        error
	}
	// AgentConfigured is the answer to a change of an option. Err is set if the option
	// does not have the value. The facts that the answer changes are sent before.
	AgentConfigured struct {
		RequestID string
		Err       error
	}
	// AgentStopRefused reports that the agent does not stop a tool call or a terminal.
	AgentStopRefused struct {
		Work   Work
		Reason string
	}
	// AgentRefused is an answer to a request that is not supported. It comes from an agent
	// that outlives the server, and is to be sent to it.
	AgentRefused struct{ Refusal AgentRefusal }
	// AgentRemembers is what the agent's side knows of the progress of an agent that outlives
	// the server, after the events before it. It replaces what was reported before.
	AgentRemembers struct{ Progress json.RawMessage }
	// AgentProgress describes what a starting agent does, in one line for participants.
	AgentProgress struct{ Detail string }
	// AgentStrayOutput reports that the agent has written lines to its standard
	// output that are not messages. It is sent for the first such line after the
	// start and after each prompt, and then at most once in ten seconds.
	AgentStrayOutput struct{}
	// AgentSlowed reports that the agent writes more than it may and is read slowly. It is
	// sent once after the start and once after each prompt.
	AgentSlowed struct{}
	// AgentExited reports that the agent has exited. ExitCode is nil when a signal
	// ended it or it is not a process.
	AgentExited struct {
		ExitCode   *int
		StderrTail string // the end of its standard error, at most 4 KiB
	}
)

// ElicitationReply is the response to an elicitation. Its JSON is stored.
type ElicitationReply struct {
	Action  protocol.ElicitationAction `json:"action,omitempty"`
	Content json.RawMessage            `json:"content,omitempty"` // with accept of a form: the object for the agent
	Refusal string                     `json:"refusal,omitempty"` // an error for the agent in the place of an answer; empty for none
}

// AgentOption is one option of a permission request. Kind is one of
// allow_once, allow_always, reject_once and reject_always, or the agent's own.
type AgentOption struct {
	ID   string `json:"optionId"`
	Kind string `json:"kind"`
}

func (AgentNotification) agentEvent()         {}
func (AgentUpdated) agentEvent()              {}
func (AgentPermission) agentEvent()           {}
func (AgentReachable) agentEvent()            {}
func (AgentElicitation) agentEvent()          {}
func (AgentElicitationCompleted) agentEvent() {}
func (AgentElicitationRefused) agentEvent()   {}
func (AgentWithdrawn) agentEvent()            {}
func (AgentTurnBegan) agentEvent()            {}
func (AgentTurnEnded) agentEvent()            {}
func (AgentStopRefused) agentEvent()          {}
func (AgentConfigured) agentEvent()           {}
func (AgentRefused) agentEvent()              {}
func (AgentRemembers) agentEvent()            {}
func (AgentProgress) agentEvent()             {}
func (AgentStrayOutput) agentEvent()          {}
func (AgentSlowed) agentEvent()               {}
func (AgentExited) agentEvent()               {}

// Notifications are consecutive notifications of an agent.
type Notifications [][]byte

func (Notifications) agentEvent() {}
