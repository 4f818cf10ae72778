package realagents

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/hub/hubtest/fakemodel"
	"parley/protocol"
)

// The conversation carries over as a recap, as do the directory and the people. The next
// agent has options of its own, and the MCP servers of its own profile.
func TestRealAgents_continue_the_conversation_of_another(t *testing.T) {
	t.Parallel()
	bin := installed(t)
	first, others := claude, []realAgent{codex, openCode}
	for _, a := range append(others, first) {
		a.requireInstalled(t, bin)
	}
	r := open(t, bin, "valid", first, others...)
	t.Cleanup(func() { r.logIfFailed(t) })
	guest := e2e.Connect(t, r.session.InviteLink(), "guest")
	said := []string{"The first word is apricot."}
	r.turn(t, "SAY: "+said[0])
	id := r.prompt(t, "STALL")
	e2e.AwaitEvent(t, r.host, func(p *protocol.PromptDispatchStarted) bool { return p.ApprovalID == id })
	require.Error(t, r.host.SwitchAgent(t.Context(), others[0].name), "a turn runs")
	r.cancel(t, id)

	for i, next := range others {
		from := r.agent.name
		require.NoError(t, r.host.SwitchAgent(t.Context(), next.name))
		r.agent = next
		switched, _ := e2e.AwaitEvent(t, guest, func(p *protocol.AgentSwitched) bool { return p.To == next.name })
		require.Equal(t, from, switched.From)
		require.Equal(t, r.host.Welcome.Participant.ID, switched.Participant.ID)
		earlier := len(r.events())
		answer := []string{"The next word is banana.", "The last word is cherry."}[i]
		require.Contains(t, r.turn(t, "SAY: "+answer), answer)
		how := eventsOf[*protocol.AgentSession](r.events()[earlier:])
		require.Len(t, how, 1)
		require.Equal(t, protocol.ContinuedNew, how[0].Continued)
		q := r.request(t, "SAY: "+answer)
		for _, text := range said {
			require.Equal(t, 2, strings.Count(how[0].Recap, text), "the prompt and the answer in %q", how[0].Recap)
			require.True(t, q.Contains(fakemodel.User, text), "the model receives %q", text)
		}
		require.NotContains(t, string(q.Raw), "217 g", "a result of a tool of the agent before")
		said = append(said, answer)
		r.set(t, protocol.CategoryModel, next.model.value)
		result, _ := r.callTool(t, next.callMCP("scale", "weigh", `{"thing":"pear"}`))
		require.Contains(t, result, "The pear weighs 217 g.")
	}
	leavesNothingRunning(t, r)
}
