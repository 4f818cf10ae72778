package hub

// Awake is how many sessions are in memory.
func (h *Hub) Awake() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.live)
}
