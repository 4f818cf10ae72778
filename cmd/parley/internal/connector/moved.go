package connector

import (
	"context"
	"net"
	"net/http/httptrace"
	"slices"
	"time"

	"parley/protocol/connect"
)

// moveCheck is how often a connector checks whether its machine has moved.
const moveCheck = 2 * time.Second

// asleep is the time without a check after which the machine has slept. The server has then
// closed the connection, for three heartbeats have passed.
const asleep = 3 * connect.Heartbeat

// mover notices that a connection no longer works although nothing has said so: the
// machine has lost the address from which it was made, in another network, or it has slept.
type mover struct {
	address net.IP    // from which the connection was made; nil if it is not known
	checked time.Time // by the clock on the wall, since others stop while the machine sleeps
}

// moved reports whether the machine has moved since the last check. all are the addresses
// that it has; none if they are not known.
func (m *mover) moved(now time.Time, all []net.Addr) bool {
	now = now.Round(0)
	slept := now.Sub(m.checked) > asleep
	m.checked = now
	has := func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && n.IP.Equal(m.address)
	}
	return slept || m.address != nil && len(all) > 0 && !slices.ContainsFunc(all, has)
}

// cutIfMoved calls cut once the machine has moved, and returns. It returns without that when
// ctx ends.
func (m *mover) cutIfMoved(ctx context.Context, cut func()) {
	m.checked = time.Now().Round(0)
	ticks := time.NewTicker(moveCheck)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
		all, _ := net.InterfaceAddrs()
		if m.moved(time.Now(), all) {
			cut()
			return
		}
	}
}

// traced returns a context for a dial that notes the address of the machine.
func (m *mover) traced(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) {
		if a, ok := c.Conn.LocalAddr().(*net.TCPAddr); ok {
			m.address = a.IP
		}
	}})
}
