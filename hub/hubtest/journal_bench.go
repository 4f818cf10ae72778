package hubtest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub/journal"
)

// BenchmarkAppend measures an engine: events a second, and how long one takes,
// with that many sessions each waiting for its event before it sends the next.
func BenchmarkAppend(b *testing.B, open OpenJournal) {
	for _, sessions := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) { benchmarkAppend(b, open, sessions) })
	}
}

func benchmarkAppend(b *testing.B, open OpenJournal, sessions int) {
	j := openFor(b, open, b.TempDir())
	writers := OwnAll(b, j)
	payload := fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("x", 500))
	latencies := make([][]time.Duration, sessions)
	b.ReportAllocs()
	b.ResetTimer()
	cpu := StartCPU()
	var wg sync.WaitGroup
	for i := range sessions {
		wg.Go(func() {
			s := NewSession(journal.Partition(i % journal.Partitions))
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
