package agent_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

// ready launches the fake, and skips its events before the first turn.
func ready(t *testing.T, s setup) *running {
	t.Helper()
	r := s.launch(t)
	for {
		if n, ok := r.next().(rules.AgentNotification); ok && string(n.Raw) == r.note("after the answer") {
			return r
		}
	}
}

func TestPermission_is_answered_with_the_chosen_option(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for _, id := range []string{"0", "17", `"a"`, `"a\"<b"`} {
		for option, want := range map[string]string{
			"yes": `{"outcome":{"outcome":"selected","optionId":"yes"}}`,
			"":    `{"outcome":{"outcome":"cancelled"}}`,
		} {
			r.prompt("ask " + id)
			asked, _ := await[rules.AgentPermission](r)
			require.Equal(t, `{"toolCallId":"call-1","big":12345678901234567890}`, string(asked.ToolCall))
			require.Contains(t, string(asked.Options), `"name":"<Yes>","kind":"allow_once","_meta":null}`)
			require.Equal(t, []rules.AgentOption{{ID: "yes", Kind: "allow_once"}, {ID: "no", Kind: "reject_once"}}, asked.Choices)
			r.Respond(asked.RequestID, option)
			r.Respond(asked.RequestID, "no") // too late
			end, said := await[rules.AgentTurnEnded](r)
			require.NoError(t, end.Err)
			require.Equal(t, []string{r.note(id + ": " + want)}, said)
		}
	}
}

func TestPermission_can_be_withdrawn_by_the_agent(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for _, id := range []string{"4", `"4"`} {
		r.prompt("withdraw " + id)
		asked, _ := await[rules.AgentPermission](r)
		withdrawn, _ := await[rules.AgentWithdrawn](r)
		require.Equal(t, asked.RequestID, withdrawn.RequestID)
		r.Respond(asked.RequestID, "yes") // too late
		_, said := await[rules.AgentTurnEnded](r)
		require.Equal(t, []string{r.note(id + `: {"outcome":{"outcome":"cancelled"}}`)}, said)
	}
}

func TestPermission_without_tool_call_or_options_is_refused(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for _, params := range []string{`[]`, `{}`, `{"toolCall":{},"options":[]}`, `{"toolCall":{},"options":[{"kind":"allow_once"}]}`,
		`{"options":[{"optionId":"a"}]}`, `{"toolCall":null,"options":[{"optionId":"a"}]}`} {
		said, end := r.turn("malformed " + params)
		require.NoError(t, end.Err)
		require.Contains(t, said[0], `5: {\"code\":-32602`)
	}
}

func TestPermission_with_two_options_of_the_same_id_is_refused(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, end := r.turn(`malformed {"toolCall":{},"options":[{"optionId":"a","name":"Reject","kind":"reject_once"},{"optionId":"a","name":"Allow","kind":"allow_once"}]}`)
	require.NoError(t, end.Err)
	require.Contains(t, said[0], "two options have the same optionId")
}

func TestPermission_with_a_reused_id_is_another_request(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.prompt("ask 7")
	first, _ := await[rules.AgentPermission](r)
	r.Respond(first.RequestID, "no")
	await[rules.AgentTurnEnded](r)
	r.prompt("ask 7")
	second, _ := await[rules.AgentPermission](r)
	require.NotEqual(t, first.RequestID, second.RequestID)
	r.Respond(first.RequestID, "yes") // from an outdated screen
	r.Respond(second.RequestID, "no")
	_, said := await[rules.AgentTurnEnded](r)
	require.Equal(t, []string{r.note(`7: {"outcome":{"outcome":"selected","optionId":"no"}}`)}, said)
}

func TestPermission_with_an_oversized_tool_call_has_its_size(t *testing.T) {
	t.Parallel()
	s := fake("")
	s.spec.MaxEvent = 600
	r := ready(t, s)
	call := fmt.Sprintf(`{"toolCallId":"c","title":"write","rawInput":%q}`, strings.Repeat("x", 1000))
	r.prompt(`malformed {"toolCall":` + call + `,"options":[{"optionId":"a","kind":"allow_once"}]}`)
	asked, _ := await[rules.AgentPermission](r)
	require.JSONEq(t, fmt.Sprintf(`{"toolCallId":"c","title":"write","_meta":{"_parley/oversized":{"bytes":%d,"sha256":%q}}}`,
		len(call), digest(call)), string(asked.ToolCall))
	r.Respond(asked.RequestID, "a")
	await[rules.AgentTurnEnded](r)
	said, _ := r.turn(`malformed {"toolCall":{},"options":[{"optionId":"` + strings.Repeat("y", 1000) + `"}]}`)
	require.Contains(t, said[0], "options are too long")
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func TestRequests_of_unknown_methods_are_refused(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, _ := r.turn("unknown")
	want := `{"code":-32601,"message":"not supported: fs/read_text_file"}`
	require.Equal(t, []string{r.note("0: " + want), r.note(`"a<b": ` + want)}, said)
}

func TestLines_that_are_not_messages_are_skipped(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, end := r.turn("garbage")
	require.Equal(t, []string{r.note("after it")}, said)
	require.Equal(t, "end_turn", end.StopReason)
}

func TestNotification_with_invalid_UTF8_is_cleaned(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, _ := r.turn("bytes")
	require.Equal(t, []string{"{\"jsonrpc\":\"2.0\", \"method\":\"_fake/bytes\",\"params\":{\"a\":\"x\uFFFDy\",\"b\":\"x y\"}}"}, said)
}

func TestNotification_that_is_too_long_is_replaced_by_its_size(t *testing.T) {
	t.Parallel()
	const size = 8 << 20
	r := ready(t, fake(""))
	said, _ := r.turn("huge " + strconv.Itoa(size))
	require.Len(t, said, 2)
	var got struct {
		Method string
		Params map[string]any
	}
	decode(t, said[0], &got)
	original := `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"fake-1","update":{"sessionUpdate":"note","text":"` +
		strings.Repeat("x", size) + `"}}}`
	require.Equal(t, "_parley/oversized", got.Method)
	require.Equal(t, map[string]any{"sessionId": r.host.String(), "method": "session/update", "sessionUpdate": "note",
		"bytes": float64(len(original)), "sha256": digest(original)}, got.Params)
	require.Equal(t, r.note("after it"), said[1])
}

func TestNotification_of_any_size_is_passed_on_without_a_limit(t *testing.T) {
	t.Parallel()
	s := fake("")
	s.spec.MaxEvent = 0
	r := ready(t, s)
	said, _ := r.turn("huge 5000000")
	require.True(t, said[0] == r.note(strings.Repeat("x", 5_000_000)), "differs")
}

func TestLine_over_the_limit_is_skipped(t *testing.T) {
	t.Parallel()
	s := fake("")
	s.options.MaxLine = 1 << 20
	r := ready(t, s)
	said, _ := r.turn("huge 2000000")
	require.Equal(t, []string{r.note("after it")}, said)
}

func TestFlood_waits_for_the_sink_and_stays_in_order(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := fake("")
	s.sink = func(e rules.AgentEvent) {
		if n, ok := e.(rules.AgentNotification); ok && strings.Contains(string(n.Raw), `"text":"10"`) {
			<-release
		}
	}
	r := ready(t, s)
	file := filepath.Join(t.TempDir(), "stalled")
	r.prompt("flood " + file)
	var stalled int
	eventually(t, func() bool {
		data, _ := os.ReadFile(file)
		stalled, _ = strconv.Atoi(string(data))
		return stalled > 0
	}, "the agent has to wait")
	require.Less(t, stalled, floodSize/2)
	close(release)
	_, said := await[rules.AgentTurnEnded](r)
	require.Len(t, said, floodSize)
	for i, line := range said {
		if line != r.note(strconv.Itoa(i)) {
			t.Fatalf("notification %d is %s", i, line)
		}
	}
}

func TestCancel_reaches_the_agent_during_a_turn(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.Cancel() // without a turn, the agent receives nothing
	r.prompt("cancel")
	require.Equal(t, r.note("working"), string(r.next().(rules.AgentNotification).Raw))
	r.Cancel()
	end, said := await[rules.AgentTurnEnded](r)
	require.Equal(t, []string{r.note("session/cancel fake-1")}, said)
	require.Equal(t, "end_turn", end.StopReason, "the agent's stop reason is passed on")
}

func TestTurn_ends_with_a_bounded_stop_reason(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	_, end := r.turn(`stop "` + strings.Repeat("x", 1<<20) + `"`)
	require.NoError(t, end.Err)
	require.Less(t, len(end.StopReason), 5<<10)
	_, end = r.turn(`stop ["x"]`)
	require.EqualError(t, end.Err, "the agent's answer is malformed")
}

func TestPrompt_passes_text_and_meta_on_unchanged(t *testing.T) {
	t.Parallel()
	s := fake("")
	file := filepath.Join(t.TempDir(), "in")
	s.profile.Command = []string{"sh", "-c", `tee "$1" | "$0"`, os.Args[0], file}
	r := ready(t, s)
	r.Prompt(rules.AgentPrompt{Turn: "t", Text: "hello <b>&\u2028ü\x00", Meta: json.RawMessage(`{"parley":{"author":"A & B"}}`)})
	await[rules.AgentTurnEnded](r)
	r.Prompt(rules.AgentPrompt{Turn: "u", Attribution: "hello [Ben]", Text: "text"})
	await[rules.AgentTurnEnded](r)
	r.stop()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := strings.Split(string(data), "\n")
	require.Equal(t, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":2,`+
		`"clientCapabilities":{"fs":{"readTextFile":false,"writeTextFile":false},"terminal":false,"auth":{"terminal":true},"session":{"configOptions":{"boolean":{}},"notices":{},"compaction":{}},"elicitation":{"form":{},"url":{}}},`+
		`"clientInfo":{"name":"parley","title":"Parley","version":"dev"},`+
		`"capabilities":{"auth":{"terminal":{}},"elicitation":{"form":{},"url":{}}},"info":{"name":"parley","title":"Parley","version":"dev"}}}`, lines[0])
	require.Contains(t, lines[1], `"method":"session/new","params":{"cwd":"/`)
	require.Contains(t, lines[1], `,"mcpServers":[]}`)
	require.Equal(t, `{"jsonrpc":"2.0","id":3,"method":"session/prompt","params":{"sessionId":"fake-1",`+
		`"prompt":[{"type":"text","text":"hello <b>&\u2028ü\u0000"}],"_meta":{"parley":{"author":"A & B"}}}}`, lines[2])
	require.Contains(t, lines[3], `"prompt":[{"type":"text","text":"hello [Ben]","_meta":{"parley":{"attribution":true}}},{"type":"text","text":"text"}]`)
}
