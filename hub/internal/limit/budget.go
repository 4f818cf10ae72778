package limit

import "sync/atomic"

// Budget counts bytes that many owners hold together. The zero value is ready.
type Budget struct{ held atomic.Int64 }

// Take adds bytes and returns true, unless more than most would be held then.
func (b *Budget) Take(bytes, most int) bool {
	if b.held.Add(int64(bytes)) > int64(most) {
		b.held.Add(-int64(bytes))
		return false
	}
	return true
}

// Add adds bytes, which may be negative, whatever is held.
func (b *Budget) Add(bytes int) { b.held.Add(int64(bytes)) }

// Held returns how many bytes are held.
func (b *Budget) Held() int { return int(b.held.Load()) }
