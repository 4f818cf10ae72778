package web_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/profile"
	"parley/protocol"
)

func TestContract_AgentDirectories(t *testing.T) {
	base, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, dir := range []string{"own/web", "own/docs", "secret/s", "gone"} {
		require.NoError(t, os.MkdirAll(filepath.Join(base, dir), 0o700))
	}
	own := filepath.Join(base, "own")
	command := []string{"/bin/false"}
	w := newWorld(t, func(s *setup) {
		s.agents = []profile.Profile{
			{Name: "mine", Command: command, Dir: own},
			{Name: "gone", Command: command, Dir: filepath.Join(base, "gone")},
		}
	})
	require.NoError(t, os.Remove(filepath.Join(base, "gone")))
	list := func(agent, query string) reply {
		return w.call("POST", "/api/agents/"+agent+"/directories?query="+url.QueryEscape(query), object{})
	}
	var agents protocol.AgentsAnswer
	w.call("GET", "/api/agents", nil).ok(http.StatusOK, &agents)
	require.Equal(t, protocol.AgentProfile{Name: "mine", Source: protocol.SourceConfigured, Cwd: own, OtherCwd: true}, agents.Agents[0])
	require.Equal(t, protocol.AgentProfile{Name: "gone", Source: protocol.SourceConfigured}, agents.Agents[1])
	require.False(t, agents.Agents[2].OtherCwd, "the demo agent")

	members(t, list("mine", "").object(http.StatusOK), "directories", "roots", "more")
	for query, want := range map[string][]string{
		"":               {own, own + "/docs", own + "/web"},
		"do":             {own + "/docs"},
		own + "/w":       {own + "/web"},
		base + "/":       {own},
		base + "/secret": {},
		"../secret/":     {},
	} {
		var found protocol.DirectoriesAnswer
		list("mine", query).ok(http.StatusOK, &found)
		require.Equal(t, protocol.DirectoriesAnswer{Directories: want, Roots: []string{own}}, found, query)
	}
	var found protocol.DirectoriesAnswer
	list("demo", "").ok(http.StatusOK, &found)
	require.Equal(t, protocol.DirectoriesAnswer{Directories: []string{}, Roots: []string{}}, found)
	list("none", "").fails(protocol.CodeAgentNotFound)
	list("gone", "").fails(protocol.CodeAgentNotFound)
	for _, query := range []string{strings.Repeat("a", 4097), "a\x00b", "\xff"} {
		list("mine", query).fails(protocol.CodeInvalidRequest)
	}
	w.call("GET", "/api/agents/mine/directories", nil).fails(protocol.CodeMethodNotAllowed)
	w.call("POST", "/api/agents/mine/directories", object{}, "Origin", "https://evil.example").fails(protocol.CodeOriginNotAllowed)

	refused := w.call("POST", "/api/sessions", object{"agent": "mine", "cwd": base + "/secret"}).object(http.StatusBadRequest)
	require.Equal(t, "cwd", refused.(map[string]any)["field"])
}
