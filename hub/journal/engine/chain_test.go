package engine_test

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// rows returns the next n rows of a stream, of two events each.
func rows(t *testing.T, s *journaltest.Stream, n int) []*engine.Row {
	t.Helper()
	var all []*engine.Row
	for range n {
		head := s.Head
		a := s.Next(2)
		row, err := engine.Encode(&a, head)
		require.NoError(t, err)
		all = append(all, &row)
	}
	return all
}

// rowOn returns a row for session id that builds on another head.
func rowOn(t *testing.T, id journal.SessionID, head journal.Head) *engine.Row {
	s := journaltest.NewStream(id)
	s.Head = head
	return rows(t, s, 1)[0]
}

// readChain checks rows and counts their events.
func readChain(s *journaltest.Stream, from journal.Seq, rows []*engine.Row) (events int, err error) {
	c := engine.NewChain(s.ID, from)
	for _, row := range rows {
		records, err := c.Row(row, "a row")
		if events += len(records); err != nil {
			return events, err
		}
	}
	return events, c.End(s.Head, "the head")
}

// Every row here is sound by itself; only the rows before it reveal the damage.
func TestChain_finds_rows_that_do_not_follow_each_other(t *testing.T) {
	s := journaltest.NewSession(1)
	r := rows(t, s, 4)
	foreign := rowOn(t, s.ID, journal.Head{Seq: 2, Hash: journal.Hash{1}})
	overlap := rowOn(t, s.ID, journal.Head{Seq: 1, Hash: r[0].After})
	for name, test := range map[string]struct {
		from    journal.Seq
		rows    []*engine.Row
		events  int
		damaged journal.Seq // 0 for none
	}{
		"all rows":                            {1, r, 8, 0},
		"rows from the middle of one":         {4, r[1:], 5, 0},
		"nothing behind the head":             {9, nil, 0, 0},
		"a repeated row":                      {1, []*engine.Row{r[0], r[1], r[1]}, 4, 5},
		"a missing row":                       {1, []*engine.Row{r[0], r[2]}, 2, 3},
		"a row that begins too early":         {1, []*engine.Row{r[0], overlap}, 2, 3},
		"a row of another history":            {1, []*engine.Row{r[0], foreign, r[2]}, 2, 3},
		"a row after one of another history":  {3, []*engine.Row{foreign, r[2]}, 2, 5},
		"a missing last row":                  {1, r[:3], 6, 7},
		"only the last row, which is missing": {7, nil, 0, 7},
	} {
		t.Run(name, func(t *testing.T) {
			events, err := readChain(s, test.from, test.rows)
			require.Equal(t, test.events, events)
			if test.damaged == 0 {
				require.NoError(t, err)
				return
			}
			var damage *journal.DamageError
			require.ErrorAs(t, err, &damage)
			require.Equal(t, test.damaged, damage.Seq)
		})
	}
}

func TestChain_continues_in_another_format(t *testing.T) {
	s := journaltest.NewSession(1)
	s.Format = journal.RecordFormat1
	s.Head.Hash = sha256.Sum256(append([]byte("parley.v1"), s.ID[:]...))
	first := rows(t, s, 2)
	s.Format = 0
	all := append(first, rows(t, s, 2)...)

	c := engine.NewChain(s.ID, 1)
	var formats []journal.RecordFormat
	for _, row := range all {
		records, err := c.Row(row, "a row")
		require.NoError(t, err)
		for _, r := range records {
			formats = append(formats, r.Format)
		}
	}
	require.NoError(t, c.End(s.Head, "the head"))
	require.Equal(t, []journal.RecordFormat{1, 1, 1, 1, 2, 2, 2, 2}, formats)

	first[0].Before[0]++
	_, err := engine.NewChain(s.ID, 1).Row(first[0], "a row")
	require.ErrorContains(t, err, "does not build on the event before")
}
