package web

import (
	"context"
	"time"

	"parley/protocol"
)

// missedPings is how many pings in a row may go unanswered.
const missedPings = 2

// watch ends a connection that does not join in time, or does not answer pings.
// One that is being written to is watched by the time-out of the write.
func (k *socket) watch() (again time.Duration) {
	switch {
	case !k.begun.Load():
		k.close(protocol.CloseNoCommandInTime, "no join or resume in time")
	case k.stuck():
		k.close(protocol.CloseTryAgain, "a message was begun and not sent")
	case k.missed.Load() >= missedPings:
		_ = k.net.Close() // nobody is there to read a close code
	case k.try(controlFrame(opPing, nil)):
		k.missed.Add(1)
	}
	return k.s.o.Heartbeat
}

// messageTimeout is how long a message may take to arrive.
const messageTimeout = time.Minute

// stuck reports whether a message takes too long to arrive.
func (k *socket) stuck() bool {
	began := k.began.Load()
	return began != 0 && time.Since(time.Unix(0, began)) > messageTimeout
}

// ponged hears the answer to a ping.
func (k *socket) ponged(context.Context, []byte) {
	k.missed.Store(0)
	k.control()
}

// pinged answers a client's ping in place of the library, which would wait for
// a socket that is full. Who is being written to needs no pong.
func (k *socket) pinged(_ context.Context, payload []byte) (answer bool) {
	if k.control() {
		k.try(controlFrame(opPong, payload))
	}
	return false
}

// control counts a control frame in, and reports whether it is to be answered.
// Whoever sends too many again and again is closed by the reader.
func (k *socket) control() bool {
	limited, heeds := k.spare.take()
	if heeds || k.closing.Load() {
		k.rest()
	} else {
		k.in.breakOff()
	}
	return limited == nil
}

// rest takes the reader back from the library, which would wait for a message
// behind a ping or a pong.
func (k *socket) rest() {
	if !k.closing.Load() && !k.within {
		k.in.rest()
	}
}
