package profile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/profile"
)

func TestFaults_finds_everything_that_is_wrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	p := profile.Profile{
		Name: "a b", Description: "two\nlines", Env: map[string]string{"A=B": "c", "": "x", "OK": "\x00"},
		Dir: "/no/such/dir", Dirs: []string{file, t.TempDir(), "/no/such"},
		AdditionalDirectories: []string{"relative", "/no/such"},
		MCPServers: []profile.MCPServer{
			{}, {Name: "x", Type: "pipe"}, {Name: "x", Type: "http", URL: "example.com"},
			{Name: "y", Type: "sse", URL: "https://example.com", Command: []string{"z"}, Headers: map[string]string{"Bad header": "v", "Bad": "a\nb"}},
			{Name: "z", Command: []string{"z"}, Headers: map[string]string{"A": "b"}},
		},
		Options: map[string]any{"web": 1, "model": "large"}, MaxAgents: -1,
		StartTimeout: -time.Second, IdleTimeout: -time.Second,
	}
	var settings []string
	for _, f := range p.Faults() {
		require.NotEmpty(t, f.Text)
		settings = append(settings, f.Setting)
	}
	require.Equal(t, []string{
		"name", "command", "description", "env", "env", "env", "dir", "dirs[0]", "dirs[2]",
		"additional-directories[0]", "additional-directories[1]",
		"mcp-servers[0].name", "mcp-servers[0]", "mcp-servers[1].type", "mcp-servers[2].name", "mcp-servers[2].url",
		"mcp-servers[3]", "mcp-servers[3].headers", "mcp-servers[3].headers", "mcp-servers[4]",
		"options.web", "start-timeout", "idle-timeout", "max-agents",
	}, settings)
}

func TestFaults_bounds_lists(t *testing.T) {
	p := profile.Profile{Name: "a", Command: []string{"x"}, Options: map[string]any{}}
	for i := range 33 {
		p.AdditionalDirectories = append(p.AdditionalDirectories, "/")
		p.MCPServers = append(p.MCPServers, profile.MCPServer{Name: strings.Repeat("m", i+1), Command: []string{"x"}})
		p.Options[strings.Repeat("o", i+1)] = true
	}
	require.Len(t, p.Faults(), 3)
}

func TestCheck(t *testing.T) {
	ok := profile.Profile{Name: "a", Command: []string{"x"}}
	require.NoError(t, profile.Check([]profile.Profile{ok}))
	for want, bad := range map[string][]profile.Profile{
		`agent "a": working directory "/no/such/dir": does not exist`: {{Name: "a", Command: []string{"x"}, Dir: "/no/such/dir"}},
		"configured twice": {ok, ok},
		"is taken by":      {{Name: "demo", Command: []string{"x"}}},
		"no command":       {{Name: "a"}},
		"use letters":      {{Name: "a b", Command: []string{"x"}}},
		"name is missing":  {{Command: []string{"x"}}},
		`agent "a": mcp-servers[0].url: "ftp://x" is not a URL`: {{Name: "a", Command: []string{"x"}, MCPServers: []profile.MCPServer{{Name: "m", URL: "ftp://x"}}}},
	} {
		require.ErrorContains(t, profile.Check(bad), want)
	}
}
