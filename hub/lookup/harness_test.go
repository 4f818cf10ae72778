package lookup_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/journal/memory"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// session is a shared session whose events a test stores in a journal.
type session struct{ *rulestest.Fixture }

func newSession(t *testing.T) session {
	return session{rulestest.NewFixture(t, rules.Settings{})}
}

// guests adds n guests, user-0 and so on. Every third stays; the others leave.
func (s session) guests(n int) (present, departed []string) {
	s.T.Helper()
	for i := range n {
		p := s.Join(fmt.Sprint("user-", i), "")
		if i%3 == 0 {
			present = append(present, p.ID)
			continue
		}
		require.NoError(s.T, s.Send(p, &protocol.Leave{}).Err)
		departed = append(departed, p.ID)
	}
	return present, departed
}

// head returns the newest event.
func (s session) head() journal.Head { return journal.Head{Seq: journal.Seq(len(s.Session.Journal))} }

// reader returns a reader of a memory journal with the session's events.
func (s session) reader() history.Reader {
	s.T.Helper()
	j := memory.New()
	s.T.Cleanup(func() { require.NoError(s.T, j.Close()) })
	w, err := j.Own(s.T.Context(), s.Session.ID.Partition())
	require.NoError(s.T, err)
	records := slices.Clone(s.Session.Journal)
	hash := journal.ChainStart(s.Session.ID)
	for i := range records {
		records[i].Seal(hash)
		hash = records[i].Hash
	}
	commit := w.Append(journal.Append{Session: s.Session.ID, Records: records, Summary: s.State.Summary()})
	<-commit.Done()
	require.NoError(s.T, commit.Err())
	return history.Reader{Journal: j, Session: s.Session.ID}
}

// answer returns the answer to a read of the original API.
func answer[T any](s session, kind shared.ReadKind) T {
	return lookup.Answer(s.State, shared.ReadFor{Kind: kind}, s.head()).(T)
}

// people returns the answer to a request for participants.
func (s session) people(r history.Reader, query protocol.People) (*protocol.PeopleAnswer, error) {
	a, err := lookup.People(s.State, query).Read(s.T.Context(), r)
	if err != nil {
		return nil, err
	}
	return a.(*protocol.PeopleAnswer), nil
}

// readAll reads all pages from a place, and returns the items and the size of each page.
func readAll[T any](t *testing.T, from journal.Seq, page func(from journal.Seq) ([]T, journal.Seq, error)) (items []T, sizes []int) {
	t.Helper()
	for {
		found, next, err := page(from)
		require.NoError(t, err)
		if next == from {
			require.Empty(t, found, "the last page")
			return items, sizes
		}
		items, sizes, from = append(items, found...), append(sizes, len(found)), next
	}
}

// ids returns the ids of participants.
func ids(participants []protocol.Participant) []string {
	all := make([]string, len(participants))
	for i, p := range participants {
		all[i] = p.ID
	}
	return all
}

// largeEvents is a journal that returns one event at a time, as if each were large.
type largeEvents struct{ journal.Journal }

func (j largeEvents) Events(ctx context.Context, id journal.SessionID, numbers []journal.Seq) ([]journal.Record, error) {
	return j.Journal.Events(ctx, id, numbers[:1])
}
