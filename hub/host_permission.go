package hub

import (
	"encoding/json"
	"slices"

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
func optionOfKind(options []AgentOption, kinds ...string) string {
	for _, k := range kinds {
		if i := slices.IndexFunc(options, func(o AgentOption) bool { return o.Kind == k }); i >= 0 {
			return options[i].ID
		}
	}
	return ""
}

// ask passes a permission request on to the participants, or answers it by the host
// session's policy. In a turn that is being cancelled the answer is cancelled.
func (s *hostState) ask(e AgentPermission) decision {
	q := question{
		Permission: protocol.Permission{RequestID: e.RequestID, ToolCall: orNull(e.ToolCall), Options: orNull(e.Options)},
		Choices:    e.Choices,
	}
	if s.Running != nil && s.Running.Cancelling != "" {
		return decision{effects: []effect{answerAgent{e.RequestID, ""}}}
	}
	asked := askedPermission{Permission: q, Shared: s.turnOf()}
	d := decision{events: []event{{public: &protocol.PermissionRequested{Permission: q.Permission}}}}
	d = asked.tell(d, permissionAsked{q})
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
func (s *hostState) answered(m permissionAnswer) decision {
	asked := s.asked(m.requestID)
	if asked == nil {
		return decision{effects: []effect{tell{m.shared, permissionGone{m.requestID}}}}
	}
	return s.settle(decision{}, *asked, m.optionID, protocol.SourceParticipant, &m)
}

// settle answers the agent and tells the shared sessions that have the request.
// Without an option the request is answered as cancelled.
func (s *hostState) settle(d decision, asked askedPermission, optionID string, source protocol.PermissionSource, won *permissionAnswer) decision {
	requestID := asked.Permission.RequestID
	resolved := protocol.PermissionResolved{RequestID: requestID, Outcome: protocol.OutcomeCancelled, Source: source}
	if optionID != "" {
		resolved.Outcome, resolved.OptionID = protocol.OutcomeSelected, &optionID
	}
	if won != nil {
		resolved.Participant = &won.by
	}
	d.events = append(d.events, event{public: &resolved})
	d = d.with(answerAgent{requestID, optionID})
	return asked.tell(d, permissionSettled{resolved, won})
}

// withdraw ends a permission request that needs no answer any more.
func (s *hostState) withdraw(d decision, requestID string) decision {
	asked := s.asked(requestID)
	if asked == nil {
		return d
	}
	d.events = append(d.events, event{public: &protocol.PermissionWithdrawn{RequestID: requestID}})
	return asked.tell(d, permissionGone{requestID})
}

// tell returns the decision with a message to the shared sessions that have the
// request. Later turns do not change which ones have it.
func (p *askedPermission) tell(d decision, message any) decision {
	if p.Shared.IsZero() {
		return d.with(tellOpen{message})
	}
	return d.with(tell{p.Shared, message})
}
