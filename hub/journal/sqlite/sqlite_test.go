package sqlite

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/hub"
	"parley/hub/hubtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openForTest(t testing.TB, dir string) hub.Journal {
	j, err := Open(dir)
	require.NoError(t, err)
	return j
}

func TestJournal(t *testing.T) { hubtest.RunJournalSuite(t, openForTest) }

func TestJournal_is_durable(t *testing.T) { hubtest.RunDurableJournalSuite(t, openForTest) }

func TestJournal_does_what_the_memory_engine_does(t *testing.T) {
	hubtest.RunJournalModel(t, func(t testing.TB, dir string) hub.Journal {
		j, err := open(dir, options{synchronous: "OFF"}) // durability is tested elsewhere
		require.NoError(t, err)
		return j
	}, true)
}
