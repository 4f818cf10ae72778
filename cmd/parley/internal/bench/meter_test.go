package bench

import (
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pieces is a stream of what it holds.
type pieces []string

func (p *pieces) read() ([]byte, error) {
	if len(*p) == 0 {
		return nil, io.EOF
	}
	b := (*p)[0]
	*p = (*p)[1:]
	return []byte(b), nil
}

func (*pieces) Close() error { return nil }

func TestMeter_counts_events_wherever_pieces_end(t *testing.T) {
	of := newTally()
	complete := 0
	m := newMeter(of, 2, 4, func() { complete++ })
	for seq := range uint64(3) {
		require.NoError(t, m.send(seq+1, 0))
	}
	all := "a~1;xx b~2;xx c~3;xx"
	require.ErrorIs(t, m.listen(&pieces{all}), io.EOF)
	require.Zero(t, complete, "one listener lacks them")
	split := pieces(strings.Split(all, ""))
	require.ErrorIs(t, m.listen(&split), io.EOF)
	require.Equal(t, 3, complete)
	require.EqualValues(t, 6, of.delivered.Load())
}

func TestMeter_finds_what_is_missing_or_comes_twice(t *testing.T) {
	for _, events := range []pieces{{"~1;", "~3;"}, {"~1;", "~1;"}, {"~1;~3;"}} {
		m := newMeter(newTally(), 1, 4, func() {})
		require.ErrorContains(t, m.listen(&events), "came as number")
	}
}

func TestMeter_refuses_more_events_than_may_be_under_way(t *testing.T) {
	m := newMeter(newTally(), 1, 2, func() {})
	require.NoError(t, m.send(1, 0))
	require.NoError(t, m.send(2, 0))
	require.ErrorContains(t, m.send(3, 0), "2 events behind")
	m.arrive(0, 1)
	require.NoError(t, m.send(3, 0))
}

func TestHistogram_is_right_within_a_few_per_cent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h histogram
	values := make([]int64, 10_000)
	for i := range values {
		values[i] = int64(random.ExpFloat64() * float64(time.Millisecond))
		h.add(values[i])
	}
	slices.Sort(values)
	for _, share := range []float64{0.01, 0.5, 0.99, 0.999} {
		exact := float64(values[int(share*float64(len(values)))])
		require.InEpsilon(t, exact, float64(h.quantile(share)), 0.04, "at %v", share)
	}
	require.EqualValues(t, values[len(values)-1], h.max())
	require.Zero(t, new(histogram).quantile(0.5))
}

func TestHistogram_buckets_are_in_order(t *testing.T) {
	for v := int64(0); v < 1<<20; v += 1 + v/100 {
		b := bucketOf(v)
		require.LessOrEqual(t, lowest(b), v)
		require.Greater(t, lowest(b+1), v)
	}
}
