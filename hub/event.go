package hub

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// event is a change that a decision makes, before the runtime numbers and commits
// it.
type event struct {
	public  protocol.Payload
	private private
	primary bool // the answer to the command is computed from it
}

// primaryEvent returns the event that the answer to a command is computed from.
// A decision has at most one.
func primaryEvent(p protocol.Payload) event { return event{public: p, primary: true} }

// private is what the rules need of an event and no client receives. Its JSON is
// stored beside the event.
type private struct {
	Command *commandRef           `json:"command,omitempty"` // the command whose answer this event is
	Host    *protocol.Participant `json:"host,omitempty"`    // with shared_session_created
	Agent   protocol.AgentStatus  `json:"agent,omitempty"`   // with shared_session_created
	Message *protocol.Message     `json:"message,omitempty"` // with prompt_pending_approval
	Invite  int                   `json:"invite,omitempty"`  // generation, with invite_rotated and the removal that rotated it
	Typed   bool                  `json:"typed,omitempty"`   // with participant_joined: by the typed protocol
}

// commandRef identifies a command by its scope and its id. The scope of a
// participant's commands is the participant; that of a join is the invite and
// the user id.
type commandRef struct {
	By     string `json:"by"` // a participant id, or the scope of a join or a creation
	ID     string `json:"id"`
	Digest string `json:"digest"` // of its type and payload
}

// stamp is the number and the time of an event.
type stamp struct {
	seq    journal.Seq
	at     time.Time // the event's time
	moment time.Time // the clock's reading at the event; zero for an event that is read from the journal
}

// instant returns the time of the event, for a deadline.
func (s stamp) instant() instant { return instant{s.at, s.moment} }

// encode returns the two parts of the event's record. priv is nil for an event
// without private data.
func (e event) encode() (public, priv []byte, err error) {
	if public, err = protocol.MarshalPayload(e.public); err != nil {
		return nil, nil, err
	}
	if e.private != (private{}) {
		priv, err = protocol.Marshal(e.private)
	}
	return public, priv, err
}

// decodeEvent returns the event that a record holds. decodePayload decodes the
// event types of the stream.
func decodeEvent(r journal.Record, decodePayload func(protocol.EventType, []byte) (protocol.Payload, error)) (event, error) {
	var e event
	var err error
	if e.public, err = decodePayload(protocol.EventType(r.Type), r.Public); err != nil {
		return event{}, fmt.Errorf("event %d of session %s: %w", r.Seq, r.Session, err)
	}
	if len(r.Private) > 0 {
		if err = json.Unmarshal(r.Private, &e.private); err != nil {
			return event{}, fmt.Errorf("private data of event %d of session %s: %w", r.Seq, r.Session, err)
		}
	}
	return e, nil
}
