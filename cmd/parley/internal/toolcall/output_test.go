package toolcall

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestOutput_does_not_depend_on_how_text_is_split(t *testing.T) {
	pieces := rapid.SliceOf(rapid.SampledFrom([]string{"a", "\r", "\n", "\x1b", "[", "3", "1m", "]0;t", "\a", "\\", "(", "é", " "}))
	rapid.Check(t, func(t *rapid.T) {
		parts := append(pieces.Draw(t, "parts"), "end") // which ends any sequence except a string
		var once, cut Output
		want := joined(once.Append(strings.Join(parts, "")))
		var got []Run
		for _, part := range parts {
			got = append(got, cut.Append(part)...)
		}
		require.Equal(t, want, joined(got), "%q", parts)
	})
}

// joined joins adjacent runs of the same style.
func joined(runs []Run) (all []Run) {
	for _, r := range runs {
		if last := len(all) - 1; last >= 0 && all[last].Style == r.Style {
			all[last].Text += r.Text
			continue
		}
		all = append(all, r)
	}
	return all
}

func TestOutput_keeps_colours_and_leaves_other_effects_out(t *testing.T) {
	for text, want := range map[string]Style{
		"\x1b[31mx":                   "31",
		"\x1b[1;92mx":                 "1;92",
		"\x1b[32m\x1b[2mx":            "2;32",
		"\x1b[30mx\x1b[97m":           "",
		"\x1b[1;31m\x1b[22mx":         "31",
		"\x1b[1;31m\x1b[39mx":         "1",
		"\x1b[1;31m\x1b[mx":           "",
		"\x1b[31m\x1b[0mx":            "",
		"\x1b[38;5;200;1mx":           "1",
		"\x1b[38;2;1;2;3;35mx":        "35",
		"\x1b[8;7;5;4mx":              "", // hidden, inverse, blinking, underlined
		"\x1b[31m\x1b[2J\x1b[?25lx":   "31",
		"\x1b[99999999999999999999mx": "",
	} {
		var o Output
		require.Equal(t, []Run{{want, "x"}}, joined(o.Append(text)), "%q", text)
		require.Equal(t, "x", o.Kept())
	}
}
