package journaltest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

var summaryTests = []suiteTest{
	{"Summary returns the summary of the newest append", summaryNewest},
	{"a refused append does not change the summary", summaryRefused},
	{"List returns the newest session first, by every filter, and Count how many there are", summaryList},
	{"Due returns the earliest session first", summaryDue},
}

func summaryNewest(s *suite) {
	stream := NewSession(6)
	w := s.own(stream)
	for i, change := range []func(*journal.Summary){
		func(*journal.Summary) {},
		func(m *journal.Summary) { m.Status = "closed" },
		func(*journal.Summary) {}, // no change
		func(m *journal.Summary) { m.Due = startOfTime.Add(time.Hour) },
		func(m *journal.Summary) { m.Resource = json.RawMessage("{\"title\":\"ä\", \"n\": 1e2}") },
		func(m *journal.Summary) { m.HostSession = journal.NewHostSessionID() },
		func(m *journal.Summary) { m.Due, m.HostSession = time.Time{}, journal.SessionID{} },
		func(m *journal.Summary) { m.Kind, m.Workspace = journal.KindShared, "" },
		func(m *journal.Summary) { m.CreatedAt = m.CreatedAt.Add(time.Microsecond) },
	} {
		change(&stream.Summary)
		requireCommitted(s, w.Append(stream.Next(1)))
		got, err := s.Summary(s.Context(), stream.ID)
		require.NoError(s, err)
		require.Equal(s, stream.Summary, got, "change %d", i)
	}
}

func summaryRefused(s *suite) {
	stream := NewSession(6)
	w := s.own(stream)
	requireCommitted(s, w.Append(stream.Next(1)))
	refused := stream.Fork()
	refused.Next(1)
	refused.Summary.Status = "closed"
	require.ErrorIs(s, outcome(s, w.Append(refused.Next(1))), journal.ErrConflict)
	got, err := s.Summary(s.Context(), stream.ID)
	require.NoError(s, err)
	require.Equal(s, stream.Summary, got)
}

// several writes n sessions with different summaries, the oldest first. Sessions with
// an odd index are shared sessions on the session before.
func (s *suite) several(n int) []journal.Summary {
	var summaries []journal.Summary
	for i := range n {
		stream := NewSession(journal.Partition(i % 3))
		m := &stream.Summary
		m.CreatedAt = startOfTime.Add(time.Duration(i) * time.Second)
		m.Workspace = fmt.Sprint("/w", i%2)
		m.Status = []string{"active", "closed", "expired"}[i%3]
		m.Due = startOfTime.Add(-time.Duration(i) * time.Minute)
		if i%2 == 1 {
			m.Kind, m.HostSession = journal.KindShared, summaries[i-1].Session
		}
		if i%4 == 3 {
			m.Due = time.Time{}
		}
		requireCommitted(s, s.own(stream).Append(stream.Next(1)))
		summaries = append(summaries, *m)
	}
	return summaries
}

func summaryList(s *suite) {
	none, err := s.List(s.Context(), journal.Filter{})
	require.NoError(s, err)
	require.Empty(s, none)
	all := s.several(24)
	for _, f := range []journal.Filter{
		{},
		{Limit: 5},
		{Limit: 100},
		{Before: placeOf(all[9])},
		{Before: placeOf(all[20]), Limit: 3},
		{Before: placeOf(all[17]), Kind: journal.KindShared, Status: "closed"},
		{Before: placeOf(all[0])},
		{Before: journal.Place{CreatedAt: all[9].CreatedAt, Session: journal.SessionID{}}},
		{Kind: journal.KindShared},
		{Workspace: "/w1"},
		{Workspace: "/elsewhere"},
		{HostSession: all[4].Session},
		{Status: "closed"},
		{Status: "closed", Limit: 1},
		{Kind: journal.KindHost, Workspace: "/w0", Status: "active"},
		{Kind: journal.KindShared, HostSession: all[4].Session},
		{Kind: journal.KindHost, HostSession: all[4].Session},
	} {
		var want []journal.Summary
		for i := len(all) - 1; i >= 0; i-- {
			m := all[i]
			if (f.Before == journal.Place{} || isBehind(m, f.Before)) && (f.Kind == "" || f.Kind == m.Kind) && (f.Workspace == "" || f.Workspace == m.Workspace) &&
				(f.HostSession.IsZero() || f.HostSession == m.HostSession) &&
				(f.Status == "" || f.Status == m.Status) && (f.Limit == 0 || len(want) < f.Limit) {
				want = append(want, m)
			}
		}
		got, err := s.List(s.Context(), f)
		require.NoError(s, err)
		require.Equal(s, want, got, "filter %+v", f)
		n, err := s.Count(s.Context(), f)
		require.NoError(s, err)
		require.Equal(s, len(want), n, "filter %+v", f)
	}
}

func placeOf(m journal.Summary) journal.Place {
	return journal.Place{CreatedAt: m.CreatedAt, Session: m.Session}
}

// isBehind reports whether a session is behind a place in a list.
func isBehind(m journal.Summary, p journal.Place) bool {
	return m.CreatedAt.Before(p.CreatedAt) || m.CreatedAt.Equal(p.CreatedAt) && bytes.Compare(m.Session[:], p.Session[:]) < 0
}

func summaryDue(s *suite) {
	all := s.several(12)
	due := func(before time.Time, limit int) []journal.Summary {
		got, err := s.Due(s.Context(), before, limit)
		require.NoError(s, err)
		return got
	}
	var want []journal.Summary // newer sessions are due earlier
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].Due.IsZero() {
			want = append(want, all[i])
		}
	}
	require.Equal(s, want, due(startOfTime.Add(time.Microsecond), 100))
	require.Equal(s, want[:2], due(startOfTime.Add(time.Hour), 2))
	require.Equal(s, want[:1], due(want[1].Due, 100), "a session that is due at the given time is not due before it")
	require.Equal(s, want[:1], due(want[0].Due.Add(time.Nanosecond), 100))
	require.Empty(s, due(want[0].Due, 100))
	require.Empty(s, due(startOfTime, 0))
}
