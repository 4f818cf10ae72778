package sqlite

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest/cputime"
	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
	"parley/hub/journal/engine"
)

func BenchmarkAppend(b *testing.B) { journaltest.BenchmarkAppend(b, openForTest) }

// BenchmarkCommit measures the processor time of an event, in transactions of
// different loads: one streaming session, many sessions that chat, and very many
// appends at once.
func BenchmarkCommit(b *testing.B) {
	for _, c := range []commits{
		{sessions: 1, appends: 1, events: 32, size: 400},
		{sessions: 100, appends: 16, events: 1, size: 1000},
		{sessions: 1000, appends: 256, events: 2, size: 400},
	} {
		b.Run(fmt.Sprintf("sessions=%d/appends=%d/events=%d", c.sessions, c.appends, c.events), c.benchmark)
	}
}

// commits describes transactions: their number of appends, the number of events in
// each append and the size of an event in bytes. The sessions append in random
// order.
type commits struct{ sessions, appends, events, size int }

func (c commits) benchmark(b *testing.B) {
	j, err := open(b.TempDir(), options{})
	require.NoError(b, err)
	defer j.Close()
	streams := make([]*journaltest.Stream, c.sessions)
	for i := range streams {
		streams[i] = journaltest.NewSession(0)
		streams[i].Summary.Resource = fmt.Appendf(nil, `{"title":%q}`, strings.Repeat("x", 400))
	}
	order := rand.New(rand.NewPCG(1, 2))
	payloads := slices.Repeat([][]byte{fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("x", c.size))}, c.events)
	appends := make([]*engine.Request, (b.N+c.events-1)/c.events)
	for i := range appends {
		s := streams[order.IntN(len(streams))]
		appends[i] = &engine.Request{Kind: engine.Append, Append: s.Of(payloads...)}
		s.Records = nil
	}
	b.ReportAllocs()
	b.ResetTimer()
	cpu := cputime.Start()
	for batch := range slices.Chunk(appends, c.appends) {
		require.NoError(b, j.writer.write(batch))
	}
	cpu.Report(b)
	for _, r := range appends {
		require.NoError(b, r.Err)
	}
}

// BenchmarkAsleep measures the cost of sleeping sessions, which only exist in the
// file, to opening the journal, to Due and to an append. Writing a million of them
// first takes a minute or two.
func BenchmarkAsleep(b *testing.B) {
	for _, sessions := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) {
			dir := b.TempDir()
			j := openForTest(b, dir)
			asleep := journaltest.Fill(b, j, sessions)
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

func benchmarkDue(b *testing.B, j journal.Journal) {
	for b.Loop() {
		_, err := j.Due(b.Context(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 100) // before any
		require.NoError(b, err)
	}
}

// benchmarkAwake appends to one new session.
func benchmarkAwake(b *testing.B, j journal.Journal) {
	s := journaltest.NewSession(1)
	w, err := j.Own(b.Context(), 1)
	require.NoError(b, err)
	cpu := cputime.Start()
	for b.Loop() {
		require.NoError(b, w.Append(s.Next(1)).Err())
		s.Records = nil
	}
	cpu.Report(b)
}

// benchmarkWake appends to one session after the other; the writer has to look each
// of them up.
func benchmarkWake(b *testing.B, j journal.Journal, asleep []*journaltest.Stream) {
	writers := journaltest.OwnAll(b, j)
	cpu := cputime.Start()
	for i := 0; b.Loop(); i++ {
		s := asleep[i*7919%len(asleep)]
		require.NoError(b, writers[s.ID.Partition()].Append(s.Next(1)).Err())
	}
	cpu.Report(b)
}
