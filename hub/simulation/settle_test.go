package simulation

import (
	"context"
	"fmt"
	"slices"
	"testing/synctest"
	"time"

	"parley/protocol"
)

// patience is how long everything may take that is still to come when nothing
// goes wrong any more: the hub looks once a minute for sessions that owe
// something, and asks nobody for longer than its own limits.
const patience = 5 * time.Minute

// settle ends all faults, lets clients do what clients do, and waits until
// nobody has anything to wait for.
func (r *run) settle() {
	if r.violated() != nil {
		return
	}
	r.step("nothing goes wrong any more")
	r.change(weather{})
	if former := r.former(); former != nil {
		r.kill(former)
	}
	r.mu.Lock()
	r.settling = true
	open := r.openConnections()
	r.mu.Unlock()
	for _, c := range open {
		r.readOn(c)
	}
	began := time.Now()
	for r.violated() == nil {
		time.Sleep(time.Second)
		synctest.Wait()
		r.catchUp()
		r.transcript.settle()
		left := r.leftToDo(time.Since(began) > 2*r.options.JournalRetry)
		if left == "" {
			r.audit()
			return
		}
		if time.Since(began) > patience {
			r.violation("after %v %s", patience, left)
		}
	}
}

// leftToDo does what agents and clients do by themselves, and says what is
// still to come; nothing when all is done. late is when every attempt that had no
// answer was carried out, or never will be.
func (r *run) leftToDo(late bool) string {
	r.mu.Lock()
	var todo []func()
	left := ""
	wait := func(format string, args ...any) { left = fmt.Sprintf(format, args...) }
	for _, a := range r.working() {
		if a.turn != "" {
			wait("the agent works on %s", r.nameOf(a.turn))
			a.endTurn(nil)
		}
	}
	for _, o := range r.orders {
		switch {
		case o.flying > 0:
			wait("%s of %s has no answer", o.id, o.by.name)
		case !o.isSettled() || o.lost && !o.acked:
			wait("%s of %s is to be sent again", o.id, o.by.name)
			o.lost = o.lost && !late
			todo = append(todo, r.resend(o))
		}
	}
	for _, c := range r.creations {
		if c.room == nil && !c.refused {
			wait("room %d is not there", c.n)
			if c.flying == 0 {
				todo = append(todo, func() { r.share(c, r.now()) })
			}
		}
	}
	for _, p := range r.people {
		if back := r.bringBack(p); back != nil {
			todo = append(todo, back)
			wait("%s is not connected", p.name)
		}
	}
	for _, c := range r.openConnections() {
		if c.next != c.of.room.head()+1 {
			wait("%s has not seen what is behind event %d of %s", c.of.name, c.next-1, c.of.room.name)
		}
	}
	if unfinished := r.unfinished(); unfinished != "" {
		wait("%s", unfinished)
	}
	if agents := r.working(); left == "" && !r.lastWord && len(agents) > 0 {
		r.lastWord = true
		for _, a := range agents {
			a.say(a.chunk(1))
		}
		wait("the agent has said its last word")
	}
	r.mu.Unlock()
	for _, do := range todo {
		do()
		if r.calm {
			synctest.Wait()
		}
	}
	return left
}

func (r *run) resend(o *order) func() {
	if join, ok := o.request.Command.(*protocol.Join); ok {
		return func() { r.connect(o.by, r.now(), join, false, o) }
	}
	return func() { r.call(o, r.now(), context.Background()) }
}

// bringBack connects a participant who is in the room and has no connection.
func (r *run) bringBack(p *person) func() {
	m := p.participant()
	if p.room.ended || m == nil || m.LeftAt != nil || p.who.Token == "" {
		return nil
	}
	for _, c := range r.openConnections() {
		if c.who == p.who.ParticipantID {
			return nil // of the same participant, whoever reads it
		}
	}
	return func() { r.connect(p, r.now(), r.resume(p, p.cursor), false, nil) }
}

// participant is what the journal says of a person; nil if it says nothing.
func (p *person) participant() *protocol.Participant { return p.room.participant(p.who.ParticipantID) }

// unfinished is something that the sessions still owe: what the agent said or
// is, the end of a prompt, the confirmation of an end.
func (r *run) unfinished() string {
	for _, m := range r.rooms {
		if n := r.unheard(m); n > 0 {
			return fmt.Sprintf("number %d of what the agent said is not in %s", n, m.name)
		}
		if owed := r.untold(m); owed != "" {
			return owed
		}
		for _, p := range m.prompts {
			if p.approved && p.end == "" {
				return fmt.Sprintf("%s is not done: %+v", r.nameOf(p.id), *p)
			}
		}
	}
	if len(r.host.queue) > 0 || r.host.running != "" {
		return fmt.Sprintf("%d turns wait and %q runs", len(r.host.queue), r.host.running)
	}
	for id := range r.host.over {
		if !r.host.confirmed[id] {
			return fmt.Sprintf("the end of %s is not confirmed", r.nameOf(id))
		}
	}
	return ""
}

// untold is what the host session knows and a room does not yet.
func (r *run) untold(m *room) string {
	if m.ended {
		return ""
	}
	for _, q := range m.questions {
		if _, answered := r.host.answers[q.id]; q.open && answered {
			return fmt.Sprintf("%s is open in %s, and is answered", q.id, m.name)
		}
	}
	if m.agent != "" && m.agent != r.host.agent {
		return fmt.Sprintf("the agent is %s, and in %s it is %s", r.host.agent, m.name, m.agent)
	}
	return ""
}

// unheard is something that the agent said to the last process and that a room
// does not have; 0 when there is nothing.
func (r *run) unheard(m *room) int {
	said := r.said[r.now()]
	if len(said) == 0 || m.ended || r.host.deleted || slices.Contains(m.chunks, said[len(said)-1]) {
		return 0
	}
	if m.madeBy == r.now() && !r.lastWord {
		return 0 // it may have been said before the room was there
	}
	return said[len(said)-1]
}
