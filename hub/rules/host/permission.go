package host

import (
	"encoding/json"
	"slices"

	"parley/hub/rules"
	"parley/protocol"
)

// The kinds of options of the Agent Client Protocol that an automatic answer may choose, in
// order of preference. It never allows more than one call.
var (
	allowKinds  = []string{"allow_once"}
	rejectKinds = []string{"reject_once", "reject_always"}
)

// optionOfKind returns the id of the first option of the first kind that a request offers;
// empty if it offers none.
func optionOfKind(options []rules.AgentOption, kinds ...string) string {
	for _, k := range kinds {
		if i := slices.IndexFunc(options, func(o rules.AgentOption) bool { return o.Kind == k }); i >= 0 {
			return options[i].ID
		}
	}
	return ""
}

// requestPermission forwards a permission request to the participants, or answers it by the
// session's policy. In a turn that is being cancelled, it answers it as cancelled.
func (s *State) requestPermission(e rules.AgentPermission) rules.Decision {
	request := rules.PermissionRequest{
		Permission: protocol.Permission{RequestID: e.RequestID, ToolCall: nullIfEmpty(e.ToolCall), Options: nullIfEmpty(e.Options), Title: e.Title, Description: e.Description},
		Choices:    e.Choices,
	}
	if s.Running != nil && s.Running.Cancelling != "" {
		return rules.Decision{Effects: []rules.Effect{AnswerAgent{e.RequestID, ""}}}
	}
	open := openPermission{Request: request, Shared: s.runningShared()}
	d := rules.Decision{Events: []rules.Event{{Public: &protocol.PermissionRequested{Permission: request.Permission}}}}
	d = open.send(d, rules.PermissionRequested{Request: request})
	switch s.Session.Permissions {
	case protocol.PermissionsAllow:
		if option := optionOfKind(e.Choices, allowKinds...); option != "" {
			return s.resolvePermission(d, open, resolution{option, protocol.SourcePolicy, nil})
		}
	case protocol.PermissionsReject:
		return s.resolvePermission(d, open, resolution{optionOfKind(e.Choices, rejectKinds...), protocol.SourcePolicy, nil})
	}
	return d
}

// nullIfEmpty returns null for a member that the agent left out. The decoded event has null
// as well.
func nullIfEmpty(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// answerPermission decides on a participant's answer, and accepts the first one.
func (s *State) answerPermission(m rules.PermissionAnswer) rules.Decision {
	open := s.OpenPermission(m.RequestID)
	if open == nil {
		return rules.Decision{Effects: []rules.Effect{rules.Send{To: m.Shared, Message: rules.PermissionWithdrawn{RequestID: m.RequestID}}}}
	}
	return s.resolvePermission(rules.Decision{}, *open, resolution{m.OptionID, protocol.SourceParticipant, &m})
}

// resolution is the outcome of a permission request.
type resolution struct {
	optionID string // empty for cancelled
	source   protocol.PermissionSource
	answer   *rules.PermissionAnswer // the participant's; nil for another source
}

// resolvePermission answers the agent and reports the outcome to the shared sessions that
// have the request.
func (s *State) resolvePermission(d rules.Decision, open openPermission, r resolution) rules.Decision {
	requestID := open.Request.RequestID
	resolved := protocol.PermissionResolved{RequestID: requestID, Outcome: protocol.OutcomeCancelled, Source: r.source}
	if r.optionID != "" {
		resolved.Outcome, resolved.OptionID = protocol.OutcomeSelected, &r.optionID
	}
	if r.answer != nil {
		resolved.Participant = &r.answer.By
	}
	d.Events = append(d.Events, rules.Event{Public: &resolved})
	d = d.With(AnswerAgent{requestID, r.optionID})
	return open.send(d, rules.PermissionResolved{Resolved: resolved, Answer: r.answer})
}

// withdrawPermission ends a permission request that needs no answer any more.
func (s *State) withdrawPermission(d rules.Decision, requestID string) rules.Decision {
	open := s.OpenPermission(requestID)
	if open == nil {
		return d
	}
	d.Events = append(d.Events, rules.Event{Public: &protocol.PermissionWithdrawn{RequestID: requestID}})
	return open.send(d, rules.PermissionWithdrawn{RequestID: requestID})
}

// send returns the decision with a message to the shared sessions that have the request.
// Later turns do not change which ones these are.
func (p *openPermission) send(d rules.Decision, message rules.Message) rules.Decision {
	if p.Shared.IsZero() {
		return d.With(Broadcast{message})
	}
	return d.With(rules.Send{To: p.Shared, Message: message})
}
