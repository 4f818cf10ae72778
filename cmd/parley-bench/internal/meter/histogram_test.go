package meter

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHistogram_is_accurate_to_one_per_cent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	h := newHistogram()
	values := make([]int64, 10_000)
	for i := range values {
		values[i] = int64(random.ExpFloat64() * float64(time.Millisecond))
		h.Record(values[i])
	}
	slices.Sort(values)
	for _, share := range []float64{0.01, 0.5, 0.99, 0.999} {
		exact := values[int(share*float64(len(values))+0.5)-1]
		require.InEpsilon(t, exact, int64(h.Quantile(share)), 0.01, "at %v", share)
	}
	require.InEpsilon(t, values[len(values)-1], int64(h.Max()), 0.01)
}

func TestHistogram_clamps_durations_outside_its_range(t *testing.T) {
	h := newHistogram()
	require.Zero(t, h.Quantile(0.5), "it is empty")
	h.Record(-1)
	require.Zero(t, h.Max())
	h.Record(int64(100 * longest))
	require.InEpsilon(t, int64(longest), int64(h.Max()), 0.01)
}

func TestHistogram_is_safe_for_concurrent_use(t *testing.T) {
	h := newHistogram()
	var recorders sync.WaitGroup
	for range 4 {
		recorders.Go(func() {
			for i := range int64(1000) {
				h.Record(i)
			}
		})
	}
	recorders.Wait()
	require.InDelta(t, 500, int64(h.Quantile(0.5)), 6)
}
