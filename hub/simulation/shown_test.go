package simulation

import (
	"parley/hub/feed"
	"parley/protocol"
)

// take checks one line.
func (c *connection) take(l feed.Line) {
	r := c.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.ended || r.disk.isDead(c.process) {
		return
	}
	if l.Cursor != "" {
		c.takeEvent(l)
		return
	}
	m, err := protocol.DecodeServer(l.Bytes)
	if err != nil {
		r.violation("%s is sent what is no message: %s", c.of.name, l.Bytes)
		return
	}
	if c.eventsOnly {
		r.violation("%s is sent what is no event: %s", c.of.name, l.Bytes)
	}
	switch m := m.(type) {
	case *protocol.WelcomeMessage:
		c.welcome(m)
	case *protocol.OKMessage:
		if o := c.answer(m.ID); o != nil {
			r.answered(o, c.name, m.Payload, m.Duplicate)
			c.behindItsEvent(o)
		}
	case *protocol.PongMessage:
		if o := c.answer(m.ID); o != nil {
			r.answered(o, c.name, nil, false)
		}
	case *protocol.ErrorMessage:
		if o := c.answer(m.ID); o != nil {
			r.refusedWith(o, c.name, m.Error.Err())
		}
	}
}

func (c *connection) answer(id string) *order {
	o := c.flying[id]
	delete(c.flying, id)
	if o == nil {
		c.run.violation("%s is sent an answer to %s, which is not open", c.of.name, id)
	}
	return o
}

// behindItsEvent checks that an answer does not overtake the event that it is
// about. A server that was replaced does not show what its successor does.
func (c *connection) behindItsEvent(o *order) {
	if c.process.replaced.Load() {
		return
	}
	for _, place := range o.room.did[o.id] {
		if seq := uint64(place + 1); seq >= c.next {
			c.run.violation("%s is told that %s is done before its event %d", c.of.name, o.id, seq)
		}
	}
}

// takeEvent checks that an event follows on the last, and that it is what the
// disk has.
func (c *connection) takeEvent(l feed.Line) {
	r, m := c.run, c.of.room
	cursor, err := protocol.ParseCursor(l.Cursor)
	if err != nil || cursor.Seq != c.next {
		r.violation("%s is shown event %d of %s where %d belongs", c.of.name, cursor.Seq, m.name, c.next)
		return
	}
	if !m.shows(cursor.Seq, l.Bytes) {
		r.violation("%s is shown an event of %s that the disk does not have: %s", c.of.name, m.name, l.Bytes)
		return
	}
	r.came(c.name, "event %d: %s", cursor.Seq, m.types[cursor.Seq-1])
	c.next++
	c.of.cursor = l.Cursor
}

// welcome checks where a connection begins. Whoever has seen an event is never
// told that there is no such event.
func (c *connection) welcome(w *protocol.WelcomeMessage) {
	r, m := c.run, c.of.room
	m.catchUp()
	at, err := protocol.ParseCursor(w.Payload.Cursor)
	if err != nil || at.Seq > m.head() || m.cursor(at.Seq) != w.Payload.Cursor {
		r.violation("%s is welcomed at an event of %s that the disk does not have", c.of.name, m.name)
		return
	}
	c.of.is(w.Payload.Participant)
	c.who = w.Payload.Participant.ID
	c.from(w.Payload.Resume, at.Seq)
	r.shownAll(m, w.Payload.Recent, "a welcome")
	if o := c.entry; o != nil {
		delete(c.flying, o.id)
		r.answered(o, c.name, nil, false)
	}
}

// from takes where the connection begins.
func (c *connection) from(resume string, newest uint64) {
	r, m := c.run, c.of.room
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
		r.violation("%s comes back to %s behind event %d and is told %q, not %q", c.of.name, m.name, cursor.Seq, resume, want)
	}
	r.met[resume] = true
	c.next = newest + 1
	if resume == protocol.ResumeOK {
		c.next = cursor.Seq + 1
	}
	r.came(c.name, "is welcome: %s, event %d is next", resume, c.next)
}

// checkClosed checks that what a close code says is so.
func (c *connection) checkClosed(code int) {
	m := c.of.room
	m.catchUp()
	switch p := m.participant(c.who); code {
	case protocol.CloseRemoved:
		if p == nil || p.LeftAt == nil {
			c.run.violation("%s is shown out of %s, and is there", c.of.name, m.name)
		}
	case protocol.CloseMoved:
		if !c.process.replaced.Load() {
			c.run.violation("%s is told that %s has moved, and it has not", c.of.name, m.name)
		}
	case protocol.CloseSessionEnded:
		if !m.ended || c.next != 0 && c.next != m.head()+1 {
			c.run.violation("%s is told that %s has ended, before its event %d", c.of.name, m.name, c.next)
		}
	}
}
