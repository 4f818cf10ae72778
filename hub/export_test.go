package hub

import "parley/hub/internal/background"

// Awake is how many sessions are in memory.
func (h *Hub) Awake() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.live)
}

// Waiting returns how many bytes wait for all connections, as the budget has it.
func (h *Hub) Waiting() int { return h.feed.Waiting() }

// PromptBytes returns how many bytes of prompts sessions keep, as the budget has it.
func (h *Hub) PromptBytes() int { return h.prompts.Held() }

// KeptPromptBytes returns how many they do keep. Nothing may happen meanwhile.
func (h *Hub) KeptPromptBytes() (bytes int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.live {
		if e.actor != nil {
			bytes += e.actor.state.PromptBytes()
			background.Notify(e.actor.nudge) // so that the actor's next step comes after this one
		}
	}
	return bytes
}
