package hub

import (
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

// asked puts a question of the agent to people, or answers it by the host
// session's policy. A turn that is being cancelled asks nobody.
func (s *hostState) asked(e AgentPermission) decision {
	p := openPermission{
		Permission: protocol.Permission{RequestID: e.RequestID, ToolCall: e.ToolCall, Options: e.Options},
		Choices:    e.Choices,
	}
	if s.Running != nil && s.Running.Cancelling != "" {
		return decision{effects: []effect{answerAgent{e.RequestID, ""}}}
	}
	d := decision{events: []event{{public: &protocol.PermissionRequested{Permission: p.Permission}}}}
	d = s.tellConcerned(d, permissionAsked{p})
	switch s.Session.Permissions {
	case protocol.PermissionsAllow:
		if option := optionOfKind(e.Choices, allowing...); option != "" {
			return s.settle(d, e.RequestID, option, protocol.SourcePolicy, nil)
		}
	case protocol.PermissionsReject:
		return s.settle(d, e.RequestID, optionOfKind(e.Choices, rejecting...), protocol.SourcePolicy, nil)
	}
	return d
}

// answered takes the first answer of a participant.
func (s *hostState) answered(m permissionAnswer) decision {
	if !slices.ContainsFunc(s.Permissions, func(p askedPermission) bool { return p.Permission.RequestID == m.requestID }) {
		return decision{effects: []effect{tell{m.shared, permissionGone{m.requestID}}}}
	}
	return s.settle(decision{}, m.requestID, m.optionID, protocol.SourceParticipant, &m)
}

// settle answers the agent and tells everybody who was asked. Without an
// option the answer is that the request was cancelled.
func (s *hostState) settle(d decision, requestID, optionID string, source protocol.PermissionSource, won *permissionAnswer) decision {
	resolved := protocol.PermissionResolved{RequestID: requestID, Outcome: protocol.OutcomeCancelled, Source: source}
	if optionID != "" {
		resolved.Outcome, resolved.OptionID = protocol.OutcomeSelected, &optionID
	}
	if won != nil {
		resolved.Participant = &won.by
	}
	d.events = append(d.events, event{public: &resolved})
	d = d.with(answerAgent{requestID, optionID})
	return s.tellConcerned(d, permissionSettled{resolved, won})
}

// withdraw takes a question back that no longer needs an answer.
func (s *hostState) withdraw(d decision, requestID string) decision {
	if !slices.ContainsFunc(s.Permissions, func(p askedPermission) bool { return p.Permission.RequestID == requestID }) {
		return d
	}
	d.events = append(d.events, event{public: &protocol.PermissionWithdrawn{RequestID: requestID}})
	return s.tellConcerned(d, permissionGone{requestID})
}

// tellConcerned tells the shared session whose turn is running, or all when
// none is.
func (s *hostState) tellConcerned(d decision, message any) decision {
	if s.Running != nil {
		return d.with(tell{s.Running.Turn.Shared, message})
	}
	return d.with(tellOpen{message})
}
