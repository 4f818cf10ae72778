package join

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestClean(t *testing.T) {
	for dirty, want := range map[string]string{
		"plain é 🤔\ttext\n":           "plain é 🤔\ttext\n",
		"\x1b[31mred\x1b[0m":          "red",
		"\x1b[2J\x1b[1;1Hcleared":     "cleared",
		"\x1b]0;title\x07after":       "after",
		"\x1b]8;;http://x\x1b\\link":  "link",
		"\x1bPdevice\x1b\\after":      "after",
		"\x1bcreset":                  "reset",
		"\x1b(0lines":                 "lines",
		"cut off \x1b[3":              "cut off 3",
		"cut off \x1b":                "cut off ",
		"\u009b31mC1\u0085":           "31mC1",
		"bell\a back\b null\x00 \x7f": "bell back null ",
		"over\rwritten":               "overwritten",
		"\u202egnp.exe\u2066\u200f":   "gnp.exe",
		"line\u2028line":              "line\nline",
		"bad \xff utf":                "bad � utf",
	} {
		require.Equal(t, want, Clean(dirty), "%q", dirty)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[31mred\x1b]0;t\x07\u009b\u202e\r")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		require.True(t, utf8.ValidString(got))
		require.False(t, strings.ContainsAny(got, "\x1b\x07\r\x00\u009b\u202e\u2066"), "%q", got)
		require.Equal(t, got, Clean(got), "clean is clean")
	})
}

func TestOneLine_cuts_and_joins(t *testing.T) {
	require.Equal(t, "a b c", oneLine(" a\n b\t\tc ", 10))
	require.Equal(t, "éé…", oneLine("éééé", 3))
}

func TestIndented_lets_no_line_pass_for_the_programs_own(t *testing.T) {
	require.Equal(t, "a\n    * Olga left\n    b", indented("a\n* Olga left\nb\n\n"))
}
