package web

import "context"

// missedPings is how many pings in a row may go unanswered.
const missedPings = 2

// ping pings the client, or gives up on one that has not answered for long. A
// connection that is being written to is watched by the time-out of the write.
func (k *socket) ping() {
	if k.missed.Load() >= missedPings {
		_ = k.net.Close() // nobody is there to read a close code
		return
	}
	if k.try(controlFrame(opPing, nil)) {
		k.missed.Add(1)
	}
}

// ponged hears the answer to a ping.
func (k *socket) ponged(context.Context, []byte) { k.missed.Store(0) }

// pinged answers a client's ping in place of the library, which would wait for
// a socket that is full. Who is being written to needs no pong.
func (k *socket) pinged(_ context.Context, payload []byte) (answer bool) {
	k.try(controlFrame(opPong, payload))
	return false
}
