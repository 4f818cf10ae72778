package hub

import (
	"go.uber.org/zap"

	"parley/hub/feed"
	"parley/hub/journal"
	"parley/protocol"
)

// errMoved answers for a session of a partition that another process has
// claimed. Nothing was done, and coming back finds whoever serves it now.
var errMoved = protocol.Errorf(protocol.CodeJournalUnavailable, "the session has moved to another server; come back")

// lose gives up a partition that another process has claimed: its sessions end
// here, those too that had nothing to write and have not noticed, since nobody
// here hears any more what happens in them. It returns at once: an actor calls
// it.
func (h *Hub) lose(p journal.Partition) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lost[p] {
		return
	}
	h.lost[p] = true
	h.options.Logger.Error("another process has claimed a partition of the journal", zap.Uint8("partition", uint8(p)))
	h.actors.Go(func() {
		h.stopAll(func(a *actor) bool { return a.id.Partition() == p })
	})
}

// farewell is what a session's connections are told when its actor ends.
func (h *Hub) farewell(id journal.SessionID) feed.Closed {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lost[id.Partition()] {
		return feed.Closed{Code: protocol.CloseMoved, Reason: "the session has moved to another server"}
	}
	return feed.Closed{Code: protocol.CloseGoingAway, Reason: "the server is stopping"}
}
