package realagents

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// realAgent is a coding agent of another vendor, and what its tests need to know about it.
type realAgent struct {
	name    string // of its profile
	pkg     string // npm's
	program string
	setUp   func(setup) launch

	mode       string   // in which it asks people before it runs a command
	unattended []string // the modes that Parley marks as asking nobody
	model      setting  // another model
	command    slash    // a slash command
	shell      string   // the tool that runs a command
	arguments  func(command string) object
	beforeLoad func(t *testing.T, home string) // called before a restart; may be nil
}

// setting is a value of an option, and the model that requests name once it is set.
type setting struct{ value, name string }

// slash is a slash command, and a text that it makes the agent send to the model or show.
type slash struct{ text, sends, shows string }

func command(c string) object { return object{"command": c, "description": "run a test"} }

var agents = []realAgent{
	{
		name: "opencode", pkg: "opencode-ai", program: "opencode", setUp: setUpOpenCode,
		mode: "build", model: setting{"fake/two", "two"}, command: slash{text: "/init", sends: "AGENTS.md"},
		shell: "bash", arguments: command,
	},
	{
		name: "gemini", pkg: "@google/gemini-cli", program: "gemini", setUp: setUpGemini,
		mode: "default", unattended: []string{"yolo"}, model: setting{"gemini-2.5-pro", "gemini-2.5-pro"},
		command: slash{text: "/about", shows: "0.61.0"},
		shell:   "run_shell_command", arguments: command, beforeLoad: ageGeminiSessions,
	},
	{
		name: "claude", pkg: "@agentclientprotocol/claude-agent-acp", program: "claude-agent-acp", setUp: setUpClaude,
		mode: "default", unattended: []string{"auto"}, model: setting{"haiku", "haiku"},
		command: slash{text: "/context", shows: "Context Usage"},
		shell:   "Bash", arguments: command,
	},
	{
		name: "codex", pkg: "@agentclientprotocol/codex-acp", program: "codex-acp", setUp: setUpCodex,
		mode: "read-only", unattended: []string{"agent", "agent-full-access"}, model: setting{"gpt-6-luna", "gpt-6-luna"},
		command: slash{text: "/status", shows: "gpt-6-luna"},
		shell:   "exec_command", arguments: func(c string) object {
			return object{"cmd": c, "sandbox_permissions": "require_escalated", "justification": "run a test"}
		},
	},
	{
		name: "qwen", pkg: "@qwen-code/qwen-code", program: "qwen", setUp: setUpQwen,
		mode: "default", unattended: []string{"auto", "yolo"}, model: setting{"two(openai)", "two"},
		command: slash{text: "/init", sends: "QWEN.md"},
		shell:   "run_shell_command", arguments: func(c string) object {
			return object{"command": c, "description": "run a test", "is_background": false}
		},
	},
}

// call returns the instruction of package fakemodel that runs a shell command.
func (a realAgent) call(t *testing.T, command string) string {
	t.Helper()
	b, err := json.Marshal(a.arguments(command))
	require.NoError(t, err)
	return "CALL: " + a.shell + " " + string(b)
}

// installed returns the directory of the installed programs, or skips the test.
func installed(t *testing.T) string {
	t.Helper()
	dir := os.Getenv(Installation)
	if dir == "" {
		t.Skip("runs agents of other vendors: run make test-agents")
	}
	return filepath.Join(dir, "node_modules", ".bin")
}

// requireInstalled skips the test if npm has not installed the agent's program for this
// system; in CI it fails the test.
func (a realAgent) requireInstalled(t *testing.T, bin string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(bin, a.program)); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed", a.pkg)
	}
	t.Skipf("%s is not installed", a.pkg)
}
