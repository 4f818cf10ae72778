package hub

// Awake is how many sessions are in memory.
func (h *Hub) Awake() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.live)
}

// Waiting returns how many bytes wait for all connections, as the budget has it.
func (h *Hub) Waiting() int { return int(h.backlogs.held.Load()) }
