package remote

import (
	"context"
	"errors"
	"sync"

	"parley/hub"
	"parley/hub/agent/peer"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/connect"
)

// ErrDetached says that the connector of an agent is not known to the server.
var ErrDetached = errors.New("is not reachable: its machine has no connection to the server")

// Registry has the connectors of a server. Its methods are safe for concurrent use.
type Registry struct {
	mu sync.Mutex

	// guarded by mu
	connectors map[journal.SessionID]*connector // at most maxConnectors, besides restored ones
	record     recordFunc
}

// recordFunc stores that a line for the agent of a host session is sent.
type recordFunc func(context.Context, journal.SessionID, rules.SentFrame) error

// maxConnectors is how many connectors a server remembers, and serves at a time.
const maxConnectors = 1000

// errFull: every connector that the server may have is connected, or has an agent.
var errFull = protocol.Errorf(protocol.CodeTooManyAgents, "%d connectors are connected; try again later", maxConnectors)

// NewRegistry returns an empty registry.
func NewRegistry() *Registry {
	return &Registry{connectors: map[journal.SessionID]*connector{}}
}

// Process is a process of an agent on another machine.
type Process struct {
	Peer peer.Peer
	Dir  string // the agent's working directory

	connector *connector
}

// Open starts the agent of a host session on its connector, as the process with a number
// that is higher than those before. It does not wait for the
// process, whose failure to start is its exit, nor for a connection. It returns
// [ErrDetached] if the connector has not been connected since the server has started.
func (r *Registry) Open(host journal.SessionID, run uint64) (*Process, error) {
	r.mu.Lock()
	c := r.connectors[host]
	r.mu.Unlock()
	if c == nil {
		return nil, ErrDetached
	}
	return c.open(run)
}

// of returns the connector of a host session, which it makes if there is none. If there is
// no room, it forgets one without a connection and an agent.
func (r *Registry) of(host journal.SessionID) (*connector, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.connectors[host]; c != nil {
		return c, nil
	}
	if len(r.connectors) >= maxConnectors && !r.forgetOne() {
		return nil, errFull
	}
	return r.add(host), nil
}

// add makes the connector of a host session. The caller holds r.mu.
func (r *Registry) add(host journal.SessionID) *connector {
	record := r.record
	c := newConnector(func(ctx context.Context, f rules.SentFrame) error { return record(ctx, host, f) })
	r.connectors[host] = c
	return c
}

// recordWith sets how lines for agents are stored. It is called before the first connector is
// known.
func (r *Registry) recordWith(record recordFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.record = record
}

// errKnown says that an agent cannot be restored, since its connector is known.
var errKnown = errors.New("is known to the server")

// Restore continues with the process of a host session's agent that has run on while the
// server was not there. Its connector has a seat. The process waits for the connector to
// return, and ends if another one comes instead.
func (r *Registry) Restore(host journal.SessionID, seat rules.ConnectorSeat, run uint64) (*Process, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.connectors[host] != nil {
		return nil, errKnown
	}
	return r.add(host).restore(seat, run), nil
}

// forgetOne forgets a connector without a connection and an agent, and reports whether there
// was one. The caller holds r.mu.
func (r *Registry) forgetOne() bool {
	for host, c := range r.connectors {
		if c.isIdle() {
			delete(r.connectors, host)
			c.close()
			return true
		}
	}
	return false
}

// remove forgets a connector whose host session does not exist, and ends it.
func (r *Registry) remove(host journal.SessionID, c *connector) {
	r.mu.Lock()
	if r.connectors[host] == c {
		delete(r.connectors, host)
	}
	r.mu.Unlock()
	c.close()
}

// Delete closes the connector of a host session that was deleted, which then ends its agent.
func (r *Registry) Delete(host journal.SessionID) {
	r.mu.Lock()
	c := r.connectors[host]
	r.mu.Unlock()
	if c == nil {
		return
	}
	c.mu.Lock()
	hangUp := c.hangUp
	c.mu.Unlock()
	if hangUp != nil {
		hangUp(connect.CloseRefused, hub.ErrDeleted.Message)
	}
	r.remove(host, c)
}

// Close ends all connectors. The agents' processes on them count as ended.
func (r *Registry) Close() {
	r.mu.Lock()
	all := r.connectors
	r.connectors = map[journal.SessionID]*connector{}
	r.mu.Unlock()
	for _, c := range all {
		c.close()
	}
}
