package meter

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pieces is a stream that returns its elements.
type pieces []string

func (p *pieces) Next() ([]byte, error) {
	if len(*p) == 0 {
		return nil, io.EOF
	}
	b := (*p)[0]
	*p = (*p)[1:]
	return []byte(b), nil
}

func (*pieces) Close() error { return nil }

func TestMeter_counts_events_in_any_pieces(t *testing.T) {
	of := NewTally()
	complete := 0
	m := New(of, 2, 4, func() { complete++ })
	for seq := range uint64(3) {
		require.NoError(t, m.Send(seq+1, 0))
	}
	all := "a~1;xx b~2;xx c~3;xx"
	require.ErrorIs(t, m.Listen(&pieces{all}), io.EOF)
	require.Zero(t, complete, "one listener lacks them")
	split := pieces(strings.Split(all, ""))
	require.ErrorIs(t, m.Listen(&split), io.EOF)
	require.Equal(t, 3, complete)
	require.EqualValues(t, 6, of.Delivered.Load())
}

func TestMeter_reports_missing_and_repeated_events(t *testing.T) {
	for _, events := range []pieces{{"~1;", "~3;"}, {"~1;", "~1;"}, {"~1;~3;"}} {
		m := New(NewTally(), 1, 4, func() {})
		require.ErrorContains(t, m.Listen(&events), "arrived as number")
	}
}

func TestMeter_refuses_too_many_events_in_flight(t *testing.T) {
	m := New(NewTally(), 1, 2, func() {})
	require.NoError(t, m.Send(1, 0))
	require.NoError(t, m.Send(2, 0))
	require.ErrorContains(t, m.Send(3, 0), "2 events behind")
	m.arrive(0, 1)
	require.NoError(t, m.Send(3, 0))
}
