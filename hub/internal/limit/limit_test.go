package limit

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBudget(t *testing.T) {
	var b Budget
	require.True(t, b.Take(60, 100))
	require.False(t, b.Take(41, 100), "beyond the bound")
	require.Equal(t, 60, b.Held(), "a refusal takes nothing")
	require.True(t, b.Take(40, 100), "up to the bound")
	b.Add(50)
	require.Equal(t, 150, b.Held(), "Add has no bound")
	b.Add(-150)
	require.Zero(t, b.Held())
}

func TestSlots(t *testing.T) {
	s := NewSlots(2)
	first := s.Take()
	require.NotNil(t, first)
	require.NotNil(t, s.Take())
	require.Nil(t, s.Take())
	first()
	first()
	require.NotNil(t, s.Take(), "a released slot can be taken again")
	require.Nil(t, s.Take(), "a second release does nothing")
}

func TestOwned(t *testing.T) {
	o := NewOwned(3, 2)
	first, ok := o.Take("ann")
	require.True(t, ok)
	_, ok = o.Take("ann")
	require.True(t, ok)
	_, ok = o.Take("ann")
	require.False(t, ok, "beyond what one owner may have")
	all, own := o.Full("ann")
	require.Equal(t, []bool{false, true}, []bool{all, own})
	_, ok = o.Take("")
	require.True(t, ok)
	_, ok = o.Take("ben")
	require.False(t, ok, "beyond what all may have")
	all, own = o.Full("ben")
	require.Equal(t, []bool{true, false}, []bool{all, own})
	first()
	first()
	_, ok = o.Take("ann")
	require.True(t, ok, "a released slot can be taken again")
	_, ok = o.Take("ben")
	require.False(t, ok, "a second release does nothing")
}

func TestLimits_hold_for_concurrent_callers(t *testing.T) {
	const callers, most = 100, 7
	var budget Budget
	slots := NewSlots(most)
	var bytes, taken atomic.Int64
	var running sync.WaitGroup
	for range callers {
		running.Go(func() {
			if budget.Take(1, most) {
				bytes.Add(1)
			}
			if slots.Take() != nil {
				taken.Add(1)
			}
		})
	}
	running.Wait()
	require.LessOrEqual(t, bytes.Load(), int64(most))
	require.EqualValues(t, budget.Held(), bytes.Load())
	require.EqualValues(t, most, taken.Load())
}
