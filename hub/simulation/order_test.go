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

// order is one command under one id, however often it is sent. It is guarded by
// run.mu.
type order struct {
	id      string
	room    *room
	by      *person
	who     hub.Credentials
	request protocol.Request

	flying  int  // attempts that have no answer yet
	lost    bool // an attempt had no answer and never will: it may be carried out any time
	done    json.RawMessage
	acked   bool
	refused protocol.Code // by the last answer that was final
	unknown bool          // the last attempt failed in a way that says nothing
}

// isSettled reports whether whoever gave the order knows what became of it.
func (o *order) isSettled() bool { return o.acked || o.refused != "" && !o.unknown && o.flying == 0 }

// leavesEvent are the commands that leave one event each, if they are carried
// out. Of the others some leave one at times.
func leavesEvent(c protocol.Command) bool {
	switch c.CommandType() {
	case protocol.CommandTyping, protocol.CommandHistory, protocol.CommandPing, protocol.CommandResume,
		protocol.CommandJoin, protocol.CommandCancel:
		return false
	}
	return true
}

// give makes an order.
func (r *run) give(m *room, by *person, c protocol.Command) *order {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := fmt.Sprintf("c%d", len(r.orders)+1)
	o := &order{id: id, room: m, by: by, who: by.who, request: protocol.Request{ID: id, Command: c}}
	r.orders = append(r.orders, o)
	r.orderOf[id] = o
	return o
}

// call sends an order without a connection, to one process. A client that is
// not patient gives up in the middle.
func (r *run) call(o *order, p *process, ctx context.Context) {
	r.mu.Lock()
	o.flying++
	o.lost = o.lost || p != r.now() // what a server refuses that was replaced, another may have done
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
			body, _ := protocol.Marshal(a.Payload) // plain fields
			r.answered(o, o.by.name+" by "+o.id, body, a.Duplicate)
		case errors.As(err, &refusal):
			r.refusedWith(o, o.by.name+" by "+o.id, refusal)
		default:
			r.noAnswer(o)
		}
	})
}

// noAnswer has to be called with mu held.
func (r *run) noAnswer(o *order) {
	o.flying--
	o.lost, o.unknown = true, true
}

// answered checks what was acknowledged against the disk. It has to be called
// with mu held.
func (r *run) answered(o *order, where string, body json.RawMessage, duplicate bool) {
	r.came(where, "%s is done%s", o.id, map[bool]string{true: ", as before"}[duplicate])
	r.met["duplicate"] = r.met["duplicate"] || duplicate
	o.flying--
	o.unknown = false
	o.room.catchUp()
	places := o.room.did[o.id]
	if len(places) > 1 || leavesEvent(o.request.Command) && len(places) == 0 {
		r.violation("%s: %s (%s) was acknowledged, and the disk has it %d times", o.room.name, o.id, o.request.Command.CommandType(), len(places))
		return
	}
	if o.acked && leavesEvent(o.request.Command) && !bytes.Equal(o.done, body) {
		r.violation("%s: %s was answered with %s, and then with %s", o.room.name, o.id, o.done, body)
	}
	o.acked, o.done = true, body
	r.learn(o, body)
	if len(places) == 1 && o.request.Command.CommandType() != protocol.CommandJoin {
		r.sameAs(o, body, o.room.seen[journal.Seq(places[0]+1)])
	}
}

// sameAs compares what an answer and the event that it is about have in common.
func (r *run) sameAs(o *order, answer json.RawMessage, event string) {
	var a, e map[string]json.RawMessage
	_, _ = json.Unmarshal(answer, &a), json.Unmarshal([]byte(event), &e)
	for member, value := range a {
		if there, both := e[member]; both && !bytes.Equal(value, there) {
			r.violation("%s: the answer to %s says %s, and its event %s", o.room.name, o.id, value, there)
		}
	}
}

// refusedWith checks that an error means that nothing has happened, where it
// says so. It has to be called with mu held.
func (r *run) refusedWith(o *order, where string, err *protocol.Error) {
	r.came(where, "%s is refused: %s", o.id, err.Code)
	r.met[string(err.Code)] = true
	o.flying--
	if err.Code == protocol.CodeJournalUnavailable {
		o.unknown = true
		return
	}
	if err.Code == protocol.CodeInternal {
		r.violation("%s: %s is answered with an internal error: %v", o.room.name, o.id, err)
	}
	o.unknown, o.refused = false, err.Code
	if o.flying > 0 || o.lost || o.request.Command.CommandType() == protocol.CommandJoin {
		return // another attempt may have been carried out
	}
	o.room.catchUp()
	if n := len(o.room.did[o.id]); n > 0 {
		r.violation("%s: %s was refused with %s, and the disk has it %d times", o.room.name, o.id, err.Code, n)
	}
}

// learn takes what a client has to remember of an answer.
func (r *run) learn(o *order, body json.RawMessage) {
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
		r.shownAll(o.room, h.Events, fmt.Sprintf("the answer to %s", o.id))
	}
}

// shownAll checks events that stand in an answer: they are there, and follow on
// one another.
func (r *run) shownAll(m *room, events []json.RawMessage, where string) {
	for i, e := range events {
		var head struct{ Cursor protocol.Cursor }
		_ = json.Unmarshal(e, &head)
		if !m.shows(head.Cursor.Seq, e) {
			r.violation("%s: %s shows an event that the disk does not have: %s", m.name, where, e)
			return
		}
		if first := (struct{ Cursor protocol.Cursor }{}); i > 0 {
			_ = json.Unmarshal(events[i-1], &first)
			if head.Cursor.Seq != first.Cursor.Seq+1 {
				r.violation("%s: %s leaves out what is behind event %d", m.name, where, first.Cursor.Seq)
			}
		}
	}
}
