package simulation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"parley/protocol"
)

// command is a new command of somebody.
func (r *run) command(rng *rand.Rand) action {
	p := pick(rng, r.people)
	if rng.IntN(3) == 0 {
		p = pick(rng, r.rooms).owner // a host has the most to do
	}
	if p.who.ParticipantID == "" {
		return action{}
	}
	c, what := r.anyCommand(rng, p)
	if c == nil {
		return action{}
	}
	how := r.route(rng, p)
	return action{fmt.Sprintf("%s: %s, %s", p.name, what, how.what), func() { how.send(r.give(p.room, p, c)) }}
}

// route is a way to send a command.
type route struct {
	what string
	send func(*order)
}

func (r *run) route(rng *rand.Rand, p *person) route {
	var open []*connection
	for _, c := range p.connections {
		if !c.ended && !c.eventsOnly && c.next > 0 {
			open = append(open, c)
		}
	}
	if c, ok := oneOf(rng, open); ok && rng.IntN(4) > 0 {
		return route{"by a connection", func(o *order) { r.sendBy(c, o) }}
	}
	to := r.now()
	if former := r.former(); former != nil && rng.IntN(2) == 0 {
		return route{"to the server that was replaced", func(o *order) { r.call(o, former, context.Background()) }}
	}
	if rng.IntN(8) == 0 {
		patience := time.Duration(rng.IntN(200)) * time.Millisecond
		return route{fmt.Sprintf("giving up after %v", patience), func(o *order) {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			context.AfterFunc(ctx, cancel)
			r.call(o, to, ctx)
		}}
	}
	return route{"by a call", func(o *order) { r.call(o, to, context.Background()) }}
}

// sendBy puts an order on a connection, unless that has it already.
func (r *run) sendBy(c *connection, o *order) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.ended || c.flying[o.id] != nil || c.who != o.who.ParticipantID {
		return
	}
	select {
	case c.out <- o.request:
		c.flying[o.id] = o
		o.flying++
	default: // what a client has under way is bounded
	}
}

// again sends a command once more under its id.
func (r *run) again(rng *rand.Rand) action {
	o, ok := oneOf(rng, r.orders)
	if !ok {
		return action{}
	}
	if join, ok := o.request.Command.(*protocol.Join); ok {
		return action{fmt.Sprintf("%s: once more %s, a join", o.by.name, o.id), func() { r.connect(o.by, r.now(), join, false, o) }}
	}
	how := r.route(rng, o.by)
	return action{fmt.Sprintf("%s: once more %s, %s", o.by.name, o.id, how.what), func() { how.send(o) }}
}

// newcomer is somebody with the invite, or with an old one.
func (r *run) newcomer(rng *rand.Rand) action {
	return r.joins(rng, pick(rng, r.rooms))
}

func (r *run) joins(rng *rand.Rand, m *room) action {
	user := pick(rng, []string{"ben", "cem", "dot", "eve"})
	n := len(r.people) + 1
	c := &protocol.Join{InviteToken: m.invite, UserID: user, Role: pick(rng, []protocol.Role{"", "", protocol.RoleViewer}), Recent: rng.IntN(2) * 5}
	p := &person{name: fmt.Sprintf("%s%d", user, n), user: user, room: m}
	return action{fmt.Sprintf("%s joins %s", p.name, m.name), func() {
		r.mu.Lock()
		r.people = append(r.people, p)
		r.mu.Unlock()
		r.connect(p, r.now(), c, false, r.give(m, p, c))
	}}
}

// comeBack opens one more connection, with a cursor that is good, old or
// nonsense.
func (r *run) comeBack(rng *rand.Rand) action {
	p := pick(rng, r.people)
	if p.who.Token == "" {
		return action{}
	}
	cursor, what := p.cursor, "where it was"
	switch rng.IntN(8) {
	case 0:
		cursor, what = "", "at the end"
	case 1:
		seq := uint64(rng.IntN(int(p.room.head()) + 1))
		cursor, what = p.room.cursor(seq), fmt.Sprintf("behind event %d", seq)
	case 2:
		cursor, what = pick(rng, r.rooms).cursor(0), "with a cursor of some session"
	}
	eventsOnly := rng.IntN(4) == 0
	if eventsOnly {
		what += ", for events"
	}
	c := r.resume(p, cursor)
	c.Recent = rng.IntN(2) * 3
	return action{fmt.Sprintf("%s comes back %s", p.name, what), func() { r.connect(p, r.now(), c, eventsOnly, nil) }}
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

func (r *run) hangUp(rng *rand.Rand) action {
	c, ok := oneOf(rng, r.openConnections())
	if !ok {
		return action{}
	}
	return action{c.of.name + " loses a connection", func() { r.drop(c) }}
}

// dawdle makes a client read no more, or again.
func (r *run) dawdle(rng *rand.Rand) action {
	c, ok := oneOf(rng, r.openConnections())
	if !ok {
		return action{}
	}
	if c.goOn == nil {
		return action{c.of.name + " reads no more", func() { r.pause(c) }}
	}
	return action{c.of.name + " reads on", func() { r.readOn(c) }}
}

func (r *run) pause(c *connection) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.goOn == nil {
		c.goOn = make(chan struct{})
	}
}

func (r *run) readOn(c *connection) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.goOn != nil {
		close(c.goOn)
		c.goOn = nil
	}
}

// look asks for a room as the original API shows it.
func (r *run) look(rng *rand.Rand) action {
	m, to := pick(rng, r.rooms), r.now()
	newest, prompts := m.head(), len(m.prompts)
	return action{"somebody reads " + m.name, func() {
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
				r.violation("%s is read at event %d with %d prompts, when event %d was there and %d prompts", m.name, c.Seq, seen, newest, prompts)
			}
		})
	}}
}
