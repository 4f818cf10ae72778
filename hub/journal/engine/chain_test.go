package engine_test

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// rows are a stream's next ones, of two events each.
func rows(t *testing.T, s *hubtest.Stream, n int) []*engine.Row {
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

// Every row here is sound by itself: only its neighbours give it away.
func TestChain(t *testing.T) {
	s := hubtest.NewSession(1)
	r := rows(t, s, 4)
	other := hubtest.NewStream(s.ID)
	other.Head = journal.Head{Seq: 2, Hash: journal.Hash{1}}
	foreign := rows(t, other, 1)[0]

	over := hubtest.NewStream(s.ID)
	over.Head = journal.Head{Seq: 1, Hash: r[0].After}
	overlap := rows(t, over, 1)[0]

	read := func(from journal.Seq, rows ...*engine.Row) (events int, err error) {
		c := engine.NewChain(s.ID, from)
		for _, row := range rows {
			records, err := c.Row(row, "here")
			if events += len(records); err != nil {
				return events, err
			}
		}
		return events, c.End(s.Head, "the head")
	}
	for name, test := range map[string]struct {
		from    journal.Seq
		rows    []*engine.Row
		events  int
		damaged journal.Seq // 0 for none
	}{
		"all rows":                        {1, r, 8, 0},
		"rows from the middle of one":     {4, r[1:], 5, 0},
		"nothing behind the head":         {9, nil, 0, 0},
		"a row that came before":          {1, []*engine.Row{r[0], r[1], r[1]}, 4, 5},
		"a row that is missing":           {1, []*engine.Row{r[0], r[2]}, 2, 3},
		"a row that begins too early":     {1, []*engine.Row{r[0], overlap}, 2, 3},
		"a row of another history":        {1, []*engine.Row{r[0], foreign, r[2]}, 2, 3},
		"a row on one of another history": {3, []*engine.Row{foreign, r[2]}, 2, 5},
		"an end that is missing":          {1, r[:3], 6, 7},
		"an end that is missing whole":    {7, nil, 0, 7},
	} {
		t.Run(name, func(t *testing.T) {
			events, err := read(test.from, test.rows...)
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

func TestChain_goes_on_in_another_format(t *testing.T) {
	s := hubtest.NewSession(1)
	s.Format = journal.RecordFormat1
	s.Head.Hash = sha256.Sum256(append([]byte("parley.v1"), s.ID[:]...))
	first := rows(t, s, 2)
	s.Format = 0
	all := append(first, rows(t, s, 2)...)

	c := engine.NewChain(s.ID, 1)
	var formats []journal.RecordFormat
	for _, row := range all {
		records, err := c.Row(row, "here")
		require.NoError(t, err)
		for _, r := range records {
			formats = append(formats, r.Format)
		}
	}
	require.NoError(t, c.End(s.Head, "the head"))
	require.Equal(t, []journal.RecordFormat{1, 1, 1, 1, 2, 2, 2, 2}, formats)

	first[0].Before[0]++
	_, err := engine.NewChain(s.ID, 1).Row(first[0], "here")
	require.ErrorContains(t, err, "does not build on the event before")
}
