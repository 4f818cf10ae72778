package realagents

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// launch says how to start an agent: the arguments of its program, and its environment.
type launch struct {
	arguments   []string
	environment map[string]string
}

// setup is the place in which an agent runs.
type setup struct {
	home  string // the home directory of the agent
	model string // the URL of the model endpoint
	key   string // of the model endpoint
	t     *testing.T
}

// isolation returns environment variables that keep an agent within its home directory.
func (s setup) isolation() map[string]string {
	return map[string]string{
		"HOME":            s.home,
		"XDG_CONFIG_HOME": filepath.Join(s.home, ".config"),
		"XDG_DATA_HOME":   filepath.Join(s.home, ".local", "share"),
		"XDG_STATE_HOME":  filepath.Join(s.home, ".local", "state"),
		"XDG_CACHE_HOME":  filepath.Join(s.home, ".cache"),
		"NO_BROWSER":      "true", // gemini and qwen open none to sign in
		"DO_NOT_TRACK":    "1",
	}
}

// write writes a file of the agent's home directory.
func (s setup) write(path, content string) {
	s.t.Helper()
	path = filepath.Join(s.home, path)
	require.NoError(s.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(s.t, os.WriteFile(path, []byte(content), 0o600))
}

func (s setup) writeJSON(path string, content any) {
	s.t.Helper()
	b, err := json.Marshal(content)
	require.NoError(s.t, err)
	s.write(path, string(b))
}

type object map[string]any

// opencode is configured by a file and by variables that begin with OPENCODE_.
func setUpOpenCode(s setup) launch {
	model := func(name string, input ...string) object {
		return object{"name": name, "attachment": len(input) > 1, "tool_call": true, "reasoning": true,
			"modalities": object{"input": input, "output": []string{"text"}}}
	}
	s.writeJSON(".config/opencode/opencode.json", object{
		"model": "fake/one", "small_model": "fake/one", "autoupdate": false, "share": "disabled",
		"enabled_providers": []string{"fake"},
		"permission":        object{"bash": "ask", "edit": "ask", "scale_*": "ask", "market_*": "ask"},
		"provider": object{"fake": object{"npm": "@ai-sdk/openai-compatible", "name": "Fake",
			"options": object{"baseURL": s.model + "/v1", "apiKey": s.key},
			"models":  object{"one": model("One", "text", "image"), "two": model("Two", "text", "image"), "blind": model("Blind", "text")}}},
	})
	return launch{[]string{"acp"}, map[string]string{
		"OPENCODE_DISABLE_AUTOUPDATE":      "1", // looks for no newer version
		"OPENCODE_DISABLE_MODELS_FETCH":    "1", // fetches no list of models
		"OPENCODE_DISABLE_LSP_DOWNLOAD":    "1", // fetches no language servers
		"OPENCODE_DISABLE_DEFAULT_PLUGINS": "1", // fetches no plugins
		"OPENCODE_DISABLE_SHARE":           "1", // publishes no sessions
	}}
}

// gemini is configured by a file and by variables.
func setUpGemini(s setup) launch {
	s.writeJSON(".gemini/settings.json", object{
		"security":  object{"auth": object{"selectedType": "gemini-api-key"}},
		"general":   object{"enableAutoUpdate": false, "enableAutoUpdateNotification": false},
		"privacy":   object{"usageStatisticsEnabled": false},
		"telemetry": object{"enabled": false},
		"ide":       object{"enabled": false},
		"model":     object{"name": "gemini-2.5-flash"},
	})
	return launch{[]string{"--acp"}, map[string]string{
		"GEMINI_API_KEY":             s.key,
		"GOOGLE_GEMINI_BASE_URL":     s.model,
		"GEMINI_CLI_TRUST_WORKSPACE": "true", // does not ask whether the directory is trusted
		"GEMINI_FORCE_FILE_STORAGE":  "true", // uses no key ring
		"GEMINI_TELEMETRY_ENABLED":   "false",
	}}
}

// ageGeminiSessions makes the conversations an hour old. The name of a conversation's file
// has the minute in which a process began or loaded it, and a process that loads it in the
// same minute overwrites it.
func ageGeminiSessions(t *testing.T, home string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(home, ".gemini", "tmp", "*", "chats", "session-*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	const layout = "session-2006-01-02T15-04"
	for _, file := range files { // the earliest first
		name := filepath.Base(file)
		begun, err := time.Parse(layout, name[:len(layout)])
		require.NoError(t, err)
		earlier := begun.Add(-time.Hour).Format(layout) + name[len(layout):]
		require.NoError(t, os.Rename(file, filepath.Join(filepath.Dir(file), earlier)))
	}
}

// claude-agent-acp is configured by files in CLAUDE_CONFIG_DIR and by variables.
func setUpClaude(s setup) launch {
	return launch{nil, map[string]string{
		"ANTHROPIC_BASE_URL":                       s.model,
		"ANTHROPIC_API_KEY":                        s.key,
		"CLAUDE_CONFIG_DIR":                        filepath.Join(s.home, ".claude"),
		"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", // no telemetry, no search for a newer version
	}}
}

// codex-acp is configured by a file in CODEX_HOME.
func setUpCodex(s setup) launch {
	s.write(".codex/config.toml", `
model = "gpt-5"
model_provider = "fake"
check_for_update_on_startup = false
[model_providers.fake]
name = "Fake"
base_url = "`+s.model+`/v1"
wire_api = "responses"
env_key = "FAKE_API_KEY"
[analytics]
enabled = false
`)
	return launch{nil, map[string]string{
		"CODEX_HOME":   filepath.Join(s.home, ".codex"),
		"FAKE_API_KEY": s.key,
	}}
}

// qwen is configured by a file and by variables.
func setUpQwen(s setup) launch {
	model := func(id string, canSee bool) object {
		return object{"id": id, "name": id, "envKey": "OPENAI_API_KEY", "baseUrl": s.model + "/v1",
			"generationConfig": object{"modalities": object{"image": canSee, "audio": canSee}}}
	}
	s.writeJSON(".qwen/settings.json", object{
		"security":       object{"auth": object{"selectedType": "openai"}},
		"general":        object{"enableAutoUpdate": false},
		"privacy":        object{"usageStatisticsEnabled": false},
		"telemetry":      object{"enabled": false},
		"ide":            object{"enabled": false},
		"modelProviders": object{"openai": []object{model("one", true), model("two", true), model("blind", false)}},
		"model":          object{"name": "one"},
		"memory":         object{"enableManagedAutoMemory": false, "enableManagedAutoDream": false}, // they ask the model after a turn
	})
	return launch{[]string{"--acp"}, map[string]string{
		"OPENAI_API_KEY":                s.key,
		"OPENAI_BASE_URL":               s.model + "/v1",
		"OPENAI_MODEL":                  "one",
		"QWEN_TELEMETRY_ENABLED":        "false",
		"QWEN_USAGE_STATISTICS_ENABLED": "false",
	}}
}
