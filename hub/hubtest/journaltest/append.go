package journaltest

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

var appendTests = []suiteTest{
	{"Read returns appended events byte for byte", appendReadBack},
	{"Read yields events without gaps from any number", appendReadFromEvery},
	{"an unknown session has no events and no head", appendUnknown},
	{"an append that does not build on the newest event conflicts", appendConflict},
	{"an append that builds on another history conflicts", appendForked},
	{"a malformed append conflicts", appendMalformed},
	{"a conflict does not affect other appends in the batch", appendConflictAlone},
	{"appends of one session need not wait for each other", appendPipelined},
	{"commits of one session resolve in order", appendOrder},
	{"events of 4 MiB are stored", appendBig},
	{"concurrent writers and readers see gapless histories", appendConcurrent},
	{"a reader sees the events at the time of its call", appendWhileReading},
	{"a reader may stop, and stops when its context ends", appendReadStops},
}

func appendReadBack(s *suite) {
	stream := NewSession(3)
	w := s.own(stream)
	requireCommitted(s, w.Append(stream.Of(
		[]byte(`{"text":"ä \u0000 €"}`), []byte("not JSON \x00\xff\n"), nil, []byte(" "),
	)))
	requireCommitted(s, w.Append(stream.Next(1)))
	s.requireStream(stream)
}

func appendReadFromEvery(s *suite) {
	stream := NewSession(0)
	w := s.own(stream)
	for n := range 40 {
		requireCommitted(s, w.Append(stream.Next(n%4+1)))
	}
	end := stream.Head.Seq
	for from := journal.Seq(0); from <= end+2; from++ {
		want := stream.Records[min(max(from, 1)-1, end):]
		requireRecords(s, want, s.read(stream.ID, from))
	}
}

func appendUnknown(s *suite) {
	id := journal.NewHostSessionID()
	require.Empty(s, s.read(id, 1))
	_, err := s.Head(s.Context(), id)
	require.ErrorIs(s, err, journal.ErrNotFound)
	_, err = s.Summary(s.Context(), id)
	require.ErrorIs(s, err, journal.ErrNotFound)
	_, err = s.Snapshot(s.Context(), id)
	require.ErrorIs(s, err, journal.ErrNotFound)
}

func appendConflict(s *suite) {
	stream := NewSession(1)
	w := s.own(stream)
	first := stream.Next(2)
	late := stream.Fork().Next(1)
	require.ErrorIs(s, outcome(s, w.Append(late)), journal.ErrConflict, "before any event")
	requireCommitted(s, w.Append(first))
	require.ErrorIs(s, outcome(s, w.Append(first)), journal.ErrConflict, "a second time")
	tooFar := stream.Fork()
	tooFar.Next(1)
	require.ErrorIs(s, outcome(s, w.Append(tooFar.Next(1))), journal.ErrConflict, "with a gap")
	s.requireStream(stream)
}

func appendForked(s *suite) {
	stream := NewSession(1)
	w := s.own(stream)
	other := stream.Fork()
	requireCommitted(s, w.Append(stream.Of([]byte("this"))))
	other.Of([]byte("that"))
	require.ErrorIs(s, outcome(s, w.Append(other.Next(1))), journal.ErrConflict)
	s.requireStream(stream)
}

func appendMalformed(s *suite) {
	stream := NewSession(1)
	w := s.own(stream)
	requireCommitted(s, w.Append(stream.Next(1)))
	for name, change := range map[string]func(*journal.Append){
		"no events":         func(a *journal.Append) { a.Records = nil },
		"a gap inside":      func(a *journal.Append) { a.Records = append(a.Records[:1:1], a.Records[2]) },
		"another session's": func(a *journal.Append) { a.Records[1].Session = journal.SessionID{1: 1} },
		"not sealed":        func(a *journal.Append) { a.Records[2].Hash = journal.Hash{} },
		"changed later":     func(a *journal.Append) { a.Records[0].Public = []byte("{}") },
	} {
		a := stream.Fork().Next(3)
		change(&a)
		require.ErrorIs(s, outcome(s, w.Append(a)), journal.ErrConflict, name)
	}
	s.requireStream(stream)
}

func appendConflictAlone(s *suite) {
	good, bad := NewSession(5), NewSession(5)
	w := s.own(good)
	var commits, conflicts []*journal.Commit
	for range 50 {
		commits = append(commits, w.Append(good.Next(1)))
		bad.Next(1)
		conflicts = append(conflicts, w.Append(bad.Next(1)))
	}
	requireCommitted(s, commits...)
	for _, c := range conflicts {
		require.ErrorIs(s, outcome(s, c), journal.ErrConflict)
	}
	s.requireStream(good)
	require.Empty(s, s.read(bad.ID, 1))
}

func appendPipelined(s *suite) {
	stream := NewSession(5)
	w := s.own(stream)
	var commits []*journal.Commit
	for range 100 {
		commits = append(commits, w.Append(stream.Next(2)))
	}
	kept := stream.Fork()
	stream.Next(1) // never appended, so the next ones build on nothing
	for range 10 {
		require.ErrorIs(s, outcome(s, w.Append(stream.Next(1))), journal.ErrConflict)
	}
	requireCommitted(s, commits...)
	s.requireStream(kept)
}

func appendOrder(s *suite) {
	stream := NewSession(5)
	w := s.own(stream)
	var commits []*journal.Commit
	for i := range 200 {
		a := stream.Fork().Next(1)
		if i%3 == 0 {
			a.Prev++ // it conflicts
		} else {
			a = stream.Next(1)
		}
		commits = append(commits, w.Append(a))
	}
	for i := len(commits) - 1; i >= 0; i-- {
		_ = outcome(s, commits[i])
		for _, earlier := range commits[:i] {
			select {
			case <-earlier.Done():
			default:
				require.FailNow(s, "a commit resolved before an earlier one")
			}
		}
	}
	s.requireStream(stream)
}

func appendBig(s *suite) {
	stream := NewSession(5)
	w := s.own(stream)
	var commits []*journal.Commit
	for i := range 4 {
		commits = append(commits, w.Append(stream.Of(bytes.Repeat([]byte{byte(i), 0xff, '\n'}, 4<<20/3))))
	}
	requireCommitted(s, commits...)
	s.requireStream(stream)
}

func appendConcurrent(s *suite) {
	const writers, appends = 8, 30
	var wg sync.WaitGroup
	for i := range writers {
		stream := NewSession(journal.Partition(i))
		w := s.own(stream)
		wg.Go(func() {
			for n := range appends {
				assert.NoError(s, w.Append(stream.Next(n%3+1)).Err())
			}
			records, err := readAll(s.Context(), s.Journal, stream.ID, 1)
			assert.NoError(s, err)
			assert.Len(s, records, len(stream.Records))
		})
		wg.Go(func() {
			for range appends {
				records, err := readAll(s.Context(), s.Journal, stream.ID, 1)
				assert.NoError(s, err)
				for i, r := range records {
					assert.Equal(s, journal.Seq(i+1), r.Seq)
				}
				_, err = s.List(s.Context(), journal.Filter{Limit: 3})
				assert.NoError(s, err)
			}
		})
	}
	wg.Wait()
}

func appendWhileReading(s *suite) {
	stream := NewSession(9)
	w := s.own(stream)
	requireCommitted(s, w.Append(stream.Next(3)), w.Append(stream.Next(3)))
	before := stream.Fork()
	var seen []journal.Record
	for r, err := range s.Read(s.Context(), stream.ID, 1) {
		require.NoError(s, err)
		seen = append(seen, r)
		requireCommitted(s, w.Append(stream.Next(2)))
	}
	requireRecords(s, before.Records, seen)
	s.requireStream(stream)
}

func appendReadStops(s *suite) {
	stream := NewSession(9)
	w := s.own(stream)
	for range 10 {
		requireCommitted(s, w.Append(stream.Next(1)))
	}
	for r, err := range s.Read(s.Context(), stream.ID, 4) {
		require.NoError(s, err)
		require.Equal(s, journal.Seq(4), r.Seq)
		break
	}
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	records, err := readAll(ctx, s.Journal, stream.ID, 1)
	require.ErrorIs(s, err, context.Canceled, fmt.Sprintf("after %d records", len(records)))
}
