package realagents

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// signedOut is what happens with an agent to which nobody has ever signed in.
type signedOut struct {
	agent   realAgent
	when    string   // when people learn it
	command string   // that signs in
	ways    []string // that the agent offers
}

const (
	atStart    = "the agent does not start"
	atPrompt   = "the first prompt fails"
	notAtFirst = "it starts, with a model of its vendor"
)

var signedOutAgents = []signedOut{
	{openCode, notAtFirst, "opencode auth login", []string{"Login with opencode"}},
	{gemini, atStart, "gemini", []string{"Log in with Google", "Gemini API key", "Vertex AI", "AI API Gateway"}},
	{claude, atPrompt, "claude auth login", []string{"Log in with Claude"}},
	{codex, atStart, "codex login", []string{"API Key", "ChatGPT (device code)"}},
	{qwen, atStart, "qwen auth", []string{"Use OpenAI API key"}},
}

func TestRealAgents_to_which_nobody_is_signed_in_say_how_to_do_so(t *testing.T) {
	bin := installed(t)
	for _, s := range signedOutAgents {
		t.Run(s.agent.name, func(t *testing.T) {
			t.Parallel()
			s.agent.requireInstalled(t, bin)
			server, home := s.startServer(t, bin)
			response, err := server.Call(t.Context(), e2e.Request{Method: http.MethodPost, Path: "/api/sessions",
				Body: protocol.CreateHostSession{Agent: s.agent.name}})
			require.NoError(t, err)
			if s.when == atStart {
				var refusal protocol.ErrorBody
				require.NoError(t, json.Unmarshal(response.Body, &refusal))
				require.Equal(t, protocol.CodeAgentAuthRequired, refusal.Code, refusal.Error)
				s.requireHelp(t, refusal.Error, refusal.AuthMethods)
			} else {
				var made protocol.HostSessionAnswer
				require.NoError(t, json.Unmarshal(response.Body, &made))
				s.requireRoom(t, server, made.Session.ID)
			}
			server.Stop(t)
			require.Empty(t, processes(t, home))
		})
	}
}

// startServer starts a server with the agent and no account of it.
func (s signedOut) startServer(t *testing.T, bin string) (server *e2e.Server, home string) {
	t.Helper()
	r := prepare(t, s.agent, "valid")
	command, environment := r.launch(t, s.agent, bin)
	for name, value := range environment { // the key and the address of the model
		if value == r.key || strings.HasPrefix(value, r.model.URL) {
			delete(environment, name)
		}
	}
	require.NoError(t, os.RemoveAll(r.home)) // where the agent would look for its account
	require.NoError(t, os.Mkdir(r.home, 0o700))
	setup{home: r.home, t: t}.write(".codex/config.toml", "check_for_update_on_startup = false\n[analytics]\nenabled = false\n")
	content, err := json.Marshal(object{"installed-agents": false, "agents": []object{
		{"name": s.agent.name, "dir": r.cwd, "command": command[2:], "env": environment}, // not recorded
	}})
	require.NoError(t, err)
	config := filepath.Join(t.TempDir(), "parley.yaml")
	require.NoError(t, os.WriteFile(config, content, 0o600))
	return e2e.StartServer(t, t.TempDir(), append([]string{"--config", config}, s.agent.flags...)...), r.home
}

// requireRoom shares an agent that has started.
func (s signedOut) requireRoom(t *testing.T, server *e2e.Server, id string) {
	t.Helper()
	host := e2e.Connect(t, server.Share(t, id, protocol.ModePromptDirect).HostLink(), "")
	facts := host.Welcome.Agent
	if s.when == notAtFirst {
		i := slices.IndexFunc(facts.ConfigOptions, func(o protocol.ConfigOption) bool { return o.Category == protocol.CategoryModel })
		require.GreaterOrEqual(t, i, 0)
		require.Contains(t, string(facts.ConfigOptions[i].CurrentValue), `"opencode/`)
		require.Equal(t, s.ways, names(facts.AuthMethods))
		return
	}
	a, err := host.Prompt(t.Context(), "Hello")
	require.NoError(t, err)
	failed, _ := e2e.AwaitEvent(t, host, func(p *protocol.PromptDispatchFailed) bool { return p.ApprovalID == a.ID })
	require.Equal(t, protocol.CodeAgentAuthRequired, failed.Code, failed.Error)
	s.requireHelp(t, failed.Error, facts.AuthMethods)
}

// requireHelp requires that people are told how to sign in.
func (s signedOut) requireHelp(t *testing.T, message string, methods []protocol.AuthMethod) {
	t.Helper()
	require.Contains(t, message, "is not signed in")
	require.True(t, strings.HasSuffix(message, "then try again: "+s.command), message)
	require.Equal(t, s.ways, names(methods))
}

func names(methods []protocol.AuthMethod) (all []string) {
	for _, m := range methods {
		all = append(all, m.Name)
	}
	return all
}

// The page says the same. This test runs without the agents.
func TestDocs_say_what_happens_if_nobody_is_signed_in(t *testing.T) {
	page, err := os.ReadFile("../../../docs/agents.md")
	require.NoError(t, err)
	var table strings.Builder
	table.WriteString("| nobody is signed in to | what happens | command that signs in | ways that the agent offers |\n| --- | --- | --- | --- |\n")
	for _, s := range signedOutAgents {
		fmt.Fprintf(&table, "| %s | %s | `%s` | %s |\n", s.agent.name, s.when, s.command, strings.Join(s.ways, ", "))
	}
	if !strings.Contains(string(page), table.String()) {
		t.Errorf("docs/agents.md does not have this table:\n%s", table.String())
	}
}
