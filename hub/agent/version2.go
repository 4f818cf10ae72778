package agent

import (
	"cmp"
	"encoding/json"
	"errors"
	"sync"

	"parley/hub/agent/wire"
	"parley/hub/rules"
	"parley/protocol"
)

// dialect2 is version 2 of the protocol. The answer to a prompt says that the prompt was
// inserted into the conversation. state_update tells when the agent works, and the first
// idle state after the answer ends the turn. The agent may also work without a prompt.
type dialect2 struct {
	session *session // immutable

	mu sync.Mutex

	// guarded by mu
	turn     string     // of the prompt that has not ended; empty for none
	inserted bool       // the agent has answered that prompt
	early    earlyEnd   // of that prompt, before its answer
	busy     bool       // the agent reports that it works
	own      bool       // it works without a prompt, which was reported
	stops    stoppables // what the agent offers to stop
}

// earlyEnd is an idle state that arrives before the answer to a prompt. It ends the turn
// if the agent had already shown the message that the answer names.
type earlyEnd struct {
	Message string  // the id of the newest user message that the agent has shown
	Ended   string  // that id at the idle state; empty for no such state
	Idle    update2 // that state
}

// offers holds for session/close and session/list, which belong to every agent with
// sessions. Others are offered one by one.
func (*dialect2) offers(r initializeResult, name string) bool {
	var offered map[string]json.RawMessage
	_ = json.Unmarshal(r.Capabilities.Session, &offered) // what is no object offers nothing
	return offered != nil && (name == "close" || name == "list" || isObject(offered[name]))
}

// reopenings does not drop the updates before the answer: they tell the session's state.
func (*dialect2) reopenings(r initializeResult) []reopening {
	if !isObject(r.Capabilities.Session) {
		return nil
	}
	return []reopening{{method: "session/resume", continued: protocol.ContinuedResumed, canReplay: true, replayFrom: &replayFrom{"start"}}}
}

func (*dialect2) signInMethod() string { return "auth/login" }

func (*dialect2) optionType(value json.RawMessage) string {
	if isBoolean(value) {
		return "boolean"
	}
	return "id"
}

func (d *dialect2) prompted(turn string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn, d.inserted, d.early = turn, false, earlyEnd{}
}

func (d *dialect2) answered(turn string, m wire.Message) []rules.AgentEvent {
	d.mu.Lock()
	defer d.mu.Unlock()
	var result struct {
		MessageID string `json:"messageId"`
	}
	switch {
	case m.Error != nil:
		return d.refused(turn, m)
	case json.Unmarshal(m.Result, &result) != nil:
		d.turn = ""
		return append([]rules.AgentEvent{rules.AgentTurnEnded{Turn: turn, Err: errMalformedAnswer}}, d.ownWork()...)
	}
	d.inserted = true
	if d.early.Ended != "" && d.early.Ended == result.MessageID {
		return d.endTurn(d.early.Idle)
	}
	return nil
}

// refused ends the turn of a prompt that the agent did not insert. The agent may go on
// with other work.
func (d *dialect2) refused(turn string, m wire.Message) []rules.AgentEvent {
	d.turn = ""
	ended := rules.AgentTurnEnded{Turn: turn, StopReason: "cancelled"}
	if wire.DecodeError(m.Error).Code != wire.CodeCancelled {
		ended = d.session.turnFailed(turn, m)
	}
	return append([]rules.AgentEvent{ended}, d.ownWork()...)
}

// ownWork reports that the agent works without a prompt, if it does and that was not
// reported.
func (d *dialect2) ownWork() []rules.AgentEvent {
	if !d.busy || d.own || d.turn != "" {
		return nil
	}
	d.own = true
	return []rules.AgentEvent{rules.AgentTurnBegan{}}
}

func (*dialect2) version() int { return version2 }

// progress2 is the progress of a dialect2. Its JSON is stored.
type progress2 struct {
	Turn     string   `json:"turn,omitempty"`
	Inserted bool     `json:"inserted,omitempty"`
	Early    earlyEnd `json:"early,omitzero"`
	Busy     bool     `json:"busy,omitempty"`
	Own      bool     `json:"own,omitempty"`
}

func (d *dialect2) progress() json.RawMessage {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := progress2{d.turn, d.inserted, d.early, d.busy, d.own}
	encoded := rules.RawJSON(p)
	if len(encoded) > maxMemory {
		p.Early = earlyEnd{}
		encoded = rules.RawJSON(p)
	}
	return encoded
}

// restore does not restore what the agent offers to stop.
func (d *dialect2) restore(turn string, progress json.RawMessage) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var p progress2
	_ = json.Unmarshal(progress, &p) // that of an earlier turn changes nothing
	d.turn, d.busy, d.own = turn, p.Busy, p.Own
	if turn == "" && p.Inserted || turn == p.Turn {
		d.turn, d.inserted, d.early = p.Turn, p.Inserted, p.Early
	}
}

func (d *dialect2) endTurn(idle update2) []rules.AgentEvent {
	ended := d.endOf(d.turn, idle)
	d.turn, d.inserted, d.early = "", false, earlyEnd{}
	return []rules.AgentEvent{ended}
}

// errNoReason is the error of a turn that an agent ends with an error without details.
var errNoReason = errors.New("the agent reports an error, and does not say which")

// endOf returns the end of a turn, or of work without a prompt, by an idle state. An agent
// that fails after it has inserted the prompt says so in that state.
func (d *dialect2) endOf(turn string, idle update2) rules.AgentTurnEnded {
	switch {
	case idle.StopReason != "error":
		return rules.AgentTurnEnded{Turn: turn, StopReason: wire.Brief(idle.StopReason)}
	case !isObject(idle.Error):
		return rules.AgentTurnEnded{Turn: turn, Err: errNoReason}
	}
	return d.session.turnFailed(turn, wire.Message{Error: idle.Error})
}

// update2 has the members of the updates of version 2 that tell what the agent does.
type update2 struct {
	State        string          `json:"state"`
	StopReason   string          `json:"stopReason"`
	MessageID    string          `json:"messageId"`
	ToolCallID   string          `json:"toolCallId"`
	TerminalID   string          `json:"terminalId"`
	Capabilities json.RawMessage `json:"capabilities"`
	Error        json.RawMessage `json:"error"` // of an idle state
}

// updates2 are the kinds of updates that a dialect2 reads.
var updates2 = map[string]bool{"state_update": true, "user_message": true, "user_message_chunk": true, "tool_call_update": true, "terminal_update": true}

// decodeUpdate2 decodes an update that tells what the agent does. Members of the wrong
// type are empty, as the protocol requires.
func decodeUpdate2(m wire.Message) (u update2, ok bool) {
	if m.Method != "session/update" || !updates2[m.Update] {
		return u, false
	}
	var params struct{ Update map[string]json.RawMessage }
	if json.Unmarshal(m.Params, &params) != nil {
		return u, false
	}
	for name, into := range map[string]*string{"state": &u.State, "stopReason": &u.StopReason, "messageId": &u.MessageID,
		"toolCallId": &u.ToolCallID, "terminalId": &u.TerminalID} {
		_ = json.Unmarshal(params.Update[name], into)
	}
	u.Capabilities, u.Error = params.Update["capabilities"], params.Update["error"]
	return u, true
}

func (d *dialect2) updating(m wire.Message) []rules.AgentEvent {
	u, ok := decodeUpdate2(m)
	if !ok {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch m.Update {
	case "user_message", "user_message_chunk":
		d.early.Message = cmp.Or(u.MessageID, d.early.Message)
	case "tool_call_update":
		d.stops.toolCalls.note(u.ToolCallID, u.Capabilities)
	case "terminal_update":
		d.stops.terminals.note(u.TerminalID, u.Capabilities)
	case "state_update":
		if u.State == "running" || u.State == "requires_action" {
			d.busy = true
			return d.ownWork()
		}
	}
	return nil
}

func (d *dialect2) updated(m wire.Message) []rules.AgentEvent {
	if m.Update != "state_update" {
		return nil
	}
	u, ok := decodeUpdate2(m)
	if !ok || u.State != "idle" {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy = false
	var events []rules.AgentEvent
	if d.own {
		d.own = false
		events = append(events, d.endOf("", u))
	}
	switch {
	case d.turn == "":
	case d.inserted:
		events = append(events, d.endTurn(u)...)
	default:
		d.early.Ended, d.early.Idle = d.early.Message, u
	}
	return events
}

func (d *dialect2) working() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.turn != "" || d.own
}

func (d *dialect2) stop(toolCallID, terminalID string) (stopRequest, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case toolCallID != "" && d.stops.toolCalls.offered(toolCallID):
		return stopRequest{"tool_call/cancel", stopParams{SessionID: d.session.id, ToolCallID: toolCallID}}, nil
	case terminalID != "" && d.stops.terminals.offered(terminalID):
		return stopRequest{"terminal/cancel", stopParams{SessionID: d.session.id, TerminalID: terminalID}}, nil
	}
	return stopRequest{}, errors.New("the agent does not offer to stop it")
}

// permission2 has the params of session/request_permission.
type permission2 struct {
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Subject     json.RawMessage `json:"subject"` // an object, or missing
	Options     json.RawMessage `json:"options"`
}

// subject2 has the members of the subjects that Parley knows.
type subject2 struct {
	Type       string          `json:"type"`
	ToolCall   json.RawMessage `json:"toolCall"`   // of the type tool_call
	Command    string          `json:"command"`    // of the type command
	ToolCallID string          `json:"toolCallId"` // of the type command; may be empty
}

// subjectCall stands for the tool call of a question that is about none. Its raw input is
// the whole subject.
type subjectCall struct {
	ToolCallID string          `json:"toolCallId"`
	Title      string          `json:"title"`
	Kind       string          `json:"kind,omitempty"`
	RawInput   json.RawMessage `json:"rawInput,omitempty"`
}

func (*dialect2) decodePermission(params json.RawMessage) (p permission, err error) {
	var asked permission2
	if err := json.Unmarshal(params, &asked); err != nil {
		return p, err
	}
	p = permission{Options: asked.Options, title: asked.Title, description: asked.Description}
	var subject subject2
	if isObject(asked.Subject) {
		if err := json.Unmarshal(asked.Subject, &subject); err != nil {
			return p, err
		}
	}
	switch {
	case subject.Type == "tool_call" && isObject(subject.ToolCall):
		p.ToolCall = subject.ToolCall
	case subject.Type == "tool_call" || asked.Title == "":
		return p, errNoSubject
	default:
		call := subjectCall{ToolCallID: subject.ToolCallID, Title: asked.Title}
		if subject.Type == "command" {
			call.Kind = "execute"
		}
		if isObject(asked.Subject) {
			call.RawInput = asked.Subject
		}
		p.ToolCall, err = protocol.Marshal(call)
	}
	if err == nil {
		err = p.decodeOptions()
	}
	return p, err
}

var errNoSubject = errors.New("a title and, in a subject of the type tool_call, a toolCall are needed")

// isObject reports whether a JSON value is an object.
func isObject(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '{' }
