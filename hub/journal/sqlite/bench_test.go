package sqlite

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
)

func BenchmarkAppend(b *testing.B) { hubtest.BenchmarkAppend(b, openForTest) }

// BenchmarkAsleep shows what so many sessions that sleep in the file cost the
// one that is awake: to open it, to ask what is due, and each append. A million
// take a minute or two to write first.
func BenchmarkAsleep(b *testing.B) {
	for _, sessions := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) {
			dir := b.TempDir()
			j := openForTest(b, dir)
			asleep := hubtest.Fill(b, j, sessions)
			require.NoError(b, j.Close())
			b.Run("open", func(b *testing.B) { benchmarkOpen(b, dir) })
			j = openForTest(b, dir)
			defer j.Close()
			b.Run("due", func(b *testing.B) { benchmarkDue(b, j) })
			b.Run("append", func(b *testing.B) { benchmarkAwake(b, j) })
			b.Run("wake", func(b *testing.B) { benchmarkWake(b, j, asleep) })
		})
	}
}

func benchmarkOpen(b *testing.B, dir string) {
	for b.Loop() {
		require.NoError(b, openForTest(b, dir).Close())
	}
}

func benchmarkDue(b *testing.B, j hub.Journal) {
	for b.Loop() {
		_, err := j.Due(b.Context(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 100) // before any
		require.NoError(b, err)
	}
}

// benchmarkAwake appends to one new session.
func benchmarkAwake(b *testing.B, j hub.Journal) {
	s := hubtest.NewSession(1)
	w, err := j.Own(b.Context(), 1)
	require.NoError(b, err)
	cpu := hubtest.StartCPU()
	for b.Loop() {
		require.NoError(b, w.Append(s.Next(1)).Err())
		s.Records = nil
	}
	cpu.Report(b)
}

// benchmarkWake appends to one session after the other, each of which the
// writer has to look up.
func benchmarkWake(b *testing.B, j hub.Journal, asleep []*hubtest.Stream) {
	writers := hubtest.OwnAll(b, j)
	cpu := hubtest.StartCPU()
	for i := 0; b.Loop(); i++ {
		s := asleep[i*7919%len(asleep)]
		require.NoError(b, writers[s.ID.Partition()].Append(s.Next(1)).Err())
	}
	cpu.Report(b)
}
