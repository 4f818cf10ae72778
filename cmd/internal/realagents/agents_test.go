package realagents

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// realAgent is a coding agent of another vendor, and what its tests need to know about it.
type realAgent struct {
	name    string // of its profile
	pkg     string // npm's
	program string
	setUp   func(setup) launch
	flags   []string // of the server

	version        int                             // of the Agent Client Protocol
	continues      protocol.AgentContinuation      // how it goes on after a restart
	continuesAgain protocol.AgentContinuation      // and after a second one, if differently
	beforeLoad     func(t *testing.T, home string) // called before a restart; may be nil
	mode           string                          // in which it asks people before it runs a command
	unattended     []string                        // the modes that Parley marks as asking nobody
	model          setting                         // another model
	command        slash                           // a slash command
	shell          string                          // the tool that runs a command
	arguments      func(command string) object     // of that tool
	planMode       string                          // the category of an option that must be "plan" for a question, else "default"; may be empty
	question       string                          // a tool call that asks people a question; empty if the agent has no elicitation
	mcpCall        string                          // how the model calls a tool of an MCP server, with the names of both and the arguments
	refusesMCP     bool                            // whether it refuses a call of an MCP server's tool for which it should ask
	gaveUp         string                          // what it writes to standard error if an MCP server on http does not answer within its first seconds; empty if it waits
	audio          bool                            // whether it takes audio
	directories    bool                            // whether it takes additional directories
	blind          *blindModel                     // a model that cannot see images; nil if it knows none
}

// blindModel is a model that cannot see images, and a text that it receives in place of one.
type blindModel struct {
	setting
	note string
}

// setting is a value of an option, and the model that requests name once it is set.
type setting struct{ value, name string }

// slash is a slash command, and a text that it makes the agent send to the model or show.
type slash struct{ text, sends, shows string }

var (
	openCode = realAgent{
		name: "opencode", pkg: "opencode-ai", program: "opencode", setUp: setUpOpenCode,
		version: 1, continues: protocol.ContinuedResumed,
		mode:    "build",
		model:   setting{"fake/two", "two"},
		command: slash{text: "/init", sends: "AGENTS.md"},
		shell:   "bash", arguments: command,
		mcpCall: "%s_%s %s",
		blind:   &blindModel{setting{"fake/blind", "blind"}, "image"},
	}
	// gemini deletes a conversation that it has loaded once.
	gemini = realAgent{
		name: "gemini", pkg: "@google/gemini-cli", program: "gemini", setUp: setUpGemini,
		version: 1, continues: protocol.ContinuedLoaded, continuesAgain: protocol.ContinuedNew, beforeLoad: ageGeminiSessions,
		mode: "default", unattended: []string{"yolo"},
		model:   setting{"gemini-2.5-pro", "gemini-2.5-pro"},
		command: slash{text: "/about", shows: "0.61.0"},
		shell:   "run_shell_command", arguments: command,
		mcpCall: "mcp_%s_%s %s", audio: true,
	}
	claude = realAgent{
		name: "claude", pkg: "@agentclientprotocol/claude-agent-acp", program: "claude-agent-acp", setUp: setUpClaude,
		version: 2, continues: protocol.ContinuedResumed,
		mode: "default", unattended: []string{"auto"},
		model:   setting{"haiku", "haiku"},
		command: slash{text: "/context", shows: "Context Usage"},
		shell:   "Bash", arguments: command,
		mcpCall: "mcp__%s__%s %s", directories: true,
		question: `AskUserQuestion {"questions":[{"question":"Which fruit?","header":"Fruit","multiSelect":false,"options":` + fruits + `}]}`,
	}
	codex = realAgent{
		name: "codex", pkg: "@agentclientprotocol/codex-acp", program: "codex-acp", setUp: setUpCodex,
		version: 2, continues: protocol.ContinuedResumed,
		mode: "read-only", unattended: []string{"agent", "agent-full-access"},
		model:   setting{"gpt-6-luna", "gpt-6-luna"},
		command: slash{text: "/status", shows: "gpt-6-luna"},
		shell:   "exec_command", arguments: func(c string) object {
			return object{"cmd": c, "sandbox_permissions": "require_escalated", "justification": "run a test"}
		},
		mcpCall: `exec "text(JSON.stringify(await tools.mcp__%s__%s(%s)))"`, directories: true, refusesMCP: true,
		planMode: "collaboration_mode",
		question: `request_user_input {"questions":[{"id":"fruit","header":"Fruit","question":"Which fruit?","options":` + fruits + `}]}`,
	}
	qwen = realAgent{
		name: "qwen", pkg: "@qwen-code/qwen-code", program: "qwen", setUp: setUpQwen,
		version: 1, continues: protocol.ContinuedResumed,
		mode: "default", unattended: []string{"auto", "yolo"},
		model:   setting{"two(openai)", "two"},
		command: slash{text: "/init", sends: "QWEN.md"},
		shell:   "run_shell_command", arguments: func(c string) object {
			return object{"command": c, "description": "run a test", "is_background": false}
		},
		mcpCall: "mcp__%s__%s %s", audio: true,
		gaveUp: "MCP server(s) failed to start: market",
		blind:  &blindModel{setting{"blind(openai)", "blind"}, "image"},
	}
)

var agents = []realAgent{openCode, gemini, claude, claude.inVersion1(), codex, codex.inVersion1(), qwen}

func (a realAgent) hasElicitation() bool   { return a.question != "" }
func (a realAgent) takesAudio() bool       { return a.audio }
func (a realAgent) takesDirectories() bool { return a.directories }
func (a realAgent) asksBeforeMCP() bool    { return !a.refusesMCP }
func (a realAgent) knowsBlindModels() bool { return a.blind != nil }

// inVersion1 returns the agent with a server that knows only version 1 of the protocol.
func (a realAgent) inVersion1() realAgent {
	a.name += "1"
	a.version = 1
	a.flags = []string{"--acp-version", "1"}
	a.refusesMCP = false
	return a
}

const fruits = `[{"label":"Apple","description":"red"},{"label":"Pear","description":"green"}]`

func command(c string) object { return object{"command": c, "description": "run a test"} }

// call returns the instruction of package fakemodel that runs a shell command.
func (a realAgent) call(t *testing.T, command string) string {
	t.Helper()
	b, err := json.Marshal(a.arguments(command))
	require.NoError(t, err)
	return "CALL: " + a.shell + " " + string(b)
}

// callMCP returns the instruction that calls a tool of an MCP server.
func (a realAgent) callMCP(server, tool, arguments string) string {
	if strings.Contains(a.mcpCall, `"`) { // the call is in a program, which is a string
		arguments = strings.ReplaceAll(arguments, `"`, `\"`)
	}
	return fmt.Sprintf("CALL: "+a.mcpCall, server, tool, arguments)
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
