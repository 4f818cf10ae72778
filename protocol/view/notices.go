package view

import (
	"encoding/json"

	"parley/protocol"
)

type (
	// CreatedNotice says that the session was created.
	CreatedNotice struct {
		What string `json:"what"`
	}
	// PersonNotice says that a participant has joined, changed role, made a new invite or moved a prompt, or
	// has cancelled a turn without a prompt or one of the agent's tools.
	PersonNotice struct {
		What string               `json:"what"` // joined, role, invite, moved, ownTurnCancelled or stops
		Who  protocol.Participant `json:"who"`
	}
	// LeftNotice says that a participant has left or was removed.
	LeftNotice struct {
		What    string               `json:"what"`
		Who     protocol.Participant `json:"who"`
		Removed bool                 `json:"removed"`
		Reason  *string              `json:"reason"`
	}
	// PeopleNotice says that several participants have joined or left, one after the other.
	PeopleNotice struct {
		What  string `json:"what"`
		Moves []Move `json:"moves"`
	}
	// Move is a participant who has joined or left.
	Move struct {
		Who    protocol.Participant `json:"who"`
		Joined bool                 `json:"joined"`
	}
	// ModeNotice says who has changed the session's mode.
	ModeNotice struct {
		What string               `json:"what"`
		Who  protocol.Participant `json:"who"`
		Mode protocol.Mode        `json:"mode"`
	}
	// ClosedNotice says that the session has ended.
	ClosedNotice struct {
		What   string                 `json:"what"`
		Status protocol.SessionStatus `json:"status"`
	}
	// AgentStateNotice says that the agent has ended or could not be started.
	AgentStateNotice struct {
		What   string               `json:"what"`
		Status protocol.AgentStatus `json:"status"`
		Detail *string              `json:"detail"`
	}
	// ContinuesNotice says that a restarted agent continues its session.
	ContinuesNotice struct {
		What string `json:"what"`
	}
	// HistoryNotice says whether the session has the conversation that the agent remembers.
	HistoryNotice struct {
		What    string                  `json:"what"`
		History protocol.EarlierHistory `json:"history"`
	}
	// ForgotNotice says that a restarted agent does not remember the conversation.
	ForgotNotice struct {
		What   string `json:"what"`
		Reason string `json:"reason"`
		Recap  string `json:"recap"` // what the agent is told about the conversation; empty for nothing
	}
	// SlowedNotice says that the server reads the agent slowly.
	SlowedNotice struct {
		What string `json:"what"` // "slowed"
	}
	// StrayNotice says that the agent writes lines that are no messages.
	StrayNotice struct {
		What string `json:"what"`
	}
	// StopRefusedNotice says that the agent does not stop one of its tools.
	StopRefusedNotice struct {
		What   string `json:"what"`
		Reason string `json:"reason"`
	}
	// SignInFailedNotice says that a participant could not sign in to the agent.
	SignInFailedNotice struct {
		What   string               `json:"what"`
		Who    protocol.Participant `json:"who"`
		Reason string               `json:"reason"`
	}
	// AgentModeNotice says that the agent has changed its mode.
	AgentModeNotice struct {
		What string `json:"what"`
		Mode string `json:"mode"`
	}
	// OptionNotice says that an option of the agent has changed: as a participant wished,
	// or, if Who is nil, of the agent's own accord.
	OptionNotice struct {
		What     string                `json:"what"`
		Who      *protocol.Participant `json:"who,omitempty"`
		OptionID string                `json:"optionId"`
		Value    json.RawMessage       `json:"value"`
	}
	// OptionFailedNotice says that the agent has not set an option as a participant wished.
	OptionFailedNotice struct {
		What        string               `json:"what"`
		Who         protocol.Participant `json:"who"`
		OptionID    string               `json:"optionId"`
		Value       json.RawMessage      `json:"value"`
		Reason      string               `json:"reason"`
		PromptsWait bool                 `json:"promptsWait"` // whether prompts wait until the host sets a mode
	}
	// TitleNotice says how the agent calls its session.
	TitleNotice struct {
		What  string `json:"what"`
		Title string `json:"title"`
	}
	// AgentNotice is information of the agent for the user.
	AgentNotice struct {
		What        string `json:"what"`
		Severity    string `json:"severity"` // info, warning, error, or a word of the agent's own
		Title       string `json:"title"`
		Description string `json:"description"`
	}
	// OversizedNotice says that an update of the agent was too big to be kept.
	OversizedNotice struct {
		What  string  `json:"what"`
		Name  string  `json:"name"`
		Bytes float64 `json:"bytes"`
	}
	// RefusedInputNotice says that the agent asked for input in a way that cannot be shown.
	RefusedInputNotice struct {
		What    string `json:"what"`
		Message string `json:"message"`
		Reason  string `json:"reason"`
	}
	// UnknownNotice is an event of a type that this version does not know.
	UnknownNotice struct {
		What string          `json:"what"`
		Name string          `json:"name"`
		Raw  json.RawMessage `json:"raw"`
	}
)

func (n CreatedNotice) what() string      { return n.What }
func (n PersonNotice) what() string       { return n.What }
func (n LeftNotice) what() string         { return n.What }
func (n PeopleNotice) what() string       { return n.What }
func (n ModeNotice) what() string         { return n.What }
func (n ClosedNotice) what() string       { return n.What }
func (n AgentStateNotice) what() string   { return n.What }
func (n ContinuesNotice) what() string    { return n.What }
func (n HistoryNotice) what() string      { return n.What }
func (n ForgotNotice) what() string       { return n.What }
func (n SlowedNotice) what() string       { return n.What }
func (n StrayNotice) what() string        { return n.What }
func (n StopRefusedNotice) what() string  { return n.What }
func (n SignInFailedNotice) what() string { return n.What }
func (n AgentModeNotice) what() string    { return n.What }
func (n OptionNotice) what() string       { return n.What }
func (n OptionFailedNotice) what() string { return n.What }
func (n TitleNotice) what() string        { return n.What }
func (n AgentNotice) what() string        { return n.What }
func (n OversizedNotice) what() string    { return n.What }
func (n RefusedInputNotice) what() string { return n.What }
func (n UnknownNotice) what() string      { return n.What }

// noticeOf returns the notice for an event, or nil for none.
func noticeOf(payload protocol.Payload) Notice {
	switch p := payload.(type) {
	case *protocol.SharedSessionCreated:
		return CreatedNotice{"created"}
	case *protocol.SessionUpdated:
		return ModeNotice{"mode", p.Participant, p.Session.Mode}
	case *protocol.SessionClosed:
		return ClosedNotice{"closed", p.Status}
	case *protocol.ParticipantJoined:
		return PersonNotice{"joined", p.Participant}
	case *protocol.ParticipantUpdated:
		return PersonNotice{"role", p.Participant}
	case *protocol.ParticipantLeft:
		return LeftNotice{"left", p.Participant, p.RemovedBy != nil, p.Reason}
	case *protocol.InviteRotated:
		return PersonNotice{"invite", p.Participant}
	}
	return agentNoticeOf(payload)
}

// agentNoticeOf returns the notice for an event about the agent, or nil for none.
func agentNoticeOf(payload protocol.Payload) Notice {
	switch p := payload.(type) {
	case *protocol.AgentStatusChanged:
		if isQuiet(p.Status) {
			return nil
		}
		detail := p.StderrTail
		if p.Detail != "" {
			detail = &p.Detail
		}
		return AgentStateNotice{"agent", p.Status, detail}
	case *protocol.AgentSession:
		if p.History != "" {
			return HistoryNotice{"history", p.History}
		}
		if p.Continued != protocol.ContinuedNew {
			return ContinuesNotice{"continues"}
		}
		return ForgotNotice{"forgot", p.Reason, p.Recap}
	case *protocol.AgentConfigured:
		return OptionNotice{"option", &p.Participant, p.OptionID, p.Value}
	case *protocol.AgentConfigureFailed:
		return OptionFailedNotice{"optionFailed", p.Participant, p.OptionID, p.Value, p.Reason, p.PromptsWait}
	case *protocol.ElicitationRefused:
		return RefusedInputNotice{"refusedInput", p.Message, p.Reason}
	case *protocol.AgentTurnCancelled:
		return PersonNotice{"ownTurnCancelled", p.Participant}
	case *protocol.AgentStopRequested:
		return PersonNotice{"stops", p.Participant}
	case *protocol.AgentStopRefused:
		return StopRefusedNotice{"stopRefused", p.Reason}
	case *protocol.AgentSignedIn:
		return PersonNotice{"signedIn", p.Participant}
	case *protocol.AgentSignInFailed:
		return SignInFailedNotice{"signInFailed", p.Participant, p.Reason}
	case *protocol.AgentSlowed:
		return SlowedNotice{"slowed"}
	case *protocol.AgentStrayOutput:
		return StrayNotice{"stray"}
	}
	return nil
}

// isQuiet reports whether a status comes and goes in every turn.
func isQuiet(s protocol.AgentStatus) bool {
	switch s {
	case protocol.AgentStarting, protocol.AgentIdle, protocol.AgentRunning, protocol.AgentWaiting, protocol.AgentEnding:
		return true
	}
	return false
}
