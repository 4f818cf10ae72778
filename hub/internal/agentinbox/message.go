package agentinbox

import "parley/hub/rules"

// message is a message in an inbox, or a row of consecutive notifications.
type message struct {
	event    any                 // nil for notifications
	row      rules.Notifications // nil for any other message
	streamed bool                // the last of row is a piece of a stream

	// of a framed message
	origins []rules.Origin // of row, or of the only event
	done    []func()       // likewise; nil for a message that is not framed
}

func newMessage(event any) (m message) {
	if f, framed := event.(rules.Framed); framed {
		event = f.Event
		m.origins, m.done = []rules.Origin{f.Origin}, []func(){f.Done}
	}
	if n, ok := event.(rules.AgentNotification); ok {
		m.row, m.streamed = rules.Notifications{n.Raw}, n.Streamed
	} else {
		m.event = event
	}
	return m
}

// join adds a message to a row, and reports whether it belongs there.
func (m *message) join(next message) bool {
	if m.row == nil || next.row == nil || (m.done == nil) != (next.done == nil) {
		return false
	}
	m.row, m.streamed = append(m.row, next.row...), next.streamed
	m.origins, m.done = append(m.origins, next.origins...), append(m.done, next.done...)
	return true
}

// bytes returns the size of the notifications.
func (m *message) bytes() (n int) {
	for _, raw := range m.row {
		n += len(raw)
	}
	return n
}

// isFacts reports whether the message holds facts, which replace earlier ones and so need no
// place among the other messages.
func (m *message) isFacts() bool {
	_, facts := m.event.(rules.AgentUpdated)
	return facts
}

// followsAll reports whether the message is one that the host session commits. When it has,
// the shared sessions have everything before it, so that a restarted server knows where to
// continue.
func (m *message) followsAll() bool { return m.done != nil && m.row == nil && !m.isFacts() }

// finish reports that the message needs not be sent again.
func (m *message) finish() {
	for _, done := range m.done {
		done()
	}
}
