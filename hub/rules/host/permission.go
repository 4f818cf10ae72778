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
	allowing  = []string{"allow_once"}
	rejecting = []string{"reject_once", "reject_always"}
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

// ask passes a permission request on to the participants, or answers it by the host
// session's policy. In a turn that is being cancelled the answer is cancelled.
func (s *State) ask(e rules.AgentPermission) rules.Decision {
	q := rules.PermissionRequest{
		Permission: protocol.Permission{RequestID: e.RequestID, ToolCall: orNull(e.ToolCall), Options: orNull(e.Options)},
		Choices:    e.Choices,
	}
	if s.Running != nil && s.Running.Cancelling != "" {
		return rules.Decision{Effects: []rules.Effect{AnswerAgent{e.RequestID, ""}}}
	}
	asked := askedPermission{Permission: q, Shared: s.turnOf()}
	d := rules.Decision{Events: []rules.Event{{Public: &protocol.PermissionRequested{Permission: q.Permission}}}}
	d = asked.tell(d, rules.PermissionRequested{Request: q})
	switch s.Session.Permissions {
	case protocol.PermissionsAllow:
		if option := optionOfKind(e.Choices, allowing...); option != "" {
			return s.settle(d, asked, option, protocol.SourcePolicy, nil)
		}
	case protocol.PermissionsReject:
		return s.settle(d, asked, optionOfKind(e.Choices, rejecting...), protocol.SourcePolicy, nil)
	}
	return d
}

// orNull returns null for a member that the agent left out, as decoding the event
// will.
func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// answered decides on a participant's answer. The first one counts.
func (s *State) answered(m rules.PermissionAnswer) rules.Decision {
	asked := s.OpenPermission(m.RequestID)
	if asked == nil {
		return rules.Decision{Effects: []rules.Effect{rules.Send{To: m.Shared, Message: rules.PermissionWithdrawn{RequestID: m.RequestID}}}}
	}
	return s.settle(rules.Decision{}, *asked, m.OptionID, protocol.SourceParticipant, &m)
}

// settle answers the agent and tells the shared sessions that have the request.
// Without an option the request is answered as cancelled.
func (s *State) settle(d rules.Decision, asked askedPermission, optionID string, source protocol.PermissionSource, won *rules.PermissionAnswer) rules.Decision {
	requestID := asked.Permission.RequestID
	resolved := protocol.PermissionResolved{RequestID: requestID, Outcome: protocol.OutcomeCancelled, Source: source}
	if optionID != "" {
		resolved.Outcome, resolved.OptionID = protocol.OutcomeSelected, &optionID
	}
	if won != nil {
		resolved.Participant = &won.By
	}
	d.Events = append(d.Events, rules.Event{Public: &resolved})
	d = d.With(AnswerAgent{requestID, optionID})
	return asked.tell(d, rules.PermissionResolved{Resolved: resolved, Answer: won})
}

// withdraw ends a permission request that needs no answer any more.
func (s *State) withdraw(d rules.Decision, requestID string) rules.Decision {
	asked := s.OpenPermission(requestID)
	if asked == nil {
		return d
	}
	d.Events = append(d.Events, rules.Event{Public: &protocol.PermissionWithdrawn{RequestID: requestID}})
	return asked.tell(d, rules.PermissionWithdrawn{RequestID: requestID})
}

// tell returns the decision with a message to the shared sessions that have the
// request. Later turns do not change which ones have it.
func (p *askedPermission) tell(d rules.Decision, message any) rules.Decision {
	if p.Shared.IsZero() {
		return d.With(Broadcast{message})
	}
	return d.With(rules.Send{To: p.Shared, Message: message})
}
