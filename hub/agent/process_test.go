package agent_test

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

// exited reads to the end and returns it with the notifications before.
func exited(r *running) (rules.AgentExited, []string) {
	r.t.Helper()
	end, said := await[rules.AgentExited](r)
	r.stop() // returns at once, and the exit is told only once
	require.Empty(r.t, r.events)
	return end, said
}

func code(n int) *int { return &n }

func TestExit_in_a_turn_ends_with_the_last_words(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.prompt("die")
	end, said := exited(r)
	require.Equal(t, []string{r.note("last words"), `{"jsonrpc":"2.0","method":"_fake/unfinished"}`}, said)
	require.Equal(t, rules.AgentExited{ExitCode: code(7), StderrTail: "out of honey"}, end)
	r.prompt("hello") // these do nothing any more
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

func TestExit_follows_when_the_agent_closes_its_output(t *testing.T) {
	t.Parallel()
	s := fake("closes its output")
	s.options.StopGrace = 50 * time.Millisecond
	r := ready(t, s)
	r.prompt("close")
	end, _ := exited(r)
	require.Nil(t, end.ExitCode)
}

func TestAgent_that_leaves_its_input_unread_is_killed(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.prompt("deaf")
	require.Equal(t, r.note("deaf"), string(r.next().(rules.AgentNotification).Raw))
	for range 5000 { // more than the pipe and the outbox hold; none of them waits
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

func TestStderr_is_drained_and_its_end_kept(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	_, turn := r.turn("stderr")
	require.NoError(t, turn.Err)
	r.stop()
	end, _ := await[rules.AgentExited](r)
	require.InDelta(t, 4096, len(end.StderrTail), 100)
	require.True(t, strings.HasSuffix(end.StderrTail, "\nwarning 49999: the hive is full"))
}

func TestStop_lets_an_agent_end_by_itself(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.stop()
	end, _ := exited(r)
	require.Equal(t, rules.AgentExited{ExitCode: code(0)}, end)
}

func TestStop_cancels_the_turn_and_what_it_asks(t *testing.T) {
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

func TestStop_gets_harsher(t *testing.T) {
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
	// Whether the sink takes the end before Stop looks is a matter of luck.
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

// isGone reports whether no process has that id, not even a zombie.
func isGone(pid string) bool {
	n, _ := strconv.Atoi(pid)
	return syscall.Kill(n, 0) == syscall.ESRCH
}

// children has the agent start processes and returns their ids.
func children(r *running) []string {
	r.t.Helper()
	said, _ := r.turn("children")
	var note struct {
		Params struct{ Update struct{ Text string } }
	}
	decode(r.t, said[0], &note)
	pids := strings.Fields(note.Params.Update.Text)
	require.Len(r.t, pids, 6)
	for _, pid := range pids {
		require.False(r.t, isGone(pid))
	}
	return pids
}

func TestStop_ends_what_the_agent_has_started(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can follow what leaves the process group")
	}
	t.Parallel()
	for _, how := range []string{"", "ignores SIGTERM"} {
		t.Run("with an agent that "+how, func(t *testing.T) {
			t.Parallel()
			s := fake(how)
			s.options.StopGrace = 200 * time.Millisecond
			r := ready(t, s)
			pids := children(r)
			r.stop()
			for i, pid := range pids {
				require.True(t, isGone(pid), "child %d", i)
			}
		})
	}
}

func TestExit_ends_what_the_agent_has_started(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can follow what leaves the process group")
	}
	t.Parallel()
	r := ready(t, fake(""))
	pids := children(r)
	r.prompt("abort")
	exited(r)
	for i, pid := range pids {
		require.True(t, isGone(pid), "child %d", i)
	}
}

func TestOrphans_that_have_ended_are_collected_while_the_agent_runs(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the system collects them")
	}
	t.Parallel()
	r := ready(t, fake(""))
	said, _ := r.turn("orphan")
	var note struct {
		Params struct{ Update struct{ Text string } }
	}
	decode(t, said[0], &note)
	eventually(t, func() bool { return isGone(note.Params.Update.Text) }, "the orphan is collected")
}

// supervisorOf returns the process id of an agent's supervisor.
func supervisorOf(r *running) int {
	r.t.Helper()
	said, _ := r.turn("parent")
	var note struct {
		Params struct{ Update struct{ Text string } }
	}
	decode(r.t, said[0], &note)
	pid, err := strconv.Atoi(note.Params.Update.Text)
	require.NoError(r.t, err)
	require.NotEqual(r.t, os.Getpid(), pid)
	return pid
}

func TestAgent_whose_supervisor_is_killed_ends_with_all_it_has_started(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can tell")
	}
	t.Parallel()
	r := ready(t, fake("ignores SIGTERM"))
	pids := children(r)
	require.NoError(t, syscall.Kill(supervisorOf(r), syscall.SIGKILL))
	end, _ := exited(r)
	require.Nil(t, end.ExitCode)
	for i, pid := range pids {
		require.True(t, isGone(pid), "child %d", i)
	}
}

func TestStop_ends_an_agent_whose_supervisor_was_made_to_hang(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can tell")
	}
	t.Parallel()
	s := fake("ignores SIGTERM")
	s.options.StopGrace = 50 * time.Millisecond
	r := ready(t, s)
	pids := children(r)
	require.NoError(t, syscall.Kill(supervisorOf(r), syscall.SIGSTOP))
	r.stop()
	for i, pid := range pids {
		require.True(t, isGone(pid), "child %d", i)
	}
}

// A service manager asks all processes of a service to end at once.
func TestSupervisor_that_is_asked_to_end_ends_its_agent(t *testing.T) {
	t.Parallel()
	r := ready(t, fake("ignores SIGTERM"))
	require.NoError(t, syscall.Kill(supervisorOf(r), syscall.SIGTERM))
	end, _ := exited(r)
	require.Nil(t, end.ExitCode)
}

func TestSupervisor_that_is_asked_to_end_leaves_its_agent_time(t *testing.T) {
	t.Parallel()
	r := ready(t, fake("says farewell at SIGTERM"))
	require.NoError(t, syscall.Kill(supervisorOf(r), syscall.SIGTERM))
	end, said := exited(r)
	require.Equal(t, code(5), end.ExitCode)
	require.Equal(t, []string{r.note("farewell")}, said)
}
