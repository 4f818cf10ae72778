package task_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/web/internal/task"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGroup_runs_nothing_after_it_is_closed(t *testing.T) {
	var g task.Group
	g.Close()
	require.False(t, g.Enter())
	require.False(t, g.Go(func() { t.Error("a goroutine ran") }))
	g.Do(func() { t.Error("a call ran") })
	g.Wait()
}

func TestGroup_waits_for_what_runs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g task.Group
		ended := 0
		require.True(t, g.Go(func() {
			g.Do(func() { <-time.After(time.Second) })
			ended++
		}))
		g.Close()
		g.Wait()
		require.Equal(t, 1, ended)
	})
}

func TestGroup_stops_waiting_when_the_context_ends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g task.Group
		require.True(t, g.Enter())
		g.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, g.WaitContext(ctx), context.DeadlineExceeded)
		g.Leave()
		require.NoError(t, g.WaitContext(t.Context()))
	})
}
