package host

import (
	"encoding/json"
	"slices"

	"parley/hub/rules"
	"parley/protocol"
)

// The kinds of options of the Agent Client Protocol that an automatic answer may
// choose, in order of preference. It never allows more than this one call.
var (
	allowKinds  = []string{"allow_once"}
	rejectKinds = []string{"reject_once", "reject_always"}
)

// optionOfKind returns the first option of the first kind that the request offers;
// empty when it offers none.
func optionOfKind(options []rules.AgentOption, kinds ...string) string {
	for _, k := range kinds {
		if i := slices.IndexFunc(options, func(o rules.AgentOption) bool { return o.Kind == k }); i >= 0 {
			return options[i].ID
		}
	}
	return ""
}

// requestPermission passes a permission request on to the participants, or answers it by the host
// session's policy. In a turn that is being cancelled the answer is cancelled.
func (s *State) requestPermission(e rules.AgentPermission) rules.Decision {
	q := rules.PermissionRequest{
		Permission: protocol.Permission{RequestID: e.RequestID, ToolCall: nullIfEmpty(e.ToolCall), Options: nullIfEmpty(e.Options)},
		Choices:    e.Choices,
	}
	if s.Running != nil && s.Running.Cancelling != "" {
		return rules.Decision{Effects: []rules.Effect{AnswerAgent{e.RequestID, ""}}}
	}
	asked := openPermission{Request: q, Shared: s.runningShared()}
	d := rules.Decision{Events: []rules.Event{{Public: &protocol.PermissionRequested{Permission: q.Permission}}}}
	d = asked.send(d, rules.PermissionRequested{Request: q})
	switch s.Session.Permissions {
	case protocol.PermissionsAllow:
		if option := optionOfKind(e.Choices, allowKinds...); option != "" {
			return s.resolvePermission(d, asked, option, protocol.SourcePolicy, nil)
		}
	case protocol.PermissionsReject:
		return s.resolvePermission(d, asked, optionOfKind(e.Choices, rejectKinds...), protocol.SourcePolicy, nil)
	}
	return d
}

// nullIfEmpty returns null for a member that the agent left out, as decoding the event
// will.
func nullIfEmpty(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// answerPermission decides on a participant's answer. The first one counts.
func (s *State) answerPermission(m rules.PermissionAnswer) rules.Decision {
	asked := s.OpenPermission(m.RequestID)
	if asked == nil {
		return rules.Decision{Effects: []rules.Effect{rules.Send{To: m.Shared, Message: rules.PermissionWithdrawn{RequestID: m.RequestID}}}}
	}
	return s.resolvePermission(rules.Decision{}, *asked, m.OptionID, protocol.SourceParticipant, &m)
}

// resolvePermission answers the agent and tells the shared sessions that have the request.
// Without an option the request is answered as cancelled.
func (s *State) resolvePermission(d rules.Decision, asked openPermission, optionID string, source protocol.PermissionSource, won *rules.PermissionAnswer) rules.Decision {
	requestID := asked.Request.RequestID
	resolved := protocol.PermissionResolved{RequestID: requestID, Outcome: protocol.OutcomeCancelled, Source: source}
	if optionID != "" {
		resolved.Outcome, resolved.OptionID = protocol.OutcomeSelected, &optionID
	}
	if won != nil {
		resolved.Participant = &won.By
	}
	d.Events = append(d.Events, rules.Event{Public: &resolved})
	d = d.With(AnswerAgent{requestID, optionID})
	return asked.send(d, rules.PermissionResolved{Resolved: resolved, Answer: won})
}

// withdrawPermission ends a permission request that needs no answer any more.
func (s *State) withdrawPermission(d rules.Decision, requestID string) rules.Decision {
	asked := s.OpenPermission(requestID)
	if asked == nil {
		return d
	}
	d.Events = append(d.Events, rules.Event{Public: &protocol.PermissionWithdrawn{RequestID: requestID}})
	return asked.send(d, rules.PermissionWithdrawn{RequestID: requestID})
}

// send returns the decision with a message to the shared sessions that have the
// request. Later turns do not change which ones have it.
func (p *openPermission) send(d rules.Decision, message rules.Message) rules.Decision {
	if p.Shared.IsZero() {
		return d.With(Broadcast{message})
	}
	return d.With(rules.Send{To: p.Shared, Message: message})
}
