package client

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/protocol"
)

// Notice is one thing that a client hears: an Event, a Welcome, a Presence, a
// Typing, a Connection, a ServerError or an Unknown.
type Notice interface{ notice() }

type (
	// Event happened in the session.
	Event struct{ *protocol.Event }
	// Welcome is where the story begins: the first notice of a client, and
	// again where Resume says gap, when all that was known before is void.
	Welcome struct{ protocol.Welcome }
	// Presence is the whole list of participants who are connected.
	Presence struct{ Participants []string }
	// Typing says that somebody types or has stopped.
	Typing struct{ protocol.TypingNotice }
	// Connection says that the connection's state is another.
	Connection struct{ Status }
	// ServerError is an error of the server that answers no command.
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

// State says whether there is a connection.
type State string

// The states of a connection.
const (
	Connecting State = "connecting"
	Online     State = "online"
	Waiting    State = "waiting" // for the next attempt
	Ended      State = "ended"   // for good; Client.Err says why
)

// Transport is how messages travel.
type Transport string

// The transports.
const (
	WebSocket   Transport = "websocket"
	EventStream Transport = "event-stream" // with a request for each command
)

// Status is how a client's connection is.
type Status struct {
	State     State
	Transport Transport     // when Online
	Err       error         // why the connection was lost, when Waiting or Ended
	RetryIn   time.Duration // when Waiting
}

// DecodeEvents reads events as they stand in Welcome.Recent and in a
// HistoryAnswer.
func DecodeEvents(raw []json.RawMessage) ([]*protocol.Event, error) {
	events := make([]*protocol.Event, len(raw))
	for i, line := range raw {
		if err := json.Unmarshal(line, &events[i]); err != nil {
			return nil, fmt.Errorf("decode events: %w", err)
		}
	}
	return events, nil
}
