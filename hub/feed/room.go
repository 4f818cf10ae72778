package feed

import (
	"slices"
	"time"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// Room holds the connections of one shared session, and which participants are
// present or type. The session's actor owns it; all methods are for the actor's
// goroutine. No method blocks on a connection: they wait only while the fan-out
// is fanoutNotices or fanoutBytes behind, and Stop waits for the fan-out.
type Room struct {
	// immutable
	feed    *Feed
	session Session
	fanout  *fanout

	// owned by the actor
	tail    history.Tail
	subs    map[string][]*Subscription // by participant; no slice is empty
	count   int                        // of subs
	readers int                        // of those, which only read
	typing  map[string]time.Time       // until when, by participant
	polling map[string]time.Time       // until when participants are present without a connection

	present    presence
	presenceAt time.Time // when the next presence message is due; zero when there is no change
}

// NewRoom returns a room without connections.
func (f *Feed) NewRoom(s Session) *Room {
	return &Room{
		feed:    f,
		session: s,
		fanout:  newFanout(),
		subs:    map[string][]*Subscription{},
		typing:  map[string]time.Time{},
		polling: map[string]time.Time{},
		present: newPresence(),
	}
}

// Committed passes an event that is durable on to all connections.
func (r *Room) Committed(rec *journal.Record) {
	r.tail.Add(rec)
	if r.count > 0 {
		r.fanout.post(committed{rec}, len(rec.Public)+itemCost)
	}
}

// Join lets a connection in at the newest event of the room, on which the welcome
// stands, and queues the welcome. requestID is that of the join or resume. Errors:
// TOO_MANY_PARTICIPANTS; INVALID_REQUEST if the subscription was closed.
func (r *Room) Join(s *Subscription, actor Actor, requestID string, w *Welcome) error {
	id := w.Participant.ID
	own := r.subs[id]
	if !r.hasRoom(w, len(own)) {
		by := protocol.LimitConnections
		if len(own) >= r.feed.options.MaxOwnConnections {
			by = protocol.LimitOwnConnections
		}
		return protocol.Errorf(protocol.CodeTooManyParticipants, "there are %d connections, %d of them yours; close one", r.count, len(own)).By(by)
	}
	at := seat{actor: actor, fanout: r.fanout, participant: id, person: w.Participant.Person(), host: w.ForHost(), begin: w.Head, reader: w.Reader}
	if !s.join(at, r.tail.Records()) {
		return errClosed
	}
	r.subs[id] = append(own, s)
	r.count++
	if s.readOnly {
		r.readers++
	}
	r.fanout.post(joined{s}, itemCost)
	r.appears(id)
	if !s.eventsOnly {
		r.ShowPresence(w)
		s.backlog.putFirst(welcomeLine{requestID, w})
	}
	return nil
}

// errClosed is the answer to a join or resume whose connection is closed.
var errClosed = protocol.Errorf(protocol.CodeInvalidRequest, "the connection is gone")

// hasRoom reports whether one more connection of a participant is within the
// limits. Read-only connections take at most half of the limit, because many more
// people can read than take part. The host may exceed the limit, so that others
// cannot keep the host out.
func (r *Room) hasRoom(w *Welcome, own int) bool {
	o := r.feed.options
	if own >= o.MaxOwnConnections {
		return false
	}
	switch {
	case w.ReadOnly && r.session.Active():
		return r.count < o.MaxConnections && r.readers < o.MaxConnections/2
	case w.ForHost():
		return r.count < o.MaxConnections+o.MaxOwnConnections
	}
	return r.count < o.MaxConnections
}

// Leave removes a closed connection. It does nothing if the connection is not in the
// room.
func (r *Room) Leave(s *Subscription) {
	id := s.seat.participant
	own := r.subs[id]
	i := slices.Index(own, s)
	if i < 0 {
		return
	}
	r.count--
	if s.readOnly {
		r.readers--
	}
	r.fanout.post(left{s}, itemCost)
	if own = slices.Delete(own, i, i+1); len(own) > 0 {
		r.subs[id] = own
	} else {
		delete(r.subs, id)
		r.disappears(id)
	}
	r.SetTyping(id, false)
}

// Connected reports whether the room has a connection.
func (r *Room) Connected() bool { return r.count > 0 }

// Cut ends all connections of a participant, behind what they have to send. The
// participant's polls no longer count.
func (r *Room) Cut(participant string, why Closed) {
	r.stopPolling(participant)
	r.end(r.subs[participant], why)
}

// CutPerson ends all connections of guests who are the same person, one of whom is the
// participant, whose polls no longer count.
func (r *Room) CutPerson(participant, person string, why Closed) {
	r.stopPolling(participant)
	for _, subs := range r.subs {
		if at := &subs[0].seat; at.person == person && !at.host {
			r.end(subs, why)
		}
	}
}

// CutAll ends all connections.
func (r *Room) CutAll(why Closed) {
	for _, subs := range r.subs {
		r.end(subs, why)
	}
}

func (r *Room) end(subs []*Subscription, why Closed) {
	for _, s := range subs {
		r.fanout.post(ended{s, why}, itemCost)
	}
}

// Due returns when to call [Room.Wake]; zero for never.
func (r *Room) Due() time.Time {
	due := r.presenceAt
	for _, until := range []map[string]time.Time{r.typing, r.polling} {
		for _, t := range until {
			if due.IsZero() || t.Before(due) {
				due = t
			}
		}
	}
	return due
}

// Wake ends the typing states and polls that have run out by now, and sends the presence
// if that is due.
func (r *Room) Wake(now time.Time) {
	for id, until := range r.typing {
		if !until.After(now) {
			r.SetTyping(id, false)
		}
	}
	for id, until := range r.polling {
		if !until.After(now) {
			r.stopPolling(id)
		}
	}
	if !r.presenceAt.IsZero() && !r.presenceAt.After(now) {
		r.sendPresence()
	}
}

// Stop ends all connections and waits until the fan-out has passed everything
// on.
func (r *Room) Stop(why Closed) {
	r.CutAll(why)
	r.fanout.stop()
}
