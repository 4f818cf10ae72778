package meter

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// longest is the longest duration that a histogram tells from longer ones.
const longest = time.Hour

// Histogram counts durations with an error of at most 1 per cent. It is safe for
// concurrent use.
type Histogram struct {
	mu sync.Mutex
	h  *hdrhistogram.Histogram // guarded by mu
}

func newHistogram() Histogram {
	return Histogram{h: hdrhistogram.New(1, int64(longest), 2)}
}

// Record counts a duration. Negative durations count as zero, and those of more than an
// hour as an hour.
func (h *Histogram) Record(nanoseconds int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.record(nanoseconds)
}

// record is [Histogram.Record] with mu locked.
func (h *Histogram) record(nanoseconds int64) {
	_ = h.h.RecordValue(min(max(nanoseconds, 0), int64(longest))) // fails outside of these bounds only
}

// Quantile returns the duration that a share of the durations, from 0 to 1, does
// not exceed. Without any it is zero.
func (h *Histogram) Quantile(share float64) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Duration(h.h.ValueAtPercentile(100 * share))
}

// Max returns the longest duration.
func (h *Histogram) Max() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Duration(h.h.Max())
}
