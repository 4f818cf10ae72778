package rules

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// Event is a change of a state, which a decision makes and the runtime numbers and commits.
type Event struct {
	Public  protocol.Payload
	Private Private
	Primary bool // the answer to the command is computed from it
}

// PrimaryEvent returns the event that the answer to a command is computed from. A decision
// has at most one.
func PrimaryEvent(p protocol.Payload) Event { return Event{Public: p, Primary: true} }

// Private is the part of an event that the rules need and no client receives. Its JSON is
// stored beside the event.
type Private struct {
	Command  *CommandRef                 `json:"command,omitempty"`  // the command whose answer this event is
	Host     *protocol.Participant       `json:"host,omitempty"`     // with shared_session_created
	Agent    protocol.AgentStatus        `json:"agent,omitempty"`    // with shared_session_created
	Message  *protocol.Message           `json:"message,omitempty"`  // with prompt_pending_approval
	Invite   int                         `json:"invite,omitempty"`   // generation, with invite_rotated and the removal that rotated it
	URL      string                      `json:"url,omitempty"`      // with elicitation_requested of a host session: the page
	Answer   *protocol.ElicitationAnswer `json:"answer,omitempty"`   // with elicitation_resolved: what the agent or the person was given
	Change   string                      `json:"change,omitempty"`   // the id of the change, with agent_configuring and its outcome
	Typed    bool                        `json:"typed,omitempty"`    // with participant_joined: by the typed protocol
	Renewal  int                         `json:"renewal,omitempty"`  // the number of the agent's new session, with agent_session
	Mask     *Mask                       `json:"mask,omitempty"`     // what is seen of the event by those for whom secrets are masked
	To       string                      `json:"to,omitempty"`       // the participant who alone receives the event, if its audience is [Addressee]
	RPC      string                      `json:"rpc,omitempty"`      // with a question of a host session: the agent's JSON-RPC id
	Page     string                      `json:"page,omitempty"`     // with elicitation_requested of a host session: the agent's id of it
	Answered *QuestionAnswer             `json:"answered,omitempty"` // with the outcome of a question of a host session whose agent outlives the server
	Calls    *Calls                      `json:"calls,omitempty"`    // with agent_called of a host session
	Origin   Origin                      `json:"origin,omitzero"`    // with events that follow from a message of an agent on another machine
	Caller   *Caller                     `json:"caller,omitempty"`   // who caused the event, for the audit; nil if nobody did, or if it is not known
	Actor    string                      `json:"actor,omitempty"`    // the id of the participant who caused the event, if nothing else names it
}

// CommandRef identifies a command by its scope and its id. The scope of a
// participant's commands is the participant; that of a join is the invite and
// the user id.
type CommandRef struct {
	Scope  string `json:"by"` // a participant id, or the scope of a join or a creation
	ID     string `json:"id"`
	Digest string `json:"digest"` // of its type and payload
}

// Stamp is the number and the time of a committed event.
type Stamp struct {
	Seq journal.Seq
	At  time.Time // the event's time
	Now time.Time // the clock's reading at the event; zero for an event that is read from the journal
}

// Instant returns the time of the event, for a deadline.
func (s Stamp) Instant() Instant { return Instant{s.At, s.Now} }

// Encode returns the two parts of the event's record. priv is nil for an event without
// private data.
func (e Event) Encode() (public, priv []byte, err error) {
	if public, err = protocol.MarshalPayload(e.Public); err != nil {
		return nil, nil, err
	}
	if e.Private != (Private{}) {
		priv, err = protocol.Marshal(e.Private)
	}
	return public, priv, err
}

// DecodeEvent returns the event that a record holds. decodePayload decodes the event types
// of the session's kind.
func DecodeEvent(r journal.Record, decodePayload func(protocol.EventType, []byte) (protocol.Payload, error)) (Event, error) {
	var e Event
	var err error
	if e.Public, err = decodePayload(protocol.EventType(r.Type), r.Public); err != nil {
		return Event{}, fmt.Errorf("event %d of session %s: %w", r.Seq, r.Session, err)
	}
	if len(r.Private) > 0 {
		if err = json.Unmarshal(r.Private, &e.Private); err != nil {
			return Event{}, fmt.Errorf("private data of event %d of session %s: %w", r.Seq, r.Session, err)
		}
	}
	return e, nil
}

// Masked returns the event of a shared session as readers see it for whom secrets are
// masked.
func (e Event) Masked() (Event, error) {
	if e.Private.Mask == nil || len(e.Private.Mask.Payload) == 0 {
		return e, nil
	}
	public, err := protocol.DecodePayload(e.Public.EventType(), e.Private.Mask.Payload)
	if err != nil {
		return Event{}, fmt.Errorf("masked form of an event: %w", err)
	}
	e.Public = public
	return e, nil
}

// RawJSON encodes a value whose encoding cannot fail; null for any other.
func RawJSON(v any) json.RawMessage {
	b, err := protocol.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}

// KeepLast returns the last n elements. The memory of the others is released when append
// next allocates.
func KeepLast[T any](all []T, n int) []T { return all[max(0, len(all)-n):] }
