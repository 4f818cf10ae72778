package limit

import "sync/atomic"

// Budget counts the bytes that many owners hold together. The zero value is ready to use.
type Budget struct{ held atomic.Int64 }

// Take adds bytes and returns true if no more than most are held then. Otherwise it adds
// nothing and returns false.
func (b *Budget) Take(bytes, most int) bool {
	if b.held.Add(int64(bytes)) > int64(most) {
		b.held.Add(-int64(bytes))
		return false
	}
	return true
}

// Add adds bytes, which may be negative, without a bound.
func (b *Budget) Add(bytes int) { b.held.Add(int64(bytes)) }

// Held returns how many bytes are held.
func (b *Budget) Held() int { return int(b.held.Load()) }
