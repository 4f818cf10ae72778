package join

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestMark_leaves_nothing_that_steers_a_terminal(t *testing.T) {
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
		require.Equal(t, want, mark(dirty), "%q", dirty)
	}
}

func FuzzMark(f *testing.F) {
	f.Add("\x1b[31mred\x1b]0;t\x07\u009b\u202e\r")
	f.Fuzz(func(t *testing.T, s string) {
		got := mark(s)
		require.True(t, utf8.ValidString(got))
		require.False(t, strings.ContainsAny(got, "\x1b\x07\r\x00\u009b\u202e\u2066"), "%q", got)
		require.Equal(t, got, mark(got), "a marked text hides nothing")
	})
}

func TestHiddenWarning_counts_and_spells(t *testing.T) {
	require.Empty(t, hiddenWarning("plain", "👩‍👩‍👧 🏴󠁧󠁢󠁳󠁣󠁴󠁿"))
	require.Equal(t, "\n  ! 1 character cannot be seen and is marked above", hiddenWarning("a\u202e"))
	require.Equal(t, "\n  ! 4 characters cannot be seen and are marked above; to the agent they also say \"rm\"",
		hiddenWarning("a\u200b", "b\U000e0072\U000e006d", "\u2800"))
}

func TestOneLine_cuts_and_joins(t *testing.T) {
	require.Equal(t, "a b c", oneLine(" a\n b\t\tc "))
	require.Equal(t, "éé…", short("éééé", 3))
}

func TestIndented_lets_no_line_pass_for_the_programs_own(t *testing.T) {
	require.Equal(t, "a\n    * Olga left\n    b", indented("a\n* Olga left\nb\n\n"))
}
