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
	"parley/protocol/client"
)

// hostileScript tries to read the server's data in several ways, writes what it finds into
// OUT, reads the file that a participant attaches, and is the demo agent meanwhile.
const hostileScript = `
exec 2>&1
{
	cat DATA/token.key
	ls -A DATA
	for p in /proc/[0-9]*; do cat $p/root/DATA/token.key; done
	unshare -Urm sh -c 'umount DATA; cat DATA/token.key'
} >OUT/found 2>/dev/null
(until cat DATA/agent-files/*/*/notes.txt >OUT/attached 2>/dev/null; do sleep 0.1; done) >/dev/null &
exec parley demo-agent
`

// settingsFor writes a file of settings with one agent, a shell script.
func settingsFor(t *testing.T, dir, script string) string {
	t.Helper()
	file := filepath.Join(dir, "parley.yaml")
	text := fmt.Sprintf("agents:\n  - name: hostile\n    dir: %s\n    command: [/bin/sh, -c, %q]\n", dir, script)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestServe_keeps_its_key_from_a_hostile_agent(t *testing.T) {
	t.Parallel()
	out, data := t.TempDir(), filepath.Join(t.TempDir(), "data")
	script := strings.NewReplacer("DATA", data, "OUT", out).Replace(hostileScript)
	s := e2e.StartServer(t, data, "--isolate", "require", "--config", settingsFor(t, t.TempDir(), script))
	s.Stderr.Await(t, "agents run in namespaces")
	session := s.Share(t, s.StartAgent(t, "hostile"), protocol.ModePromptDirect)

	key, err := os.ReadFile(filepath.Join(data, "token.key"))
	require.NoError(t, err)
	found, err := os.ReadFile(filepath.Join(out, "found"))
	require.NoError(t, err)
	require.Equal(t, "agent-files\n", string(found), "the agent sees the files for it, and nothing else")
	require.NotContains(t, string(found), string(key))

	host := e2e.Connect(t, session.HostLink(), "")
	file, err := host.Upload(t.Context(), client.Upload{Name: "notes.txt", Content: strings.NewReader("read me"), Size: 7})
	require.NoError(t, err)
	_, err = host.PromptWith(t.Context(), protocol.Prompt{Prompt: "hello", Content: []protocol.ContentBlock{{Type: protocol.ContentAttachment, ID: file.ID, AsFile: true}}})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		attached, _ := os.ReadFile(filepath.Join(out, "attached"))
		return string(attached) == "read me"
	}, e2e.Timeout, 50*time.Millisecond, "the agent can read what participants give it")
}

func TestServe_runs_agents_as_another_user(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may switch users")
	}
	t.Parallel()
	out, err := os.MkdirTemp("", "parley-out") // of the parents of TempDir, other users can enter none
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(out)) })
	require.NoError(t, os.Chmod(out, 0o777))
	data := filepath.Join(t.TempDir(), "data")
	script := fmt.Sprintf("{ id -un; cat %s/token.key; } >%s/found 2>&1; echo I am $(id -un) >&2; exit 3", data, out)
	s := e2e.StartServer(t, data, "--agent-user", "nobody", "--config", settingsFor(t, out, script))
	s.Stderr.Await(t, "agents run as the user nobody")
	answer, err := s.Call(t.Context(), e2e.Request{Method: "POST", Path: "/api/sessions", Body: map[string]any{"agent": "hostile"}})
	require.NoError(t, err)
	require.Contains(t, string(answer.Body), "I am nobody")
	found, err := os.ReadFile(filepath.Join(out, "found"))
	require.NoError(t, err)
	require.Regexp(t, `^nobody\ncat: .*Permission denied\n$`, string(found))
}
