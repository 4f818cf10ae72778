package agentinbox

import (
	"sync/atomic"
	"time"
)

// How long pieces of a stream wait for others. A delivery costs an append and a write to
// each connection, so the wait grows with the number of agents that stream and with the
// number of connections. MaxGather allows 25 deliveries a second, at which text still
// appears to flow.
const (
	MinGather = 7 * time.Millisecond
	MaxGather = 40 * time.Millisecond
	// quietConnections is up to how many connections a process with one agent that streams
	// waits for MinGather.
	quietConnections = 24
)

// Pace is how long the pieces of all agents of a process wait. Its methods may be called
// concurrently.
type Pace struct {
	connections func() int   // immutable
	streaming   atomic.Int64 // how many agents have pieces that wait
}

// NewPace returns the pace of a process. connections returns how many connections the
// process has; it may be called concurrently.
func NewPace(connections func() int) *Pace { return &Pace{connections: connections} }

func (p *Pace) count(streams bool) {
	if streams {
		p.streaming.Add(1)
	} else {
		p.streaming.Add(-1)
	}
}

// window returns how long pieces wait now.
func (p *Pace) window() time.Duration {
	load := max(1, p.streaming.Load()) * int64(max(quietConnections, p.connections()))
	return min(MinGather*time.Duration(load)/quietConnections, MaxGather)
}
