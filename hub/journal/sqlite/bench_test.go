package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
)

// BenchmarkAppend measures durable events a second, and how long one takes,
// with that many sessions each waiting for its event before it sends the next.
func BenchmarkAppend(b *testing.B) {
	for _, sessions := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) { benchmarkAppend(b, sessions) })
	}
}

func benchmarkAppend(b *testing.B, sessions int) {
	j, err := Open(b.TempDir())
	require.NoError(b, err)
	defer j.Close()
	var writers [hub.Partitions]hub.Writer
	for p := range writers {
		writers[p], err = j.Own(b.Context(), hub.Partition(p))
		require.NoError(b, err)
	}
	payload := fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("x", 500))
	latencies := make([][]time.Duration, sessions)
	b.ReportAllocs()
	b.ResetTimer()
	cpu := hubtest.StartCPU()
	var wg sync.WaitGroup
	for i := range sessions {
		wg.Go(func() {
			s := hubtest.NewSession(hub.Partition(i % hub.Partitions))
			w := writers[s.ID.Partition()]
			for range share(b.N, sessions, i) {
				start := time.Now()
				if err := w.Append(s.Of(payload)).Err(); err != nil {
					b.Error(err)
					return
				}
				s.Records = s.Records[:0]
				latencies[i] = append(latencies[i], time.Since(start))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	cpu.Report(b)
	all := slices.Concat(latencies...)
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
}

// share is how many of n fall to the i-th of so many.
func share(n, of, i int) int {
	if i < n%of {
		return n/of + 1
	}
	return n / of
}
