package link

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/protocol"
	"parley/protocol/connect"
)

// End is one end of the connector's protocol. Its methods are safe for concurrent use; one
// goroutine at a time may call Next.
type End struct {
	// immutable
	limit int // of the frames that are kept, in bytes

	mu sync.Mutex

	// guarded by mu
	stream     *connect.Stream
	generation uint64          // counts the streams
	inbox      []connect.Frame // taken, and not returned by Next
	inboxBytes int
	done       map[uint64]bool // taken frames that are done, behind one that is not
	loose      []connect.Frame // frames that are not kept, for the connection
	running    *running        // the connection; nil for none
	changed    chan struct{}   // closed and replaced when something changes, so that waiters look again
}

// running is the connection that an end has.
type running struct{ conn *Conn }

// New returns an end that keeps at most a number of bytes for the other end.
func New(limit int) *End {
	return &End{limit: limit, stream: connect.NewStream(limit), changed: make(chan struct{})}
}

// errReset ends a wait for streams that have begun again.
var errReset = errors.New("the streams have begun again")

// notify wakes everything that waits. The caller holds e.mu.
func (e *End) notify() {
	close(e.changed)
	e.changed = make(chan struct{})
}

// Reset begins both streams again. Frames that were kept, or taken and not returned by Next,
// are dropped. A connection ends.
func (e *End) Reset() { e.replace(connect.NewStream(e.limit)) }

// Restore continues the streams of an end that has lost its memory; see
// [connect.RestoreStream]. Otherwise it is as Reset.
func (e *End) Restore(last, taken uint64) { e.replace(connect.RestoreStream(e.limit, last, taken)) }

func (e *End) replace(s *connect.Stream) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.supersede()
	e.stream = s
	e.generation++
	e.inbox, e.inboxBytes, e.loose, e.done = nil, 0, nil, nil
	e.notify()
}

// Taken returns the number of the newest frame of the other end that was taken.
func (e *End) Taken() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stream.Taken()
}

// Acknowledged returns the number of the newest frame of this end that the other end has
// processed, as far as is known.
func (e *End) Acknowledged() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stream.Acknowledged()
}

// Connected reports whether there is a connection.
func (e *End) Connected() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.running != nil
}

// Put adds a kept frame, and waits for room. It returns an error, and adds nothing, when ctx
// ends or the streams begin again.
func (e *End) Put(ctx context.Context, t connect.Type, body []byte) error {
	return e.put(ctx, func() bool {
		_, ok := e.stream.Put(t, body)
		return ok
	})
}

// put calls try until it has added a frame.
func (e *End) put(ctx context.Context, try func() bool) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for generation := e.generation; ; {
		if ctx.Err() != nil { // so that nothing follows what comes after the end of ctx
			return ctx.Err()
		}
		if try() {
			e.notify()
			return nil
		}
		changed := e.changed
		e.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		e.mu.Lock()
		if e.generation != generation {
			return errReset
		}
	}
}

// Hold is [End.Put] for a frame that is not sent, nor are those after it, until [End.Free].
func (e *End) Hold(ctx context.Context, t connect.Type, body []byte) (number uint64, err error) {
	err = e.put(ctx, func() (ok bool) {
		if number, ok = e.stream.Put(t, body); ok {
			e.stream.Hold(number)
		}
		return ok
	})
	return number, err
}

// Free ends a [End.Hold].
func (e *End) Free(number uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stream.Free(number)
	e.notify()
}

// Force adds a small kept frame without waiting for room.
func (e *End) Force(t connect.Type, body []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stream.Force(t, body)
	e.notify()
}

// maxLoose is how many frames that are not kept may wait for the connection.
const maxLoose = 64

// Send sends a frame that is not kept. It returns false if there is no connection, or too
// many such frames wait for it.
func (e *End) Send(t connect.Type, body []byte) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.running == nil || len(e.loose) == maxLoose {
		return false
	}
	e.loose = append(e.loose, connect.Frame{Type: t, Body: body})
	e.notify()
	return true
}

// Received is a frame of the other end. It counts as processed when Done was called for it
// and for every frame before it.
type Received struct {
	connect.Frame

	end        *End
	generation uint64
}

// Done acknowledges the frame, with those before it. It must be called once, at any time and
// by any goroutine.
func (r Received) Done() {
	e := r.end
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.generation != r.generation {
		return
	}
	if e.done == nil {
		e.done = map[uint64]bool{}
	}
	e.done[r.Number] = true
	before := e.stream.HasProcessed()
	for next := before + 1; e.done[next]; next++ {
		delete(e.done, next)
		e.stream.Processed(next)
	}
	if e.stream.HasProcessed() != before {
		e.notify()
	}
}

// Next returns the next kept frame of the other end. Its only error is that of ctx.
func (e *End) Next(ctx context.Context) (Received, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.inbox) == 0 {
		changed := e.changed
		e.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		e.mu.Lock()
		if ctx.Err() != nil {
			return Received{}, ctx.Err()
		}
	}
	f := e.inbox[0]
	e.inbox[0] = connect.Frame{}
	e.inbox = e.inbox[1:]
	e.inboxBytes -= f.Size()
	return Received{f, e, e.generation}, nil
}

// Run serves a connection until it ends, and returns why. has is the number of the newest
// frame of this end that the other end has. loose is called with the frames that are not
// kept; it must not block. An end serves one connection at a time: another call of Run ends
// the earlier one.
func (e *End) Run(ctx context.Context, conn *Conn, has uint64, loose func(connect.Frame)) error {
	own := &running{conn}
	if err := e.begin(own, has); err != nil {
		conn.Close(connect.CloseNotProtocol, protocol.AsError(err).Message)
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var writing sync.WaitGroup
	writing.Go(func() {
		defer cancel()
		e.write(ctx, own)
	})
	err := e.read(ctx, own, loose)
	if broken, ok := errors.AsType[*protocol.Error](err); ok {
		conn.Close(broken.Entry().Close, broken.Message)
	}
	cancel()
	conn.end()
	writing.Wait()
	e.finish(own)
	return err
}

// begin makes a connection the one of the end, and cuts the earlier one.
func (e *End) begin(own *running, has uint64) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.stream.Connect(has); err != nil {
		return err
	}
	e.supersede()
	e.running, e.loose = own, nil
	e.notify()
	return nil
}

// supersede takes the place of the end's connection, whose Run ends. The caller holds e.mu.
func (e *End) supersede() {
	if e.running != nil {
		e.running.conn.expire()
		e.running = nil
	}
}

// finish notes that a connection has ended, unless a newer one has taken its place.
func (e *End) finish(own *running) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.running == own {
		e.running = nil
		e.stream.Disconnect()
		e.notify()
	}
}

// read reads frames until the connection ends.
func (e *End) read(ctx context.Context, own *running, loose func(connect.Frame)) error {
	for {
		f, err := own.conn.Read(ctx)
		if err != nil {
			return err
		}
		if err := e.take(own, f); err != nil {
			return err
		}
		if f.Number == 0 && f.Type != connect.TypeAck {
			loose(f)
		}
	}
}

// errSuperseded ends a connection whose place another one has taken.
var errSuperseded = errors.New("another connection has taken the place of this one")

// take takes a frame into the inbox.
func (e *End) take(own *running, f connect.Frame) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.running != own {
		return errSuperseded
	}
	fresh, err := e.stream.Take(f)
	if err != nil {
		return err
	}
	if fresh {
		if e.inboxBytes > e.limit+connect.MaxMessage {
			return protocol.Errorf(protocol.CodeTooLarge, "more than %d bytes of frames are not acknowledged", e.limit)
		}
		e.inbox = append(e.inbox, f)
		e.inboxBytes += f.Size()
	}
	e.notify()
	return nil
}

// write writes frames until the connection ends.
func (e *End) write(ctx context.Context, own *running) {
	heartbeat := time.NewTicker(own.conn.heartbeat)
	defer heartbeat.Stop()
	for {
		f, changed, ok := e.nextToWrite(own)
		if !ok {
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				return
			case <-heartbeat.C:
				f = e.stamp(own, connect.Frame{Type: connect.TypeAck})
			}
		}
		if err := own.conn.Write(ctx, f); err != nil {
			own.conn.Cut() // which ends the reads
			return
		}
	}
}

// nextToWrite returns the next frame for a connection, or a channel that is closed when
// there may be one.
func (e *End) nextToWrite(own *running) (f connect.Frame, changed <-chan struct{}, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.running != own {
		return f, e.changed, false
	}
	if len(e.loose) > 0 {
		f, e.loose = e.loose[0], e.loose[1:]
		return e.stream.Stamp(f), nil, true
	}
	f, ok = e.stream.Next()
	return f, e.changed, ok
}

// stamp adds the newest acknowledgement to a frame for a connection.
func (e *End) stamp(own *running, f connect.Frame) connect.Frame {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.running != own {
		return f
	}
	return e.stream.Stamp(f)
}
