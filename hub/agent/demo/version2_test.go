//go:build unix

package demo_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"parley/hub/agent/agenttest"
	"parley/hub/agent/demo"
)

// schema2 is the published schema of version 2 of the protocol.
type schema2 struct {
	t        *testing.T
	compiler *jsonschema.Compiler
	kinds    []string // of updates
}

func newSchema2(t *testing.T) *schema2 {
	t.Helper()
	raw, err := os.ReadFile(agenttest.SDKSchema2(t))
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	s := &schema2{t: t, compiler: jsonschema.NewCompiler()}
	require.NoError(t, s.compiler.AddResource("v2.json", document))
	var defs struct {
		Defs struct {
			SessionUpdate struct {
				AnyOf []struct {
					Properties struct {
						SessionUpdate struct{ Const string }
					}
				}
			}
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(raw, &defs))
	for _, variant := range defs.Defs.SessionUpdate.AnyOf {
		s.kinds = append(s.kinds, variant.Properties.SessionUpdate.Const)
	}
	return s
}

// check checks a value against a definition.
func (s *schema2) check(definition string, value json.RawMessage) {
	s.t.Helper()
	compiled, err := s.compiler.Compile("v2.json#/$defs/" + definition)
	require.NoError(s.t, err)
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(value))
	require.NoError(s.t, err)
	require.NoError(s.t, compiled.Validate(decoded), "%s: %s", definition, value)
}

// definitions2 has the definitions of what an agent sends, by method.
var definitions2 = map[string]string{
	"session/update":             "UpdateSessionNotification",
	"session/request_permission": "RequestPermissionRequest",
	"elicitation/create":         "CreateElicitationRequest",
	"elicitation/complete":       "CompleteElicitationNotification",
}

// results2 has the definitions of the answers of an agent, by the request.
var results2 = map[string]string{
	"initialize": "InitializeResponse", "auth/login": "LoginAuthResponse", "session/new": "NewSessionResponse",
	"session/resume": "ResumeSessionResponse", "session/list": "ListSessionsResponse", "session/close": "CloseSessionResponse",
	"session/delete": "DeleteSessionResponse", "session/set_config_option": "SetSessionConfigOptionResponse",
	"session/prompt": "PromptResponse", "tool_call/cancel": "CancelToolCallResponse", "terminal/cancel": "CancelTerminalResponse",
}

// client2 drives the agent in version 2 and checks each of its lines.
type client2 struct {
	*client
	schema  *schema2
	session string
	id      int
	asked   map[string]string // the methods of requests without an answer, by id
	option  string            // answers questions
	seen    map[string]int    // the kinds of updates
}

func serve2(t *testing.T, options demo.Options) *client2 {
	options.Version = 2
	c := &client2{client: serve(t, t.Context(), options), schema: newSchema2(t), asked: map[string]string{}, option: "allow", seen: map[string]int{}}
	c.out.Buffer(nil, 16<<20)
	c.call("initialize", `{"protocolVersion":2,"info":{"name":"test","version":"1"},"capabilities":{"elicitation":{"form":{},"url":{}}}}`)
	return c
}

// line is a line of the agent.
type line struct {
	ID     json.RawMessage
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  json.RawMessage
	update struct { // of a session/update
		SessionUpdate, State, StopReason, ToolCallID, TerminalID, Status string
		Background                                                       []struct{ TerminalID string }
		Capabilities, Error, Content, Plan, ConfigOptions, ExitStatus    json.RawMessage
	}
}

// next reads a line, checks it, and answers it if it is a request.
func (c *client2) next() line {
	c.t.Helper()
	require.True(c.t, c.out.Scan(), "the agent has ended")
	var l line
	require.NoError(c.t, json.Unmarshal(c.out.Bytes(), &l))
	if l.Method == "" {
		if l.Error == nil {
			c.schema.check(results2[c.asked[string(l.ID)]], l.Result)
		}
		return l
	}
	require.Contains(c.t, definitions2, l.Method)
	c.schema.check(definitions2[l.Method], l.Params)
	switch l.Method {
	case "session/request_permission":
		c.write(`{"jsonrpc":"2.0","id":%s,"result":{"outcome":{"outcome":"selected","optionId":%q}}}`, l.ID, c.option)
	case "elicitation/create":
		c.write(`{"jsonrpc":"2.0","id":%s,"result":{"action":"accept","content":{"name":"x-1"}}}`, l.ID)
	case "session/update":
		params := struct{ Update any }{&l.update}
		require.NoError(c.t, json.Unmarshal(l.Params, &params))
		kind := l.update.SessionUpdate
		c.seen[kind]++
		require.True(c.t, slices.Contains(c.schema.kinds, kind) || kind == "demo_update" || strings.HasPrefix(kind, "_"), "%s is no kind of version 2", kind)
	}
	return l
}

// request sends a request, and returns its id.
func (c *client2) request(method, params string) string {
	c.id++
	id := fmt.Sprint(c.id)
	c.asked[id] = method
	c.write(`{"jsonrpc":"2.0","id":%s,"method":%q,"params":%s}`, id, method, params)
	return id
}

// call sends a request, and returns the answer.
func (c *client2) call(method, params string) line {
	c.t.Helper()
	id := c.request(method, params)
	for {
		if l := c.next(); l.Method == "" && string(l.ID) == id {
			return l
		}
	}
}

func (c *client2) open() {
	var result struct{ SessionID string }
	require.NoError(c.t, json.Unmarshal(c.call("session/new", `{"cwd":"/srv/shop","mcpServers":[]}`).Result, &result))
	c.session = result.SessionID
}

// prompt sends a prompt.
func (c *client2) prompt(text string) {
	c.request("session/prompt", fmt.Sprintf(`{"sessionId":%q,"prompt":[{"type":"text","text":%q}]}`, c.session, text))
}

// until returns the next lines up to the first for which ok is true.
func (c *client2) until(ok func(line) bool) (lines []line) {
	c.t.Helper()
	for {
		l := c.next()
		lines = append(lines, l)
		if ok(l) {
			return lines
		}
	}
}

func isIdle(l line) bool { return l.update.State == "idle" }

// play runs a turn to its end.
func (c *client2) play(text string) []line {
	c.t.Helper()
	c.prompt(text)
	return c.until(isIdle)
}

// end ends the agent.
func (c *client2) end() {
	require.NoError(c.t, c.in.Close())
	for c.out.Scan() { // the rest
	}
	require.NoError(c.t, <-c.done)
}

func said2(lines []line) string {
	var all strings.Builder
	for _, l := range lines {
		var content struct{ Text string }
		if l.update.SessionUpdate == "agent_message_chunk" && json.Unmarshal(l.update.Content, &content) == nil {
			all.WriteString(content.Text)
		}
	}
	return all.String()
}

func TestVersion2_writes_only_what_the_published_schema_has(t *testing.T) {
	t.Parallel()
	c := serve2(t, demo.Options{History: demo.NewHistory("")})
	c.open()
	c.play("help")
	for _, name := range []string{"who", "memory", "slow", "long", "big", "form", "page", "mode", "mode", "model", "image", "updates", "command",
		"rewrite", "tools", "permission", "markdown", "diff", "plan", "fix it", "error", "signout"} {
		lines := c.play(name)
		want := "end_turn"
		if name == "error" {
			want = "error"
			require.Contains(t, string(lines[len(lines)-1].update.Error), "the prompt asked for an error")
		}
		require.Equal(t, want, lines[len(lines)-1].update.StopReason, name)
	}
	require.NotNil(t, c.call("session/prompt", fmt.Sprintf(`{"sessionId":%q,"prompt":[{"type":"text","text":"x"}]}`, c.session)).Error, "it is signed out")
	require.Nil(t, c.call("auth/login", `{"methodId":"account"}`).Error)
	for _, option := range []string{`"configId":"mode","type":"id","value":"auto"`, `"configId":"model","type":"id","value":"storyteller-mini"`, `"configId":"hurry","type":"boolean","value":true`} {
		require.Nil(t, c.call("session/set_config_option", fmt.Sprintf(`{"sessionId":%q,%s}`, c.session, option)).Error)
	}
	require.NotNil(t, c.call("session/set_config_option", fmt.Sprintf(`{"sessionId":%q,"configId":"mode","type":"id","value":"x"}`, c.session)).Error)
	for _, method := range []string{"session/set_mode", "session/load", "authenticate"} {
		require.Contains(t, string(c.call(method, `{}`).Error), "no such method", "%s is of version 1", method)
	}
	require.Nil(t, c.call("session/list", `{}`).Error)
	require.Nil(t, c.call("session/resume", fmt.Sprintf(`{"sessionId":%q,"cwd":"/srv/shop","replayFrom":{"type":"start"}}`, c.session)).Error)
	require.Nil(t, c.call("session/close", fmt.Sprintf(`{"sessionId":%q}`, c.session)).Error)
	require.Nil(t, c.call("session/delete", fmt.Sprintf(`{"sessionId":%q}`, c.session)).Error)
	c.end()
	for _, kind := range []string{"user_message", "agent_message", "agent_message_chunk", "agent_thought_chunk", "state_update", "tool_call_update",
		"terminal_update", "terminal_output_chunk", "plan_update", "config_option_update", "session_info_update", "usage_update", "notice",
		"compaction_update", "compaction_summary_chunk"} {
		require.Positive(t, c.seen[kind], kind)
	}
}

func TestVersion2_goes_on_by_itself_when_its_terminal_is_stopped(t *testing.T) {
	t.Parallel()
	c := serve2(t, demo.Options{})
	c.open()
	lines := c.play("watch")
	background := lines[len(lines)-1].update.Background
	require.Len(t, background, 1, "the terminal outlives the turn")
	terminal := background[0].TerminalID
	require.Contains(t, said2(c.play("watch")), "still running")
	stop := fmt.Sprintf(`{"sessionId":%q,"terminalId":%q}`, c.session, terminal)
	require.NotNil(t, c.call("tool_call/cancel", strings.Replace(stop, "terminalId", "toolCallId", 1)).Error, "it is no tool call")
	c.request("terminal/cancel", stop)
	lines = c.until(isIdle)
	require.Contains(t, said2(lines), "The watcher has ended")
	require.Empty(t, lines[len(lines)-1].update.Background)
	began := slices.IndexFunc(lines, func(l line) bool { return l.update.State == "running" })
	exited := slices.IndexFunc(lines, func(l line) bool { return len(l.update.ExitStatus) > 0 })
	require.True(t, 0 <= exited && exited < began, "the terminal ends before the turn begins")
	require.NotNil(t, c.call("terminal/cancel", stop).Error, "it has ended")
	c.end()
}

func TestVersion2_makes_a_prompt_wait_until_its_own_turn_has_ended(t *testing.T) {
	t.Parallel()
	c := serve2(t, demo.Options{})
	c.open()
	lines := c.play("watch")
	terminal := lines[len(lines)-1].update.Background[0].TerminalID
	c.prompt("wait")
	c.until(func(l line) bool { return l.update.Status == "in_progress" })
	c.call("terminal/cancel", fmt.Sprintf(`{"sessionId":%q,"terminalId":%q}`, c.session, terminal))
	require.NotNil(t, c.call("session/prompt", fmt.Sprintf(`{"sessionId":%q,"prompt":[{"type":"text","text":"x"}]}`, c.session)).Error, "one prompt at a time")
	c.write(`{"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":%q}}`, c.session)
	lines = c.until(isIdle)
	require.Equal(t, "cancelled", lines[len(lines)-1].update.StopReason)
	require.Contains(t, c.statuses(lines), "cancelled")
	c.until(isIdle) // of its own turn, which the cancellation may have ended too
	lines = c.play("plan")
	require.Equal(t, "end_turn", lines[len(lines)-1].update.StopReason)
	c.end()
}

func (c *client2) statuses(lines []line) (all []string) {
	for _, l := range lines {
		all = append(all, l.update.Status)
	}
	return all
}

func TestVersion2_stops_a_tool_call_and_goes_on_with_the_turn(t *testing.T) {
	t.Parallel()
	c := serve2(t, demo.Options{})
	c.open()
	c.prompt("stop")
	lines := c.until(func(l line) bool { return string(l.update.Capabilities) == `{"cancel":{}}` })
	c.request("tool_call/cancel", fmt.Sprintf(`{"sessionId":%q,"toolCallId":%q}`, c.session, lines[len(lines)-1].update.ToolCallID))
	lines = c.until(isIdle)
	require.Contains(t, c.statuses(lines), "cancelled")
	require.Contains(t, said2(lines), "go on without their results")
	require.Equal(t, "end_turn", lines[len(lines)-1].update.StopReason)
	c.end()
}

func TestVersion2_asks_with_a_title_about_a_tool_call_or_a_command(t *testing.T) {
	t.Parallel()
	c := serve2(t, demo.Options{})
	c.open()
	for prompt, want := range map[string]string{
		"diff":    `"patch":{"format":"git_patch","text":"diff --git a/srv/shop/basket/doc.go b/srv/shop/basket/doc.go\nnew file mode 100644\n--- /dev/null\n`,
		"command": `"subject":{"command":"rm -r build","cwd":"/srv/shop","type":"command"},"title":"May I delete the old builds?"`,
	} {
		lines := c.play(prompt)
		asked := slices.IndexFunc(lines, func(l line) bool { return l.Method == "session/request_permission" })
		require.Contains(t, string(lines[asked].Params), want)
		require.Equal(t, "requires_action", lines[asked-1].update.State)
		require.Contains(t, string(lines[asked].Params), `"description":"`)
	}
	c.end()
}

func TestVersion2_replays_what_version_1_has_stored_and_the_other_way_round(t *testing.T) {
	t.Parallel()
	history := demo.NewHistory("")
	first := serve(t, t.Context(), demo.Options{History: history})
	id := first.newSession()
	first.write(`{"jsonrpc":"2.0","id":2,"method":"session/prompt","params":{"sessionId":%q,"prompt":[{"type":"text","text":"show a plan"}]}}`, id)
	first.until(`"stopReason":"end_turn"`)
	require.NoError(t, first.in.Close())
	require.NoError(t, <-first.done)

	c := serve2(t, demo.Options{History: history})
	require.Nil(t, c.call("session/resume", fmt.Sprintf(`{"sessionId":%q,"cwd":"/srv/shop","replayFrom":{"type":"start"}}`, id)).Error)
	require.Equal(t, 1, c.seen["user_message"])
	require.Positive(t, c.seen["plan_update"])
	c.session = id
	c.play("updates")
	c.play("diff")
	c.end()

	last := serve(t, t.Context(), demo.Options{History: history})
	last.write(`{"jsonrpc":"2.0","id":3,"method":"session/load","params":{"sessionId":%q,"cwd":"/srv/shop","mcpServers":[]}}`, id)
	replayed := strings.Join(last.until(`"id":3`), "\n")
	for _, word := range []string{`"sessionUpdate":"tool_call"`, `"oldText":`, `"terminal_output_delta":`, `"sessionUpdate":"plan"`} {
		require.Contains(t, replayed, word)
	}
	require.NotContains(t, replayed, "git_patch")
	last.until("available_commands_update")
	require.NoError(t, last.in.Close())
	require.NoError(t, <-last.done)
}

func TestVersion2_is_spoken_only_if_both_sides_want_it(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ newest, asked, want int }{{0, 2, 1}, {1, 2, 1}, {2, 1, 1}, {2, 2, 2}, {2, 3, 2}} {
		c := serve(t, t.Context(), demo.Options{Version: row.newest})
		c.write(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":%d}}`, row.asked)
		require.Contains(t, c.until(`"id":1`)[0], fmt.Sprintf(`"protocolVersion":%d`, row.want))
		require.NoError(t, c.in.Close())
		require.NoError(t, <-c.done)
	}
}
