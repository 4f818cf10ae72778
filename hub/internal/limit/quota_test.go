package limit

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestQuota_counts_again_when_it_is_used_up(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		exist, counts := 3, 0
		q := NewQuota(5, func(context.Context) (int, error) { counts++; return exist, nil })
		take := func() bool {
			done, err := q.Take(t.Context())
			require.NoError(t, err)
			if done != nil {
				exist++
				done()
			}
			return done != nil
		}
		require.True(t, take())
		require.True(t, take())
		require.False(t, take(), "five exist")
		require.Equal(t, 1, counts)
		exist--
		require.False(t, take(), "it does not count more than once a second")
		<-time.After(recount)
		require.True(t, take())
		require.False(t, take())
		require.Equal(t, 2, counts)
	})
}

func TestQuota_is_not_exceeded_by_concurrent_creations(t *testing.T) {
	const most = 50
	var exist, refused atomic.Int64
	q := NewQuota(most, func(context.Context) (int, error) { return int(exist.Load()), nil })
	var running sync.WaitGroup
	for range 4 * most {
		running.Go(func() {
			done, err := q.Take(t.Context())
			if err != nil || done == nil {
				refused.Add(1)
				return
			}
			exist.Add(1)
			done()
		})
	}
	running.Wait()
	require.LessOrEqual(t, exist.Load(), int64(most))
	require.EqualValues(t, 4*most, exist.Load()+refused.Load())
}

func TestQuota_without_a_bound_does_not_count(t *testing.T) {
	broken := errors.New("broken")
	count := func(context.Context) (int, error) { return 0, broken }
	done, err := NewQuota(-1, count).Take(t.Context())
	require.NoError(t, err)
	done()
	_, err = NewQuota(1, count).Take(t.Context())
	require.ErrorIs(t, err, broken)
}
