package view

import "parley/protocol"

// ElicitationState is what has become of a request for input.
type ElicitationState string

// The states of a request for input.
const (
	ElicitationOpen      ElicitationState = "open"
	ElicitationOpened    ElicitationState = "opened"    // accepted, and the page is not finished yet
	ElicitationCompleted ElicitationState = "completed" // the page is finished
	ElicitationAccepted  ElicitationState = "accepted"
	ElicitationDeclined  ElicitationState = "declined"
	ElicitationCancelled ElicitationState = "cancelled"
	ElicitationWithdrawn ElicitationState = "withdrawn"
)

// ElicitationRow is a request of the agent for input, with its answer once there is one.
// What was filled in is not in it.
type ElicitationRow struct {
	Base
	Turn       *string                    `json:"turn"`
	Request    protocol.Elicitation       `json:"request"`
	State      ElicitationState           `json:"state"`
	Source     *protocol.PermissionSource `json:"source"`
	AnsweredBy *protocol.Participant      `json:"answeredBy"`
}

// takeElicitation folds an event about a request for input. It reports whether the event
// is one.
func (t *Timeline) takeElicitation(payload protocol.Payload) bool {
	switch p := payload.(type) {
	case *protocol.ElicitationRequested:
		t.elicit(p.Elicitation)
	case *protocol.ElicitationResolved:
		t.changeElicitation(p.RequestID, func(r *ElicitationRow) {
			r.State, r.Source, r.AnsweredBy = answeredState(r.Request, p.Action), &p.Source, p.Participant
		})
	case *protocol.ElicitationWithdrawn:
		t.changeElicitation(p.RequestID, func(r *ElicitationRow) {
			if r.State == ElicitationOpened {
				r.State = ElicitationAccepted
			} else {
				r.State = ElicitationWithdrawn
			}
		})
	case *protocol.ElicitationCompleted:
		t.changeElicitation(p.RequestID, func(r *ElicitationRow) { r.State = ElicitationCompleted })
	default:
		return false
	}
	return true
}

func (t *Timeline) elicit(request protocol.Elicitation) {
	t.endSaying()
	row := &ElicitationRow{Base: t.base("elicitation"), Turn: t.running, Request: request, State: ElicitationOpen}
	if request.AcceptedBy != nil {
		source := protocol.SourceParticipant
		row.State, row.Source, row.AnsweredBy = ElicitationOpened, &source, request.AcceptedBy
	}
	t.add(row)
}

func answeredState(request protocol.Elicitation, action protocol.ElicitationAction) ElicitationState {
	switch action {
	case protocol.ElicitationAccept:
		if request.Mode == protocol.ElicitationModeURL {
			return ElicitationOpened
		}
		return ElicitationAccepted
	case protocol.ElicitationDecline:
		return ElicitationDeclined
	}
	return ElicitationCancelled
}

// changeElicitation changes the row of a request for input, if there is one.
func (t *Timeline) changeElicitation(id string, change func(*ElicitationRow)) {
	i := t.findLast(0, func(r Row) bool { e, ok := r.(*ElicitationRow); return ok && e.Request.RequestID == id })
	if i < 0 {
		return
	}
	now := *t.rows[i].(*ElicitationRow)
	change(&now)
	t.replace(i, &now)
}

func (r *ElicitationRow) size() int {
	size := rowSize + len(r.Request.Message)
	if r.Request.Form != nil {
		for _, f := range r.Request.Form.Fields {
			size += rowSize + len(f.Name) + len(f.Title) + len(f.Description) + len(f.Pattern)
			for _, o := range f.Options {
				size += len(o.Value) + len(o.Title) + len(o.Description)
			}
		}
	}
	return size
}
