package rules

import "cmp"

// A connector carries the messages of an agent on another machine in numbered frames, and
// sends again what the server has not acknowledged. A frame is acknowledged when the host
// session, and every shared session that was open on it, have committed what they make of
// it. So each of them keeps the [Origin] of the newest that it has, and drops repetitions.

// Origin is the place of a message among those that a connector has carried. Its JSON is
// stored.
type Origin struct {
	Run   uint64 `json:"run"`            // the process of the agent, and so that of the connector; from 1
	Frame uint64 `json:"frame"`          // the number of the connector's frame
	Part  int    `json:"part,omitempty"` // counts the messages that one frame makes
}

// IsZero reports whether the message is not of a connector.
func (o Origin) IsZero() bool { return o == Origin{} }

// After reports whether the message follows another one.
func (o Origin) After(other Origin) bool {
	return cmp.Or(cmp.Compare(o.Run, other.Run), cmp.Compare(o.Frame, other.Frame), cmp.Compare(o.Part, other.Part)) > 0
}

// Framed is an event of an agent that a connector has carried.
type Framed struct {
	Event  AgentEvent
	Origin Origin // zero for FramedNotifications, which have one each
	Done   func() // is called once when the event needs not be sent again; any goroutine may call it, and it does not block
}

// FramedNotifications are consecutive notifications of an agent that a connector has
// carried.
type FramedNotifications struct {
	Notifications Notifications
	Origins       []Origin // of each
}

func (Framed) agentEvent()              {}
func (FramedNotifications) agentEvent() {}
