package masks

import (
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/hub/redact"
	"parley/hub/rules"
	"parley/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "AKIAIOSFODNN7EXAMPLE"

// room folds the events of decisions as a session does.
type room struct {
	t      *testing.T
	rules  *redact.Rules
	state  State
	events []rules.Event
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r, err := redact.New(redact.Options{Literals: []string{"corr€ct horse"}})
	require.NoError(t, err)
	return &room{t: t, rules: r}
}

// decide carries out a decision.
func (r *room) decide(events ...rules.Event) {
	for _, e := range r.state.Mask(events, r.rules, "host") {
		r.state.Apply(e, r.rules)
		r.events = append(r.events, e)
	}
}

// restart continues with the state from its snapshot.
func (r *room) restart() {
	r.t.Helper()
	stored, err := json.Marshal(r.state)
	require.NoError(r.t, err)
	r.state = State{}
	require.NoError(r.t, json.Unmarshal(stored, &r.state))
}

// seen returns the notifications as a reader sees them for whom secrets are masked.
func (r *room) seen() (all []string) {
	r.t.Helper()
	for _, e := range r.events {
		masked, err := e.Masked()
		require.NoError(r.t, err)
		if p, ok := masked.Public.(*protocol.HostSessionUpdate); ok {
			all = append(all, string(p.Notification))
		}
	}
	return all
}

// text returns what that reader sees of the texts of an update, one piece after the other.
func (r *room) text(update string) (text string) {
	for _, n := range r.seen() {
		if p := parse([]byte(n)).piece; p != nil && p.Update == update {
			text += p.text
		}
	}
	return text
}

func update(fields string) rules.Event {
	return rules.Event{Public: &protocol.HostSessionUpdate{
		Notification: json.RawMessage(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"host","update":{` + fields + `}}}`),
	}}
}

func said(text string) rules.Event {
	return update(`"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":` + string(redact.EncodeText(text)) + `}`)
}

var (
	usage     = update(`"sessionUpdate":"usage_update","used":1,"size":2`)
	turnEnded = rules.Event{Public: &protocol.PromptDispatchCompleted{ApprovalID: "1"}}
	chat      = rules.Event{Public: &protocol.MessageCreated{Message: protocol.Message{Text: "hi"}}}
)

func TestMask_a_secret_in_pieces_is_masked_wherever_the_text_is_split(t *testing.T) {
	text := "key " + key + ", password=hunter2x; corr€ct horse\n-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nand the AKIA"
	random := rand.New(rand.NewPCG(3, 4))
	for round := range 30 {
		r := newRoom(t)
		for rest := text; rest != ""; {
			var batch []rules.Event
			for range 1 + random.IntN(3) {
				n := min(len(rest), 1+random.IntN(1+round%20))
				for !utf8.ValidString(rest[:n]) {
					n++
				}
				batch = append(batch, said(rest[:n]))
				if rest = rest[n:]; random.IntN(5) == 0 {
					batch = append(batch, usage, chat)
				}
			}
			r.decide(batch...)
			if random.IntN(10) == 0 {
				r.restart()
			}
		}
		require.NotContains(t, strings.Join(r.seen(), ""), "AKIA", "what may be the beginning of a secret is held back")
		r.decide(turnEnded)
		require.Equal(t, r.rules.String(text), r.text("agent_message_chunk"))
		require.IsType(t, turnEnded.Public, r.events[len(r.events)-1].Public, "the rest precedes the end of the turn")
	}
}

func TestMask_a_text_without_secrets_has_no_mask(t *testing.T) {
	r := newRoom(t)
	r.decide(said("Hello, "), said("you."), chat, usage, turnEnded)
	require.Len(t, r.events, 5)
	for _, e := range r.events {
		require.Nil(t, e.Private.Mask)
	}
}

func TestMask_what_ends_a_text_comes_behind_all_of_it(t *testing.T) {
	for name, e := range map[string]rules.Event{
		"a tool call":     update(`"sessionUpdate":"tool_call","toolCallId":"1","title":"x"`),
		"a thought":       update(`"sessionUpdate":"agent_thought_chunk","content":{"type":"text","text":"x"}`),
		"another message": update(`"sessionUpdate":"agent_message_chunk","messageId":"2","content":{"type":"text","text":"x"}`),
		"a plan":          update(`"sessionUpdate":"plan","entries":[]`),
		"a permission":    {Public: &protocol.PermissionRequested{Permission: protocol.Permission{RequestID: "1"}}},
		"the agent's end": {Public: &protocol.AgentStatusChanged{Status: protocol.AgentExited}},
		"a failure":       {Public: &protocol.PromptDispatchFailed{}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			r.decide(said("the AKIA"))
			r.decide(e)
			require.Len(t, r.events, 3)
			require.Equal(t, []string{string(r.events[0].Public.(*protocol.HostSessionUpdate).Notification[:0])}, []string{""})
			inserted := r.events[1]
			require.Empty(t, parseEvent(inserted).piece.text, "those who see the original see an empty piece")
			require.Equal(t, "AKIA", parse([]byte(r.seen()[1])).piece.text)
			require.False(t, inserted.Private.Mask.Hides)
		})
	}
}

func TestMask_secrets_in_any_part_of_a_notification(t *testing.T) {
	for name, fields := range map[string]string{
		"title":        `"sessionUpdate":"tool_call","toolCallId":"1","title":"echo ` + key + `"`,
		"input":        `"sessionUpdate":"tool_call","toolCallId":"1","rawInput":{"type":"` + key + `"}`,
		"output":       `"sessionUpdate":"tool_call_update","toolCallId":"1","rawOutput":"` + key + `"`,
		"diff":         `"sessionUpdate":"tool_call_update","toolCallId":"1","content":[{"type":"diff","path":"x","oldText":"` + key + `","newText":"` + key + `1"}]`,
		"plan":         `"sessionUpdate":"plan","entries":[{"content":"` + key + `"}]`,
		"whole":        `"sessionUpdate":"agent_message","messageId":"1","content":[{"type":"text","text":"` + key + `"}]`,
		"terminal":     `"sessionUpdate":"terminal_update","terminalId":"1","output":{"data":"` + base64.StdEncoding.EncodeToString([]byte("a "+key)) + `"}`,
		"old terminal": `"sessionUpdate":"tool_call_update","toolCallId":"1","_meta":{"terminal_output":{"terminal_id":"1","data":"` + key + `"}}`,
		"not ended":    `"sessionUpdate":"tool_call_update","status":"in_progress","toolCallId":"1","rawOutput":"` + key[:12] + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			r.decide(update(fields))
			seen := r.seen()[0]
			require.NotContains(t, seen, key[:12])
			require.True(t, r.events[0].Private.Mask.Hides)
			mask := redact.Mask
			if name == "terminal" {
				mask = base64.StdEncoding.EncodeToString([]byte("a " + redact.Mask))
			}
			require.Contains(t, seen, mask)
			require.Contains(t, string(r.events[0].Private.Mask.Payload), `"sessionId":"host"`)
		})
	}
}

func TestMask_output_in_pieces(t *testing.T) {
	encoded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for kind, fields := range map[string]func(text string) string{
		terminalChunk: func(text string) string { return `"terminalId":"t","data":"` + encoded(text) + `"` },
		toolContentChunk: func(text string) string {
			return `"toolCallId":"c","content":{"type":"content","content":{"type":"text","text":"` + text + `"}}`
		},
		toolUpdate: func(text string) string {
			return `"toolCallId":"c","_meta":{"terminal_output_delta":{"terminal_id":"t","data":"` + text + `"}}`
		},
		compactionChunk: func(text string) string { return `"compactionId":"c","content":{"type":"text","text":"` + text + `"}` },
	} {
		t.Run(kind, func(t *testing.T) {
			r := newRoom(t)
			text := "corr€ct horse " + key + " AKIA"
			for i := 0; i < len(text); {
				n := 1
				for kind != terminalChunk && !utf8.ValidString(text[i:i+n]) { // a terminal sends bytes
					n++
				}
				r.decide(update(`"sessionUpdate":"` + kind + `",` + fields(text[i:i+n])))
				i += n
				r.decide(said("."), chat)
			}
			r.decide(turnEnded)
			require.Equal(t, "[redacted] [redacted] AKIA", r.text(kind))
		})
	}
}

func TestState_holds_back_a_bounded_part_of_boundedly_many_texts(t *testing.T) {
	r := newRoom(t)
	long := "-----BEGIN PRIVATE KEY-----" + strings.Repeat("A", 15<<10)
	for i := range 30 {
		id := strings.Repeat("i", i+1)
		r.decide(update(`"sessionUpdate":"terminal_output_chunk","terminalId":"` + id + `","data":"` + base64.StdEncoding.EncodeToString([]byte(long)) + `"`))
		held := 0
		for _, open := range r.state.Texts {
			held += len(open.Held)
		}
		require.LessOrEqual(t, held, maxHeld)
		require.LessOrEqual(t, len(r.state.Texts), maxTexts)
	}
	r.decide(turnEnded)
	require.Empty(t, r.state.Texts)
	require.Empty(t, r.state.scanners)
	require.Equal(t, strings.Repeat(redact.Mask, 30), r.text(terminalChunk))
}

func TestMask_without_rules_shows_what_earlier_rules_hold_back(t *testing.T) {
	r := newRoom(t)
	r.decide(said("the AKIA"))
	r.rules = nil
	r.restart()
	r.decide(said("IOSF "), said("x"), turnEnded)
	require.Equal(t, "the AKIAIOSF x", r.text("agent_message_chunk"))
}
