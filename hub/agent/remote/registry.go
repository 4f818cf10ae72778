package remote

import (
	"errors"
	"sync"

	"parley/hub/agent/peer"
	"parley/hub/journal"
	"parley/protocol"
)

// ErrDetached says that the connector of an agent is not known to the server.
var ErrDetached = errors.New("is not reachable: its machine has no connection to the server")

// Registry has the connectors of a server. Its methods are safe for concurrent use.
type Registry struct {
	mu sync.Mutex

	// guarded by mu
	connectors map[journal.SessionID]*connector // at most maxConnectors
}

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

	filesDir  string // for [Process.Write]; empty if the connector takes no files
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
	c := newConnector()
	r.connectors[host] = c
	return c, nil
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
