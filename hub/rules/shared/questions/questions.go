package questions

import (
	"slices"

	"parley/hub/rules"
	"parley/protocol"
)

// MaxResolved is how many resolved questions a late answer can be told apart from unknown
// ones.
const MaxResolved = 32

// Questions are the questions of one shared session. The JSON of the fields is part of the
// session's snapshot; a field whose JSON has another name was renamed after snapshots had been
// stored.
type Questions struct {
	Permissions       []Permission  // in the order of asking
	Elicitations      []Elicitation `json:",omitempty"` // in the order of asking, including pages that are not finished
	ResolvedQuestions []string      `json:"Settled"`    // ids of the newest resolved questions; at most MaxResolved
	Answered          []Answer      `json:",omitempty"` // the newest answers of participants that can be read; at most MaxResolved
}

// Index computes the derived fields, after a snapshot was decoded.
func (q *Questions) Index() {
	for i, p := range q.Permissions {
		q.Permissions[i] = p.withShortForm()
	}
	for i := range q.Elicitations {
		q.Elicitations[i].measure()
	}
}

// Permission returns an open permission request; nil for none.
func (q *Questions) Permission(requestID string) *Permission {
	i := slices.IndexFunc(q.Permissions, func(p Permission) bool { return p.RequestID == requestID })
	if i < 0 {
		return nil
	}
	return &q.Permissions[i]
}

// Elicitation returns an open elicitation; nil for none.
func (q *Questions) Elicitation(requestID string) *Elicitation {
	i := slices.IndexFunc(q.Elicitations, func(e Elicitation) bool { return e.RequestID == requestID })
	if i < 0 {
		return nil
	}
	return &q.Elicitations[i]
}

// AnswerTo returns the answer to an elicitation that can be read; nil for none.
func (q *Questions) AnswerTo(requestID string) *Answer {
	i := slices.IndexFunc(q.Answered, func(a Answer) bool { return a.RequestID == requestID })
	if i < 0 {
		return nil
	}
	return &q.Answered[i]
}

// IsResolved reports whether a question is one of the newest that were resolved.
func (q *Questions) IsResolved(requestID string) bool {
	return slices.Contains(q.ResolvedQuestions, requestID)
}

// Number returns how many questions are open.
func (q *Questions) Number() int { return len(q.Permissions) + len(q.Elicitations) }

// IDs returns the ids of the open questions, including pages that are not finished.
func (q *Questions) IDs() []string {
	var ids []string
	for _, p := range q.Permissions {
		ids = append(ids, p.RequestID)
	}
	for _, e := range q.Elicitations {
		ids = append(ids, e.RequestID)
	}
	return ids
}

// DropOpen drops the open questions, since the session has ended.
func (q *Questions) DropOpen() { q.Permissions, q.Elicitations = nil, nil }

// Apply applies an event about a question. It ignores other events.
func (q *Questions) Apply(e rules.Event, at rules.Stamp) {
	switch p := e.Public.(type) {
	case *protocol.PermissionRequested:
		asked := NewPermission(rules.NewPermissionRequest(p.Permission))
		if masked, ok := maskOf(e).(*protocol.PermissionRequested); ok {
			asked.Masked = &masked.Permission
		}
		q.Permissions = append(q.Permissions, asked)
	case *protocol.PermissionResolved:
		q.dropPermission(p.RequestID)
		q.resolved(p.RequestID)
	case *protocol.PermissionWithdrawn:
		q.dropPermission(p.RequestID)
	case *protocol.ElicitationRequested:
		asked := Elicitation{Elicitation: p.Elicitation}
		if masked, ok := maskOf(e).(*protocol.ElicitationRequested); ok {
			asked.Masked = &masked.Elicitation
		}
		asked.measure()
		q.Elicitations = append(q.Elicitations, asked)
	case *protocol.ElicitationResolved:
		q.applyElicitationResolved(p, e.Private.Answer, at)
	case *protocol.ElicitationWithdrawn:
		q.dropElicitation(p.RequestID)
	case *protocol.ElicitationCompleted:
		q.dropElicitation(p.RequestID)
	}
}

// maskOf returns the payload of an event with its secrets masked; nil if there are none.
func maskOf(e rules.Event) protocol.Payload {
	masked, err := e.Masked()
	if err != nil || e.Private.Mask == nil {
		return nil
	}
	return masked.Public
}

func (q *Questions) applyElicitationResolved(p *protocol.ElicitationResolved, given *protocol.ElicitationAnswer, at rules.Stamp) {
	q.resolved(p.RequestID)
	if given != nil {
		a := Answer{RequestID: p.RequestID, By: p.Participant.ID, Page: given.URL != "", Seq: at.Seq}
		q.Answered = rules.KeepLast(append(q.Answered, a), MaxResolved)
	}
	open := q.Elicitation(p.RequestID)
	if open != nil && open.Mode == protocol.ElicitationModeURL && p.Action == protocol.ElicitationAccept {
		open.AcceptedBy = p.Participant
		open.measure()
		return
	}
	q.dropElicitation(p.RequestID)
}

// resolved notes that a question was resolved.
func (q *Questions) resolved(requestID string) {
	q.ResolvedQuestions = rules.KeepLast(append(q.ResolvedQuestions, requestID), MaxResolved)
}

func (q *Questions) dropPermission(requestID string) {
	q.Permissions = slices.DeleteFunc(q.Permissions, func(p Permission) bool { return p.RequestID == requestID })
}

func (q *Questions) dropElicitation(requestID string) {
	q.Elicitations = slices.DeleteFunc(q.Elicitations, func(e Elicitation) bool { return e.RequestID == requestID })
}
