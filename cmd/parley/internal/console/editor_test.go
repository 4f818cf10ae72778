package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// edit applies keys, given as a terminal sends them, and marks the cursor in the result.
func edit(e *editor, keys ...string) string {
	for _, k := range keys {
		for _, k := range press(k) {
			e.press(k, time.Time{})
		}
	}
	return e.before + "|" + e.after
}

func TestEditor_edits_grapheme_clusters(t *testing.T) {
	const family, scotland, flag, thumb = "👩‍👩‍👧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇫🇷", "👍🏽"
	for _, tc := range []struct {
		keys []string
		want string
	}{
		{[]string{"a" + family, "\x7f"}, "a|"},
		{[]string{"a" + scotland, "\x7f"}, "a|"},
		{[]string{flag + flag, "\x7f"}, flag + "|"},
		{[]string{thumb, "\x7f"}, "|"},
		{[]string{"e\u0301", "\x7f"}, "|"},
		{[]string{"1️⃣", "\x7f"}, "|"},
		{[]string{"x" + family + "y", "\x1b[D", "\x1b[D", "z"}, "xz|" + family + "y"},
		{[]string{family + "y", "\x01", "\x1b[3~"}, "|y"},
		{[]string{family + "y", "\x01", "\x1b[C", "z"}, family + "z|y"},
		{[]string{"one two  three ", "\x17"}, "one two  |"},
		{[]string{"one", "\x17", "\x17", "\x7f", "\x1b[D", "\x1b[C", "\x1b[3~"}, "|"},
		{[]string{"one two", "\x01", "\x06", "\x0b"}, "o|"},
		{[]string{"one two", "\x02", "\x15"}, "|o"},
		{[]string{"a\x1b\rb", "\x7f", "\x7f"}, "a|"},
	} {
		require.Equal(t, tc.want, edit(&editor{}, tc.keys...), "%q", tc.keys)
	}
}

func TestEditor_records_when_a_line_was_begun(t *testing.T) {
	e, start := &editor{}, time.Now()
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	e.press(key{text: "/al"}, at(1))
	e.press(key{text: "low"}, at(2))
	require.Equal(t, Line{Text: "/allow", Began: at(1), Ended: at(3)}, e.submit(at(3)))
	e.press(key{text: "x"}, at(4))
	e.press(key{kind: keyBackspace}, at(5))
	e.press(key{text: "y"}, at(6))
	require.Equal(t, at(6), e.submit(at(7)).Began, "erased text was another line")
	e.press(key{kind: keyUp}, at(8))
	require.Equal(t, Line{Text: "y", Began: at(8), Ended: at(9)}, e.submit(at(9)), "a recalled line counts as typed when it is recalled")
}

func TestEditor_recalls_lines(t *testing.T) {
	e := &editor{}
	for n := range maxHistory + 5 {
		e.insert(fmt.Sprint("line ", n), time.Time{})
		e.submit(time.Time{})
	}
	e.insert("line 104", time.Time{})
	e.submit(time.Time{}) // a repetition is stored once
	e.insert(strings.Repeat("x", maxHistoryLine+1), time.Time{})
	e.submit(time.Time{})
	require.Equal(t, "line 103|", edit(e, "draft", "\x1b[A", "\x1b[A"))
	require.Equal(t, "draft|", edit(e, "\x1b[B", "\x1b[B", "\x1b[B"))
	for range 2 * maxHistory {
		edit(e, "\x1b[A")
	}
	require.Equal(t, "line 5|", edit(e))
}

func TestEditor_reports_a_line_that_is_too_long(t *testing.T) {
	e := &editor{}
	e.insert(strings.Repeat("x", MaxLine), time.Time{})
	require.Len(t, e.text(), MaxLine)
	e.insert("y", time.Time{})
	line := e.submit(time.Time{})
	require.True(t, line.TooLong)
	e.insert("short", time.Time{})
	require.False(t, e.submit(time.Time{}).TooLong)
}
