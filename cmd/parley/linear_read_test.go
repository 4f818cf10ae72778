package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// runRead reads the session and records the result. A failed read is not recorded.
func (k *historyClient) runRead(ctx context.Context, what readKind) {
	called := k.history.now()
	seen, err := k.history.observe(ctx, what, k.history.people[k.user])
	if err == nil {
		k.history.record(k.number, operation{user: k.user, read: what}, called, outcome{view: seen.show(what)})
	}
}

// observe returns the state as far as a read returns it.
func (h *history) observe(ctx context.Context, what readKind, m e2e.Member) (modelState, error) {
	switch what {
	case readState:
		a, err := read[protocol.StateAnswer](ctx, h.session, m, "")
		slices.Reverse(a.Approvals)
		return stateOf(a.Session, a.Participants, a.Approvals, a.Cursor), err
	case readMessages:
		a, err := read[protocol.MessagesAnswer](ctx, h.session, m, "/messages")
		var r modelState
		for _, m := range a.Messages {
			r = r.withMessage(m.Text)
		}
		return r, err
	case readWelcome:
		w, err := h.session.Welcome(ctx, m)
		if err != nil {
			return modelState{}, err
		}
		return stateOf(w.Session, w.Participants, w.Approvals, w.Cursor), nil
	}
	r, _, err := h.replay(ctx, m)
	return r, err
}

// read decodes the answer of an endpoint of the session.
func read[T any](ctx context.Context, s e2e.Session, m e2e.Member, endpoint string) (into T, err error) {
	response, err := s.Call(ctx, e2e.Request{Method: http.MethodGet, Path: s.Path(endpoint), As: m})
	if err == nil && response.Status != http.StatusOK {
		err = fmt.Errorf("answered with %d: %s", response.Status, response.Body)
	}
	if err == nil {
		err = json.Unmarshal(response.Body, &into)
	}
	return into, err
}

// stateOf returns the state with the given parts.
func stateOf(s protocol.Session, people []protocol.Participant, approvals []protocol.Approval, cursor string) modelState {
	r := modelState{mode: s.Mode, roles: map[string]protocol.Role{}}
	for _, p := range people {
		r.roles[p.UserID] = p.Role
	}
	for _, a := range approvals {
		r.prompts = append(r.prompts, proposal{text: a.Prompt, status: decisionOf(a.Status)})
	}
	at, _ := protocol.ParseCursor(cursor)
	r.at = at.Seq
	return r
}

// decisionOf returns the decision on a prompt, whether or not its turn failed later.
func decisionOf(s protocol.ApprovalStatus) protocol.ApprovalStatus {
	if s == protocol.ApprovalFailed {
		return protocol.ApprovalApproved
	}
	return s
}

// replay applies all events to the first state. It returns the last state and the effects
// of commands.
func (h *history) replay(ctx context.Context, m e2e.Member) (modelState, []effect, error) {
	events, err := h.session.Events(ctx, m, h.from)
	r := h.start
	var all []effect
	for _, raw := range events {
		message, err := protocol.DecodeServer(raw)
		if err != nil {
			return r, nil, err
		}
		e := message.(*protocol.Event)
		var what string
		if r, what = r.afterEvent(e.Payload); what != "" {
			all = append(all, effect{what, e.Cursor.Seq})
		}
		r.at = e.Cursor.Seq
	}
	return r, all, err
}

// afterEvent returns the state after an event, and the name of the effect; empty if no
// command has caused it.
func (r modelState) afterEvent(e protocol.Payload) (modelState, string) {
	switch e := e.(type) {
	case *protocol.MessageCreated:
		return r.withMessage(e.Message.Text), messageEffect(e.Message.Text)
	case *protocol.PromptPendingApproval:
		return r.withMessage(e.Approval.Prompt).withApproval(e.Approval)
	case *protocol.PromptApproved:
		return r.withApproval(e.Approval)
	case *protocol.PromptRejected:
		return r.withApproval(e.Approval)
	case *protocol.SessionUpdated:
		r.mode = e.Session.Mode
		return r, modeEffect(r.mode)
	case *protocol.ParticipantUpdated:
		p := e.Participant
		return r.withRole(p.UserID, p.Role), roleEffect(p.UserID, p.Role)
	}
	return r, ""
}

// withApproval returns the state with the current state of a prompt.
func (r modelState) withApproval(a protocol.Approval) (modelState, string) {
	r.prompts = slices.Clone(r.prompts)
	i := slices.IndexFunc(r.prompts, func(p proposal) bool { return p.text == a.Prompt })
	if i < 0 {
		i = len(r.prompts)
		r.prompts = append(r.prompts, proposal{text: a.Prompt})
	}
	r.prompts[i].status = a.Status
	return r, promptEffect(a.Prompt, a.Status)
}
