package e2e

import (
	"net"
	"sync"
	"testing"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
)

// Network is what lies between clients and a server: connections that can be
// made slow, torn or silent at any time, with Toxiproxy's faults. It is safe for
// concurrent use.
type Network struct {
	API    // the server, through this network
	server string
	listen net.Listener

	running sync.WaitGroup // what accepts, and every link

	mu      sync.Mutex
	weather Weather        // guarded by mu
	links   map[*link]bool // guarded by mu
	closed  bool           // guarded by mu
}

// Weather is what happens to the bytes of every connection. A fault of nil is
// none.
type Weather struct {
	Up, Down toxics.Toxic // to the server, and to clients
}

// NewNetwork makes a network to a server, which goes with the test.
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
			_ = client.Close() // as if nobody listened
			continue
		}
		n.join(client, server, stream.Upstream)
		n.join(server, client, stream.Downstream)
	}
}

// join starts what carries bytes in one direction.
func (n *Network) join(from, to net.Conn, d stream.Direction) {
	l := newLink(n, from.(*net.TCPConn), to.(*net.TCPConn), d)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		_, _ = from.Close(), to.Close()
		return
	}
	n.links[l] = true
	n.running.Go(func() { // it ends with its connections
		l.carry()
		n.left(l)
	})
}

// left ends the connections of a link that carries nothing more.
func (n *Network) left(l *link) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.links, l)
	_, _ = l.from.Close(), l.to.Close()
}

// Set changes the weather, for connections that are open as well. It waits for
// clients that do not read what comes.
func (n *Network) Set(w Weather) {
	n.mu.Lock()
	n.weather = w
	links := n.open()
	n.mu.Unlock()
	for _, l := range links {
		l.look()
	}
}

// Clear ends all faults. Connections that have lost bytes break.
func (n *Network) Clear() { n.Set(Weather{}) }

// open returns all links. Its caller holds mu.
func (n *Network) open() []*link {
	var links []*link
	for l := range n.links {
		links = append(links, l)
	}
	return links
}

// toxic is what a link is to do to its bytes now.
func (n *Network) toxic(d stream.Direction) toxics.Toxic {
	n.mu.Lock()
	defer n.mu.Unlock()
	fault := n.weather.Down
	if d == stream.Upstream {
		fault = n.weather.Up
	}
	if fault == nil || n.closed {
		return new(toxics.NoopToxic)
	}
	return fault
}

// Close breaks all connections and waits until nothing of the network runs.
func (n *Network) Close() {
	_ = n.listen.Close()
	n.mu.Lock()
	n.closed = true
	links := n.open()
	n.mu.Unlock()
	for _, l := range links {
		_, _ = l.from.Close(), l.to.Close()
		l.look()
	}
	n.running.Wait()
}
