package join

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
)

// shown returns what the screen prints for updates of the agent, without colour.
func shown(updates ...string) string {
	var out strings.Builder
	s := newScreen(&out, false, ledger.New())
	for _, u := range updates {
		s.update(json.RawMessage(`{"method":"session/update","params":{"update":` + u + `}}`))
	}
	s.endStream()
	return out.String()
}

var lastSeq uint64

// nextCursor returns a cursor that no event has yet.
func nextCursor() protocol.Cursor {
	lastSeq++
	return protocol.Cursor{Seq: lastSeq}
}

// update applies and prints a notification of the agent.
func (s *screen) update(raw json.RawMessage) {
	s.event(newRoom(), &protocol.Event{Cursor: nextCursor(), Payload: &protocol.HostSessionUpdate{Notification: raw}})
}

func content(block string) string {
	return `{"sessionUpdate":"agent_message_chunk","content":` + block + `}`
}

func text(kind, text string) string {
	return `{"sessionUpdate":"` + kind + `","content":{"type":"text","text":"` + text + `"}}`
}

// updateTests are updates of the agent, and what the screen prints for them.
var updateTests = []struct {
	name    string
	updates []string
	want    string
}{
	{"chunks of one message are printed on one line",
		[]string{text("agent_message_chunk", "Hel"), text("agent_message_chunk", "lo")}, "agent: Hello\n"},
	{"a second message begins a new line",
		[]string{`{"sessionUpdate":"agent_message_chunk","messageId":"1","content":{"type":"text","text":"a"}}`,
			`{"sessionUpdate":"agent_message_chunk","messageId":"2","content":{"type":"text","text":"b"}}`}, "agent: a\nagent: b\n"},
	{"a thought differs from a message",
		[]string{text("agent_thought_chunk", "hm"), text("agent_message_chunk", "ah")}, "agent thinks: hm\nagent: ah\n"},
	{"further lines are indented", []string{text("agent_message_chunk", `a\n* b`)}, "agent: a\n    * b\n"},
	{"control characters are marked", []string{text("agent_message_chunk", `\u001b[2Jhi\u202e`)}, "agent: ⟨U+001B⟩[2Jhi⟨U+202E⟩\n"},
	{"content other than text is named", []string{`{"sessionUpdate":"agent_message_chunk","content":{"type":"image","data":"AAAA"}}`}, "agent: [image: 3 bytes]\n"},
	{"a tool call has one line for each status",
		[]string{`{"sessionUpdate":"tool_call","toolCallId":"c","title":"Edit a.go","status":"pending"}`,
			`{"sessionUpdate":"tool_call_update","toolCallId":"c","content":[{"type":"content"}]}`,
			`{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"pending"}`,
			`{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"completed"}`},
		"⚙ Edit a.go [pending]\n⚙ Edit a.go [completed]\n"},
	{"a call that was not announced is named by its id",
		[]string{`{"sessionUpdate":"tool_call_update","toolCallId":"c9","status":"failed"}`}, "⚙ c9 [failed]\n"},
	{"the command of a call is shown once",
		[]string{`{"sessionUpdate":"tool_call","toolCallId":"c","title":"bash","status":"pending","rawInput":{"command":"make\nmake test"}}`,
			`{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"completed"}`},
		"⚙ bash [pending]\n    make\n    make test\n⚙ bash [completed]\n"},
	{"a call whose details arrive later is shown again",
		[]string{`{"sessionUpdate":"tool_call","toolCallId":"c","title":"Terminal","status":"pending","rawInput":{}}`,
			`{"sessionUpdate":"tool_call_update","toolCallId":"c","title":"echo hi","rawInput":{"command":"echo hi"}}`},
		"⚙ Terminal [pending]\n⚙ echo hi [pending]\n"},
	{"a diff is shown in full",
		[]string{`{"sessionUpdate":"tool_call","toolCallId":"c","title":"Edit","status":"completed","content":[{"type":"diff","path":"a.go","oldText":"a\nb\n","newText":"a\nx\n"}]}`},
		"⚙ Edit [completed]\n    a.go\n    @@ -1,2 +1,2 @@\n     a\n    -b\n    +x\n"},
	{"a long title is shown in full once and then shortened",
		[]string{`{"sessionUpdate":"tool_call","toolCallId":"c","title":"` + strings.Repeat("x", 150) + `","status":"pending"}`,
			`{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"completed"}`},
		"⚙ " + strings.Repeat("x", 150) + " [pending]\n⚙ " + strings.Repeat("x", 99) + "… [completed]\n"},
	{"invisible characters of a call are counted",
		[]string{`{"sessionUpdate":"tool_call","toolCallId":"c","title":"a\u200bb","status":"pending","rawInput":{"command":"x\u202e"}}`},
		"⚙ a⟨U+200B⟩b [pending]\n    x⟨U+202E⟩\n  ! 2 characters cannot be seen and are marked above\n"},
	{"a plan is a checklist",
		[]string{`{"sessionUpdate":"plan","entries":[{"content":"one","status":"completed"},{"content":"two","status":"in_progress"},{"content":"three","status":"pending"}]}`},
		"plan:\n  [x] one\n  [>] two\n  [ ] three\n"},
	{"an unknown update is mentioned once in a row",
		[]string{`{"sessionUpdate":"novelty"}`, `{"sessionUpdate":"novelty"}`, text("agent_message_chunk", "a"), `{"sessionUpdate":"novelty"}`},
		"· novelty\nagent: a\n· novelty\n"},
	{"updates that are of no interest to people are ignored",
		[]string{text("agent_message_chunk", "a"), `{"sessionUpdate":"usage_update","used":7}`, `{"sessionUpdate":"available_commands_update"}`,
			`{"sessionUpdate":"session_info_update","_meta":{}}`, `{"sessionUpdate":"config_option_update"}`, `{"sessionUpdate":"_vendor"}`, text("agent_message_chunk", "b")},
		"agent: ab\n"},
	{"a session's title is shown",
		[]string{`{"sessionUpdate":"session_info_update","title":"Fix it"}`},
		"* the agent names the session: Fix it\n"},
	{"a whole message replaces what was said",
		[]string{`{"sessionUpdate":"agent_message_chunk","messageId":"1","content":{"type":"text","text":"a"}}`,
			`{"sessionUpdate":"agent_message","messageId":"1","content":[{"type":"text","text":"b"}]}`,
			`{"sessionUpdate":"agent_message_chunk","messageId":"1","content":{"type":"text","text":"c"}}`},
		"agent: a\ninstead, agent: bc\n"},
	{"images, recordings, links and data are described",
		[]string{content(`{"type":"image","mimeType":"image/png","data":"AAAA"}`), content(`{"type":"audio","mimeType":"audio/wav","data":"AAAAAAAA"}`),
			content(`{"type":"resource_link","uri":"file:///a.go","name":"a.go","size":2048}`), content(`{"type":"resource","resource":{"uri":"u","blob":"AAAA"}}`)},
		"agent: [image: image/png, 3 bytes][audio: audio/wav, 6 bytes][link: a.go, file:///a.go, 2 kB][resource: u, 3 bytes]\n"},
	{"a call names its tool and its files",
		[]string{`{"sessionUpdate":"tool_call","toolCallId":"c","title":"Read","name":"read_file","locations":[{"path":"/a.go","line":7},{"path":"/b.go"}]}`,
			`{"sessionUpdate":"tool_call_update","toolCallId":"c","locations":[{"path":"/a.go","line":7},{"path":"/b.go"}]}`,
			`{"sessionUpdate":"tool_call_update","toolCallId":"c","locations":[{"path":"/c.go"}]}`},
		"⚙ Read (read_file) [pending]\n    at /a.go:7, /b.go\n    at /c.go\n"},
	{"a terminal of version 2 is shown in its call",
		[]string{`{"sessionUpdate":"tool_call_update","toolCallId":"c","title":"make","content":[{"type":"terminal","terminalId":"x"}]}`,
			`{"sessionUpdate":"terminal_output_chunk","terminalId":"x","data":"b25lCg=="}`,
			`{"sessionUpdate":"terminal_update","terminalId":"x","exitStatus":{"exitCode":1}}`},
		"⚙ make [pending]\n    one\n  it ended with exit code 1\n"},
	{"a terminal of no call has lines of its own",
		[]string{`{"sessionUpdate":"terminal_update","terminalId":"x","command":"watch","output":{"data":"b25lCg=="}}`,
			`{"sessionUpdate":"terminal_output_chunk","terminalId":"x","data":"dHdvCg=="}`},
		"⚙ watch\n    one\n    two\n"},
	{"changes of several files",
		[]string{`{"sessionUpdate":"tool_call_update","toolCallId":"c","title":"Move","content":[{"type":"diff","changes":[{"operation":"move","oldPath":"/a","path":"/b"},{"operation":"add","path":"/c"}],"patch":{"format":"git_patch","text":"@@ -1 +1 @@"}}]}`},
		"⚙ Move [pending]\n    moved: /a → /b\n    new: /c\n    @@ -1 +1 @@\n"},
	{"plans with ids, as text, in a file, and removed",
		[]string{`{"sessionUpdate":"plan_update","plan":{"type":"items","planId":"p","entries":[{"content":"one"}]}}`,
			`{"sessionUpdate":"plan_update","plan":{"type":"markdown","planId":"q","content":"# Two"}}`,
			`{"sessionUpdate":"plan_update","plan":{"type":"file","planId":"r","uri":"file:///three.md"}}`, `{"sessionUpdate":"plan_removed","planId":"q"}`},
		"plan:\n  [ ] one\nplan:\n    # Two\nplan:\n    in file:///three.md\nplan: removed\n"},
	{"notices of the agent",
		[]string{`{"sessionUpdate":"notice","severity":"warning","title":"Low quota","description":"5 % left"}`, `{"sessionUpdate":"notice","severity":"info","title":"Hi"}`},
		"* warning from the agent: Low quota\n    5 % left\n* notice from the agent: Hi\n"},
	{"a compaction, with its summary",
		[]string{`{"sessionUpdate":"compaction_update","compactionId":"k","status":"in_progress"}`, `{"sessionUpdate":"compaction_summary_chunk","compactionId":"k","content":{"type":"text","text":"So far"}}`,
			`{"sessionUpdate":"compaction_update","compactionId":"k","status":"failed","error":"too long"}`},
		"* the agent is shortening its context\nsummary: So far\n* the agent could not shorten its context\n    too long\n"},
	{"what users said before",
		[]string{text("user_message_chunk", "Hello")}, "said to the agent: Hello\n"},
	{"malformed updates are tolerated",
		[]string{`{"sessionUpdate":7}`, `{"sessionUpdate":"plan","entries":{}}`, `[]`, `{"sessionUpdate":"agent_message_chunk","content":7}`},
		"· session/update\n· plan\n· session/update\nagent: [unknown content]\n"},
}

func TestUpdate(t *testing.T) {
	for _, tc := range updateTests {
		t.Run(tc.name, func(t *testing.T) { require.Equal(t, tc.want, shown(tc.updates...)) })
	}
}

func TestUpdate_mentions_other_notifications(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, ledger.New())
	s.update(json.RawMessage(`{"method":"_vendor/usage","params":{}}`))
	s.update(json.RawMessage(`{"method":"fs/stat"}`))
	s.update(json.RawMessage(`7`))
	require.Equal(t, "· fs/stat\n· notification\n", out.String(), "extensions are ignored")
}

func TestUpdate_names_the_size_of_what_was_too_big(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, ledger.New())
	s.update(json.RawMessage(`{"method":"_parley/oversized","params":{"sessionUpdate":"tool_call_update","bytes":6000000}}`))
	require.Equal(t, "* the agent sent an update that is too big to be kept: tool_call_update, 6.0 MB\n", out.String())
}

func TestScreen_shows_the_colours_of_a_command(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, true, ledger.New())
	s.update(json.RawMessage(`{"method":"session/update","params":{"update":{"sessionUpdate":"tool_call_update","toolCallId":"c","title":"t","_meta":{"terminal_output_delta":{"data":"\u001b[31mred\u001b[0m plain\u001b[2J"}}}}}`))
	s.endStream()
	require.Contains(t, out.String(), "\x1b[31mred\x1b[0m\x1b[2m plain\x1b[0m\n")
}

func TestScreen_shows_usage_and_cost_at_the_end_of_a_turn(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, ledger.New())
	for _, p := range []protocol.Payload{
		&protocol.PromptDispatchStarted{ApprovalID: "a"},
		&protocol.HostSessionUpdate{Notification: []byte(`{"method":"session/update","params":{"update":{"sessionUpdate":"usage_update","used":41,"size":100,"cost":{"amount":0.25,"currency":"USD"}}}}`)},
		&protocol.PromptDispatchCompleted{ApprovalID: "a", StopReason: "end_turn"},
	} {
		s.event(newRoom(), &protocol.Event{Cursor: nextCursor(), Payload: p})
	}
	require.Contains(t, out.String(), "(end_turn); 41 % of the context used; 0.25 USD so far\n")
}

func TestScreen_shows_costs_below_a_cent(t *testing.T) {
	for amount, want := range map[float64]string{0.0004: "0.0004 USD", 0.125: "0.125 USD", 0.5: "0.50 USD", 1.5: "1.50 USD", 1.23456: "1.23 USD"} {
		require.Equal(t, want, costText(amount, "USD"))
	}
}

func TestRoom_says_what_the_agent_is_doing(t *testing.T) {
	r := newRoom()
	require.Equal(t, "idle", r.agentActivity(protocol.AgentIdle))
	r.putPrompt(protocol.Approval{ID: "waits", Status: protocol.ApprovalApproved}, "Ann")
	r.queue = []protocol.QueuedPrompt{{ApprovalID: "waits"}}
	require.Equal(t, "idle", r.agentActivity(protocol.AgentIdle))
	r.putPrompt(protocol.Approval{ID: "runs", Status: protocol.ApprovalApproved}, "Ann")
	require.Equal(t, "working", r.agentActivity(protocol.AgentIdle))
	require.Equal(t, "starting", r.agentActivity(protocol.AgentStarting))
	r.putRequest(protocol.Elicitation{RequestID: "form"})
	require.Equal(t, "waiting for an answer", r.agentActivity(protocol.AgentIdle))
}

func TestScreen_uses_colours_only_if_configured(t *testing.T) {
	var out strings.Builder
	newScreen(&out, true, ledger.New()).line(bad, "x")
	require.Equal(t, "\x1b[31mx\x1b[0m\n", out.String())
	out.Reset()
	newScreen(&out, false, ledger.New()).line(bad, "x")
	require.Equal(t, "x\n", out.String())
}

// The wire transcripts of package protocol contain every type of event.
func TestScreen_shows_every_event(t *testing.T) {
	var out strings.Builder
	r := newRoom()
	s := newScreen(&out, false, r.ledger)
	for _, name := range []string{"join", "turn", "permission", "edit", "reject", "cancel", "host", "unknown"} {
		content, err := os.ReadFile("../../../../protocol/testdata/" + name + ".txt")
		require.NoError(t, err)
		for line := range strings.SplitSeq(string(content), "\n") {
			if text, ok := strings.CutPrefix(line, "< "); ok {
				show(t, s, r, text)
			}
		}
	}
	for _, want := range []string{
		"? #1 Ann proposes: Add a test for the parser\n", "* Olga approved #1: Add a test for the parser\n",
		"agent thinks: The parser has no test for an empty line.\n", "plan:\n  [>] Read the parser\n",
		"    /src/parser_test.go (a new file)\n", "agent: Done: one new test.\n", "* the agent finished #1 (end_turn)\n",
		"the agent asks to: Run `rm -rf build`\n    rm -rf build\n  (/allow #2, /deny #2, or /allow #2 with one of: 1 Always (allows from now on), 2 Once (allows once), 3 No (rejects once))\n",
		"answered with Once (Olga)", "answered with no (timeout)", "* Olga approved #3, edited: Delete the old snapshots\n",
		"* Olga rejected #1: Add a test for the parser (Not on a Friday)\n", "* Olga cancelled #1\n", "* #1 has ended: cancelled\n",
		"* bob was removed (Spam)\n", "* Olga set the mode to prompt_direct\n", "* Ann is now viewer\n", "* the session is closed\n", "* vote_cast\n",
	} {
		require.Contains(t, out.String(), want)
	}
}

func TestScreen_shows_a_proposal_in_full_and_marks_invisible_characters(t *testing.T) {
	var out strings.Builder
	r := newRoom()
	s := newScreen(&out, false, r.ledger)
	prompt := "Add a test" + strings.Repeat(" and then another one", 400) + "\U000E0072\U000E006D\u202e.\n* Olga left"
	event, err := protocol.Marshal(&protocol.Event{Type: protocol.EventPromptPendingApproval, Payload: &protocol.PromptPendingApproval{
		Approval:    protocol.Approval{ID: "a", Prompt: prompt, Status: protocol.ApprovalPending},
		Participant: protocol.Participant{ID: "p", UserID: "ben"},
	}})
	require.NoError(t, err)
	show(t, s, r, string(event))
	require.Contains(t, out.String(), strings.Repeat(" and then another one", 400)+"⟨U+E0072⟩⟨U+E006D⟩⟨U+202E⟩.\n    * Olga left")
	require.Contains(t, out.String(), "3 characters cannot be seen")
}

func show(t *testing.T, s *screen, r *room, line string) {
	m, err := protocol.DecodeServer([]byte(line))
	require.NoError(t, err)
	switch m := m.(type) {
	case *protocol.WelcomeMessage:
		r.reset(&m.Payload, s.story, after(0))
		s.welcome(r, &m.Payload)
	case *protocol.Event:
		r.addItems(m.Payload, s.story)
		s.event(r, m)
		r.apply(m.Payload, after(0))
	}
}

func TestScreen_says_that_a_secret_is_masked(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, ledger.New())
	say := func(words string, r protocol.Redaction) {
		raw := json.RawMessage(`{"method":"session/update","params":{"update":` + text("agent_message_chunk", words) + `}}`)
		s.event(newRoom(), &protocol.Event{Cursor: nextCursor(), Redaction: r, Payload: &protocol.HostSessionUpdate{Notification: raw}})
	}
	say("the key is ", "")
	say("[redacted]", protocol.RedactionMasked)
	s.event(newRoom(), &protocol.Event{Type: protocol.TypeHidden, Cursor: nextCursor(), Payload: &protocol.UnknownPayload{Type: protocol.TypeHidden}})
	say(" here", "")
	author := protocol.Participant{ID: "1", UserID: "ann"}
	s.event(newRoom(), &protocol.Event{Cursor: nextCursor(), Redaction: protocol.RedactionOriginal,
		Payload: &protocol.MessageCreated{Message: protocol.Message{Text: "secret"}, Participant: author}})
	require.Equal(t, "agent: the key is [redacted] here\n· a secret is masked above: [redacted]\n"+
		"ann: secret\n· there is a secret above; others see [redacted] in its place\n", out.String())
}
