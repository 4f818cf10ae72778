package feed

import (
	"slices"

	"github.com/google/uuid"

	"parley/protocol"
)

// presence is the set of participants who are connected, or who poll. Clients
// receive it as changes: each time that a participant appears or disappears is a
// change, and has a number. A message covers several changes and names every
// participant that one of them was about, as of the last, so that a client that
// knows the set as of any change among them knows it as of the last.
type presence struct {
	// immutable
	epoch string // qualifies the numbers; each owner of the session has another epoch

	// owned by the room's actor
	at      int64           // the newest change
	sent    int64           // the newest change that a message covers
	here    map[string]bool // participant ids; bounded by the participants of the session
	touched map[string]bool // ids that the changes after sent are about; see presenceMost
}

// presenceMost is how many participants a message names.
const presenceMost = 512

func newPresence() presence {
	return presence{epoch: uuid.NewString(), here: map[string]bool{}, touched: map[string]bool{}}
}

// set notes whether a participant is here, and reports whether that is a change.
func (p *presence) set(id string, here bool) (changed bool) {
	if p.here[id] == here {
		return false
	}
	if here {
		p.here[id] = true
	} else {
		delete(p.here, id)
	}
	p.at++
	p.touched[id] = true
	return true
}

// skip passes over the changes that no message covers yet.
func (p *presence) skip() {
	p.sent = p.at
	clear(p.touched)
}

// changes returns the message that covers all changes since the last one.
func (p *presence) changes() protocol.Presence {
	m := protocol.Presence{Epoch: p.epoch, From: p.sent, To: p.at, Joined: []string{}, Left: []string{}}
	for id := range p.touched {
		if p.here[id] {
			m.Joined = append(m.Joined, id)
		} else {
			m.Left = append(m.Left, id)
		}
	}
	slices.Sort(m.Joined)
	slices.Sort(m.Left)
	p.skip()
	return m
}

// list returns the whole set, in the order of the participants and without those
// who have left.
func (p *presence) list(participants []protocol.Participant) *protocol.PresenceAnswer {
	a := &protocol.PresenceAnswer{Epoch: p.epoch, At: p.at, Participants: make([]string, 0, len(p.here))}
	for i := range participants {
		if participants[i].LeftAt == nil && p.here[participants[i].ID] {
			a.Participants = append(a.Participants, participants[i].ID)
		}
	}
	return a
}
