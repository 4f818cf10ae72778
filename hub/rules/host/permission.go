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
	if s.cancelling() {
		return rules.Decision{Effects: []rules.Effect{AnswerAgent{e.RequestID, ""}}}
	}
	open := openQuestion{Question: rules.Question{Permission: &request}, Shared: s.askedIn()}
	d := rules.Decision{Events: []rules.Event{{Public: &protocol.PermissionRequested{Permission: request.Permission}}}}
	d = open.send(d, rules.QuestionAsked{Question: open.Question})
	switch s.Session.Permissions {
	case protocol.PermissionsAllow:
		if option := optionOfKind(e.Choices, allowKinds...); option != "" {
			return s.resolveQuestion(d, open, resolution{optionID: option, source: protocol.SourcePolicy})
		}
	case protocol.PermissionsReject:
		return s.resolveQuestion(d, open, resolution{optionID: optionOfKind(e.Choices, rejectKinds...), source: protocol.SourcePolicy})
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

// permissionResolved returns the effect that answers the agent, and the event.
func permissionResolved(requestID string, r resolution) (rules.Effect, protocol.Payload) {
	resolved := &protocol.PermissionResolved{RequestID: requestID, Outcome: protocol.OutcomeCancelled, Source: r.source, Participant: r.by()}
	if r.optionID != "" {
		resolved.Outcome, resolved.OptionID = protocol.OutcomeSelected, &r.optionID
	}
	return AnswerAgent{requestID, r.optionID}, resolved
}
