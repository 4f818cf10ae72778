package memory_test

import (
	"testing"

	"go.uber.org/goleak"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestJournal(t *testing.T) {
	hubtest.RunJournalSuite(t, func(testing.TB, string) hub.Journal { return memory.New() })
}
