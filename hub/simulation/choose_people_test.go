package simulation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"parley/protocol"
)

// command sends a new command of a participant.
func (r *run) command(rng *rand.Rand) action {
	p := pick(rng, r.people)
	if rng.IntN(3) == 0 {
		p = pick(rng, r.rooms).owner // hosts have the most to do
	}
	if p.who.ParticipantID == "" {
		return action{}
	}
	c, what := r.chooseCommand(rng, p)
	if c == nil {
		return action{}
	}
	how := r.route(rng, p)
	return action{fmt.Sprintf("%s: %s, %s", p.name, what, how.what), func() { how.send(r.newOperation(p.room, p, c)) }}
}

// route is a way to send an operation.
type route struct {
	what string
	send func(*operation)
}

func (r *run) route(rng *rand.Rand, p *person) route {
	var open []*connection
	for _, c := range p.connections {
		if !c.ended && !c.eventsOnly && c.next > 0 {
			open = append(open, c)
		}
	}
	if c, ok := oneOf(rng, open); ok && rng.IntN(4) > 0 {
		return route{"over a connection", func(o *operation) { r.sendBy(c, o) }}
	}
	to := r.now()
	if former := r.former(); former != nil && rng.IntN(2) == 0 {
		return route{"to the replaced server", func(o *operation) { r.call(o, former, context.Background()) }}
	}
	if rng.IntN(8) == 0 {
		patience := time.Duration(rng.IntN(200)) * time.Millisecond
		return route{fmt.Sprintf("with a time-out of %v", patience), func(o *operation) {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			context.AfterFunc(ctx, cancel)
			r.call(o, to, ctx)
		}}
	}
	return route{"by a call", func(o *operation) { r.call(o, to, context.Background()) }}
}

// sendBy sends an operation over a connection, unless it is in flight there.
func (r *run) sendBy(c *connection, o *operation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.ended || c.inFlight[o.id] != nil || c.participantID != o.who.ParticipantID {
		return
	}
	select {
	case c.out <- o.request:
		c.inFlight[o.id] = o
		o.inFlight++
	default: // the number of operations in flight is bounded
	}
}

// resend sends an operation again.
func (r *run) resend(rng *rand.Rand) action {
	o, ok := oneOf(rng, r.operations)
	if !ok {
		return action{}
	}
	if join, ok := o.request.Command.(*protocol.Join); ok {
		return action{fmt.Sprintf("%s: %s again, a join", o.by.name, o.id), func() { r.connect(o.by, r.now(), join, false, o) }}
	}
	how := r.route(rng, o.by)
	return action{fmt.Sprintf("%s: %s again, %s", o.by.name, o.id, how.what), func() { how.send(o) }}
}

// newGuest joins a room with its newest known invite, which may be outdated.
func (r *run) newGuest(rng *rand.Rand) action {
	return r.join(rng, pick(rng, r.rooms))
}

func (r *run) join(rng *rand.Rand, m *room) action {
	user := pick(rng, []string{"ben", "cem", "dot", "eve"})
	n := len(r.people) + 1
	c := &protocol.Join{InviteToken: m.invite, UserID: user, Role: pick(rng, []protocol.Role{"", "", protocol.RoleViewer}), Recent: rng.IntN(2) * 5}
	p := &person{name: fmt.Sprintf("%s%d", user, n), user: user, room: m}
	return action{fmt.Sprintf("%s joins %s", p.name, m.name), func() {
		r.mu.Lock()
		r.people = append(r.people, p)
		r.mu.Unlock()
		r.connect(p, r.now(), c, false, r.newOperation(m, p, c))
	}}
}

// reconnect opens another connection of a participant, with the newest cursor, an older
// one, or one of another session.
func (r *run) reconnect(rng *rand.Rand) action {
	p := pick(rng, r.people)
	if p.who.Token == "" {
		return action{}
	}
	cursor, what := p.cursor, "at its cursor"
	switch rng.IntN(8) {
	case 0:
		cursor, what = "", "at the end"
	case 1:
		seq := uint64(rng.IntN(int(p.room.head()) + 1))
		cursor, what = p.room.cursor(seq), fmt.Sprintf("behind event %d", seq)
	case 2:
		cursor, what = pick(rng, r.rooms).cursor(0), "with a cursor of any session"
	}
	eventsOnly := rng.IntN(4) == 0
	if eventsOnly {
		what += ", for events only"
	}
	c := r.resume(p, cursor)
	c.Recent = rng.IntN(2) * 3
	return action{fmt.Sprintf("%s reconnects %s", p.name, what), func() { r.connect(p, r.now(), c, eventsOnly, nil) }}
}

func (r *run) openConnections() []*connection {
	var open []*connection
	for _, p := range r.people {
		for _, c := range p.connections {
			if !c.ended {
				open = append(open, c)
			}
		}
	}
	return open
}

func (r *run) disconnect(rng *rand.Rand) action {
	c, ok := oneOf(rng, r.openConnections())
	if !ok {
		return action{}
	}
	return action{c.person.name + " loses a connection", func() { r.drop(c) }}
}

// pauseOrContinue makes a client stop or continue reading.
func (r *run) pauseOrContinue(rng *rand.Rand) action {
	c, ok := oneOf(rng, r.openConnections())
	if !ok {
		return action{}
	}
	if c.resumed == nil {
		return action{c.person.name + " stops reading", func() { r.pauseReading(c) }}
	}
	return action{c.person.name + " continues reading", func() { r.continueReading(c) }}
}

func (r *run) pauseReading(c *connection) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.resumed == nil {
		c.resumed = make(chan struct{})
	}
}

func (r *run) continueReading(c *connection) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.resumed != nil {
		close(c.resumed)
		c.resumed = nil
	}
}

// readState reads a room as the original API does.
func (r *run) readState(rng *rand.Rand) action {
	m, to := pick(rng, r.rooms), r.now()
	newest, prompts := m.head(), len(m.prompts)
	return action{"a client reads " + m.name, func() {
		r.work.Go(func() {
			s, approvals, err := to.hub.State(context.Background(), m.session.ID, nil)
			seen := 0
			if err == nil {
				for _, err = range approvals {
					seen++
				}
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if err != nil || to.replaced.Load() || r.disk.isDead(to) {
				return
			}
			m.catchUp()
			c, err := protocol.ParseCursor(s.Cursor)
			switch {
			case err != nil || c.Seq > m.head() || m.cursor(c.Seq) != s.Cursor:
				r.violation("%s is read at an event that the disk does not have", m.name)
			case c.Seq < newest || seen < prompts:
				r.violation("%s is read at event %d with %d prompts, although event %d and %d prompts existed before", m.name, c.Seq, seen, newest, prompts)
			}
		})
	}}
}
