package bench

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// histogram counts durations in buckets that are 3 per cent wide at most. It
// is safe for concurrent use.
type histogram struct {
	buckets [64 << subBits]atomic.Int64
	largest atomic.Int64
}

const subBits = 5

func bucketOf(nanoseconds int64) int {
	v := uint64(max(nanoseconds, 0))
	shift := max(bits.Len64(v)-subBits-1, 0)
	return shift<<subBits + int(v>>shift)
}

// lowest is the least value that falls into a bucket.
func lowest(bucket int) int64 {
	if bucket < 2<<subBits {
		return int64(bucket)
	}
	shift := bucket>>subBits - 1
	return int64(bucket-shift<<subBits) << shift
}

func (h *histogram) add(nanoseconds int64) {
	h.buckets[bucketOf(nanoseconds)].Add(1)
	for {
		old := h.largest.Load()
		if nanoseconds <= old || h.largest.CompareAndSwap(old, nanoseconds) {
			return
		}
	}
}

// quantile returns what a share of the values is not above.
func (h *histogram) quantile(share float64) time.Duration {
	var total int64
	for i := range h.buckets {
		total += h.buckets[i].Load()
	}
	want := int64(share * float64(total))
	for i := range h.buckets {
		if want -= h.buckets[i].Load(); want < 0 {
			return time.Duration(lowest(i))
		}
	}
	return time.Duration(h.largest.Load())
}

func (h *histogram) max() time.Duration { return time.Duration(h.largest.Load()) }
