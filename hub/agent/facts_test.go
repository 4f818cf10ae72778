package agent

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/wire"
	"parley/protocol"
)

// hears lets facts take lines of an agent: a request's method before the answer
// that is given to it, and notifications. It returns what became known, and how
// often something did.
func hears(t *testing.T, f *facts, lines ...string) (known protocol.AgentFacts, times int) {
	t.Helper()
	for i := 0; i < len(lines); i++ {
		said, some := protocol.AgentFacts{}, false
		switch method := lines[i]; method {
		case "session/new", "session/load":
			f.begin("/work here")
			fallthrough
		case "initialize":
			i++
			said, some = f.answered(method, parsed(t, `{"jsonrpc":"2.0","id":1,`+lines[i]+`}`))
		default:
			said, some = f.updated(parsed(t, `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":`+lines[i]+`}}`))
		}
		if some {
			times++
			known.Merge(said)
		}
	}
	return known, times
}

func parsed(t *testing.T, line string) wire.Message {
	t.Helper()
	m, err := wire.Parse(wire.Clean([]byte(line)))
	require.NoError(t, err, line)
	return m
}

// opened is a session that was opened with an answer.
func opened(t *testing.T, members string) *facts {
	f := new(facts)
	hears(t, f, "session/new", `"result":{"sessionId":"s"`+members+`}`)
	return f
}

const (
	modes   = `,"modes":{"currentModeId":"ask","availableModes":[{"id":"ask","name":"Ask first"},{"id":"yolo","name":"YOLO","description":"All"}]}`
	models  = `,"models":{"currentModelId":"big","availableModels":[{"modelId":"big","name":"Big"},{"modelId":"small"}]}`
	options = `,"configOptions":[{"id":"m","name":"Mode","category":"mode","type":"select","currentValue":"ask","options":[{"value":"ask","name":"Ask"},{"value":"auto","name":"Auto"}]}]`
)

func TestFacts_of_the_program(t *testing.T) {
	for name, tc := range map[string]struct{ answer, want string }{
		"version 1": {`{"protocolVersion":1,"agentInfo":{"name":"a","title":"A","version":"1"},"agentCapabilities":{"loadSession" : true},"authMethods":[{"id":"in","name":"Sign in","_meta":{}},{"id":"t","name":"T","type":"terminal","args":["x"]}]}`,
			`{"info":{"name":"a","title":"A","version":"1"},"capabilities":{"loadSession":true},"authMethods":[{"id":"in","name":"Sign in","description":"","type":"agent"},{"id":"t","name":"T","description":"","type":"terminal"}]}`},
		"version 2": {`{"protocolVersion":2,"info":{"name":"a","version":"1"},"capabilities":{"session":{}},"authMethods":[{"methodId":"in","name":"Sign in","type":"agent"}]}`,
			`{"info":{"name":"a","title":"","version":"1"},"capabilities":{"session":{}},"authMethods":[{"id":"in","name":"Sign in","description":"","type":"agent"}]}`},
		"nothing":     {`{"protocolVersion":1}`, `{"info":{"name":"","title":"","version":""},"capabilities":{},"authMethods":[]}`},
		"wrong types": {`{"agentInfo":"a","agentCapabilities":[1],"authMethods":{"id":1}}`, `{"info":{"name":"","title":"","version":""},"capabilities":{},"authMethods":[]}`},
		"some of it":  {`{"agentInfo":{"name":1,"version":"2"},"authMethods":[7,{"id":"in"}]}`, `{"info":{"name":"","title":"","version":"2"},"capabilities":{},"authMethods":[{"id":"in","name":"in","description":"","type":"agent"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			known, _ := hears(t, new(facts), "initialize", `"result":`+tc.answer)
			body, err := protocol.Marshal(known)
			require.NoError(t, err)
			require.JSONEq(t, tc.want, string(body))
		})
	}
}

func TestFacts_of_a_session_that_has_just_begun_are_whole(t *testing.T) {
	known, _ := hears(t, new(facts), "session/new", `"result":{"sessionId":"s"}`)
	require.Equal(t, []protocol.ConfigOption{}, known.ConfigOptions)
	require.Equal(t, []protocol.AvailableCommand{}, known.AvailableCommands)
	require.Empty(t, *known.SessionTitle)
	require.Equal(t, protocol.AgentUsage{}, *known.Usage)
	require.Equal(t, "/work here", *known.Cwd)
}

func TestFacts_that_come_before_the_answer_to_session_new_are_kept(t *testing.T) {
	f := new(facts)
	early, _ := hears(t, f, `{"sessionUpdate":"available_commands_update","availableCommands":[{"name":"review","description":"d"}]}`)
	require.Len(t, early.AvailableCommands, 1)
	known, _ := hears(t, f, "session/new", `"result":{"sessionId":"s"}`)
	require.Equal(t, "review", known.AvailableCommands[0].Name)
}

func TestFacts_of_the_answer_replace_those_that_came_before_it(t *testing.T) {
	f := new(facts)
	hears(t, f, `{"sessionUpdate":"available_commands_update","availableCommands":[{"name":"a"},{"name":"b"}]}`)
	known, _ := hears(t, f, "session/new", `"result":{"sessionId":"s","availableCommands":[{"type":"command","name":"c"}]}`)
	require.Equal(t, []protocol.AvailableCommand{{Name: "c"}}, known.AvailableCommands)
	require.Equal(t, 1, *known.AvailableCommandTotal)
}

func TestFacts_of_a_session_that_cannot_be_loaded_are_not_those_of_the_next(t *testing.T) {
	f := new(facts)
	f.begin("/x")
	hears(t, f, `{"sessionUpdate":"session_info_update","title":"Old"}`,
		`{"sessionUpdate":"available_commands_update","availableCommands":[{"name":"old"}]}`,
		`{"sessionUpdate":"current_mode_update","currentModeId":"old"}`)
	known, _ := hears(t, f, "session/new", `"result":{"sessionId":"s"}`)
	require.Empty(t, *known.SessionTitle)
	require.Empty(t, known.AvailableCommands)
	require.Empty(t, known.ConfigOptions)
}

func TestFacts_of_a_session_that_is_loaded_are_what_the_agent_says(t *testing.T) {
	known, _ := hears(t, new(facts), "session/load", `"result":null`)
	require.Nil(t, known.AvailableCommands, "what was known before stays")
	require.Nil(t, known.ConfigOptions)
	known, _ = hears(t, new(facts), "session/load", `"result":{"sessionId":"s"`+modes+`}`)
	require.Equal(t, "ask", known.Option(protocol.CategoryMode).Current().Value)
	_, times := hears(t, new(facts), "session/load", `"error":{"code":1,"message":"no"}`)
	require.Zero(t, times)
}

func TestFacts_of_options(t *testing.T) {
	update := func(members string) string { return `{"sessionUpdate":"config_option_update"` + members + `}` }
	now := func(mode string) string {
		return fmt.Sprintf(`{"sessionUpdate":"current_mode_update","currentModeId":%q}`, mode)
	}
	for name, tc := range map[string]struct {
		answer string // to session/new
		lines  []string
		want   map[string]string // the current value by the option's id
	}{
		"modes and models of version 1 are options": {modes + models, nil, map[string]string{"mode": "ask", "model": "big"}},
		"a mode that is announced twice is one":     {modes + options, nil, map[string]string{"m": "ask"}},
		"a change of mode of version 1":             {modes, []string{now("yolo")}, map[string]string{"mode": "yolo"}},
		"a change of mode among options":            {modes + options, []string{now("auto")}, map[string]string{"m": "auto"}},
		"a change of mode without a list":           {"", []string{now("plan")}, map[string]string{"mode": "plan"}},
		"a list that replaces another":              {options, []string{update(`,"configOptions":[{"id":"x","name":"X","type":"boolean","currentValue":true}]`)}, map[string]string{"x": "true"}},
		"a list that leaves the modes of version 1": {modes, []string{update(`,"configOptions":[{"id":"x","name":"X","type":"boolean","currentValue":false}]`)}, map[string]string{"x": "false", "mode": "ask"}},
		"an empty list":                             {options, []string{update(`,"configOptions":[]`)}, map[string]string{}},
		"ids of version 2":                          {"", []string{update(`,"configOptions":[{"configId":"x","name":"X","type":"select","currentValue":"1","options":[]}]`)}, map[string]string{"x": "1"}},
		"a list that is none":                       {options, []string{update(`,"configOptions":7`), update(``)}, map[string]string{"m": "ask"}},
		"a mode that is none":                       {options, []string{`{"sessionUpdate":"current_mode_update"}`, now("")}, map[string]string{"m": "ask"}},
		"an element that is none":                   {`,"configOptions":[7,{"id":"x","currentValue":"1"},null,[]]`, nil, map[string]string{"x": "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := new(facts)
			known, _ := hears(t, f, append([]string{"session/new", `"result":{"sessionId":"s"` + tc.answer + `}`}, tc.lines...)...)
			got := map[string]string{}
			for _, o := range known.ConfigOptions {
				got[o.ID] = o.Current().Value
			}
			require.Equal(t, tc.want, got)
			require.Equal(t, len(got), *known.ConfigOptionTotal)
		})
	}
}

func TestFacts_of_options_in_groups(t *testing.T) {
	f := opened(t, `,"configOptions":[{"id":"model","category":"model","currentValue":"b","options":[
		{"group":"own","name":"Own","options":[{"value":"a"},{"value":"b","name":"B"}]},{"groupId":"far","name":"Far","options":[{"value":"c"}]}]}]`)
	model := f.configOptions().ConfigOptions[0]
	require.Equal(t, []protocol.ConfigValue{{Value: "a", Name: "a", Group: "Own"}, {Value: "b", Name: "B", Group: "Own"}, {Value: "c", Name: "c", Group: "Far"}}, model.Options)
	require.Equal(t, "B", model.Current().Name)
}

func TestFacts_of_commands(t *testing.T) {
	for name, tc := range map[string]struct {
		list string
		want []protocol.AvailableCommand // nil when nothing is said
	}{
		"with and without input": {`[{"name":"a","description":"A","input":{"hint":"what"}},{"name":"b","input":null}]`,
			[]protocol.AvailableCommand{{Name: "a", Description: "A", Hint: "what"}, {Name: "b"}}},
		"of version 2":     {`[{"type":"command","name":"a","description":"A","input":{"type":"text","hint":"what"}}]`, []protocol.AvailableCommand{{Name: "a", Description: "A", Hint: "what"}}},
		"with a slash":     {`[{"name":"/a"}]`, []protocol.AvailableCommand{{Name: "a"}}},
		"none":             {`[]`, []protocol.AvailableCommand{}},
		"no list":          {`"a"`, nil},
		"null":             {`null`, nil},
		"no name":          {`[{"description":"d"},{"name":"b"}]`, []protocol.AvailableCommand{{Name: "b"}}},
		"other characters": {`[{"name":"\u202ea\ud800"}]`, []protocol.AvailableCommand{{Name: "\u202ea\ufffd"}}},
	} {
		t.Run(name, func(t *testing.T) {
			known, _ := hears(t, opened(t, ""), `{"sessionUpdate":"available_commands_update","availableCommands":`+tc.list+`}`)
			require.Equal(t, tc.want, known.AvailableCommands)
		})
	}
}

func TestFacts_of_title_and_usage(t *testing.T) {
	f := opened(t, "")
	known, _ := hears(t, f, `{"sessionUpdate":"session_info_update","title":" A title "}`)
	require.Equal(t, "A title", *known.SessionTitle)
	_, times := hears(t, f, `{"sessionUpdate":"session_info_update","updatedAt":"2026-01-01"}`)
	require.Zero(t, times, "an update without a title says nothing of it")
	known, _ = hears(t, f, `{"sessionUpdate":"session_info_update","title":null}`)
	require.Empty(t, *known.SessionTitle)

	known, _ = hears(t, f, `{"sessionUpdate":"usage_update","used":5,"size":10,"cost":{"amount":0.5,"currency":"USD"}}`)
	require.Equal(t, protocol.AgentUsage{Used: 5, Size: 10, Cost: &protocol.AgentCost{Amount: 0.5, Currency: "USD"}}, *known.Usage)
	known, _ = hears(t, f, `{"sessionUpdate":"usage_update","used":6,"size":10}`)
	require.Equal(t, 0.5, known.Usage.Cost.Amount, "what it has cost is not told each time")
	for used, want := range map[string]int64{`-4`: 0, `"5"`: 0, `1e400`: 0, `1e30`: 1<<53 - 1, `7.9`: 7, `18446744073709551615`: 1<<53 - 1} {
		known, _ = hears(t, f, `{"sessionUpdate":"usage_update","size":10,"used":`+used+`}`)
		require.Equal(t, want, known.Usage.Used, used)
	}
	for _, cost := range []string{`{"amount":"1","currency":"USD"}`, `{"amount":-1,"currency":"USD"}`, `{"amount":1}`, `7`} {
		known, _ = hears(t, opened(t, ""), `{"sessionUpdate":"usage_update","used":1,"size":10,"cost":`+cost+`}`)
		require.Nil(t, known.Usage.Cost, cost)
	}
	_, times = hears(t, f, `{"sessionUpdate":"usage_update"}`)
	require.Zero(t, times)
}

func TestFacts_what_is_said_of_a_turn_is_none(t *testing.T) {
	_, times := hears(t, opened(t, ""), `{"sessionUpdate":"agent_message_chunk","content":{}}`, `{"sessionUpdate":"tool_call","title":"x"}`, `{"sessionUpdate":"plan"}`, `{}`, `7`)
	require.Zero(t, times)
	_, some := opened(t, "").updated(parsed(t, `{"jsonrpc":"2.0","method":"_other/update","params":{"update":{"sessionUpdate":"usage_update","used":1}}}`))
	require.False(t, some)
}

func TestFacts_kept_between_announcements_are_bounded(t *testing.T) {
	many := make([]map[string]any, 4_000)
	for i := range many {
		many[i] = map[string]any{"value": fmt.Sprint("v", i), "description": fmt.Sprintf("%01000d", i)}
	}
	list, err := json.Marshal(many)
	require.NoError(t, err)
	f := opened(t, `,"configOptions":[{"id":"model","category":"model","currentValue":"v7","options":`+string(list)+`}]`)
	hears(t, f, `{"sessionUpdate":"available_commands_update","availableCommands":`+string(list)+`}`)
	kept, err := json.Marshal([]any{f.options, f.early})
	require.NoError(t, err)
	require.Less(t, len(kept), 70<<10)
	require.Equal(t, 4_000, f.options[0].OptionTotal)
}

func TestAsksNobody(t *testing.T) {
	for _, m := range []protocol.ConfigValue{
		{Value: "yolo", Name: "YOLO", Description: "Auto-approves all tools"},
		{Value: "x", Name: "X", Description: "Automatically approve all tools"},
		{Value: "bypassPermissions", Name: "Bypass permissions", Description: "Accepts all permissions"},
		{Value: "x", Name: "X", Description: "Bypass all permission checks"},
		{Value: "dontAsk", Name: "Don't Ask", Description: "Don't prompt for permissions, deny if not pre-approved"},
		{Value: "x", Name: "X", Description: "Claude handles permission decisions"},
		{Value: "x", Name: "X", Description: "Use a model classifier to approve/deny permission prompts"},
		{Value: "auto", Name: "Auto"},
		{Value: "agent-full-access", Name: "Full access", Description: "Unrestricted access to the internet and any file on your computer"},
		{Value: "agent", Name: "Auto review", Description: "Only ask for actions detected as potentially unsafe"},
		{Value: "x", Name: "X", Description: "Edits files and runs commands without asking."},
		{Value: "x", Name: "X", Description: "Runs tools. It doesn’t ask."},
	} {
		require.True(t, asksNobody(m), "%+v", m)
	}
	for _, m := range []protocol.ConfigValue{
		{Value: "default", Name: "Manual", Description: "Always ask before making changes"},
		{Value: "acceptEdits", Name: "Accept edits", Description: "Automatically accept all file edits"},
		{Value: "autoEdit", Name: "Auto Edit", Description: "Auto-approves edit tools"},
		{Value: "auto-edit", Name: "Auto Edit", Description: "Automatically approve file edits"},
		{Value: "plan", Name: "Plan", Description: "Plan mode. Disallows all edit tools."},
		{Value: "build", Name: "build", Description: "The default agent. Executes tools based on configured permissions."},
		{Value: "workspace-write", Name: "Workspace access", Description: "Edit workspace files; ask before writing outside the workspace or accessing the network."},
		{Value: "safe", Name: "Safe", Description: "Never changes a file without asking."},
		{Value: "safe", Name: "Safe", Description: "Nothing is run without approval"},
		{Value: "automatic", Name: "Automatic model choice"},
		{},
	} {
		require.False(t, asksNobody(m), "%+v", m)
	}
}
