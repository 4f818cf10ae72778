package settingsfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/profile"
)

// load loads a file with some text, in which the flag "listen" can be set.
func load(t *testing.T, text string) (*File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parley.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	f, err := Load(path, []string{"listen"})
	if err != nil {
		return nil, err
	}
	return f, f.Err()
}

func TestLoad_reads_agents(t *testing.T) {
	dir := t.TempDir()
	f, err := load(t, `
listen: 127.0.0.1:1
agents:
  - name: mine
    description: in the shop
    command: opencode acp --log "a b"
    env: {LEVEL: warn}
    dir: `+dir+`
    dirs: [`+dir+`]
    additional-directories: [`+dir+`]
    mcpServers:
      - name: files
        command: npx
        args: [-y, server-files]
        env: [{name: ROOT, value: /srv}]
      - {name: web, type: http, url: "https://example.com/mcp", headers: {Authorization: Bearer x}}
    mode: ask
    options: {model: large, web: true}
    max-agents: 2
    start-timeout: 10m
    idle-timeout: 1h
`)
	require.NoError(t, err)
	require.Equal(t, []string{"127.0.0.1:1"}, f.Values("listen"))
	require.Equal(t, []profile.Profile{{
		Name: "mine", Description: "in the shop", Command: []string{"opencode", "acp", "--log", "a b"},
		Env: map[string]string{"LEVEL": "warn"}, Dir: dir, Dirs: []string{dir}, AdditionalDirectories: []string{dir},
		MCPServers: []profile.MCPServer{
			{Name: "files", Command: []string{"npx", "-y", "server-files"}, Env: map[string]string{"ROOT": "/srv"}},
			{Name: "web", Type: "http", URL: "https://example.com/mcp", Headers: map[string]string{"Authorization": "Bearer x"}},
		},
		Mode: "ask", Options: map[string]any{"model": "large", "web": true}, MaxAgents: 2,
		StartTimeout: 10 * time.Minute, IdleTimeout: time.Hour,
	}}, f.Agents)
}

func TestLoad_accepts_a_file_without_settings(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "agents:\n", "---\n"} {
		f, err := load(t, text)
		require.NoError(t, err)
		require.Empty(t, f.Agents)
	}
}

func TestLoad_reports_every_fault_with_its_line(t *testing.T) {
	_, err := load(t, `agents:
  - name: one
    command: {program: x}
    options: {model: [large]}
    env: [A, B]
  - just a text
  - name: two
    command: [x]
    mcp-servers:
      - name: a
        type: pipe
      - {name: a, url: "http://x"}
    options:
      web: true
      depth: 3
    name: three
listen: {a: b}
`)
	var got []string
	for line := range strings.Lines(err.Error()) {
		_, rest, _ := strings.Cut(line, "parley.yaml:")
		got = append(got, strings.TrimSpace(rest))
	}
	require.Equal(t, []string{
		"3: agents: command: the value is not a list of words, such as [opencode, acp]",
		`4: agent "one": options.model: the value is neither a text nor true or false; put it into quotes if it is a text`,
		"5: agents: env: the value is not a mapping of texts, such as {NAME: value}",
		"6: agents: the element is not a mapping of settings, such as name: mine",
		`11: agent "two": mcp-servers[0].type: "pipe" is not stdio, http or sse`,
		`12: agent "two": mcp-servers[1].name: MCP server "a" is configured twice`,
		`15: agent "two": options.depth: the value is neither a text nor true or false; put it into quotes if it is a text`,
		"16: agents: name is set twice",
		"17: listen: the value is neither a text nor a list of texts",
	}, got)
}

func TestLoad_refuses_a_large_file(t *testing.T) {
	_, err := load(t, strings.Repeat("# comment\n", 200_000))
	require.ErrorContains(t, err, "the file has more than 1024 KiB")
}

func TestDidYouMean(t *testing.T) {
	known := []string{"command", "dir", "dirs", "idle-timeout", "mcp-servers"}
	for word, want := range map[string]string{
		"comand": "command", "commnad": "command", "Dir": "dir", "idletimeout": "idle-timeout", "mcp-server": "mcp-servers",
		"x": "", "something": "", strings.Repeat("long", 100): "",
	} {
		if want != "" {
			want = "; did you mean " + want + "?"
		}
		require.Equal(t, want, didYouMean(word, known), word)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("agents:\n  - name: x\n    command: [a]\n")
	f.Add("a: &a [*a]\n")
	f.Add("agents: [{mcp-servers: [{env: [{name: 1}]}]}]")
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = load(t, text)
	})
}
