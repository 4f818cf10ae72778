package console

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rivo/uniseg"
)

func texts(rows []row) (out []string) {
	for _, r := range rows {
		out = append(out, r.text)
	}
	return out
}

func TestWrap(t *testing.T) {
	for _, tc := range []struct {
		text string
		want []string
	}{
		{"one", []string{"one"}},
		{"one two three four", []string{"one two ", "  three ", "  four"}},
		{"abcdefghijklmnopq", []string{"abcdefghij", "  klmnopq"}},
		{"a\nb\n", []string{"a", "b", ""}},
		{"👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧x", []string{"👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", "  x"}},
		{"\x1b[31mabcdefghij\x1b[0mk", []string{"\x1b[31mabcdefghij\x1b[0m", "  k"}},
		{"a\tb", []string{"a       b"}},
		{"0123456789 x", []string{"0123456789", "   x"}},
	} {
		require.Equal(t, tc.want, texts(wrapper{width: 10, hang: "  ", words: true}.wrap(nil, tc.text)), "%q", tc.text)
	}
}

func TestWrap_breaks_a_word_that_does_not_fit_into_the_next_row(t *testing.T) {
	w := wrapper{width: 8, hang: "    ", words: true}
	require.Equal(t, []string{"a漢 a漢", "    漢"}, texts(w.wrap(nil, "a漢 a漢漢")))
}

func TestWrap_keeps_all_text_within_the_width(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("abc  é漢👩🏽"))).Draw(t, "text")
		w := wrapper{width: rapid.IntRange(8, 40).Draw(t, "width"), hang: "    ", words: rapid.Bool().Draw(t, "words")}
		rows := w.wrap(nil, text)
		var all strings.Builder
		for i, r := range rows {
			require.LessOrEqual(t, r.width, w.width)
			require.Equal(t, uniseg.StringWidth(r.text), r.width)
			if i > 0 {
				require.True(t, strings.HasPrefix(r.text, w.hang), "a row after a break is indented")
			}
			all.WriteString(r.text[len(w.hang)*min(i, 1):])
		}
		require.Equal(t, text, all.String())
	})
}

func TestLayoutInput_shows_the_rows_around_the_cursor(t *testing.T) {
	rows, at, col := layoutInput("a\nb", "c\nd", 20, 10)
	require.Equal(t, []string{"> a", "  bc", "  d"}, texts(rows))
	require.Equal(t, []int{1, 3}, []int{at, col})
	rows, at, _ = layoutInput(strings.Repeat("x\n", 50)+"y", strings.Repeat("\nz", 50), 20, 4)
	require.Equal(t, []string{"… 48 more rows above", "  x", "  x", "  y", "  z", "… 49 more rows below"}, texts(rows))
	require.Equal(t, 3, at)
	rows, at, _ = layoutInput(strings.Repeat("x\n", 50)+"y", "", 20, 4)
	require.Equal(t, "  y", rows[at].text)
}

func TestLayoutInput_marks_invisible_characters(t *testing.T) {
	rows, _, _ := layoutInput("/allow\u202e", "\u200b", 40, 4)
	require.Equal(t, []string{"> /allow⟨U+202E⟩⟨U+200B⟩"}, texts(rows))
}

func TestActiveColour_is_the_last_colour(t *testing.T) {
	require.Equal(t, "\x1b[31m", activeColour([]row{{"\x1b[2mone\x1b[0m\x1b[31mtwo", 6}, {"three", 5}}))
	require.Empty(t, activeColour([]row{{"one", 3}}))
	require.Empty(t, activeColour(nil))
}
