package history

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// chain is a journal that holds one session's events.
type chain struct {
	journal.Journal
	records []journal.Record
	err     error // instead of the events
}

func newChain(n int) *chain {
	id := journal.SessionID{1}
	j, hash := &chain{}, journal.ChainStart(id)
	for seq := range n {
		r := journal.Record{Session: id, Seq: journal.Seq(seq + 1), Type: string(protocol.EventAgentSlowed), Public: []byte(`{}`)}
		r.Seal(hash)
		hash = r.Hash
		j.records = append(j.records, r)
	}
	return j
}

func (j *chain) Read(_ context.Context, _ journal.SessionID, from journal.Seq) iter.Seq2[journal.Record, error] {
	return func(yield func(journal.Record, error) bool) {
		if j.err != nil {
			yield(journal.Record{}, j.err)
			return
		}
		for _, r := range j.records[from-1:] {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (j *chain) reader() Reader { return Reader{Journal: j, Session: journal.SessionID{1}} }

func (j *chain) head() journal.Head {
	r := j.records[len(j.records)-1]
	return journal.Head{Seq: r.Seq, Hash: r.Hash}
}

func (j *chain) cursor(seq int) string { return Encode(&j.records[seq-1], rules.Projection{}).Cursor }

func TestPage(t *testing.T) {
	j := newChain(10)
	for _, c := range []struct {
		name      string
		which     protocol.History
		from, to  int // of the events in the answer
		more, gap bool
	}{
		{name: "without a cursor has the newest events", which: protocol.History{Limit: 3}, from: 8, to: 10, more: true},
		{name: "before a cursor has the events that precede it", which: protocol.History{Before: j.cursor(5), Limit: 3}, from: 2, to: 4, more: true},
		{name: "before a cursor ends with the first event", which: protocol.History{Before: j.cursor(3), Limit: 3}, from: 1, to: 2},
		{name: "after a cursor has the events that follow it", which: protocol.History{After: j.cursor(5), Limit: 3}, from: 6, to: 8, more: true},
		{name: "after a cursor ends with the newest event", which: protocol.History{After: j.cursor(8), Limit: 3}, from: 9, to: 10},
		{name: "with an unknown cursor has the newest events", which: protocol.History{After: "unknown", Limit: 3}, from: 8, to: 10, more: true, gap: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer, err := j.reader().Finish(t.Context(), Page{Which: c.which, Head: j.head()})
			require.NoError(t, err)
			page := answer.(*protocol.HistoryAnswer)
			require.Len(t, page.Events, c.to-c.from+1)
			for i, e := range page.Events {
				require.Contains(t, string(e), j.cursor(c.from+i))
			}
			require.Equal(t, c.more, page.More)
			require.Equal(t, c.gap, page.Gap)
		})
	}
}

func TestArchivePage_names_the_cursor_to_continue_from(t *testing.T) {
	j := newChain(10)
	a := ArchivePage{Session: protocol.Session{ID: "s"}, Which: protocol.History{After: j.cursor(5), Limit: 3}, Head: j.head()}
	answer, err := j.reader().Finish(t.Context(), a)
	require.NoError(t, err)
	page := answer.(*protocol.ArchiveAnswer)
	require.Equal(t, "s", page.Session.ID)
	require.Equal(t, j.cursor(8), page.Cursor)
	require.Len(t, page.Events, 3)

	a.Which.After = j.cursor(10)
	answer, err = j.reader().Finish(t.Context(), a)
	require.NoError(t, err)
	require.Equal(t, j.cursor(10), answer.(*protocol.ArchiveAnswer).Cursor, "unchanged when there are no more events")
}

func TestFinish_clients_never_see_an_error_of_the_journal(t *testing.T) {
	j := newChain(2)
	j.err = errors.New("the disk failed")
	_, err := j.reader().Finish(t.Context(), Page{Which: protocol.History{Limit: 1}, Head: j.head()})
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeJournalUnavailable})
	require.NotContains(t, protocol.AsError(err).Message, "fire")
}

func TestResume_continues_behind_the_cursor(t *testing.T) {
	j := newChain(4)
	for cursor, want := range map[string]struct {
		next   journal.Seq
		resume string
	}{
		"":          {5, protocol.ResumeNew},
		j.cursor(2): {3, protocol.ResumeOK},
		j.cursor(4): {5, protocol.ResumeOK},
		"unknown":   {5, protocol.ResumeGap},
	} {
		next, resume, err := j.reader().Resume(t.Context(), cursor, j.head())
		require.NoError(t, err)
		require.Equal(t, want.next, next)
		require.Equal(t, want.resume, resume)
	}
}

func TestPage_of_a_reader_who_sees_events_from_now_on_ends_with_the_first_of_them(t *testing.T) {
	j := newChain(10)
	late := rules.Projection{From: 8}
	var cursors []string
	for before, more := "", true; more; {
		answer, err := j.reader().Finish(t.Context(), Page{Which: protocol.History{Before: before, Limit: 2}, Head: j.head(), For: late})
		require.NoError(t, err)
		page := answer.(*protocol.HistoryAnswer)
		require.NotEmpty(t, page.Events)
		for i := range page.Events {
			var e protocol.Event
			raw := page.Events[len(page.Events)-1-i]
			require.NoError(t, json.Unmarshal(raw, &e))
			require.Equal(t, e.Cursor.Seq < 8, e.Type == protocol.TypeHidden)
			cursors = append(cursors, e.Cursor.String())
		}
		before, more = cursors[len(cursors)-1], page.More
	}
	require.Equal(t, []string{j.cursor(10), j.cursor(9), j.cursor(8), j.cursor(7)}, cursors, "the last is hidden, and stands for all before it")
}
