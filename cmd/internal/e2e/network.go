package e2e

import (
	"net"
	"sync"
	"testing"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
)

// Network lies between clients and a server. It can make their connections slow, broken
// or silent at any time, with the faults of Toxiproxy. It is safe for concurrent use.
type Network struct {
	API    // the server, through this network
	server string
	listen net.Listener

	running sync.WaitGroup // accept, and a goroutine for each link; Close waits for them

	mu     sync.Mutex // guards the fields below
	faults Faults
	links  map[*link]bool
	closed bool
}

// Faults are the faults that all connections have now. A nil fault is none.
type Faults struct {
	Up, Down toxics.Toxic // to the server, and to clients
}

// NewNetwork returns a network that leads to a server. It is closed when the test ends.
func NewNetwork(t testing.TB, s *Server) *Network {
	t.Helper()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &Network{
		API:    API{URL: "http://" + listen.Addr().String()},
		server: s.Address,
		listen: listen,
		links:  map[*link]bool{},
	}
	n.running.Go(n.accept) // Close ends it and waits
	t.Cleanup(n.Close)
	return n
}

func (n *Network) accept() {
	for {
		client, err := n.listen.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", n.server)
		if err != nil {
			_ = client.Close() // as if nothing listened
			continue
		}
		n.startLink(client, server, stream.Upstream)
		n.startLink(server, client, stream.Downstream)
	}
}

// startLink starts a link for one direction.
func (n *Network) startLink(from, to net.Conn, d stream.Direction) {
	l := newLink(n, from.(*net.TCPConn), to.(*net.TCPConn), d)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		_, _ = from.Close(), to.Close()
		return
	}
	n.links[l] = true
	n.running.Go(func() { // ends with its connections
		l.run()
		n.remove(l)
	})
}

// remove closes the connections of a link that has ended.
func (n *Network) remove(l *link) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.links, l)
	_, _ = l.from.Close(), l.to.Close()
}

// SetFaults changes the faults of all connections, open ones included. It blocks while
// a client does not read.
func (n *Network) SetFaults(w Faults) {
	n.mu.Lock()
	n.faults = w
	links := n.openLinks()
	n.mu.Unlock()
	for _, l := range links {
		l.applyCurrent()
	}
}

// ClearFaults ends all faults. Connections that have lost bytes break.
func (n *Network) ClearFaults() { n.SetFaults(Faults{}) }

// openLinks returns all links. mu must be locked.
func (n *Network) openLinks() []*link {
	var links []*link
	for l := range n.links {
		links = append(links, l)
	}
	return links
}

// toxic returns the current fault for a direction.
func (n *Network) toxic(d stream.Direction) toxics.Toxic {
	n.mu.Lock()
	defer n.mu.Unlock()
	fault := n.faults.Down
	if d == stream.Upstream {
		fault = n.faults.Up
	}
	if fault == nil || n.closed {
		return new(toxics.NoopToxic)
	}
	return fault
}

// Close breaks all connections and waits for the goroutines of the network.
func (n *Network) Close() {
	_ = n.listen.Close()
	n.mu.Lock()
	n.closed = true
	links := n.openLinks()
	n.mu.Unlock()
	for _, l := range links {
		_, _ = l.from.Close(), l.to.Close()
		l.applyCurrent()
	}
	n.running.Wait()
}
