package hub

import (
	"encoding/json"
	"slices"

	"parley/protocol"
)

// Kinds of options, of the Agent Client Protocol. An answer that nobody gave is
// for once and no longer.
var (
	allowing  = []string{"allow_once"}
	rejecting = []string{"reject_once", "reject_always"}
)

// optionOfKind returns the first option of the first kind that there is one
// of; empty when there is none.
func optionOfKind(options []AgentOption, kinds ...string) string {
	for _, k := range kinds {
		if i := slices.IndexFunc(options, func(o AgentOption) bool { return o.Kind == k }); i >= 0 {
			return options[i].ID
		}
	}
	return ""
}

// ask puts a question of the agent to people, or answers it by the host
// session's policy. A turn that is being cancelled asks nobody.
func (s *hostState) ask(e AgentPermission) decision {
	p := question{
		Permission: protocol.Permission{RequestID: e.RequestID, ToolCall: orNull(e.ToolCall), Options: orNull(e.Options)},
		Choices:    e.Choices,
	}
	if s.Running != nil && s.Running.Cancelling != "" {
		return decision{effects: []effect{answerAgent{e.RequestID, ""}}}
	}
	asked := askedPermission{Permission: p, Shared: s.turnOf()}
	d := decision{events: []event{{public: &protocol.PermissionRequested{Permission: p.Permission}}}}
	d = d.tellAsked(asked, permissionAsked{p})
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

// orNull makes of what an agent left out what is read of it again.
func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// answered takes the first answer of a participant.
func (s *hostState) answered(m permissionAnswer) decision {
	asked := s.asked(m.requestID)
	if asked == nil {
		return decision{effects: []effect{tell{m.shared, permissionGone{m.requestID}}}}
	}
	return s.settle(decision{}, *asked, m.optionID, protocol.SourceParticipant, &m)
}

// settle answers the agent and tells everybody who was asked. Without an
// option the answer is that the request was cancelled.
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
	return d.tellAsked(asked, permissionSettled{resolved, won})
}

// withdraw takes a question back that no longer needs an answer.
func (s *hostState) withdraw(d decision, requestID string) decision {
	asked := s.asked(requestID)
	if asked == nil {
		return d
	}
	d.events = append(d.events, event{public: &protocol.PermissionWithdrawn{RequestID: requestID}})
	return d.tellAsked(*asked, permissionGone{requestID})
}

// tellAsked tells the shared sessions that were asked: later turns do not
// change which those are.
func (d decision) tellAsked(asked askedPermission, message any) decision {
	if asked.Shared.IsZero() {
		return d.with(tellOpen{message})
	}
	return d.with(tell{asked.Shared, message})
}

// greet tells a shared session that has opened or woken how things stand.
func (s *hostState) greet(m sharedOpened) decision {
	d := decision{effects: []effect{
		openShared{m.shared},
		tell{m.shared, agentChanged{s.status()}},
		tell{m.shared, agentKnown{s.Session.Facts}},
	}}
	for _, requestID := range m.asked {
		if s.asked(requestID) == nil {
			d = d.with(tell{m.shared, permissionGone{requestID}})
		}
	}
	for _, p := range s.Permissions {
		if p.Shared.IsZero() || p.Shared == m.shared {
			d = d.with(tell{m.shared, permissionAsked{p.Permission}})
		}
	}
	return d
}
