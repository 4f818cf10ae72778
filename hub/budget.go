package hub

import "sync/atomic"

// Budget is how many bytes many together hold of something. The zero value is
// ready. Its methods are safe for concurrent use.
type Budget struct{ held atomic.Int64 }

// Take counts so many bytes more, and reports true, unless more than most would be
// held then.
func (b *Budget) Take(bytes, most int) bool {
	if b.held.Add(int64(bytes)) > int64(most) {
		b.held.Add(-int64(bytes))
		return false
	}
	return true
}

// Add counts so many bytes more, or less, whatever is held.
func (b *Budget) Add(bytes int) { b.held.Add(int64(bytes)) }

// Held returns how many bytes are held.
func (b *Budget) Held() int { return int(b.held.Load()) }
