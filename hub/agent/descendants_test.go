package agent_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// isGone reports whether no process, not even a zombie, has an id.
func isGone(pid string) bool {
	n, _ := strconv.Atoi(pid)
	return syscall.Kill(n, 0) == syscall.ESRCH
}

func requireGone(t *testing.T, pids []string) {
	t.Helper()
	for i, pid := range pids {
		require.True(t, isGone(pid), "descendant %d", i)
	}
}

// text returns the text of a notification that the fake wrote with note.
func text(t testing.TB, notification string) string {
	t.Helper()
	var m struct {
		Params struct{ Update struct{ Text string } }
	}
	decode(t, notification, &m)
	return m.Params.Update.Text
}

// children makes the agent start processes, and returns their ids.
func children(r *running) []string {
	r.t.Helper()
	said, _ := r.turn("children")
	pids := strings.Fields(text(r.t, said[0]))
	require.Len(r.t, pids, 6)
	for _, pid := range pids {
		require.False(r.t, isGone(pid))
	}
	return pids
}

func TestStop_ends_the_agents_descendants(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can find processes that leave the process group")
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
			requireGone(t, pids)
		})
	}
}

func TestExit_ends_the_agents_descendants(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can find processes that leave the process group")
	}
	t.Parallel()
	r := ready(t, fake(""))
	pids := children(r)
	r.prompt("abort")
	exited(r)
	requireGone(t, pids)
}

func TestZombies_are_reaped_while_the_agent_runs(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems reap them")
	}
	t.Parallel()
	r := ready(t, fake(""))
	said, _ := r.turn("orphan")
	orphan := text(t, said[0])
	eventually(t, func() bool { return isGone(orphan) }, "the orphan is reaped")
}

// supervisorOf returns the process id of an agent's supervisor.
func supervisorOf(r *running) int {
	r.t.Helper()
	said, _ := r.turn("parent")
	pid, err := strconv.Atoi(text(r.t, said[0]))
	require.NoError(r.t, err)
	require.NotEqual(r.t, os.Getpid(), pid)
	return pid
}

func TestAgent_and_descendants_end_when_the_supervisor_is_killed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can find the descendants")
	}
	t.Parallel()
	r := ready(t, fake("ignores SIGTERM"))
	pids := children(r)
	require.NoError(t, syscall.Kill(supervisorOf(r), syscall.SIGKILL))
	end, _ := exited(r)
	require.Nil(t, end.ExitCode)
	requireGone(t, pids)
}

func TestStop_ends_an_agent_whose_supervisor_is_stopped(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can find the descendants")
	}
	t.Parallel()
	s := fake("ignores SIGTERM")
	s.options.StopGrace = 50 * time.Millisecond
	r := ready(t, s)
	pids := children(r)
	require.NoError(t, syscall.Kill(supervisorOf(r), syscall.SIGSTOP))
	r.stop()
	requireGone(t, pids)
}

// A service manager sends SIGTERM to all processes of a service at once.
func TestSupervisor_ends_its_agent_on_SIGTERM(t *testing.T) {
	t.Parallel()
	r := ready(t, fake("ignores SIGTERM"))
	require.NoError(t, syscall.Kill(supervisorOf(r), syscall.SIGTERM))
	end, _ := exited(r)
	require.Nil(t, end.ExitCode)
}

func TestSupervisor_gives_its_agent_time_on_SIGTERM(t *testing.T) {
	t.Parallel()
	r := ready(t, fake("says farewell at SIGTERM"))
	require.NoError(t, syscall.Kill(supervisorOf(r), syscall.SIGTERM))
	end, said := exited(r)
	require.Equal(t, code(5), end.ExitCode)
	require.Equal(t, []string{r.note("farewell")}, said)
}
