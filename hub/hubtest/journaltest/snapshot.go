package journaltest

import (
	"bytes"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

var snapshotTests = []suiteTest{
	{"Snapshot returns the newest snapshot", snapshotReplace},
	{"a snapshot may stand on any committed event", snapshotOlder},
	{"a snapshot on an uncommitted event conflicts", snapshotAhead},
}

func (s *suite) requireSnapshot(want journal.Snapshot) {
	s.Helper()
	got, err := s.Snapshot(s.Context(), want.Session)
	require.NoError(s, err)
	require.True(s, bytes.Equal(want.State, got.State))
	want.State, got.State = nil, nil
	require.Equal(s, want, got)
}

func snapshotReplace(s *suite) {
	stream := NewSession(2)
	w := s.own(stream)
	requireCommitted(s, w.Append(stream.Next(3)))
	_, err := s.Snapshot(s.Context(), stream.ID)
	require.ErrorIs(s, err, journal.ErrNotFound)
	for i, state := range [][]byte{[]byte("one\x00"), nil, bytes.Repeat([]byte("big"), 1<<20)} {
		a := w.Append(stream.Next(2))
		snapshot := journal.Snapshot{Session: stream.ID, Head: stream.Head, Version: i, State: state}
		requireCommitted(s, a, w.PutSnapshot(snapshot))
		s.requireSnapshot(snapshot)
	}
	s.requireStream(stream)
}

func snapshotOlder(s *suite) {
	stream := NewSession(2)
	w := s.own(stream)
	requireCommitted(s, w.Append(stream.Next(5)), w.Append(stream.Next(5)))
	for _, r := range stream.Records {
		snapshot := journal.Snapshot{Session: stream.ID, Head: journal.Head{Seq: r.Seq, Hash: r.Hash}, Version: 1}
		requireCommitted(s, w.PutSnapshot(snapshot))
		s.requireSnapshot(snapshot)
	}
}

func snapshotAhead(s *suite) {
	stream := NewSession(2)
	w := s.own(stream)
	put := func(head journal.Head) error {
		return outcome(s, w.PutSnapshot(journal.Snapshot{Session: stream.ID, Head: head}))
	}
	require.ErrorIs(s, put(stream.Head), journal.ErrConflict, "of a session without events")
	requireCommitted(s, w.Append(stream.Next(3)))
	require.ErrorIs(s, put(journal.Head{Seq: 2, Hash: stream.Head.Hash}), journal.ErrConflict, "of another history")
	require.ErrorIs(s, put(journal.Head{Seq: 4, Hash: stream.Head.Hash}), journal.ErrConflict, "of the future")
	require.ErrorIs(s, put(journal.Head{Hash: journal.ChainStart(stream.ID)}), journal.ErrConflict, "of no event")
	_, err := s.Snapshot(s.Context(), stream.ID)
	require.ErrorIs(s, err, journal.ErrNotFound)
}
