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

// read looks at the session and notes what was shown. A reading that fails
// shows nothing.
func (k *asker) read(ctx context.Context, what reading) {
	called := k.history.now()
	seen, err := k.history.look(ctx, what, k.history.people[k.user])
	if err == nil {
		k.history.add(k.number, act{by: k.user, read: what}, called, reply{shown: seen.show(what)})
	}
}

// look returns the room as far as a reading shows it.
func (h *history) look(ctx context.Context, what reading, m e2e.Member) (room, error) {
	switch what {
	case readState:
		a, err := read[protocol.StateAnswer](ctx, h.session, m, "")
		slices.Reverse(a.Approvals)
		return roomOf(a.Session, a.Participants, a.Approvals, a.Cursor), err
	case readMessages:
		a, err := read[protocol.MessagesAnswer](ctx, h.session, m, "/messages")
		var r room
		for _, m := range a.Messages {
			r = r.saying(m.Text)
		}
		return r, err
	case readWelcome:
		w, err := h.session.Welcome(ctx, m)
		if err != nil {
			return room{}, err
		}
		return roomOf(w.Session, w.Participants, w.Approvals, w.Cursor), nil
	}
	r, _, err := h.replay(ctx, m)
	return r, err
}

func read[T any](ctx context.Context, s e2e.Session, m e2e.Member, endpoint string) (into T, err error) {
	answer, err := s.Call(ctx, e2e.Request{Method: http.MethodGet, Path: s.Path(endpoint), As: m})
	if err == nil && answer.Status != http.StatusOK {
		err = fmt.Errorf("answered with %d: %s", answer.Status, answer.Body)
	}
	if err == nil {
		err = json.Unmarshal(answer.Body, &into)
	}
	return into, err
}

func roomOf(s protocol.Session, people []protocol.Participant, approvals []protocol.Approval, cursor string) room {
	r := room{mode: s.Mode, roles: map[string]protocol.Role{}}
	for _, p := range people {
		r.roles[p.UserID] = p.Role
	}
	for _, a := range approvals {
		r.prompts = append(r.prompts, proposal{text: a.Prompt, status: decided(a.Status)})
	}
	at, _ := protocol.ParseCursor(cursor)
	r.at = at.Seq
	return r
}

// decided is what people decided on a prompt, whatever became of it at the agent.
func decided(s protocol.ApprovalStatus) protocol.ApprovalStatus {
	if s == protocol.ApprovalFailed {
		return protocol.ApprovalApproved
	}
	return s
}

// replay folds all events into the room as it was at first, and returns those
// that people's commands have led to.
func (h *history) replay(ctx context.Context, m e2e.Member) (room, []happened, error) {
	events, err := h.session.Events(ctx, m, h.from)
	r := h.start
	var all []happened
	for _, raw := range events {
		message, err := protocol.DecodeServer(raw)
		if err != nil {
			return r, nil, err
		}
		e := message.(*protocol.Event)
		var what string
		if r, what = r.with(e.Payload); what != "" {
			all = append(all, happened{what, e.Cursor.Seq})
		}
		r.at = e.Cursor.Seq
	}
	return r, all, err
}

// with is the room after an event, and what has happened; nothing if nobody has
// asked for it.
func (r room) with(e protocol.Payload) (room, string) {
	switch e := e.(type) {
	case *protocol.MessageCreated:
		return r.saying(e.Message.Text), saidSo(e.Message.Text)
	case *protocol.PromptPendingApproval:
		return r.saying(e.Approval.Prompt).decidedOn(e.Approval)
	case *protocol.PromptApproved:
		return r.decidedOn(e.Approval)
	case *protocol.PromptRejected:
		return r.decidedOn(e.Approval)
	case *protocol.SessionUpdated:
		r.mode = e.Session.Mode
		return r, nowMode(r.mode)
	case *protocol.ParticipantUpdated:
		p := e.Participant
		return r.giving(p.UserID, p.Role), nowRole(p.UserID, p.Role)
	}
	return r, ""
}

// decidedOn is the room with a prompt as it is now.
func (r room) decidedOn(a protocol.Approval) (room, string) {
	r.prompts = slices.Clone(r.prompts)
	i := slices.IndexFunc(r.prompts, func(p proposal) bool { return p.text == a.Prompt })
	if i < 0 {
		i = len(r.prompts)
		r.prompts = append(r.prompts, proposal{text: a.Prompt})
	}
	r.prompts[i].status = a.Status
	return r, nowPrompt(a.Prompt, a.Status)
}
