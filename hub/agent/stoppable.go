package agent

import (
	"encoding/json"
	"slices"

	"parley/hub/agent/wire"
	"parley/hub/rules"
)

// maxStoppable is the maximum number of tool calls, and of terminals, whose offer to be
// stopped is remembered. Of more, the oldest cannot be stopped one by one.
const maxStoppable = 1024

// stoppables are the tool calls and terminals that the agent offers to stop.
type stoppables struct{ toolCalls, terminals offers }

// offers are ids for which an agent offers something: the newest, oldest first.
type offers struct{ ids []string }

// note takes the capabilities of an update: an object replaces the earlier ones, null
// clears them, and nil leaves them.
func (o *offers) note(id string, capabilities json.RawMessage) {
	if id == "" || len(id) > maxStoppableID || capabilities == nil {
		return
	}
	var members struct{ Cancel json.RawMessage }
	_ = json.Unmarshal(capabilities, &members)
	o.ids = slices.DeleteFunc(o.ids, func(known string) bool { return known == id })
	if isObject(members.Cancel) {
		o.ids = rules.KeepLast(append(o.ids, id), maxStoppable)
	}
}

// maxStoppableID is the length in bytes of the longest id of a tool call or terminal that
// can be stopped.
const maxStoppableID = 1024

func (o *offers) offered(id string) bool { return slices.Contains(o.ids, id) }

// stopRequest is a request that stops a tool call or a terminal.
type stopRequest struct {
	method string
	params stopParams
}

// client → agent: tool_call/cancel and terminal/cancel
type stopParams struct {
	SessionID  string `json:"sessionId"`
	ToolCallID string `json:"toolCallId,omitempty"`
	TerminalID string `json:"terminalId,omitempty"`
}

// StopWork implements [hub.Agent].
func (s *session) StopWork(w rules.Work) error {
	request, err := s.dialect.stop(w.ToolCallID, w.TerminalID)
	if err != nil {
		return err
	}
	s.callFor(rules.Cause{Kind: rules.CauseWork, Key: w.ToolCallID + w.TerminalID}, request.method, request.params, func(m wire.Message) {
		if m.Error != nil {
			s.emit(rules.AgentStopRefused{Work: w, Reason: wire.ForPeople(wire.DecodeError(m.Error).Error(), maxFailure)})
		}
	})
	return nil
}
