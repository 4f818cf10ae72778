package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// persistentAgent returns the command of an agent that tries to leave a process behind: a
// script that first starts a process with its own session, without an environment and
// without a parent, and then runs the demo agent. started returns the ids of all
// processes so far, those of the agents included.
func persistentAgent(t *testing.T) (command string, started func() []string) {
	dir := t.TempDir()
	pids, script := filepath.Join(dir, "pids"), filepath.Join(dir, "agent.sh")
	require.NoError(t, os.WriteFile(script, fmt.Appendf(nil, `
echo $$ >> %[1]s
env -i setsid sh -c 'trap "" TERM HUP INT; sleep 1000 >/dev/null 2>&1 & echo $! >> %[1]s' &
wait
exec parley demo-agent
`, pids), 0o600))
	return "sh " + script, func() []string {
		content, err := os.ReadFile(pids)
		require.NoError(t, err)
		return strings.Fields(string(content))
	}
}

// isAlive reports whether a process exists and is not a zombie.
func isAlive(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// requireEnded waits until the two processes of an agent have ended.
func requireEnded(t *testing.T, pids []string) {
	t.Helper()
	require.Len(t, pids, 2)
	for i, pid := range pids {
		require.Eventually(t, func() bool { return !isAlive(pid) }, e2e.Timeout, 10*time.Millisecond, "process %d is still running", i)
	}
}

func TestServe_stopped_leaves_no_process_of_an_agent_running(t *testing.T) {
	t.Parallel()
	command, started := persistentAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "persistent="+command)
	s.StartAgent(t, "persistent")
	for _, pid := range started() {
		require.True(t, isAlive(pid))
	}
	s.Stop(t)
	for _, pid := range started() {
		require.False(t, isAlive(pid), "the server has exited, and a process is still running")
	}
}

func TestServe_killed_leaves_no_process_of_an_agent_running(t *testing.T) {
	t.Parallel()
	command, started := persistentAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "persistent="+command)
	s.StartAgent(t, "persistent")
	s.Kill()
	requireEnded(t, started())
}

func TestServe_killed_and_restarted_does_not_run_two_agents(t *testing.T) {
	t.Parallel()
	command, started := persistentAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "persistent="+command)
	session := s.Share(t, s.StartAgent(t, "persistent"), protocol.ModePromptDirect)
	before := started()
	s.Kill()
	s = s.Restart(t)
	for _, pid := range before {
		require.False(t, isAlive(pid), "the next server is ready, and a process of the previous one is still running")
	}
	host := e2e.Connect(t, session.HostLink(), "")
	_, err := host.Prompt(t.Context(), "hello")
	require.NoError(t, err)
	e2e.AwaitEvent(t, host, func(*protocol.PromptDispatchStarted) bool { return true })
	require.Len(t, started(), 4, "one agent was started again")
	s.Stop(t)
	records, err := os.ReadDir(filepath.Join(s.Data, "agents"))
	require.NoError(t, err)
	require.Empty(t, records)
}
