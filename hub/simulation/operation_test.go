package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/hub"
	"parley/hub/journal"
	"parley/protocol"
)

// operation is a command under one id, however often it is sent. It is guarded by run.mu.
type operation struct {
	id      string
	room    *room
	by      *person
	who     hub.Credentials
	request protocol.Request

	inFlight int  // number of attempts without an answer yet
	lost     bool // an attempt will never get an answer, and may be executed at any time
	done     json.RawMessage
	acked    bool
	refused  protocol.Code // of the last final answer
	unknown  bool          // the outcome of the last attempt is unknown
}

// isSettled reports whether the client knows the outcome.
func (o *operation) isSettled() bool {
	return o.acked || o.refused != "" && !o.unknown && o.inFlight == 0
}

// writesEvent reports whether a command always writes one event if it is carried out.
func writesEvent(c protocol.Command) bool {
	switch c.CommandType() {
	case protocol.CommandTyping, protocol.CommandHistory, protocol.CommandPing, protocol.CommandResume,
		protocol.CommandJoin, protocol.CommandCancel:
		return false
	}
	return true
}

// newOperation returns an operation for a command.
func (r *run) newOperation(m *room, by *person, c protocol.Command) *operation {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := fmt.Sprintf("c%d", len(r.operations)+1)
	o := &operation{id: id, room: m, by: by, who: by.who, request: protocol.Request{ID: id, Command: c}}
	r.operations = append(r.operations, o)
	r.operationByID[id] = o
	return o
}

// call sends an operation to a process without a connection. An impatient client gives up
// when ctx ends.
func (r *run) call(o *operation, p *process, ctx context.Context) {
	r.mu.Lock()
	o.inFlight++
	o.lost = o.lost || p != r.now() // another server may have carried out what a replaced one refuses
	r.mu.Unlock()
	r.work.Go(func() {
		a, err := p.hub.Do(ctx, o.room.session.ID, o.who, o.request)
		r.mu.Lock()
		defer r.mu.Unlock()
		var refusal *protocol.Error
		switch {
		case r.disk.isDead(p):
			r.noAnswer(o)
		case err == nil:
			body, _ := protocol.Marshal(a.Payload) // cannot fail for these types
			r.handleAnswer(o, o.by.name+" by "+o.id, body, a.Duplicate)
		case errors.As(err, &refusal):
			r.handleRefusal(o, o.by.name+" by "+o.id, refusal)
		default:
			r.noAnswer(o)
		}
	})
}

// noAnswer records that an attempt gets no answer. The caller holds mu.
func (r *run) noAnswer(o *operation) {
	o.inFlight--
	o.lost, o.unknown = true, true
}

// handleAnswer checks an acknowledgement against the disk. The caller holds mu.
func (r *run) handleAnswer(o *operation, where string, body json.RawMessage, duplicate bool) {
	r.record(where, "%s is done%s", o.id, map[bool]string{true: ", a duplicate"}[duplicate])
	r.covered["duplicate"] = r.covered["duplicate"] || duplicate
	o.inFlight--
	o.unknown = false
	o.room.catchUp()
	places := o.room.byCommand[o.id]
	if len(places) > 1 || writesEvent(o.request.Command) && len(places) == 0 {
		r.violation("%s: %s (%s) was acknowledged, and the disk has it %d times", o.room.name, o.id, o.request.Command.CommandType(), len(places))
		return
	}
	if o.acked && writesEvent(o.request.Command) && !bytes.Equal(o.done, body) {
		r.violation("%s: %s was answered with %s, and later with %s", o.room.name, o.id, o.done, body)
	}
	o.acked, o.done = true, body
	r.learn(o, body)
	if len(places) == 1 && o.request.Command.CommandType() != protocol.CommandJoin {
		r.compareAnswer(o, body, o.room.payloads[journal.Seq(places[0]+1)])
	}
}

// compareAnswer compares the members that an answer and its event have in common.
func (r *run) compareAnswer(o *operation, answer json.RawMessage, event string) {
	var a, e map[string]json.RawMessage
	_, _ = json.Unmarshal(answer, &a), json.Unmarshal([]byte(event), &e)
	for member, value := range a {
		if there, both := e[member]; both && !bytes.Equal(value, there) {
			r.violation("%s: the answer to %s has %s, and its event %s", o.room.name, o.id, value, there)
		}
	}
}

// handleRefusal checks that an error means that nothing has happened, unless its code
// leaves that open. The caller holds mu.
func (r *run) handleRefusal(o *operation, where string, err *protocol.Error) {
	r.record(where, "%s is refused: %s", o.id, err.Code)
	r.covered[string(err.Code)] = true
	o.inFlight--
	if err.Code == protocol.CodeJournalUnavailable {
		o.unknown = true
		return
	}
	if err.Code == protocol.CodeInternal {
		r.violation("%s: %s is answered with an internal error: %v", o.room.name, o.id, err)
	}
	o.unknown, o.refused = false, err.Code
	if o.inFlight > 0 || o.lost || o.request.Command.CommandType() == protocol.CommandJoin {
		return // another attempt may have been carried out
	}
	o.room.catchUp()
	if n := len(o.room.byCommand[o.id]); n > 0 {
		r.violation("%s: %s was refused with %s, and the disk has it %d times", o.room.name, o.id, err.Code, n)
	}
}

// learn takes from an answer what clients remember.
func (r *run) learn(o *operation, body json.RawMessage) {
	switch o.request.Command.CommandType() {
	case protocol.CommandRotateInvite:
		var a protocol.InviteAnswer
		_ = json.Unmarshal(body, &a)
		o.room.invite = a.InviteToken
	case protocol.CommandRemove:
		var a protocol.RemoveAnswer
		_ = json.Unmarshal(body, &a)
		if a.InviteToken != nil {
			o.room.invite = *a.InviteToken
		}
	case protocol.CommandHistory:
		var h protocol.HistoryAnswer
		_ = json.Unmarshal(body, &h)
		r.checkEvents(o.room, h.Events, fmt.Sprintf("the answer to %s", o.id))
	}
}

// checkEvents checks that the events in an answer are those on the disk, without a gap.
func (r *run) checkEvents(m *room, events []json.RawMessage, where string) {
	for i, e := range events {
		var head struct{ Cursor protocol.Cursor }
		_ = json.Unmarshal(e, &head)
		if !m.matches(head.Cursor.Seq, e) {
			r.violation("%s: %s has an event that the disk does not have: %s", m.name, where, e)
			return
		}
		if first := (struct{ Cursor protocol.Cursor }{}); i > 0 {
			_ = json.Unmarshal(events[i-1], &first)
			if head.Cursor.Seq != first.Cursor.Seq+1 {
				r.violation("%s: %s skips the event behind event %d", m.name, where, first.Cursor.Seq)
			}
		}
	}
}
