package remote

import (
	"parley/hub/rules"
	"parley/protocol/connect"
	"parley/protocol/connect/link"
)

// enter decides on a connector and, unless it is fenced, makes its connection the newest. A
// newer connector ends the agent of the one before, and begins the streams again.
func (c *connector) enter(conn *link.Conn, hello connect.Hello) visit {
	c.mu.Lock()
	v := visit{admission: c.seat.Admit(hello.Epoch, hello.Incarnation)}
	if v.admission == connect.Fenced {
		c.mu.Unlock()
		return v
	}
	if v.admission == connect.Returned && c.restored && c.run == nil {
		v.admission = connect.Admitted // the agent was ended meanwhile
	}
	v.resumed = v.admission == connect.Returned && c.restored
	c.restored = v.resumed
	if v.admission == connect.Admitted && c.hangUp != nil {
		c.hangUp(connect.CloseFenced, rules.ErrConnectorFenced.Error())
	}
	c.connections++
	v.number = c.connections
	c.hello = hello
	c.hangUp = conn.CloseLater
	c.mu.Unlock()
	c.asks.abandon() // of the connection before
	switch {
	case v.resumed:
		c.end.Restore(hello.Taken, hello.Acknowledged)
	case v.admission == connect.Admitted:
		c.endRun("ended with its connector")
		c.end.Reset()
	}
	return v
}

// leave notes the end of a connection, and reports whether it was the newest. The caller
// holds c.admitting.
func (c *connector) leave(number int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.connections != number {
		return false
	}
	c.hangUp = nil
	return true
}
