package hub

import (
	"slices"

	"github.com/google/uuid"

	"parley/protocol"
)

// presence is who has a connection, or polls. It is told in changes: each coming and
// each going is one, and has a number. What is told at a time covers some of them,
// and names everybody whom one of them was about as they are in the end, so that a
// client that knows the list as of any change among them knows it as of the last.
type presence struct {
	epoch   string          // of the numbers: another one for each owner of the session
	at      int64           // the newest change
	told    int64           // the newest change that was told
	here    map[string]bool // by participant
	touched map[string]bool // those whom the changes since told are about
}

// presenceMost is how many participants are named at a time.
const presenceMost = 512

func newPresence() presence {
	return presence{epoch: uuid.NewString(), here: map[string]bool{}, touched: map[string]bool{}}
}

// put notes that a participant has come or gone, and reports whether that is news.
func (p *presence) put(id string, here bool) bool {
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

// skip passes by what was not told, since nobody has to be.
func (p *presence) skip() {
	p.told = p.at
	clear(p.touched)
}

// changes is what has to be told since the last time.
func (p *presence) changes() protocol.Presence {
	m := protocol.Presence{Epoch: p.epoch, From: p.told, To: p.at, Joined: []string{}, Left: []string{}}
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

// list is everybody among those who have not left, in their order.
func (p *presence) list(people []protocol.Participant) *protocol.PresenceAnswer {
	a := &protocol.PresenceAnswer{Epoch: p.epoch, At: p.at, Participants: make([]string, 0, len(p.here))}
	for i := range people {
		if people[i].LeftAt == nil && p.here[people[i].ID] {
			a.Participants = append(a.Participants, people[i].ID)
		}
	}
	return a
}
