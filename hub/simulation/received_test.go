package simulation

import (
	"parley/hub/feed"
	"parley/protocol"
)

// receive checks one line.
func (c *connection) receive(l feed.Line) {
	r := c.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.ended || r.disk.isDead(c.process) {
		return
	}
	if l.Cursor != "" {
		c.receiveEvent(l)
		return
	}
	m, err := protocol.DecodeServer(l.Bytes)
	if err != nil {
		r.violation("%s receives a malformed message: %s", c.person.name, l.Bytes)
		return
	}
	if c.eventsOnly {
		r.violation("%s receives a message that is not an event: %s", c.person.name, l.Bytes)
	}
	switch m := m.(type) {
	case *protocol.WelcomeMessage:
		c.welcome(m)
	case *protocol.OKMessage:
		if o := c.answer(m.ID); o != nil {
			r.handleAnswer(o, c.name, m.Payload, m.Duplicate)
			c.checkAnswerOrder(o)
		}
	case *protocol.PongMessage:
		if o := c.answer(m.ID); o != nil {
			r.handleAnswer(o, c.name, nil, false)
		}
	case *protocol.ErrorMessage:
		if o := c.answer(m.ID); o != nil {
			r.handleRefusal(o, c.name, m.Error.Err())
		}
	}
}

func (c *connection) answer(id string) *operation {
	o := c.inFlight[id]
	delete(c.inFlight, id)
	if o == nil {
		c.run.violation("%s receives an answer to %s, which is not in flight", c.person.name, id)
	}
	return o
}

// checkAnswerOrder checks that an answer follows its event. A replaced server does not
// send the events of its successor.
func (c *connection) checkAnswerOrder(o *operation) {
	if c.process.replaced.Load() {
		return
	}
	for _, place := range o.room.byCommand[o.id] {
		if seq := uint64(place + 1); seq >= c.next {
			c.run.violation("%s receives the answer to %s before its event %d", c.person.name, o.id, seq)
		}
	}
}

// receiveEvent checks that an event follows the last one and is the one on the disk.
func (c *connection) receiveEvent(l feed.Line) {
	r, m := c.run, c.person.room
	cursor, err := protocol.ParseCursor(l.Cursor)
	if err != nil || cursor.Seq != c.next {
		r.violation("%s receives event %d of %s instead of %d", c.person.name, cursor.Seq, m.name, c.next)
		return
	}
	if !m.matches(cursor.Seq, l.Bytes) {
		r.violation("%s receives an event of %s that the disk does not have: %s", c.person.name, m.name, l.Bytes)
		return
	}
	r.record(c.name, "event %d: %s", cursor.Seq, m.types[cursor.Seq-1])
	c.next++
	c.person.cursor = l.Cursor
}

// welcome checks where a connection begins. A cursor that was received is never a gap.
func (c *connection) welcome(w *protocol.WelcomeMessage) {
	r, m := c.run, c.person.room
	m.catchUp()
	at, err := protocol.ParseCursor(w.Payload.Cursor)
	if err != nil || at.Seq > m.head() || m.cursor(at.Seq) != w.Payload.Cursor {
		r.violation("%s is welcomed at an event of %s that the disk does not have", c.person.name, m.name)
		return
	}
	c.person.adopt(w.Payload.Participant)
	c.participantID = w.Payload.Participant.ID
	c.from(w.Payload.Resume, at.Seq)
	r.checkEvents(m, w.Payload.Recent, "a welcome")
	if o := c.entry; o != nil {
		delete(c.inFlight, o.id)
		r.handleAnswer(o, c.name, nil, false)
	}
}

// from checks how the connection resumes, and sets the number of the next event.
func (c *connection) from(resume string, newest uint64) {
	r, m := c.run, c.person.room
	cursor, err := protocol.ParseCursor(c.cursor)
	known := err == nil && cursor.Seq <= m.head() && m.cursor(cursor.Seq) == c.cursor
	want := protocol.ResumeGap
	switch {
	case c.cursor == "":
		want = protocol.ResumeNew
	case known:
		want = protocol.ResumeOK
	}
	if resume != want {
		r.violation("%s resumes %s behind event %d with the outcome %q instead of %q", c.person.name, m.name, cursor.Seq, resume, want)
	}
	r.covered[resume] = true
	c.next = newest + 1
	if resume == protocol.ResumeOK {
		c.next = cursor.Seq + 1
	}
	r.record(c.name, "is welcome: %s, the next event is %d", resume, c.next)
}

// checkClosed checks that the meaning of a close code is true.
func (c *connection) checkClosed(code int) {
	m := c.person.room
	m.catchUp()
	switch p := m.participant(c.participantID); code {
	case protocol.CloseRemoved:
		if p == nil || p.LeftAt == nil {
			c.run.violation("%s is removed from %s, although it is a participant", c.person.name, m.name)
		}
	case protocol.CloseMoved:
		if !c.process.replaced.Load() {
			c.run.violation("%s is told that %s has moved, although it has not", c.person.name, m.name)
		}
	case protocol.CloseSessionEnded:
		if !m.ended || c.next != 0 && c.next != m.head()+1 {
			c.run.violation("%s is told that %s has ended before its event %d", c.person.name, m.name, c.next)
		}
	}
}
