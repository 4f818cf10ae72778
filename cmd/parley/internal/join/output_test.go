package join

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/story"
	"parley/cmd/parley/internal/toolcall"
	"parley/protocol"
)

// call returns an update of the tool call c.
func call(kind, members string) string {
	return `{"sessionUpdate":"` + kind + `","toolCallId":"c",` + members + `}`
}

func TestCallOutput_of_a_terminal_of_the_agent(t *testing.T) {
	begin := call("tool_call", `"title":"make","status":"in_progress","content":[{"type":"terminal","terminalId":"c"}],"_meta":{"terminal_info":{"terminal_id":"c","cwd":"/"}}`)
	for name, tc := range map[string]struct {
		updates []string
		want    string
	}{
		"in pieces, with an exit code": {
			[]string{call("tool_call_update", `"_meta":{"terminal_output_delta":{"terminal_id":"c","data":"one\ntw"}}`),
				call("tool_call_update", `"_meta":{"terminal_output_delta":{"data":"o\n"}}`),
				call("tool_call_update", `"status":"completed","rawOutput":{"formatted_output":"one\ntwo\n","exit_code":0},"_meta":{"terminal_exit":{"terminal_id":"c","exit_code":0,"signal":null}}`)},
			"    one\n    two\n⚙ make [completed]\n  it ended with exit code 0\n"},
		"in full": {
			[]string{call("tool_call_update", `"_meta":{"terminal_output":{"terminal_id":"c","data":"all\n"}}`),
				call("tool_call_update", `"status":"failed","_meta":{"terminal_exit":{"exit_code":null,"signal":"SIGTERM"}}`)},
			"    all\n⚙ make [failed]\n  it ended with signal SIGTERM\n"},
		"in full after pieces": {
			[]string{call("tool_call_update", `"_meta":{"terminal_output_delta":{"data":"bu"}}`),
				call("tool_call_update", `"status":"failed","_meta":{"terminal_output":{"data":"build"},"terminal_exit":{"exit_code":2}}`)},
			"    bu\n⚙ make [failed]\n    ild\n  it ended with exit code 2\n"},
		"only at the end": {
			[]string{call("tool_call_update", `"status":"completed","rawOutput":{"formatted_output":"done"}`)},
			"⚙ make [completed]\n    done\n"},
		"other metadata": {
			[]string{call("tool_call_update", `"_meta":{"codex":{"threadStatus":"x"}}`), call("tool_call_update", `"_meta":{"terminal_exit":{}}`), call("tool_call_update", `"_meta":7`)},
			""},
		"with colours and an overwritten line": {
			[]string{call("tool_call_update", `"_meta":{"terminal_output_delta":{"data":"\u001b[31mred\u001b[0m\r\n10%\r"}}`),
				call("tool_call_update", `"_meta":{"terminal_output_delta":{"data":"20%\r\n\u001b[3"}}`),
				call("tool_call_update", `"_meta":{"terminal_output_delta":{"data":"2mgreen\u001b]0;title\u0007\u0008"}}`)},
			"    red\n    10%\n    20%\n    green⟨U+0008⟩\n"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, "⚙ make [in_progress]\n"+tc.want, shown(append([]string{begin}, tc.updates...)...))
		})
	}
}

func TestCallOutput_prints_only_the_new_part_of_content_that_grows(t *testing.T) {
	text := func(s string) string {
		return call("tool_call_update", fmt.Sprintf(`"content":[{"type":"content","content":{"type":"text","text":%q}}]`, s))
	}
	require.Equal(t, "⚙ c [pending]\n    one\n    two\n", shown(text("```console\none\n```"), text("```console\none\ntwo\n```"), text("```console\none\ntwo\n```")))
}

func TestCallOutput_beyond_a_limit_is_shown_on_request(t *testing.T) {
	var out strings.Builder
	r := newRoom()
	s := newScreen(&out, false, r.ledger)
	line := strings.Repeat("x", 99) + "\\n"
	for range 20_000 {
		s.update([]byte(`{"method":"session/update","params":{"update":` + call("tool_call_update", `"_meta":{"terminal_output_delta":{"data":"`+line+`"}}`) + `}}`))
	}
	require.Less(t, out.Len(), 2*toolcall.MaxShownOutput)
	require.Contains(t, out.String(), "  … there is more output: /show #1 shows all of it\n")
	out.Reset()
	i, err := r.ledger.Numbered(1)
	require.NoError(t, err)
	s.item(r, i)
	require.Greater(t, out.Len(), toolcall.MaxKeptOutput)
	require.Less(t, out.Len(), 2*toolcall.MaxKeptOutput)
	require.Contains(t, out.String(), "more bytes, which are not kept\n")
}

func TestCallOutput_is_not_added_again_when_history_repeats_it(t *testing.T) {
	var out strings.Builder
	r := newRoom()
	s := &session{room: r, screen: newScreen(&out, false, r.ledger)}
	long := strings.Repeat("x", toolcall.MaxShownOutput+1)
	events := []*protocol.Event{{Payload: &protocol.HostSessionUpdate{Notification: []byte(`{"method":"session/update","params":{"update":` +
		call("tool_call", `"title":"make","_meta":{"terminal_output_delta":{"data":"`+long+`"}}`) + `}}`)}}}
	s.printPast(events, story.New())
	s.replay(events)
	i, err := r.ledger.Numbered(1)
	require.NoError(t, err)
	require.Equal(t, long, i.Output.Kept())
}
