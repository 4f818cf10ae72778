package web

import (
	"context"
	"time"

	"parley/protocol"
)

// missedPings is how many pings in a row may go unanswered.
const missedPings = 2

// watch ends a connection that does not join in time, that does not answer
// pings, or whose server shuts down. It returns when ctx ends.
func (k *socket) watch(ctx context.Context) {
	first := time.NewTimer(k.s.o.FirstCommandTimeout)
	defer first.Stop()
	beat := time.NewTicker(k.s.o.Heartbeat)
	defer beat.Stop()
	begun := k.begun
	missed := 0
	for {
		select {
		case <-ctx.Done():
			if k.s.open.closing() {
				k.close(protocol.CloseGoingAway, "the server is going away")
			}
			return
		case <-begun:
			begun = nil
			first.Stop()
		case <-first.C:
			k.close(protocol.CloseNoCommandInTime, "no join or resume in time")
			return
		case <-beat.C:
			if missed = k.ping(ctx, missed); missed >= missedPings && ctx.Err() == nil {
				_ = k.conn.CloseNow() // nobody is there to read a close code
				return
			}
		}
	}
}

// ping sends one ping and gives it a heartbeat to be answered. It returns how
// many were missed by now.
func (k *socket) ping(ctx context.Context, missed int) int {
	ctx, cancel := context.WithTimeout(ctx, k.s.o.Heartbeat)
	defer cancel()
	if k.conn.Ping(ctx) != nil {
		return missed + 1
	}
	return 0
}
