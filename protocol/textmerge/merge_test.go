package textmerge_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol/textmerge"
)

func event(cursor int, update string) string {
	return fmt.Sprintf(`{"type":"host_session_update","cursor":"C%d","sharedSessionId":"s","timestamp":"2026-03-01T10:00:%02dZ","payload":{"notification":{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"h","update":%s}}}}`, cursor, cursor%60, update)
}

func piece(cursor int, text string) string {
	return event(cursor, `{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"`+text+`"}}`)
}

func merge(events ...string) []string {
	return textmerge.Merge(events, func(e string) []byte { return []byte(e) }, func(_ string, event []byte) string { return string(event) })
}

func TestMerge_joins_neighbouring_pieces_and_keeps_the_last_cursor(t *testing.T) {
	require.Equal(t, []string{piece(3, `Hel\"lo`+"ü")}, merge(piece(1, `Hel`), piece(2, `\"l`), piece(3, "oü")))
	require.Equal(t, []string{piece(2, `\ud83d\ude00`)}, merge(piece(1, `\ud83d`), piece(2, `\ude00`)), "halves of a character become one")
}

func TestMerge_leaves_everything_else(t *testing.T) {
	text := `{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"a"}`
	for name, events := range map[string][]string{
		"one piece":               {piece(1, "a")},
		"another event between":   {piece(1, "a"), `{"type":"message_created","cursor":"C2","timestamp":"t","payload":{}}`, piece(3, "b")},
		"another voice":           {piece(1, "a"), event(2, strings.Replace(text+"}", "message", "thought", 1))},
		"another message":         {event(1, text+`,"messageId":"1"}`), event(2, text+`,"messageId":"2"}`)},
		"other metadata":          {event(1, text+`,"_meta":{"n":1}}`), event(2, text+`,"_meta":{"n":2}}`)},
		"pictures":                {event(1, `{"sessionUpdate":"agent_message_chunk","content":{"type":"image","data":"a"}}`), event(2, `{"sessionUpdate":"agent_message_chunk","content":{"type":"image","data":"a"}}`)},
		"tool calls":              {event(1, `{"sessionUpdate":"tool_call","content":{"type":"text","text":"a"}}`), event(2, `{"sessionUpdate":"tool_call","content":{"type":"text","text":"a"}}`)},
		"a repeated member":       {event(1, `{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"a","text":"b"}}`), event(2, `{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"a","text":"b"}}`)},
		"a text that is a number": {event(1, `{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":10}}`), event(2, `{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":10}}`)},
		"no content":              {event(1, `{"sessionUpdate":"agent_message_chunk"}`), event(2, `{"sessionUpdate":"agent_message_chunk"}`)},
		"an update of null":       {event(1, `null`), event(2, `null`)},
		"lines without an event":  {"", "", `{"type":"ok"}`},
	} {
		require.Equal(t, events, merge(events...), name)
	}
}

func TestMerge_bounds_a_joined_text(t *testing.T) {
	var events []string
	for i := range 100 {
		events = append(events, piece(i, strings.Repeat("z", 1000)))
	}
	total := 0
	for _, e := range merge(events...) {
		n := strings.Count(e, "z")
		require.LessOrEqual(t, n, textmerge.MaxText)
		total += n
	}
	require.Equal(t, 100_000, total)
	require.Len(t, merge(events...), 7)
	long := piece(1, strings.Repeat("x", 2*textmerge.MaxText))
	require.Equal(t, []string{long, piece(2, "y")}, merge(long, piece(2, "y")), "a longer piece stays as it is")
}

func FuzzMerge(f *testing.F) {
	f.Add(`{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"a"}}`, `{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"b"}}`)
	f.Add(`{"content":{"text":"\\","type":"text"},"sessionUpdate":"agent_thought_chunk"}`, `7`)
	f.Fuzz(func(t *testing.T, one, other string) {
		if !json.Valid([]byte(one)) || !json.Valid([]byte(other)) {
			t.Skip()
		}
		for _, e := range merge(event(1, one), event(2, other), event(3, one)) {
			require.True(t, json.Valid([]byte(e)), e)
		}
	})
}
