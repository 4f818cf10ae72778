package e2e

import (
	"net"
	"time"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
)

// link carries the bytes of a connection in one direction, through the current
// fault:
//
//	from → read → in → suffer → out → write → to
//
// When one of the three ends, the others end too.
type link struct {
	network  *Network
	from, to *net.TCPConn
	way      stream.Direction
	in       chan *stream.StreamChunk // read sends and closes; when it is full, read waits
	out      chan *stream.StreamChunk // the fault sends and closes; unbuffered
	stub     *toxics.ToxicStub        // between in and out
	suffered chan struct{}            // closed when nothing receives from in any more
}

// onTheWay is how many chunks a link holds, so that a fault that delays chunks does not
// also limit their rate.
const onTheWay = 64

func newLink(n *Network, from, to *net.TCPConn, d stream.Direction) *link {
	in, out := make(chan *stream.StreamChunk, onTheWay), make(chan *stream.StreamChunk)
	return &link{n, from, to, d, in, out, toxics.NewToxicStub(in, out), make(chan struct{})}
}

// carry carries bytes until the direction has ended.
func (l *link) carry() {
	written := make(chan struct{})
	go l.read() // ends with from, or with suffer
	go func() { // ends with out; waited for below
		defer close(written)
		l.write()
	}()
	l.suffer()
	<-written
}

func (l *link) read() {
	defer close(l.in)
	for {
		buffer := make([]byte, 16<<10)
		n, err := l.from.Read(buffer)
		if n > 0 {
			select {
			case l.in <- &stream.StreamChunk{Data: buffer[:n], Timestamp: time.Now()}:
			case <-l.suffered:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// suffer applies the current fault until the connection has ended.
func (l *link) suffer() {
	defer close(l.suffered)
	for !l.stub.Closed() {
		toxic := l.network.toxic(l.way)
		if _, ok := toxic.(*toxics.ResetToxic); ok {
			_, _ = l.from.SetLinger(0), l.to.SetLinger(0) // so that closing them sends a reset
		}
		l.stub.Run(&toxics.ToxicWrapper{Toxic: toxic, Toxicity: 1})
		if lossy, ok := toxic.(toxics.CleanupToxic); ok && !l.stub.Closed() {
			lossy.Cleanup(l.stub)
		}
	}
}

// look makes the link apply the current weather.
func (l *link) look() {
	select {
	case l.stub.Interrupt <- struct{}{}:
	case <-l.suffered:
	}
}

// write writes what the fault lets through. After an error it continues to receive, so
// that the fault can end.
func (l *link) write() {
	var err error
	for chunk := range l.out {
		if err == nil {
			_, err = l.to.Write(chunk.Data)
		}
	}
}

// Vanish is the fault of a peer that has lost power: nothing arrives any more, not even
// the end of the connection.
type Vanish struct{}

// Pipe implements toxics.Toxic.
func (*Vanish) Pipe(stub *toxics.ToxicStub) {
	for {
		select {
		case chunk := <-stub.Input:
			if chunk == nil {
				<-stub.Interrupt
				return
			}
		case <-stub.Interrupt:
			return
		}
	}
}

// Cleanup implements toxics.CleanupToxic. It breaks the connection, which has lost bytes.
func (*Vanish) Cleanup(stub *toxics.ToxicStub) { stub.Close() }
