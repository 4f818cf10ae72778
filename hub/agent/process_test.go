package agent_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

// exited returns the agent's exit and the notifications before it. It requires that no
// event follows.
func exited(r *running) (rules.AgentExited, []string) {
	r.t.Helper()
	end, said := await[rules.AgentExited](r)
	r.stop() // returns at once, without a second exit
	require.Empty(r.t, r.events)
	return end, said
}

func code(n int) *int { return &n }

func TestExit_in_a_turn_follows_the_last_notifications(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.prompt("exit")
	end, said := exited(r)
	require.Equal(t, []string{r.note("last notification"), `{"jsonrpc":"2.0","method":"_fake/unfinished"}`}, said)
	require.Equal(t, rules.AgentExited{ExitCode: code(7), StderrTail: "out of memory"}, end)
	r.prompt("hello") // these have no effect after the exit
	r.Cancel()
	r.Respond("x", "y")
}

func TestExit_by_a_signal_has_no_code(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.prompt("abort")
	end, _ := exited(r)
	require.Nil(t, end.ExitCode)
}

func TestExit_follows_if_the_agent_closes_its_output(t *testing.T) {
	t.Parallel()
	s := fake("closes its output")
	s.options.StopGrace = 50 * time.Millisecond
	r := ready(t, s)
	r.prompt("close")
	end, _ := exited(r)
	require.Nil(t, end.ExitCode)
}

func TestAgent_that_does_not_read_its_input_is_killed(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.prompt("deaf")
	require.Equal(t, r.note("deaf"), string(r.next().(rules.AgentNotification).Raw))
	for range 5000 { // more than the pipe and the outbox hold; no call blocks
		r.Cancel()
	}
	end, _ := exited(r)
	require.Nil(t, end.ExitCode)
}

func TestAgent_that_closes_its_input_is_killed(t *testing.T) {
	t.Parallel()
	s := fake("")
	s.options.StopGrace = 50 * time.Millisecond
	r := ready(t, s)
	r.prompt("unplug")
	require.Equal(t, r.note("unplugged"), string(r.next().(rules.AgentNotification).Raw))
	r.Cancel()
	end, _ := exited(r)
	require.Nil(t, end.ExitCode)
}

func TestStderr_is_drained_and_its_end_is_kept(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	_, turn := r.turn("stderr")
	require.NoError(t, turn.Err)
	r.stop()
	end, _ := await[rules.AgentExited](r)
	require.InDelta(t, 4096, len(end.StderrTail), 100)
	require.True(t, strings.HasSuffix(end.StderrTail, "\nwarning 49999: the hive is full"))
}

func TestStop_first_lets_the_agent_exit(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.stop()
	end, _ := exited(r)
	require.Equal(t, rules.AgentExited{ExitCode: code(0)}, end)
}

func TestStop_cancels_the_turn_and_its_permission_requests(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.prompt("ask 1")
	await[rules.AgentPermission](r)
	r.stop()
	turn, said := await[rules.AgentTurnEnded](r)
	require.NoError(t, turn.Err)
	require.Equal(t, []string{r.note(`1: {"outcome":{"outcome":"cancelled"}}`)}, said)
	exited(r)
}

func TestStop_ends_an_agent_that_does_not_exit(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"ignores the end of its input", "ignores SIGTERM"} {
		t.Run("with an agent that "+how, func(t *testing.T) {
			t.Parallel()
			s := fake(how)
			s.options.StopGrace = 100 * time.Millisecond
			r := ready(t, s)
			r.stop()
			end, _ := exited(r)
			require.Nil(t, end.ExitCode)
		})
	}
}

func TestStop_kills_at_once_when_its_context_ends(t *testing.T) {
	t.Parallel()
	s := fake("ignores SIGTERM")
	s.options.StopGrace = time.Hour
	r := ready(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// Stop may return an error, depending on when the sink returns.
	_ = r.Stop(ctx)
	exited(r)
}

func TestStop_does_not_wait_for_a_sink_longer_than_its_context(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := fake("")
	s.sink = func(e rules.AgentEvent) {
		if _, ok := e.(rules.AgentExited); ok {
			<-release
		}
	}
	r := ready(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, r.Stop(ctx), context.Canceled)
	close(release)
	exited(r)
}
