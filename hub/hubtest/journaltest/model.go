package journaltest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/journal"
	"parley/hub/journal/memory"
)

// RunJournalModel carries out random histories on a journal and on the memory engine,
// and fails where they differ. Each history has a journal of its own. If durable is
// set, the journal is also closed and opened again during the history.
func RunJournalModel(t *testing.T, open OpenJournal, durable bool) {
	if checks := flag.Lookup("rapid.checks"); raceEnabled && checks.Value.String() == checks.DefValue {
		require.NoError(t, checks.Value.Set("15"))
	}
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{T: rt, t: t, open: open, dir: t.TempDir(), durable: durable}
		m.start()
		defer m.stop()
		rt.Repeat(rapid.StateMachineActions(m))
		for _, s := range m.streams {
			m.compareSession(s, 1)
		}
	})
}

// pair has a writer of each journal.
type pair struct{ tested, reference journal.Writer }

// model is the state of one history. Its exported methods are the actions of
// [rapid.StateMachineActions].
type model struct {
	// immutable
	*rapid.T
	t       *testing.T
	open    OpenJournal
	dir     string
	durable bool

	// owned by the test's goroutine
	tested    journal.Journal
	reference *memory.Journal
	writers   map[journal.Partition][]pair // the newest last
	streams   []*Stream                    // the events that the reference has committed
}

const modelPartitions = 3

func (m *model) start() {
	m.tested, m.reference = m.open(m.t, m.dir), memory.New()
	m.writers = map[journal.Partition][]pair{}
	for p := range journal.Partition(modelPartitions) {
		m.claim(p)
	}
	for i := range 5 {
		stream := NewSession(journal.Partition(i % modelPartitions))
		stream.Summary.CreatedAt = startOfTime.Add(time.Duration(i/2) * time.Second) // two at a time
		m.streams = append(m.streams, stream)
	}
}

func (m *model) stop() {
	require.NoError(m.t, m.tested.Close())
	require.NoError(m.t, m.reference.Close())
}

func (m *model) claim(p journal.Partition) {
	tested, err := m.tested.Own(m.t.Context(), p)
	require.NoError(m, err)
	reference, err := m.reference.Own(m.t.Context(), p)
	require.NoError(m, err)
	m.writers[p] = append(m.writers[p], pair{tested, reference})
}

func (m *model) stream() *Stream { return rapid.SampledFrom(m.streams).Draw(m.T, "session") }

// writer draws a writer of the stream's partition, usually its owner.
func (m *model) writer(s *Stream) pair {
	writers := m.writers[s.ID.Partition()]
	fenced := rapid.IntRange(0, 4).Draw(m.T, "writer") == 0
	if fenced && len(writers) > 1 {
		return writers[len(writers)-2]
	}
	return writers[len(writers)-1]
}

// Own claims a partition again.
func (m *model) Own(*rapid.T) {
	m.claim(rapid.SampledFrom([]journal.Partition{0, 1, 2}).Draw(m.T, "partition"))
}

// Append appends several times without waiting; some of the appends conflict.
func (m *model) Append(*rapid.T) {
	s := m.stream()
	w := m.writer(s)
	ahead := s.Fork()
	if rapid.IntRange(0, 3).Draw(m.T, "summary") == 0 {
		ahead.Summary.Status = rapid.SampledFrom([]string{"active", "closed"}).Draw(m.T, "status")
		ahead.Summary.Due = startOfTime.Add(time.Duration(rapid.IntRange(0, 3).Draw(m.T, "due")) * time.Hour)
	}
	var tested, reference []*journal.Commit
	var after []*Stream // the stream after each append
	for range rapid.IntRange(1, 4).Draw(m.T, "appends") {
		if rapid.IntRange(0, 7).Draw(m.T, "wrong") == 0 {
			ahead.Next(1)
		}
		payloads := rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 1, 3).Draw(m.T, "payloads")
		a := ahead.Of(payloads...)
		tested, reference = append(tested, w.tested.Append(a)), append(reference, w.reference.Append(a))
		after = append(after, ahead.Fork())
	}
	for i := range tested {
		m.same(outcome(m.t, reference[i]), outcome(m.t, tested[i]))
		if reference[i].Err() == nil {
			*s = *after[i]
		}
	}
}

// PutSnapshot writes a snapshot, which usually stands on a committed event.
func (m *model) PutSnapshot(*rapid.T) {
	s := m.stream()
	w := m.writer(s)
	snapshot := journal.Snapshot{Session: s.ID, Head: s.Head, Version: rapid.IntRange(0, 9).Draw(m.T, "version"), State: []byte("s")}
	if len(s.Records) > 0 {
		r := rapid.SampledFrom(s.Records).Draw(m.T, "event")
		snapshot.Head = journal.Head{Seq: r.Seq, Hash: r.Hash}
	}
	if rapid.IntRange(0, 4).Draw(m.T, "wrong") == 0 {
		snapshot.Head.Seq++
	}
	m.same(outcome(m.t, w.reference.PutSnapshot(snapshot)), outcome(m.t, w.tested.PutSnapshot(snapshot)))
}

// Reopen closes the journal, opens it again and claims all partitions.
func (m *model) Reopen(*rapid.T) {
	if !m.durable {
		m.Skip("the journal is not durable")
	}
	require.NoError(m, m.tested.Close())
	m.tested = m.open(m.t, m.dir)
	m.writers = map[journal.Partition][]pair{}
	for p := range journal.Partition(modelPartitions) {
		m.claim(p)
	}
}

// Check compares a session and the lists of both journals.
func (m *model) Check(*rapid.T) {
	ctx := m.t.Context()
	s := m.stream()
	from := journal.Seq(rapid.IntRange(0, len(s.Records)+2).Draw(m.T, "from"))
	m.compareSession(s, from)
	f := rapid.SampledFrom([]journal.Filter{{}, {Status: "closed"}, {Limit: 2}}).Draw(m.T, "filter")
	want, err := m.reference.List(ctx, f)
	require.NoError(m, err)
	got, err := m.tested.List(ctx, f)
	require.NoError(m, err)
	require.Equal(m, want, got)
	before := startOfTime.Add(2 * time.Hour)
	want, err = m.reference.Due(ctx, before, 3)
	require.NoError(m, err)
	got, err = m.tested.Due(ctx, before, 3)
	require.NoError(m, err)
	require.Equal(m, want, got)
}

func (m *model) compareSession(s *Stream, from journal.Seq) {
	ctx := m.t.Context()
	want, err := readAll(ctx, m.reference, s.ID, from)
	require.NoError(m, err)
	got, err := readAll(ctx, m.tested, s.ID, from)
	require.NoError(m, err)
	require.Equal(m, fmt.Sprint(want), fmt.Sprint(got))
	sameResult(m, s.ID, m.reference.Head, m.tested.Head)
	sameResult(m, s.ID, m.reference.Snapshot, m.tested.Snapshot)
	sameResult(m, s.ID, m.reference.Summary, m.tested.Summary)
}

// same requires that both errors wrap the same errors of package journal.
func (m *model) same(want, got error) {
	m.Helper()
	for _, known := range []error{journal.ErrConflict, journal.ErrFenced, journal.ErrNotFound} {
		require.Equal(m, errors.Is(want, known), errors.Is(got, known), "want %v, got %v", want, got)
	}
	require.Equal(m, want == nil, got == nil, "want %v, got %v", want, got)
}

// sameResult compares the results of a method of both journals.
func sameResult[T any](m *model, id journal.SessionID, reference, tested func(context.Context, journal.SessionID) (T, error)) {
	m.Helper()
	want, wantErr := reference(m.t.Context(), id)
	got, gotErr := tested(m.t.Context(), id)
	m.same(wantErr, gotErr)
	require.Equal(m, want, got)
}
