package hub

import (
	"math"
	"sync"
	"time"

	"parley/hub/rules"
)

// hearing is what an agent has said and its session has not yet taken. An agent
// streams text in pieces of a few letters, and to write and send each by itself
// costs more than all else: so what comes within gatherFor goes on together, as
// many events as it is pieces, in one append and one write to each connection.
// The first piece after a pause goes on at once, and so does whatever is no
// piece of a stream, with what waits before it.
type hearing struct {
	ready chan struct{} // sent to when there is something to take; holds one, since one look finds all

	// guarded by mu
	mu        sync.Mutex
	room      sync.Cond   // broadcast when there may be room again, and by close
	said      []any       // AgentEvent, notifications in a row being one, and agentReady; when full, say waits
	count     int         // of what is in said, each notification by itself
	bytes     int         // of the notifications in said
	gathering bool        // pieces of a stream wait, until gathered
	timer     *time.Timer // runs gathered; close stops it
	closed    bool
}

const (
	// gatherFor is how long pieces of a stream wait for others: 25 pictures a
	// second are seen as flowing.
	gatherFor = 40 * time.Millisecond
	// hearingSize and hearingBytes are how much may be heard and not yet taken
	// before the agent is not read further, but for a single larger notification.
	hearingSize  = 32
	hearingBytes = 256 << 10
)

func newHearing() *hearing {
	h := &hearing{ready: make(chan struct{}, 1)}
	h.room.L = &h.mu
	h.timer = time.AfterFunc(math.MaxInt64, h.gathered)
	return h
}

// say takes what an agent says, or that it is ready. It waits while there is no
// room, and returns false once nobody listens.
func (h *hearing) say(what any) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.full() && !h.closed {
		h.room.Wait()
	}
	if h.closed {
		return false
	}
	streamed := h.put(what)
	if !streamed || !h.gathering || h.full() {
		signal(h.ready)
	}
	return true
}

func (h *hearing) full() bool { return h.count >= hearingSize || h.bytes >= hearingBytes }

// put appends, and reports whether it was a piece of a stream.
func (h *hearing) put(what any) (streamed bool) {
	h.count++
	n, ok := what.(rules.AgentNotification)
	if !ok {
		h.said = append(h.said, what)
		return false
	}
	h.bytes += len(n.Raw)
	if i := len(h.said) - 1; i >= 0 {
		if row, ok := h.said[i].(rules.Notifications); ok {
			h.said[i] = append(row, n.Raw)
			return n.Streamed
		}
	}
	h.said = append(h.said, rules.Notifications{n.Raw})
	return n.Streamed
}

// take returns the oldest of what was said, whether or not it was to wait; ready
// says if there is more.
func (h *hearing) take() (what any, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.said) == 0 {
		return nil, false
	}
	what, h.said = h.said[0], h.said[1:]
	if len(h.said) > 0 {
		signal(h.ready)
	}
	if row, ok := what.(rules.Notifications); ok {
		h.count -= len(row)
		for _, raw := range row {
			h.bytes -= len(raw)
		}
		h.gathering = true
		h.timer.Reset(gatherFor)
	} else {
		h.count--
	}
	h.room.Broadcast()
	return what, true
}

// gathered ends the waiting of pieces.
func (h *hearing) gathered() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gathering = false
	if len(h.said) > 0 {
		signal(h.ready)
	}
}

// close ends the hearing and returns what was not taken. Nobody waits to be
// heard any more.
func (h *hearing) close() []any {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.timer.Stop()
	h.room.Broadcast()
	left := h.said
	h.said = nil
	return left
}

// agentSpoke is the input that tells a host session that its agent's inbox holds
// something, which the shell turns into [host.AgentSays], [host.Launched] or [host.LaunchFailed].
type agentSpoke struct{}
