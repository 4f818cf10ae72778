package realagents

import (
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
	"parley/protocol/client"
)

// Agents that run beside "parley share", and not beside the server.
func TestRealAgents_that_are_shared_from_elsewhere_remember_after_a_kill_9_of_the_server(t *testing.T) {
	bin := installed(t)
	for _, a := range []realAgent{openCode, claude} {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			a.requireInstalled(t, bin)
			r := prepare(t, a, "valid")
			t.Cleanup(func() { r.logIfFailed(t) })
			r.server = e2e.StartServer(t, t.TempDir(), "--installed-agents=false")
			share := r.share(t, bin)
			r.set(t, protocol.CategoryModel, a.model.value)
			require.Contains(t, r.turn(t, "SAY: Hello, the first word is apricot."), "apricot")

			id := r.prompt(t, "SAY: This answer stops here", "STALL")
			e2e.AwaitEvent(t, r.host, func(p *protocol.PromptDispatchStarted) bool { return p.ApprovalID == id })
			require.Eventually(t, func() bool { return strings.Contains(r.said(t, id), "This answer stops") }, e2e.Timeout, pollInterval)
			r.server.Kill()
			r.server = r.server.Restart(t)
			r.cancel(t, id) // the turn has survived
			require.Contains(t, r.turn(t, "SAY: The second word is banana."), "banana")

			share.Signal(t, syscall.SIGTERM)
			require.Zero(t, share.ExitCode(t))
			require.Empty(t, processes(t, r.home))
			r.server.Stop(t)
		})
	}
}

// share runs "parley share" with the agent, through the server of the room, and connects its
// host.
func (r *room) share(t *testing.T, bin string) *e2e.Process {
	t.Helper()
	command, environment := r.launch(t, r.agent, bin)
	var variables []string
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		variables = append(variables, name+"="+environment[name])
	}
	p := e2e.Start(t, e2e.Command{
		Args: append([]string{"share", "--server", r.server.URL, "--no-terminal", "--name", "Ada", "--"}, command...),
		Dir:  r.cwd, Env: variables,
	})
	link, err := client.ParseLink(p.Stdout.Await(t, `(http\S+#p=\S+)`)[1])
	require.NoError(t, err)
	r.host = e2e.Connect(t, link, "Ada")
	r.session = e2e.Session{API: r.server.API, ID: link.Session, Agent: r.host.Welcome.Session.HostSessionID}
	return p
}
