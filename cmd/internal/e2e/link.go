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
//	from → read → in → applyFaults → out → write → to
//
// When one of the three stages ends, the others end too.
type link struct {
	network     *Network
	from, to    *net.TCPConn
	direction   stream.Direction
	in          chan *stream.StreamChunk // read sends and closes; read waits when it is full
	out         chan *stream.StreamChunk // the fault sends and closes; unbuffered
	stub        *toxics.ToxicStub        // between in and out
	faultsEnded chan struct{}            // closed when nothing receives from in anymore
}

// chunksInFlight is how many chunks a link holds, so that a fault that delays chunks
// does not also limit their rate.
const chunksInFlight = 64

func newLink(n *Network, from, to *net.TCPConn, d stream.Direction) *link {
	in, out := make(chan *stream.StreamChunk, chunksInFlight), make(chan *stream.StreamChunk)
	return &link{n, from, to, d, in, out, toxics.NewToxicStub(in, out), make(chan struct{})}
}

// run carries bytes until the direction has ended.
func (l *link) run() {
	written := make(chan struct{})
	go l.read() // ends with from or with applyFaults; write ends after it
	go func() { // ends with out; waited for below
		defer close(written)
		l.write()
	}()
	l.applyFaults()
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
			case <-l.faultsEnded:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// applyFaults applies the current fault until the connection has ended.
func (l *link) applyFaults() {
	defer close(l.faultsEnded)
	for !l.stub.Closed() {
		toxic := l.network.toxic(l.direction)
		if _, ok := toxic.(*toxics.ResetToxic); ok {
			_, _ = l.from.SetLinger(0), l.to.SetLinger(0) // so that closing them sends a reset
		}
		l.stub.Run(&toxics.ToxicWrapper{Toxic: toxic, Toxicity: 1})
		if lossy, ok := toxic.(toxics.CleanupToxic); ok && !l.stub.Closed() {
			lossy.Cleanup(l.stub)
		}
	}
}

// applyCurrent makes the link apply the faults that are current now.
func (l *link) applyCurrent() {
	select {
	case l.stub.Interrupt <- struct{}{}:
	case <-l.faultsEnded:
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

// Blackhole is the fault of a peer that has lost power: nothing arrives anymore, not
// even the end of the connection.
type Blackhole struct{}

// Pipe implements toxics.Toxic.
func (*Blackhole) Pipe(stub *toxics.ToxicStub) {
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
func (*Blackhole) Cleanup(stub *toxics.ToxicStub) { stub.Close() }
