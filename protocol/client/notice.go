package client

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/protocol"
)

// Notice is what [Client.Notices] delivers: an [Event], [Welcome], [Presence], [Typing],
// [Connection], [ServerError] or [Unknown].
type Notice interface{ notice() }

type (
	// Event is an event of the session.
	Event struct{ *protocol.Event }
	// Welcome is a snapshot of the session, from which the events continue. A client
	// delivers one at first, and another one if a resume ends in a gap, which makes
	// everything before it obsolete.
	Welcome struct{ protocol.Welcome }
	// Presence is the whole list of connected participants.
	Presence struct{ Participants []string } // ids
	// Typing says that a participant is typing or has stopped.
	Typing struct{ protocol.TypingNotice }
	// Connection reports a change of the connection's state.
	Connection struct{ Status }
	// ServerError is an error of the server that does not answer a command.
	ServerError struct{ *protocol.Error }
	// Unknown is a message of a type that this version does not know.
	Unknown struct{ *protocol.UnknownMessage }
)

func (Event) notice()       {}
func (Welcome) notice()     {}
func (Presence) notice()    {}
func (Typing) notice()      {}
func (Connection) notice()  {}
func (ServerError) notice() {}
func (Unknown) notice()     {}

// State is the state of a connection.
type State string

// The states of a connection.
const (
	Connecting State = "connecting"
	Online     State = "online"
	Waiting    State = "waiting" // until the next attempt
	Ended      State = "ended"   // for good; Client.Err returns the reason
)

// Transport is a way of exchanging messages with the server.
type Transport string

// The transports.
const (
	WebSocket   Transport = "websocket"
	EventStream Transport = "event-stream" // server-sent events, and a request for each command
)

// Status describes the connection of a client.
type Status struct {
	State     State
	Transport Transport     // if Online
	Err       error         // why the connection was lost, if Waiting or Ended
	RetryIn   time.Duration // the time until the next attempt, if Waiting
}

// DecodeEvents decodes the events of [protocol.Welcome], [protocol.HistoryAnswer] and
// [protocol.ArchiveAnswer].
func DecodeEvents(raw []json.RawMessage) ([]*protocol.Event, error) {
	events := make([]*protocol.Event, len(raw))
	for i, line := range raw {
		if err := json.Unmarshal(line, &events[i]); err != nil {
			return nil, fmt.Errorf("decode events: %w", err)
		}
	}
	return events, nil
}
