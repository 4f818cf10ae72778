package sqlite

import (
	"crypto/sha256"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// inFormat1 replaces the events of a session, all of one append, by what the
// versions before format 2 wrote of them.
func inFormat1(t *testing.T, dir string, s *hubtest.Stream) {
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
	db, err := sql.Open(driverName, filepath.Join(dir, FileName))
	require.NoError(t, err)
	_, err = db.Exec("UPDATE append SET before = ?, after = ?, data = ?", row.Before[:], row.After[:], row.Data)
	require.NoError(t, err)
	_, err = db.Exec("UPDATE session SET hash = ?", row.After[:])
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestJournal_a_session_that_was_begun_in_format_1_is_read_and_goes_on(t *testing.T) {
	dir := t.TempDir()
	j := openForTest(t, dir)
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	s := hubtest.NewSession(1)
	a := s.Next(3)
	require.NoError(t, w.Append(a).Err())
	require.NoError(t, j.Close())
	inFormat1(t, dir, s)
	require.NoError(t, Verify(t.Context(), dir, func(Progress) {}))

	j = openForTest(t, dir)
	w, err = j.Own(t.Context(), 1)
	require.NoError(t, err)
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
	require.NoError(t, Verify(t.Context(), dir, func(Progress) {}))
}
