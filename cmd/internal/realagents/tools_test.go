package realagents

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/hub/hubtest/fakemodel"
	"parley/protocol"
)

func asksBeforeATool(t *testing.T, r *room) {
	result, asked := r.callTool(t, r.agent.callMCP("scale", "tare", `{}`))
	require.Contains(t, result, "The scale shows zero.")
	require.Equal(t, 1, asked)
}

// The agent cancels the call although it has asked nobody.
func cannotAskBeforeATool(t *testing.T, r *room) {
	result, asked := r.callTool(t, r.agent.callMCP("scale", "tare", `{}`))
	require.Contains(t, result, "user cancelled MCP tool call")
	require.Zero(t, asked)
}

func callsAToolOnStdio(t *testing.T, r *room) {
	result, _ := r.callTool(t, r.agent.callMCP("scale", "weigh", `{"thing":"pear"}`))
	require.Contains(t, result, "The pear weighs 217 g.")
}

func callsAToolOnHTTP(t *testing.T, r *room) {
	result, _ := r.callTool(t, r.agent.callMCP("market", "price", `{"thing":"pear"}`))
	if r.agent.gaveUp != "" && strings.Contains(readFile(t, recordings(t, r.records)[0], errorFile), r.agent.gaveUp) {
		require.Contains(t, result, "not found")
		return
	}
	require.Contains(t, result, "The pear costs 83 cents.")
}

func passesOnAForm(t *testing.T, r *room) {
	decline := func(t *testing.T, asked *protocol.ElicitationRequested) {
		require.NoError(t, r.host.Decline(t.Context(), asked.RequestID))
	}
	accept := func(t *testing.T, asked *protocol.ElicitationRequested) {
		require.Equal(t, "In which unit?", asked.Message)
		require.Len(t, asked.Form.Fields, 4)
		_, err := r.host.Accept(t.Context(), asked.RequestID, map[string]any{"unit": "stone", "digits": 2})
		require.Error(t, err, "an answer that the form does not allow")
		_, err = r.host.Accept(t.Context(), asked.RequestID, map[string]any{"unit": "ounce", "digits": 2, "tare": true, "note": "ripe"})
		require.NoError(t, err)
	}
	ask := r.agent.callMCP("scale", "weigh", `{"thing":"fig","ask":true}`)
	result, _ := r.callTool(t, ask, decline)
	require.Contains(t, result, "The fig: decline")
	result, _ = r.callTool(t, ask, accept)
	require.Contains(t, result, "The fig: accept")
	require.Contains(t, result, "ounce")
}

func cannotPassOnAForm(t *testing.T, r *room) {
	result, _ := r.callTool(t, r.agent.callMCP("scale", "weigh", `{"thing":"fig","ask":true}`))
	require.Contains(t, result, cannotAsk)
}

// callTool makes the agent call a tool of an MCP server. It returns what the model receives
// from it, and how often the agent has asked whether it may call the tool, which callTool
// allows. The functions answer the forms.
func (r *room) callTool(t *testing.T, call string, answers ...func(*testing.T, *protocol.ElicitationRequested)) (result string, asked int) {
	t.Helper()
	from := len(r.events())
	id := r.prompt(t, call, "SAY: I know.")
	answered := map[string]bool{}
	ended := func() bool {
		for _, e := range r.events()[from:] {
			switch p := e.Payload.(type) {
			case *protocol.PermissionRequested:
				if !answered[p.RequestID] {
					answered[p.RequestID] = true
					asked++
					r.answer(t, p, "allow_once")
				}
			case *protocol.ElicitationRequested:
				if !answered[p.RequestID] {
					answered[p.RequestID] = true
					require.NotEmpty(t, answers, "the agent asks %q", p.Message)
					answers[0](t, p)
					answers = answers[1:]
				}
			case *protocol.PromptDispatchCompleted:
				return p.ApprovalID == id
			case *protocol.PromptDispatchFailed:
				require.NotEqual(t, id, p.ApprovalID, p.Error)
			}
		}
		return false
	}
	require.Eventually(t, ended, e2e.Timeout, pollInterval)
	require.Empty(t, answers, "the agent has not asked")
	require.Contains(t, r.said(t, id), "I know.")
	requests := r.model.Requests()
	return requests[len(requests)-1].Last(fakemodel.Tool).Text, asked
}

func worksInDirectories(t *testing.T, r *room) {
	r.turn(t, "SAY: A library.")
	b, err := json.Marshal(r.library)
	require.NoError(t, err)
	require.Contains(t, string(r.request(t, "SAY: A library.").Raw), string(b[1:len(b)-1]), "the model is told the directory")
	require.Empty(t, r.host.Welcome.Agent.Notes)
}

// People see that the agent cannot use additional directories, and it is not sent any.
func leavesDirectoriesOut(t *testing.T, r *room) {
	require.Len(t, r.host.Welcome.Agent.Notes, 1)
	require.Contains(t, r.host.Welcome.Agent.Notes[0], "additional directories are left out")
	require.NotContains(t, readFile(t, recordings(t, r.records)[0], inputFile), r.library)
}
