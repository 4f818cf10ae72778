package display

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestMark_marks_everything_that_controls_a_terminal(t *testing.T) {
	for dirty, want := range map[string]string{
		"plain é 🤔\ttext\n":      "plain é 🤔\ttext\n",
		"\x1b[31mred\x1b[0m":     "⟨U+001B⟩[31mred⟨U+001B⟩[0m",
		"\x1b]0;title\x07after":  "⟨U+001B⟩]0;title⟨U+0007⟩after",
		"\u009b31mC1\u0085":      "⟨U+009B⟩31mC1⟨U+0085⟩",
		"bell\a back\b \x00\x7f": "bell⟨U+0007⟩ back⟨U+0008⟩ ⟨U+0000⟩⟨U+007F⟩",
		"over\rwritten":          "over⟨U+000D⟩written",
		"\u202egnp.exe":          "⟨U+202E⟩gnp.exe",
		"line\u2028line":         "line⟨U+2028⟩line",
		"bad \xff utf":           "bad ⟨0xFF⟩ utf",
	} {
		require.Equal(t, want, Mark(dirty), "%q", dirty)
	}
}

func FuzzMark(f *testing.F) {
	f.Add("\x1b[31mred\x1b]0;t\x07\u009b\u202e\r")
	f.Fuzz(func(t *testing.T, s string) {
		got := Mark(s)
		require.True(t, utf8.ValidString(got))
		require.False(t, strings.ContainsAny(got, "\x1b\x07\r\x00\u009b\u202e\u2066"), "%q", got)
		require.Equal(t, got, Mark(got), "marking is idempotent")
	})
}

func TestHiddenWarning_counts_characters_and_spells_tags(t *testing.T) {
	require.Empty(t, HiddenWarning("plain", "👩‍👩‍👧 🏴󠁧󠁢󠁳󠁣󠁴󠁿"))
	require.Equal(t, "\n  ! 1 character cannot be seen and is marked above", HiddenWarning("a\u202e"))
	require.Equal(t, "\n  ! 4 characters cannot be seen and are marked above; to the agent they also say \"rm\"",
		HiddenWarning("a\u200b", "b\U000e0072\U000e006d", "\u2800"))
}

func TestOneLine_joins_lines_and_Short_cuts_them(t *testing.T) {
	require.Equal(t, "a b c", OneLine(" a\n b\t\tc "))
	require.Equal(t, "éé…", Short("éééé", 3))
}

func TestIndent_indents_further_lines(t *testing.T) {
	require.Equal(t, "a\n    * Olga left\n    b", Indent("a\n* Olga left\nb\n\n"))
}
