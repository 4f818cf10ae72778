package memory_test

import (
	"testing"

	"go.uber.org/goleak"

	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
	"parley/hub/journal/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(testing.TB, string) journal.Journal { return memory.New() }

func TestJournal(t *testing.T) { journaltest.RunJournalSuite(t, open) }

func BenchmarkAppend(b *testing.B) { journaltest.BenchmarkAppend(b, open) }
