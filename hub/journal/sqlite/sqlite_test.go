package sqlite

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/hub/hubtest"
	"parley/hub/journal"
)

func TestMain(m *testing.M) {
	hubtest.RunCrashChild(func(dir string) (journal.Journal, error) {
		return open(dir, options{synchronous: os.Getenv(crashSynchronous)})
	})
	goleak.VerifyTestMain(m)
}

// crashSynchronous tells the process that is killed how to sync.
const crashSynchronous = "PARLEY_TEST_SYNCHRONOUS"

func openForTest(t testing.TB, dir string) journal.Journal {
	j, err := Open(dir, Options{})
	require.NoError(t, err)
	return j
}

func TestJournal(t *testing.T) { hubtest.RunJournalSuite(t, openForTest) }

func TestJournal_is_durable(t *testing.T) { hubtest.RunDurableJournalSuite(t, openForTest) }

func TestJournal_does_what_the_memory_engine_does(t *testing.T) {
	hubtest.RunJournalModel(t, func(t testing.TB, dir string) journal.Journal {
		j, err := open(dir, options{synchronous: "OFF"}) // durability is tested elsewhere
		require.NoError(t, err)
		return j
	}, true)
}

// With PARLEY_SOAK=1 this runs for minutes.
func TestJournal_keeps_what_it_acknowledged_when_it_is_killed(t *testing.T) {
	times := 10
	if os.Getenv("PARLEY_SOAK") == "1" {
		times = 200
	}
	hubtest.KillLoop(t, openForTest, times)
}
