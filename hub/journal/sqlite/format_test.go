package sqlite

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// convertToFormat1 replaces the events of the only session, all of one append, by
// their encoding in format 1.
func convertToFormat1(t *testing.T, dir string, s *journaltest.Stream) {
	s.Head = journal.Head{Hash: sha256.Sum256(append([]byte("parley.v1"), s.ID[:]...))}
	payloads := make([][]byte, len(s.Records))
	for i, r := range s.Records {
		payloads[i] = r.Public
	}
	before := s.Head
	s.Records, s.Format = nil, journal.RecordFormat1
	a := s.Of(payloads...)
	row, err := engine.Encode(&a, before)
	require.NoError(t, err)
	alter(t, dir, "UPDATE append SET before = ?, after = ?, data = ?", row.Before[:], row.After[:], row.Data)
	alter(t, dir, "UPDATE session SET hash = ?", row.After[:])
}

func TestJournal_continues_a_session_of_format_1(t *testing.T) {
	dir := t.TempDir()
	j, w := openWriter(t, dir, options{})
	s := journaltest.NewSession(1)
	require.NoError(t, w.Append(s.Next(3)).Err())
	require.NoError(t, j.Close())
	convertToFormat1(t, dir, s)
	requireSound(t, dir)

	j, w = openWriter(t, dir, options{})
	s.Format = 0
	require.NoError(t, w.Append(s.Next(2)).Err())
	var got []journal.Record
	for r, err := range j.Read(t.Context(), s.ID, 1) {
		require.NoError(t, err)
		got = append(got, r)
	}
	require.Equal(t, s.Records, got)
	require.Equal(t, journal.RecordFormat1, got[2].Format)
	require.Equal(t, journal.RecordFormat2, got[3].Format)
	require.NoError(t, j.Close())
	requireSound(t, dir)
}
