package facts

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/wire"
	"parley/protocol"
)

// announce passes lines of an agent to a tracker: notifications, and the method of a
// request followed by its answer. It returns the changed facts, and how many lines
// changed any.
func announce(t *testing.T, tracker *Tracker, lines ...string) (facts protocol.AgentFacts, times int) {
	t.Helper()
	for i := 0; i < len(lines); i++ {
		var changed protocol.AgentFacts
		var ok bool
		switch method := lines[i]; method {
		case "session/new", "session/load":
			tracker.Begin("/work here", nil)
			fallthrough
		case "initialize":
			i++
			changed, ok = tracker.Answered(method, parsed(t, `{"jsonrpc":"2.0","id":1,`+lines[i]+`}`))
		default:
			changed, ok = tracker.Updated(parsed(t, `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":`+lines[i]+`}}`))
		}
		if ok {
			times++
			facts.Merge(changed)
		}
	}
	return facts, times
}

func parsed(t *testing.T, line string) wire.Message {
	t.Helper()
	m, err := wire.Parse(wire.Clean([]byte(line)))
	require.NoError(t, err, line)
	return m
}

// opened returns a tracker of a session that was opened with a result of the given
// members.
func opened(t *testing.T, members string) *Tracker {
	f := new(Tracker)
	announce(t, f, "session/new", `"result":{"sessionId":"s"`+members+`}`)
	return f
}

const (
	modes   = `,"modes":{"currentModeId":"ask","availableModes":[{"id":"ask","name":"Ask first"},{"id":"yolo","name":"YOLO","description":"All"}]}`
	models  = `,"models":{"currentModelId":"big","availableModels":[{"modelId":"big","name":"Big"},{"modelId":"small"}]}`
	options = `,"configOptions":[{"id":"m","name":"Mode","category":"mode","type":"select","currentValue":"ask","options":[{"value":"ask","name":"Ask"},{"value":"auto","name":"Auto"}]}]`
)

func TestTracker_decodes_the_result_of_initialize(t *testing.T) {
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
			known, _ := announce(t, new(Tracker), "initialize", `"result":`+tc.answer)
			body, err := protocol.Marshal(known)
			require.NoError(t, err)
			require.JSONEq(t, tc.want, string(body))
		})
	}
}

func TestTracker_has_every_fact_of_a_new_session(t *testing.T) {
	known, _ := announce(t, new(Tracker), "session/new", `"result":{"sessionId":"s"}`)
	require.Equal(t, []protocol.ConfigOption{}, known.ConfigOptions)
	require.Equal(t, []protocol.AvailableCommand{}, known.AvailableCommands)
	require.Empty(t, *known.SessionTitle)
	require.Equal(t, protocol.AgentUsage{}, *known.Usage)
	require.Equal(t, "/work here", *known.Cwd)
}

func TestTracker_keeps_facts_announced_before_the_answer_to_session_new(t *testing.T) {
	f := new(Tracker)
	early, _ := announce(t, f, `{"sessionUpdate":"available_commands_update","availableCommands":[{"name":"review","description":"d"}]}`)
	require.Len(t, early.AvailableCommands, 1)
	known, _ := announce(t, f, "session/new", `"result":{"sessionId":"s"}`)
	require.Equal(t, "review", known.AvailableCommands[0].Name)
}

func TestTracker_replaces_earlier_facts_by_those_of_the_answer(t *testing.T) {
	f := new(Tracker)
	announce(t, f, `{"sessionUpdate":"available_commands_update","availableCommands":[{"name":"a"},{"name":"b"}]}`)
	known, _ := announce(t, f, "session/new", `"result":{"sessionId":"s","availableCommands":[{"type":"command","name":"c"}]}`)
	require.Equal(t, []protocol.AvailableCommand{{Name: "c"}}, known.AvailableCommands)
	require.Equal(t, 1, *known.AvailableCommandTotal)
}

func TestTracker_discards_facts_of_a_session_that_could_not_be_loaded(t *testing.T) {
	f := new(Tracker)
	f.Begin("/x", nil)
	announce(t, f, `{"sessionUpdate":"session_info_update","title":"Old"}`,
		`{"sessionUpdate":"available_commands_update","availableCommands":[{"name":"old"}]}`,
		`{"sessionUpdate":"current_mode_update","currentModeId":"old"}`)
	known, _ := announce(t, f, "session/new", `"result":{"sessionId":"s"}`)
	require.Empty(t, *known.SessionTitle)
	require.Empty(t, known.AvailableCommands)
	require.Empty(t, known.ConfigOptions)
}

func TestTracker_has_only_the_announced_facts_of_a_loaded_session(t *testing.T) {
	known, _ := announce(t, new(Tracker), "session/load", `"result":null`)
	require.Nil(t, known.AvailableCommands, "the facts known before still hold")
	require.Nil(t, known.ConfigOptions)
	known, _ = announce(t, new(Tracker), "session/load", `"result":{"sessionId":"s"`+modes+`}`)
	require.Equal(t, "ask", known.Option(protocol.CategoryMode).Current().Value)
	_, times := announce(t, new(Tracker), "session/load", `"error":{"code":1,"message":"no"}`)
	require.Zero(t, times)
}

func TestTracker_merges_options_modes_and_models(t *testing.T) {
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
		"a list of the wrong type":                  {options, []string{update(`,"configOptions":7`), update(``)}, map[string]string{"m": "ask"}},
		"a missing or empty mode":                   {options, []string{`{"sessionUpdate":"current_mode_update"}`, now("")}, map[string]string{"m": "ask"}},
		"an element of the wrong type":              {`,"configOptions":[7,{"id":"x","currentValue":"1"},null,[]]`, nil, map[string]string{"x": "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := new(Tracker)
			known, _ := announce(t, f, append([]string{"session/new", `"result":{"sessionId":"s"` + tc.answer + `}`}, tc.lines...)...)
			got := map[string]string{}
			for _, o := range known.ConfigOptions {
				got[o.ID] = o.Current().Value
			}
			require.Equal(t, tc.want, got)
			require.Equal(t, len(got), *known.ConfigOptionTotal)
		})
	}
}

func TestTracker_flattens_groups_of_values(t *testing.T) {
	f := opened(t, `,"configOptions":[{"id":"model","category":"model","currentValue":"b","options":[
		{"group":"own","name":"Own","options":[{"value":"a"},{"value":"b","name":"B"}]},{"groupId":"far","name":"Far","options":[{"value":"c"}]}]}]`)
	model := f.allOptions().ConfigOptions[0]
	require.Equal(t, []protocol.ConfigValue{{Value: "a", Name: "a", Group: "Own"}, {Value: "b", Name: "B", Group: "Own"}, {Value: "c", Name: "c", Group: "Far"}}, model.Options)
	require.Equal(t, "B", model.Current().Name)
}

func TestTracker_decodes_commands(t *testing.T) {
	for name, tc := range map[string]struct {
		list string
		want []protocol.AvailableCommand // nil if nothing changes
	}{
		"with and without input": {`[{"name":"a","description":"A","input":{"hint":"what"}},{"name":"b","input":null}]`,
			[]protocol.AvailableCommand{{Name: "a", Description: "A", Hint: "what"}, {Name: "b"}}},
		"of version 2":     {`[{"type":"command","name":"a","description":"A","input":{"type":"text","hint":"what"}}]`, []protocol.AvailableCommand{{Name: "a", Description: "A", Hint: "what"}}},
		"with a slash":     {`[{"name":"/a"}]`, []protocol.AvailableCommand{{Name: "a"}}},
		"none":             {`[]`, []protocol.AvailableCommand{}},
		"a text as list":   {`"a"`, nil},
		"null":             {`null`, nil},
		"no name":          {`[{"description":"d"},{"name":"b"}]`, []protocol.AvailableCommand{{Name: "b"}}},
		"other characters": {`[{"name":"\u202ea\ud800"}]`, []protocol.AvailableCommand{{Name: "\u202ea\ufffd"}}},
	} {
		t.Run(name, func(t *testing.T) {
			known, _ := announce(t, opened(t, ""), `{"sessionUpdate":"available_commands_update","availableCommands":`+tc.list+`}`)
			require.Equal(t, tc.want, known.AvailableCommands)
		})
	}
}

func TestTracker_decodes_title_and_usage(t *testing.T) {
	f := opened(t, "")
	known, _ := announce(t, f, `{"sessionUpdate":"session_info_update","title":" A title "}`)
	require.Equal(t, "A title", *known.SessionTitle)
	_, times := announce(t, f, `{"sessionUpdate":"session_info_update","updatedAt":"2026-01-01"}`)
	require.Zero(t, times, "an update without a title does not change it")
	known, _ = announce(t, f, `{"sessionUpdate":"session_info_update","title":null}`)
	require.Empty(t, *known.SessionTitle)

	known, _ = announce(t, f, `{"sessionUpdate":"usage_update","used":5,"size":10,"cost":{"amount":0.5,"currency":"USD"}}`)
	require.Equal(t, protocol.AgentUsage{Used: 5, Size: 10, Cost: &protocol.AgentCost{Amount: 0.5, Currency: "USD"}}, *known.Usage)
	known, _ = announce(t, f, `{"sessionUpdate":"usage_update","used":6,"size":10}`)
	require.Equal(t, 0.5, known.Usage.Cost.Amount, "the cost stays when an update omits it")
	for used, want := range map[string]int64{`-4`: 0, `"5"`: 0, `1e400`: 0, `1e30`: 1<<53 - 1, `7.9`: 7, `18446744073709551615`: 1<<53 - 1} {
		known, _ = announce(t, f, `{"sessionUpdate":"usage_update","size":10,"used":`+used+`}`)
		require.Equal(t, want, known.Usage.Used, used)
	}
	for _, cost := range []string{`{"amount":"1","currency":"USD"}`, `{"amount":-1,"currency":"USD"}`, `{"amount":1}`, `7`} {
		known, _ = announce(t, opened(t, ""), `{"sessionUpdate":"usage_update","used":1,"size":10,"cost":`+cost+`}`)
		require.Nil(t, known.Usage.Cost, cost)
	}
	_, times = announce(t, f, `{"sessionUpdate":"usage_update"}`)
	require.Zero(t, times)
}

func TestTracker_ignores_updates_of_a_turn(t *testing.T) {
	_, times := announce(t, opened(t, ""), `{"sessionUpdate":"agent_message_chunk","content":{}}`, `{"sessionUpdate":"tool_call","title":"x"}`, `{"sessionUpdate":"plan"}`, `{}`, `7`)
	require.Zero(t, times)
	_, some := opened(t, "").Updated(parsed(t, `{"jsonrpc":"2.0","method":"_other/update","params":{"update":{"sessionUpdate":"usage_update","used":1}}}`))
	require.False(t, some)
}

func TestTracker_bounds_what_it_keeps(t *testing.T) {
	many := make([]map[string]any, 4_000)
	for i := range many {
		many[i] = map[string]any{"value": fmt.Sprint("v", i), "description": fmt.Sprintf("%01000d", i)}
	}
	list, err := json.Marshal(many)
	require.NoError(t, err)
	f := opened(t, `,"configOptions":[{"id":"model","category":"model","currentValue":"v7","options":`+string(list)+`}]`)
	announce(t, f, `{"sessionUpdate":"available_commands_update","availableCommands":`+string(list)+`}`)
	kept, err := json.Marshal([]any{f.options, f.early})
	require.NoError(t, err)
	require.Less(t, len(kept), 70<<10)
	require.Equal(t, 4_000, f.options[0].OptionTotal)
}

func TestAsksNobody_judges_a_mode_by_its_name_and_description(t *testing.T) {
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

// A connector keeps the command of its agent to itself, and the arguments alone would be
// another command.
func TestAuthMethod_of_an_agent_whose_program_is_not_known_has_no_command(t *testing.T) {
	m := announcedAuthMethod{Args: []word{"login"}}
	require.Equal(t, "opencode login", m.command([]string{"opencode"}))
	require.Empty(t, m.command(nil))
}
