package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
)

func TestMain(m *testing.M) {
	journaltest.RunCrashChild(func(dir string) (journal.Journal, error) {
		return open(dir, options{synchronous: os.Getenv(crashSynchronous)})
	})
	goleak.VerifyTestMain(m)
}

// crashSynchronous is the environment variable that gives the process to be killed
// its setting of SQLite's pragma synchronous.
const crashSynchronous = "PARLEY_TEST_SYNCHRONOUS"

func openForTest(t testing.TB, dir string) journal.Journal {
	j, err := Open(dir, Options{})
	require.NoError(t, err)
	return j
}

// openWriter opens the journal in dir and claims partition 1. The journal is closed
// when the test ends, unless the test closes it before.
func openWriter(t testing.TB, dir string, o options) (*Journal, journal.Writer) {
	j, err := open(dir, o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = j.Close() }) // fails after a test that takes files away
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	return j, w
}

// requireSound fails unless Verify finds the journal in dir sound.
func requireSound(t testing.TB, dir string) {
	t.Helper()
	require.NoError(t, Verify(t.Context(), dir, func(Progress) {}, nil))
}

// alter changes the database in dir without the journal, and returns the number of
// rows that changed.
func alter(t testing.TB, dir, statement string, args ...any) int64 {
	t.Helper()
	db, err := sql.Open(driverName, filepath.Join(dir, FileName))
	require.NoError(t, err)
	defer db.Close()
	result, err := db.Exec(statement, args...)
	require.NoError(t, err)
	n, err := result.RowsAffected()
	require.NoError(t, err)
	return n
}

func TestJournal(t *testing.T) { journaltest.RunJournalSuite(t, openForTest) }

func TestJournal_is_durable(t *testing.T) { journaltest.RunDurableJournalSuite(t, openForTest) }

func TestJournal_behaves_like_the_memory_engine(t *testing.T) {
	journaltest.RunJournalModel(t, func(t testing.TB, dir string) journal.Journal {
		j, err := open(dir, options{synchronous: "OFF"}) // other tests cover durability
		require.NoError(t, err)
		return j
	}, true)
}

// With PARLEY_SOAK=1 this test runs for minutes.
func TestJournal_keeps_acknowledged_events_when_the_process_is_killed(t *testing.T) {
	times := 10
	if os.Getenv("PARLEY_SOAK") == "1" {
		times = 200
	}
	journaltest.KillLoop(t, openForTest, times)
}
