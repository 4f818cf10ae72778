package known

import "slices"

// Agent is a program that speaks the Agent Client Protocol and that many people use.
type Agent struct {
	Name    string   // as clients choose it
	Title   string   // for people
	Command []string // the program and its arguments
	Package string   // the npm package that contains the program; empty if npm does not have it
	// Product is the vendor's own program, if Command is only an adapter for it; else
	// empty.
	Product string
	Install string   // the command that installs it; empty if only Docs says how
	SignIn  string   // the command that signs in
	KeyVars []string // variables that may contain an API key instead
	Docs    string   // the URL of its documentation
}

// agents are the known agents, in the order in which people see them.
var agents = []Agent{
	{
		Name: "claude", Title: "Claude Code", Command: []string{"claude-agent-acp"},
		Package: "@agentclientprotocol/claude-agent-acp", Product: "claude",
		SignIn: "claude auth login", KeyVars: []string{"ANTHROPIC_API_KEY"},
		Docs: "https://github.com/agentclientprotocol/claude-agent-acp",
	},
	{
		Name: "codex", Title: "Codex CLI", Command: []string{"codex-acp"},
		Package: "@agentclientprotocol/codex-acp", Product: "codex",
		SignIn: "codex login", KeyVars: []string{"CODEX_API_KEY", "OPENAI_API_KEY"},
		Docs: "https://github.com/agentclientprotocol/codex-acp",
	},
	{
		Name: "gemini", Title: "Gemini CLI", Command: []string{"gemini", "--acp"},
		Package: "@google/gemini-cli",
		SignIn:  "gemini", KeyVars: []string{"GEMINI_API_KEY"},
		Docs: "https://geminicli.com/docs/cli/acp-mode/",
	},
	{
		Name: "opencode", Title: "opencode", Command: []string{"opencode", "acp"},
		Package: "opencode-ai",
		SignIn:  "opencode auth login",
		Docs:    "https://opencode.ai/docs/acp/",
	},
	{
		Name: "copilot", Title: "GitHub Copilot CLI", Command: []string{"copilot", "--acp"},
		Package: "@github/copilot",
		SignIn:  "copilot login", KeyVars: []string{"COPILOT_GITHUB_TOKEN", "GH_TOKEN"},
		Docs: "https://docs.github.com/en/copilot/reference/copilot-cli-reference/acp-server",
	},
	{
		Name: "qwen", Title: "Qwen Code", Command: []string{"qwen", "--acp"},
		Package: "@qwen-code/qwen-code",
		SignIn:  "qwen auth", KeyVars: []string{"OPENAI_API_KEY"},
		Docs: "https://qwenlm.github.io/qwen-code-docs/en/users/overview",
	},
	{
		Name: "goose", Title: "goose", Command: []string{"goose", "acp"},
		SignIn: "goose configure",
		Docs:   "https://block.github.io/goose/docs/guides/acp-clients",
	},
	{
		Name: "cline", Title: "Cline", Command: []string{"cline", "--acp"},
		Package: "cline",
		SignIn:  "cline auth",
		Docs:    "https://docs.cline.bot/usage/acp",
	},
	{
		Name: "cursor", Title: "Cursor CLI", Command: []string{"cursor-agent", "acp"},
		SignIn: "cursor-agent login", KeyVars: []string{"CURSOR_API_KEY"},
		Docs: "https://cursor.com/docs/cli/acp",
	},
	{
		Name: "auggie", Title: "Auggie", Command: []string{"auggie", "--acp"},
		Package: "@augmentcode/auggie",
		SignIn:  "auggie login",
		Docs:    "https://github.com/augmentcode/auggie",
	},
	{
		Name: "vibe", Title: "Mistral Vibe", Command: []string{"vibe-acp"},
		Install: "uv tool install mistral-vibe",
		SignIn:  "vibe", KeyVars: []string{"MISTRAL_API_KEY"},
		Docs: "https://docs.mistral.ai/vibe/code/cli/",
	},
}

// Agents returns the known agents.
func Agents() []Agent {
	list := slices.Clone(agents)
	for i := range list {
		if list[i].Install == "" && list[i].Package != "" {
			list[i].Install = "npm install -g " + list[i].Package
		}
	}
	return list
}

// npx returns the command that runs the agent with npx, which downloads it first if
// necessary. It is nil if npm does not have the agent.
func (a Agent) npx() []string {
	if a.Package == "" {
		return nil
	}
	return append([]string{"npx", "-y", a.Package}, a.Command[1:]...)
}
