package feed

import (
	"time"

	"parley/protocol"
)

const (
	// presenceDelay is how long the room gathers changes of presence for one
	// message. The delay grows with the connections, since each of them receives
	// the message.
	presenceDelay       = 100 * time.Millisecond
	presenceDelayOfEach = 2 * time.Millisecond
	// typingLapse is how long a participant counts as typing after the last sign
	// of it.
	typingLapse = 5 * time.Second
	// pollLapse is how long a participant is present after a poll. Browsers run
	// the timers of a hidden page once a minute.
	pollLapse = 75 * time.Second
)

// SetTyping notes that a participant types, or has stopped, and tells all
// connections if that is new.
func (r *Room) SetTyping(participant string, active bool) {
	_, was := r.typing[participant]
	if active {
		r.typing[participant] = time.Now().Add(typingLapse)
	} else {
		delete(r.typing, participant)
	}
	if active != was {
		b, err := protocol.Encode(&protocol.TypingMessage{Payload: protocol.TypingNotice{ParticipantID: participant, Active: active}})
		if err == nil {
			r.hint(Line{Bytes: b, hint: droppable})
		}
	}
}

// Polled notes that a participant has asked for events without a connection. The
// participant is present until pollLapse later.
func (r *Room) Polled(participant string) {
	r.polling[participant] = time.Now().Add(pollLapse)
	r.appears(participant)
}

// stopPolling notes that a participant no longer polls.
func (r *Room) stopPolling(participant string) {
	if _, polls := r.polling[participant]; polls {
		delete(r.polling, participant)
		r.disappears(participant)
	}
}

// Presence returns the participants who are connected or poll.
func (r *Room) Presence() *protocol.PresenceAnswer {
	return r.present.list(r.session.Participants())
}

// ShowPresence adds the participants who are present to a welcome.
func (r *Room) ShowPresence(w *Welcome) {
	list := r.Presence()
	w.Presence, w.PresenceEpoch, w.PresenceAt = list.Participants, list.Epoch, list.At
}

// appears notes that a participant has a connection or polls. A participant who
// has left only reads, and is not present.
func (r *Room) appears(participant string) {
	if r.session.IsPresent(participant) && r.present.set(participant, true) {
		r.presenceChanged(participant)
	}
}

// disappears notes that a participant is absent, unless there is still a
// connection or a recent poll.
func (r *Room) disappears(participant string) {
	_, polls := r.polling[participant]
	if !polls && r.subs[participant] == nil && r.present.set(participant, false) {
		r.presenceChanged(participant)
	}
}

// presenceChanged schedules the message to the other participants. The
// participant knows the change from the welcome.
func (r *Room) presenceChanged(participant string) {
	switch {
	case r.count == len(r.subs[participant]):
		r.present.skip()
		r.presenceAt = time.Time{}
	case len(r.present.touched) >= presenceMost:
		r.sendPresence()
	case r.presenceAt.IsZero():
		r.presenceAt = time.Now().Add(presenceDelay + time.Duration(r.count)*presenceDelayOfEach)
	}
}

func (r *Room) sendPresence() {
	r.presenceAt = time.Time{}
	b, err := protocol.Encode(&protocol.PresenceMessage{Payload: r.present.changes()})
	if err == nil {
		r.hint(Line{Bytes: b, hint: presenceHint})
	}
}

// hint offers a line that may be dropped to all connections.
func (r *Room) hint(l Line) {
	if r.count > 0 {
		r.fanout.post(hinted{l}, len(l.Bytes)+itemCost)
	}
}
