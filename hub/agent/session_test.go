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

// ready launches the fake and reads what it says before its first turn.
func ready(t *testing.T, s setup) *running {
	t.Helper()
	r := s.launch(t)
	for {
		if n, ok := r.next().(rules.AgentNotification); ok && string(n.Raw) == r.note("after the answer") {
			return r
		}
	}
}

func TestPermission(t *testing.T) {
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

func TestPermission_is_withdrawn_by_the_agent(t *testing.T) {
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

func TestPermission_that_asks_nothing_is_refused(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for _, params := range []string{`[]`, `{}`, `{"toolCall":{},"options":[]}`, `{"toolCall":{},"options":[{"kind":"allow_once"}]}`,
		`{"options":[{"optionId":"a"}]}`, `{"toolCall":null,"options":[{"optionId":"a"}]}`} {
		said, end := r.turn("malformed " + params)
		require.NoError(t, end.Err)
		require.Contains(t, said[0], `5: {\"code\":-32602`)
	}
}

func TestPermission_with_two_options_of_one_id_is_refused(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, end := r.turn(`malformed {"toolCall":{},"options":[{"optionId":"a","name":"Reject","kind":"reject_once"},{"optionId":"a","name":"Allow","kind":"allow_once"}]}`)
	require.NoError(t, end.Err)
	require.Contains(t, said[0], "two options have the same optionId")
}

func TestPermission_under_an_id_that_the_agent_used_before_is_another_question(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.prompt("ask 7")
	first, _ := await[rules.AgentPermission](r)
	r.Respond(first.RequestID, "no")
	await[rules.AgentTurnEnded](r)
	r.prompt("ask 7")
	second, _ := await[rules.AgentPermission](r)
	require.NotEqual(t, first.RequestID, second.RequestID)
	r.Respond(first.RequestID, "yes") // somebody's old screen
	r.Respond(second.RequestID, "no")
	_, said := await[rules.AgentTurnEnded](r)
	require.Equal(t, []string{r.note(`7: {"outcome":{"outcome":"selected","optionId":"no"}}`)}, said)
}

func TestPermission_with_a_tool_call_that_is_too_long_names_its_size(t *testing.T) {
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

func TestRequests_that_are_unknown_are_refused(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, _ := r.turn("unknown")
	want := `{"code":-32601,"message":"not supported: fs/read_text_file"}`
	require.Equal(t, []string{r.note("0: " + want), r.note(`"a<b": ` + want)}, said)
}

func TestLines_that_are_no_messages_are_skipped(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, end := r.turn("garbage")
	require.Equal(t, []string{r.note("after it")}, said)
	require.Equal(t, "end_turn", end.StopReason)
}

func TestBytes_that_are_no_text_are_made_fit(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, _ := r.turn("bytes")
	require.Equal(t, []string{"{\"jsonrpc\":\"2.0\", \"method\":\"_fake/bytes\",\"params\":{\"a\":\"x\uFFFDy\",\"b\":\"x y\"}}"}, said)
}

func TestNotification_that_is_too_long_is_named_by_its_size(t *testing.T) {
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

func TestNotification_without_a_limit_is_passed_on_whole(t *testing.T) {
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

func TestFlood_waits_for_the_sink_and_arrives_in_order(t *testing.T) {
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
	}, "the agent never had to wait")
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

func TestCancel(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.Cancel() // nothing runs: the agent is not told
	r.prompt("cancel")
	require.Equal(t, r.note("working"), string(r.next().(rules.AgentNotification).Raw))
	r.Cancel()
	end, said := await[rules.AgentTurnEnded](r)
	require.Equal(t, []string{r.note("session/cancel fake-1")}, said)
	require.Equal(t, "end_turn", end.StopReason, "the agent's word is passed on")
}

func TestTurn_ends_with_a_word_however_long_the_agents_is(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	_, end := r.turn(`stop "` + strings.Repeat("x", 1<<20) + `"`)
	require.NoError(t, end.Err)
	require.Less(t, len(end.StopReason), 5<<10)
	_, end = r.turn(`stop ["x"]`)
	require.EqualError(t, end.Err, "the agent's answer cannot be read")
}

func TestPrompt_hands_text_and_meta_over_as_they_are(t *testing.T) {
	t.Parallel()
	s := fake("")
	file := filepath.Join(t.TempDir(), "in")
	s.profile.Command = []string{"sh", "-c", `tee "$1" | "$0"`, os.Args[0], file}
	r := ready(t, s)
	r.Prompt(rules.AgentPrompt{Turn: "t", Text: "hello <b>&\u2028ü\x00", Meta: json.RawMessage(`{"parley":{"author":"A & B"}}`)})
	await[rules.AgentTurnEnded](r)
	r.stop()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := strings.Split(string(data), "\n")
	require.Equal(t, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":1,`+
		`"clientCapabilities":{"fs":{"readTextFile":false,"writeTextFile":false},"terminal":false},`+
		`"clientInfo":{"name":"parley","title":"Parley","version":"dev"}}}`, lines[0])
	require.Contains(t, lines[1], `"method":"session/new","params":{"cwd":"/`)
	require.Contains(t, lines[1], `,"mcpServers":[]}`)
	require.Equal(t, `{"jsonrpc":"2.0","id":3,"method":"session/prompt","params":{"sessionId":"fake-1",`+
		`"prompt":[{"type":"text","text":"hello <b>&\u2028ü\u0000"}],"_meta":{"parley":{"author":"A & B"}}}}`, lines[2])
}
