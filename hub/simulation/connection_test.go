package simulation

import (
	"context"
	"errors"
	"fmt"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
)

// person is somebody in one room, the host or a guest. Its fields are guarded by
// run.mu.
type person struct {
	name        string
	user        string
	room        *room
	who         hub.Credentials
	me          protocol.Participant // as the newest welcome had it
	connections []*connection        // all that there were, the newest last
	cursor      string               // of the newest event that any of them showed
}

// is takes over what a welcome says of oneself.
func (p *person) is(me protocol.Participant) {
	p.me = me
	p.who.ParticipantID = me.ID
	if me.AccessToken != nil {
		p.who.Token = *me.AccessToken
	}
}

// connection is one connection of a person: a goroutine that reads, another
// that writes. It checks what it is shown as it comes.
type connection struct {
	// immutable
	run        *run
	name       string // in the transcript
	of         *person
	process    *process
	eventsOnly bool
	push       bool                  // the hub hands it what comes
	cursor     string                // that it was opened with
	entry      *order                // the join that it was opened with; nil for a resume
	out        chan protocol.Request // to the goroutine that writes; never closed
	ctx        context.Context
	cancel     context.CancelFunc

	// guarded by run.mu
	next   uint64 // the event that has to come next; 0 until that is known
	who    string // the participant
	flying map[string]*order
	ended  bool          // nothing that still comes counts
	goOn   chan struct{} // closed when it reads on; nil while it reads
}

// connect opens a connection of a person.
func (r *run) connect(p *person, to *process, c protocol.Command, eventsOnly bool, entry *order) *connection {
	conn := &connection{
		run: r, of: p, process: to, eventsOnly: eventsOnly, entry: entry,
		out: make(chan protocol.Request, 64), flying: map[string]*order{},
	}
	conn.ctx, conn.cancel = context.WithCancel(context.Background())
	request := protocol.Request{ID: "resume", Command: c}
	if resume, ok := c.(*protocol.Resume); ok {
		conn.cursor, conn.who = resume.Cursor, resume.ParticipantID
	}
	r.mu.Lock()
	if entry != nil {
		request.ID = entry.id
		entry.flying++
		conn.flying[entry.id] = entry
	}
	r.opened++
	conn.push = hashOf(r.seed, "push", r.opened)%2 == 0
	p.connections = append(p.connections, conn)
	conn.name = fmt.Sprintf("%s by %d", p.name, len(p.connections))
	r.mu.Unlock()
	r.work.Go(func() { conn.live(request) })
	return conn
}

// live is the goroutine that reads.
func (c *connection) live(request protocol.Request) {
	r := c.run
	s, err := attach(c.ctx, c.process.hub, c.of.room.session.ID, request, c.eventsOnly, c.push)
	if err != nil {
		c.fail(err, true)
		return
	}
	defer s.close()
	r.work.Go(func() { c.write(s) })
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
		for _, l := range r.disk.flaw.spoil(lines) {
			c.take(l)
		}
	}
}

// begin takes where an event stream begins.
func (c *connection) begin(s stream) bool {
	at, resume, err := s.begin(c.ctx)
	if err != nil {
		c.fail(err, false)
		return false
	}
	c.run.mu.Lock()
	defer c.run.mu.Unlock()
	c.of.room.catchUp()
	c.from(resume, at.Seq)
	return true
}

// write is the goroutine that writes.
func (c *connection) write(s stream) {
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

// mayRead waits while the client is slow.
func (c *connection) mayRead() bool {
	c.run.mu.Lock()
	goOn := c.goOn
	c.run.mu.Unlock()
	if goOn != nil {
		select {
		case <-goOn:
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

// end has to be called with run.mu held. Whatever had no answer gets none.
func (c *connection) end() {
	if c.ended {
		return
	}
	c.ended = true
	c.cancel()
	for _, o := range c.flying {
		c.run.noAnswer(o)
	}
	c.flying = nil
}

// fail takes why the hub has ended the connection, or has not let it in.
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
		r.came(c.name, "the connection is closed: %d", closed.Code)
		r.met[fmt.Sprint(closed.Code)] = true
		c.checkClosed(closed.Code)
	case errors.As(err, &refusal):
		r.came(c.name, "the connection fails: %s", refusal.Code)
		if outside && c.entry != nil {
			delete(c.flying, c.entry.id)
			r.refusedWith(c.entry, c.name, refusal)
		}
	}
	c.end()
}
