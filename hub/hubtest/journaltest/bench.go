package journaltest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub/hubtest/cputime"
	"parley/hub/journal"
)

// BenchmarkAppend measures an engine's events per second, latencies and processor
// time, with sessions that each append an event once the one before is durable.
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
	cpu := cputime.Start()
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

// share divides n into the given number of parts, and returns the size of part i.
func share(n, parts, i int) int {
	if i < n%parts {
		return n/parts + 1
	}
	return n / parts
}
