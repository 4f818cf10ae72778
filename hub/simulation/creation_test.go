package simulation

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"parley/hub/journal"
	"parley/protocol"
)

// creation is the creation of a room under one command id, however often it is sent. It
// is guarded by run.mu.
type creation struct {
	n        int
	body     *protocol.CreateSharedSession
	inFlight int
	room     *room // nil before the first answer
	refused  bool  // with a final error
}

// maxRooms is the maximum number of rooms on the host session.
const maxRooms = 3

// shareOrRetry creates a room, or sends an earlier creation again.
func (r *run) shareOrRetry(rng *rand.Rand) action {
	c, to := r.newCreation(rng), r.now()
	if len(r.creations) >= maxRooms || rng.IntN(2) == 0 {
		c = pick(rng, r.creations)
	}
	return action{fmt.Sprintf("ada shares room %d", c.n), func() { r.share(c, to) }}
}

// newCreation returns a creation of a new room. The caller holds mu.
func (r *run) newCreation(rng *rand.Rand) *creation {
	body := &protocol.CreateSharedSession{HostSessionID: r.host.id.String(), HostUserID: "ada", Mode: protocol.ModePromptWithApproval}
	if rng.IntN(4) == 0 {
		minutes := int64(1 + rng.IntN(3))
		body.ExpiresInMinutes = &minutes
	}
	return &creation{n: len(r.creations) + 1, body: body}
}

// share sends a creation. With the first answer, the host connects to the room.
func (r *run) share(c *creation, to *process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.n > len(r.creations) {
		r.creations = append(r.creations, c)
	} else {
		c = r.creations[c.n-1] // another creation came first
	}
	c.inFlight++
	r.work.Go(func() {
		a, err := to.hub.CreateShared(context.Background(), c.body, fmt.Sprintf("create-%d", c.n))
		if owner := r.shared(c, to, a, err); owner != nil {
			r.connect(owner, to, r.resume(owner, ""), false, nil)
		}
	})
}

// shared handles the answer to a creation. It returns the host of a new room, or nil.
func (r *run) shared(c *creation, by *process, a *protocol.CreateAnswer, err error) *person {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.inFlight--
	switch {
	case r.disk.isDead(by):
		return nil
	case err != nil:
		c.refused = !errors.Is(err, &protocol.Error{Code: protocol.CodeJournalUnavailable})
		return nil
	case c.room != nil:
		if a.Session.ID != c.room.session.ID || a.HostParticipant.ID != c.room.owner.who.ParticipantID {
			r.violation("room %d was created twice: %s and %s", c.n, c.room.session.ID, a.Session.ID)
		}
		return nil
	}
	m := r.newRoom(a.Session, fmt.Sprintf("room %d", c.n))
	m.invite, m.createdBy = a.InviteToken, by
	m.people = append(m.people, a.HostParticipant)
	m.owner = &person{name: fmt.Sprintf("ada%d", c.n), user: "ada", room: m}
	m.owner.adopt(a.HostParticipant)
	c.room = m
	r.rooms, r.people = append(r.rooms, m), append(r.people, m.owner)
	m.catchUp()
	if m.head() == 0 {
		r.violation("%s was acknowledged, and the disk does not have it", m.name)
	}
	return m.owner
}

// auditRooms checks that the disk has one room for each creation, and no others.
func (r *run) auditRooms() {
	refused := 0
	for _, c := range r.creations {
		if c.room == nil {
			refused++ // an earlier attempt may have created it
		}
	}
	there, err := r.disk.store.List(context.Background(), journal.Filter{Kind: journal.KindShared})
	if n := len(there); err != nil || n < len(r.rooms) || n > len(r.rooms)+refused {
		r.violation("the disk has %d rooms, %d are known, and %d were refused: %v", n, len(r.rooms), refused, err)
	}
}
