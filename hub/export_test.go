package hub

import "parley/hub/internal/background"

// Bounds of an actor.
const (
	InboxSize  = inboxSize
	MaxPending = maxPending
)

// SessionsInMemory returns how many sessions are in memory or being loaded.
func (h *Hub) SessionsInMemory() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.live)
}

// Waiting returns how many bytes wait for all connections, as their budget counts them.
func (h *Hub) Waiting() int { return h.feed.Waiting() }

// CountedPromptBytes returns how many bytes the budget of prompts counts.
func (h *Hub) CountedPromptBytes() int { return h.prompts.Held() }

// ActualPromptBytes returns how many bytes of prompts the sessions in memory hold. The
// caller makes sure that all actors are idle meanwhile.
func (h *Hub) ActualPromptBytes() (bytes int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.live {
		if e.actor != nil {
			bytes += e.actor.state.PromptBytes()
			background.Notify(e.actor.nudge) // orders this read before the actor's next step, for the race detector
		}
	}
	return bytes
}

// Masked returns changes as a reader sees them.
var Masked = masked
