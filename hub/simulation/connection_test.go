package simulation

import (
	"context"
	"errors"
	"fmt"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
)

// person is a user in one room, the host or a guest. Its fields are guarded by run.mu.
type person struct {
	name        string
	user        string
	room        *room
	who         hub.Credentials
	me          protocol.Participant // from the newest welcome
	connections []*connection        // all ever opened, the newest last
	cursor      string               // of the newest event received on any of them
}

// adopt takes the participant and the token from a welcome.
func (p *person) adopt(me protocol.Participant) {
	p.me = me
	p.who.ParticipantID = me.ID
	if me.AccessToken != nil {
		p.who.Token = *me.AccessToken
	}
}

// connection is one connection of a person, with a goroutine that reads and one that
// writes. It checks what it receives.
type connection struct {
	// immutable
	run        *run
	name       string // its name in the transcript
	person     *person
	process    *process
	eventsOnly bool
	push       bool                  // the hub pushes lines to it
	cursor     string                // by which it was opened; may be empty
	entry      *operation            // the join that opened it; nil for a resume
	out        chan protocol.Request // requests for writeLoop, sent to by sendBy, never closed; when its 64 places are full, sendBy drops the request
	ctx        context.Context
	cancel     context.CancelFunc

	// guarded by run.mu
	next          uint64 // the number of the next event; 0 before the welcome
	participantID string // empty until the welcome
	inFlight      map[string]*operation
	ended         bool          // lines that still arrive are ignored
	resumed       chan struct{} // closed by continueReading, never sent to; nil unless reading is paused
}

// connect opens a connection of a person.
func (r *run) connect(p *person, to *process, c protocol.Command, eventsOnly bool, entry *operation) *connection {
	conn := &connection{
		run: r, person: p, process: to, eventsOnly: eventsOnly, entry: entry,
		out: make(chan protocol.Request, 64), inFlight: map[string]*operation{},
	}
	conn.ctx, conn.cancel = context.WithCancel(context.Background())
	request := protocol.Request{ID: "resume", Command: c}
	if resume, ok := c.(*protocol.Resume); ok {
		conn.cursor, conn.participantID = resume.Cursor, resume.ParticipantID
	}
	r.mu.Lock()
	if entry != nil {
		request.ID = entry.id
		entry.inFlight++
		conn.inFlight[entry.id] = entry
	}
	r.opened++
	conn.push = hashOf(r.seed, "push", r.opened)%2 == 0
	p.connections = append(p.connections, conn)
	conn.name = fmt.Sprintf("%s by %d", p.name, len(p.connections))
	r.mu.Unlock()
	r.work.Go(func() { conn.readLoop(request) })
	return conn
}

// readLoop opens the connection, and reads until it ends.
func (c *connection) readLoop(request protocol.Request) {
	r := c.run
	s, err := attach(c.ctx, c.process.hub, c.person.room.session.ID, request, c.eventsOnly, c.push)
	if err != nil {
		c.fail(err, true)
		return
	}
	defer s.close()
	r.work.Go(func() { c.writeLoop(s) })
	defer c.cancel()
	if c.eventsOnly && !c.begin(s) {
		return
	}
	for c.mayRead() {
		lines, err := s.next(c.ctx)
		if err != nil {
			c.fail(err, false)
			return
		}
		for _, l := range r.disk.flaw.corrupt(lines) {
			c.receive(l)
		}
	}
}

// begin reads where an event stream begins.
func (c *connection) begin(s stream) bool {
	at, resume, err := s.begin(c.ctx)
	if err != nil {
		c.fail(err, false)
		return false
	}
	c.run.mu.Lock()
	defer c.run.mu.Unlock()
	c.person.room.catchUp()
	c.from(resume, at.Seq)
	return true
}

// writeLoop writes requests until the connection ends.
func (c *connection) writeLoop(s stream) {
	for {
		select {
		case request := <-c.out:
			if s.send(c.ctx, request) != nil {
				return
			}
		case <-c.ctx.Done():
			return
		}
	}
}

// mayRead blocks while reading is paused. It returns false if the connection has ended.
func (c *connection) mayRead() bool {
	c.run.mu.Lock()
	resumed := c.resumed
	c.run.mu.Unlock()
	if resumed != nil {
		select {
		case <-resumed:
		case <-c.ctx.Done():
			return false
		}
	}
	return true
}

// drop ends a connection from the client's side.
func (r *run) drop(c *connection) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.end()
}

// end ends the connection. Its operations in flight get no answer. The caller holds
// run.mu.
func (c *connection) end() {
	if c.ended {
		return
	}
	c.ended = true
	c.cancel()
	for _, o := range c.inFlight {
		c.run.noAnswer(o)
	}
	c.inFlight = nil
}

// fail handles an error with which the hub ended or refused the connection.
func (c *connection) fail(err error, outside bool) {
	r := c.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.ended || r.disk.isDead(c.process) {
		c.end()
		return
	}
	var closed *feed.Closed
	var refusal *protocol.Error
	switch {
	case errors.As(err, &closed):
		r.record(c.name, "the connection is closed: %d", closed.Code)
		r.covered[fmt.Sprint(closed.Code)] = true
		c.checkClosed(closed.Code)
	case errors.As(err, &refusal):
		r.record(c.name, "the connection fails: %s", refusal.Code)
		if outside && c.entry != nil {
			delete(c.inFlight, c.entry.id)
			r.handleRefusal(c.entry, c.name, refusal)
		}
	}
	c.end()
}
