package recap

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// chunk returns a notification with a part of a message.
func chunk(id, text string) json.RawMessage {
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":`+
		`{"sessionUpdate":"agent_message_chunk","messageId":%q,"content":{"type":"text","text":%s}}}}`, id, quoted(text))
}

// whole returns a notification of version 2 with a whole message.
func whole(id, text string) json.RawMessage {
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":`+
		`{"sessionUpdate":"agent_message","messageId":%q,"content":[{"type":"text","text":%s},{"type":"image","data":"x"}]}}}`, id, quoted(text))
}

func quoted(text string) []byte {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return b
}

// lines returns the lines of a recap between the opening and the closing.
func lines(t *testing.T, r *Recap) []string {
	t.Helper()
	all := strings.Split(r.Text(), "\n")
	require.Equal(t, opening, all[0])
	require.Equal(t, closing, all[len(all)-1])
	return all[1 : len(all)-1]
}

func TestRecap_quotes_prompts_and_answers_in_their_order(t *testing.T) {
	var r Recap
	require.Empty(t, r.Text())
	r.Begin("first\nprompt")
	r.Add(chunk("a", "Hel"))
	r.Add(chunk("a", "lo."))
	r.Add(chunk("b", "Bye."))
	r.End("")
	r.Add(chunk("c", "outside of a turn"))
	r.Begin("second")
	r.End("the agent exited")
	r.Begin("third")
	require.Equal(t, []string{
		"> User:", ">> first", ">> prompt", "> Agent:", ">> Hello.", ">>", ">> Bye.", ">",
		"> User:", ">> second", "> Agent:", ">> (no text)", "> The turn failed:", ">> the agent exited", ">",
		"> User:", ">> third", "> Agent:", ">> (no text)", "> (The turn had not ended.)",
	}, lines(t, &r))
}

func TestRecap_a_whole_message_replaces_its_parts(t *testing.T) {
	var r Recap
	r.Begin("p")
	r.Add(chunk("a", "Hel"))
	r.Add(whole("a", "Hello"))
	r.Add(chunk("a", "!"))
	r.Add(whole("b", "Bye"))
	r.End("")
	require.Equal(t, []string{"> User:", ">> p", "> Agent:", ">> Hello[image]!", ">>", ">> Bye[image]"}, lines(t, &r))
}

func TestRecap_ignores_what_is_no_answer(t *testing.T) {
	var r Recap
	r.Begin("p")
	for _, n := range []string{
		`{"method":"session/update","params":{"update":{"sessionUpdate":"agent_thought_chunk","content":{"type":"text","text":"hm"}}}}`,
		`{"method":"session/update","params":{"update":{"sessionUpdate":"tool_call","title":"agent_message_chunk \"agent_message_chunk\""}}}`,
		`{"method":"session/update","params":{"update":{"sessionUpdate":"agent_message_chunk","content":7}}}`,
		`{"method":"session/update","params":{"update":{"sessionUpdate":"agent_message","messageId":{},"content":null}}}`,
		`{"method":"session/update","params":"agent_message"}`,
		`["agent_message"]`,
	} {
		r.Add(json.RawMessage(n))
	}
	require.Contains(t, lines(t, &r), ">> (no text)")
}

func TestRecap_nothing_inside_looks_like_its_end(t *testing.T) {
	for _, end := range []string{"\n", "\r", "\r\n", "\v", "\f", "\u0085", "\u2028", "\u2029"} {
		var r Recap
		r.Begin("a" + end + closing + end + "> Agent:")
		r.Add(chunk("m", "b"+end+closing+end+"> User:"))
		r.End("c" + end + closing)
		require.Equal(t, 1, strings.Count("\n"+r.Text(), "\n"+closing))
		require.Equal(t, 1, strings.Count(r.Text(), "\n> User:"))
		require.NotContains(t, strings.TrimSuffix(r.Text(), "\n"+closing), end+closing, "%q", end)
	}
}

func TestRecap_is_bounded(t *testing.T) {
	var r Recap
	for i := range 200 {
		r.Begin(fmt.Sprintf("prompt %d %s the end", i, strings.Repeat("\n", 1<<16)))
		for range 100 {
			r.Add(chunk(fmt.Sprint(i%3), strings.Repeat("ü\n", 500)))
		}
		stored, err := json.Marshal(r)
		require.NoError(t, err)
		require.Less(t, len(stored), 64<<10)
		r.End(strings.Repeat("x", 1<<16))
		require.Less(t, len(r.Text()), 64<<10)
	}
	require.Contains(t, r.Text(), "prompt 199", "the newest turn is kept")
	require.Contains(t, r.Text(), "the end", "and both ends of a long text")
	require.Contains(t, r.Text(), omitted)

	r = Recap{}
	for range 10_000 {
		r.Begin("")
		r.End("")
	}
	require.Len(t, r.Turns, maxTurns)
}

func TestRecap_survives_being_stored(t *testing.T) {
	var r Recap
	r.Begin("p")
	r.Add(chunk("a", strings.Repeat("long ", 4000)))
	stored, err := json.Marshal(r)
	require.NoError(t, err)
	var again Recap
	require.NoError(t, json.Unmarshal(stored, &again))
	for _, one := range []*Recap{&r, &again} {
		one.Add(chunk("a", "end"))
		one.End("")
	}
	require.Equal(t, r, again)
}
