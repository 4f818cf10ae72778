package hub

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// event is one thing that decide has found to have happened, before it is
// numbered and written.
type event struct {
	public  protocol.Payload
	private private
	answers bool // it is what the answer to its command is computed from
}

// did is the event that a command is about.
func did(p protocol.Payload) event { return event{public: p, answers: true} }

// private is what the rules need of an event and nobody is shown.
type private struct {
	Command *commandRef           `json:"command,omitempty"` // the command whose answer this event is
	Host    *protocol.Participant `json:"host,omitempty"`    // with shared_session_created
	Agent   protocol.AgentStatus  `json:"agent,omitempty"`   // with shared_session_created
	Message *protocol.Message     `json:"message,omitempty"` // with prompt_pending_approval
	Invite  int                   `json:"invite,omitempty"`  // generation, with invite_rotated and the removal that rotated it
	Typed   bool                  `json:"typed,omitempty"`   // with participant_joined: by the typed protocol
}

// commandRef names a command by who sent it and its id. A participant's
// commands are in the scope of that participant, joins in that of the invite
// and the user.
type commandRef struct {
	By     string `json:"by"` // participant id, or the scope of a join or a creation
	ID     string `json:"id"`
	Digest string `json:"digest"` // of its type and payload
}

// stamp is an event's place in its session's journal, and in time.
type stamp struct {
	seq    journal.Seq
	at     time.Time // the event's time
	moment time.Time // the clock's, when it happened; zero for an event that is read again
}

func (s stamp) instant() instant { return instant{s.at, s.moment} }

// encode returns the event's bytes for the journal.
func (e event) encode() (public, priv []byte, err error) {
	if public, err = protocol.MarshalPayload(e.public); err != nil {
		return nil, nil, err
	}
	if e.private != (private{}) {
		priv, err = protocol.Marshal(e.private)
	}
	return public, priv, err
}

// decodeEvent reads what encode wrote. decodePayload knows the event types of
// the stream.
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
