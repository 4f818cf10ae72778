package simulation

import (
	"context"
	"fmt"
	"slices"
	"testing/synctest"
	"time"

	"parley/protocol"
)

// patience is how long the system may take to finish without faults. The hub checks once a
// minute for sessions that owe something, and its own time limits are shorter.
const patience = 5 * time.Minute

// finish ends all faults, lets clients retry and reconnect, and waits until everything is
// done. Then it audits the run.
func (r *run) finish() {
	if r.violated() != nil {
		return
	}
	r.step("there are no more faults")
	r.change(faults{})
	if former := r.former(); former != nil {
		r.kill(former)
	}
	r.mu.Lock()
	r.finishing = true
	open := r.openConnections()
	r.mu.Unlock()
	for _, c := range open {
		r.continueReading(c)
	}
	began := time.Now()
	for r.violated() == nil {
		time.Sleep(time.Second)
		synctest.Wait()
		r.catchUp()
		r.transcript.flush()
		left := r.remaining(time.Since(began) > 2*r.options.JournalRetry)
		if left == "" {
			r.audit()
			return
		}
		if time.Since(began) > patience {
			r.violation("after %v %s", patience, left)
		}
	}
}

// remaining does what agents and clients do by themselves, and returns a description of
// what is still to be done, or "" if everything is done. late reports that all attempts
// without an answer have been executed, or never will be.
func (r *run) remaining(late bool) string {
	w := &work{}
	r.mu.Lock()
	r.endTurns(w)
	r.retryOperations(w, late)
	r.retryCreations(w)
	r.reconnectPeople(w)
	if unfinished := r.unfinished(); unfinished != "" {
		w.wait("%s", unfinished)
	}
	r.emitFinalChunks(w)
	r.mu.Unlock()
	for _, do := range w.todo {
		do()
		if r.calm {
			synctest.Wait()
		}
	}
	return w.left
}

// work is what is still to be done.
type work struct {
	left string   // a description of some of it; empty if nothing is left
	todo []func() // what clients do about it
}

func (w *work) wait(format string, args ...any) { w.left = fmt.Sprintf(format, args...) }

// endTurns ends the agents' turns. The caller holds mu, as for the functions below.
func (r *run) endTurns(w *work) {
	for _, a := range r.liveAgents() {
		if a.turn != "" {
			w.wait("the agent works on %s", r.nameOf(a.turn))
			a.endTurn(nil)
		}
	}
}

// retryOperations sends operations again whose outcome is unknown.
func (r *run) retryOperations(w *work, late bool) {
	for _, o := range r.operations {
		switch {
		case o.inFlight > 0:
			w.wait("%s of %s has no answer", o.id, o.by.name)
		case !o.isSettled() || o.lost && !o.acked:
			w.wait("%s of %s has to be sent again", o.id, o.by.name)
			o.lost = o.lost && !late
			w.todo = append(w.todo, r.retry(o))
		}
	}
}

// retryCreations sends creations again that have no final answer.
func (r *run) retryCreations(w *work) {
	for _, c := range r.creations {
		if c.room == nil && !c.refused {
			w.wait("room %d does not exist", c.n)
			if c.inFlight == 0 {
				w.todo = append(w.todo, func() { r.share(c, r.now()) })
			}
		}
	}
}

// reconnectPeople connects participants, and waits until connections have all events.
func (r *run) reconnectPeople(w *work) {
	for _, p := range r.people {
		if connect := r.bringBack(p); connect != nil {
			w.todo = append(w.todo, connect)
			w.wait("%s is not connected", p.name)
		}
	}
	for _, c := range r.openConnections() {
		if c.next != c.person.room.head()+1 {
			w.wait("%s has not received the events of %s behind event %d", c.person.name, c.person.room.name, c.next-1)
		}
	}
}

// emitFinalChunks lets each agent emit one update when nothing else is left.
func (r *run) emitFinalChunks(w *work) {
	agents := r.liveAgents()
	if w.left != "" || r.finalChunkSent || len(agents) == 0 {
		return
	}
	r.finalChunkSent = true
	for _, a := range agents {
		a.emit(a.chunk(1))
	}
	w.wait("the agent has emitted its last update")
}

// retry returns a function that sends an operation again.
func (r *run) retry(o *operation) func() {
	if join, ok := o.request.Command.(*protocol.Join); ok {
		return func() { r.connect(o.by, r.now(), join, false, o) }
	}
	return func() { r.call(o, r.now(), context.Background()) }
}

// bringBack returns a function that connects a participant of the room without a
// connection; nil if p is none.
func (r *run) bringBack(p *person) func() {
	m := p.participant()
	if p.room.ended || m == nil || m.LeftAt != nil || p.who.Token == "" {
		return nil
	}
	for _, c := range r.openConnections() {
		if c.participantID == p.who.ParticipantID {
			return nil // another person may be the same participant
		}
	}
	return func() { r.connect(p, r.now(), r.resume(p, p.cursor), false, nil) }
}

// participant returns the person's participant as in the journal, or nil.
func (p *person) participant() *protocol.Participant { return p.room.participant(p.who.ParticipantID) }

// unfinished returns a description of something that the sessions still owe: an update or
// status of the agent, the end of a prompt, or the confirmation of an end.
func (r *run) unfinished() string {
	for _, m := range r.rooms {
		if n := r.missingChunk(m); n > 0 {
			return fmt.Sprintf("update %d of the agent is not in %s", n, m.name)
		}
		if owed := r.staleState(m); owed != "" {
			return owed
		}
		for _, p := range m.prompts {
			if p.approved && p.end == "" {
				return fmt.Sprintf("%s is not done: %+v", r.nameOf(p.id), *p)
			}
		}
	}
	if len(r.host.queue) > 0 || r.host.running != "" {
		return fmt.Sprintf("%d turns wait, and %q runs", len(r.host.queue), r.host.running)
	}
	for id := range r.host.over {
		if !r.host.confirmed[id] {
			return fmt.Sprintf("the end of %s is not confirmed", r.nameOf(id))
		}
	}
	return ""
}

// staleState returns a description of something that the host session knows and a room
// does not.
func (r *run) staleState(m *room) string {
	if m.ended {
		return ""
	}
	for _, q := range m.questions {
		if _, answered := r.host.answers[q.id]; q.open && answered {
			return fmt.Sprintf("%s is open in %s, although it is answered", q.id, m.name)
		}
	}
	if m.agent != "" && m.agent != r.host.agent {
		return fmt.Sprintf("the agent is %s, and in %s it is %s", r.host.agent, m.name, m.agent)
	}
	return ""
}

// missingChunk returns the last update that the agent emitted to the current process if
// a room does not have it, and 0 otherwise.
func (r *run) missingChunk(m *room) int {
	said := r.said[r.now()]
	if len(said) == 0 || m.ended || r.host.deleted || slices.Contains(m.chunks, said[len(said)-1]) {
		return 0
	}
	if m.createdBy == r.now() && !r.finalChunkSent {
		return 0 // the agent may have emitted it before the room existed
	}
	return said[len(said)-1]
}
