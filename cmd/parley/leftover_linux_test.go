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

// clingingAgent is the demo agent behind a script that first starts a process
// that has done what it can to outlive it: it has a session of its own, no
// environment, and no parent but the one that adopts it. It returns the command
// and a function for the ids of the processes that were started so far, the
// agents' own included.
func clingingAgent(t *testing.T) (command string, started func() []string) {
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

// lives reports whether a process is there and has not ended.
func lives(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func requireGone(t *testing.T, pids []string) {
	t.Helper()
	require.Len(t, pids, 2)
	for i, pid := range pids {
		require.Eventually(t, func() bool { return !lives(pid) }, e2e.Timeout, 10*time.Millisecond, "process %d lives on", i)
	}
}

func TestServe_stopped_leaves_nothing_of_an_agent_running(t *testing.T) {
	t.Parallel()
	command, started := clingingAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "clings="+command)
	s.StartAgent(t, "clings")
	for _, pid := range started() {
		require.True(t, lives(pid))
	}
	s.Stop(t)
	for _, pid := range started() {
		require.False(t, lives(pid), "the server has ended, and a process lives on")
	}
}

func TestServe_killed_leaves_nothing_of_an_agent_running(t *testing.T) {
	t.Parallel()
	command, started := clingingAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "clings="+command)
	s.StartAgent(t, "clings")
	s.Kill()
	requireGone(t, started())
}

func TestServe_killed_and_started_again_has_no_second_agent_beside_the_first(t *testing.T) {
	t.Parallel()
	command, started := clingingAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "clings="+command)
	session := s.Share(t, s.StartAgent(t, "clings"), protocol.ModePromptDirect)
	before := started()
	s.Kill()
	s = s.Restart(t)
	for _, pid := range before {
		require.False(t, lives(pid), "the next server is ready, and a process of the last one lives on")
	}
	host := e2e.Connect(t, session.HostLink(), "")
	_, err := host.Prompt(t.Context(), "hello")
	require.NoError(t, err)
	e2e.AwaitEvent(t, host, func(*protocol.PromptDispatchStarted) bool { return true })
	require.Len(t, started(), 4, "one agent came back")
	s.Stop(t)
	noted, err := os.ReadDir(filepath.Join(s.Data, "agents"))
	require.NoError(t, err)
	require.Empty(t, noted)
}
