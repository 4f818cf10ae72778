package naming_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/naming"
	"parley/protocol"
)

func alike(a, b string) bool {
	return slices.ContainsFunc(naming.Keys(a), func(key string) bool { return slices.Contains(naming.Keys(b), key) })
}

func TestKeys_of_names_that_look_alike_have_one_in_common(t *testing.T) {
	for _, other := range []string{
		"olga", "OLGA", "oLgA", // case
		"Olga ", " Ol ga", "Ol\u00a0ga", "Olga\u3000", "Ol\u200bga", "O\u00adlga", // white space and invisible characters
		"Olga\u3164", "Olga\u2800", "Olga\ufe0f", "Olga\U000e0041", "\u2066Olga\u2069", // fillers, blanks, selectors, tags, isolates
		"Ｏｌｇａ", "𝐎𝐥𝐠𝐚", "ⓄⓁⒼⒶ", // compatibility forms
		"Оlga", "Οlga", "оlgа", "Olցa", // Cyrillic, Greek, Armenian letters
		"0lga", "O1ga", "OIga", "O|ga", // digits and bars
	} {
		require.True(t, alike("Olga", other), "%q", other)
	}
	for _, pair := range [][2]string{
		{"Ian", "lan"}, {"modern", "modem"}, {"Straße", "STRASSE"}, {"ВОВА", "BOBA"}, {"Вова", "вова"},
		{"José", "Jose\u0301"}, {"ｶﾞ", "ガ"}, {"Σίσυφος", "ΣΊΣΥΦΟΣ"}, {"раураl", "paypal"},
	} {
		require.True(t, alike(pair[0], pair[1]), "%q and %q", pair[0], pair[1])
		require.True(t, alike(pair[1], pair[0]), "%q and %q", pair[1], pair[0])
	}
}

func TestKeys_distinguish_names_that_look_different(t *testing.T) {
	names := []string{"Olga", "Olaf", "Ann", "Anna", "Ann (2)", "Ben", "Bob", "José", "Jose", "Вова", "Вера", "日本", "韓国", "محمد", "أحمد", "שרה", "👩‍🚀", "👨‍🚀", "Ann 2", "Sam!"}
	for i, a := range names {
		for _, b := range names[:i] {
			require.False(t, alike(a, b), "%q and %q", a, b)
		}
	}
}

func TestKeys_returns_none_for_an_invisible_name(t *testing.T) {
	for _, name := range []string{"", " ", "\u3164", "\u2800\u200d", "\u115f\u1160", "\U000e0041"} {
		require.Empty(t, naming.Keys(name), "%q", name)
	}
}

// givenRow is a name that a participant wants, and the one that Given returns.
type givenRow struct {
	about  string
	others []string
	want   string
	given  string
}

func TestGiven_makes_equal_names_different(t *testing.T) {
	long := strings.Repeat("é", protocol.MaxNameLength)
	testGiven(t, []givenRow{
		{"a free name stays unchanged", []string{"Ann"}, "Ben ", "Ben "},
		{"the second of two equal names", []string{"Ann"}, "Ann", "Ann (2)"},
		{"the third of three equal names", []string{"Ann", "Ann (2)"}, "Ann", "Ann (3)"},
		{"a number that is free again", []string{"Ann", "Ann (3)"}, "Ann", "Ann (2)"},
		{"a name that only looks equal", []string{"Ann"}, "аNN\u200b", "аNN (2)"},
		{"a typed number is replaced", []string{"Ann", "Ann (2)"}, "Ann (2)", "Ann (3)"},
		{"a typed number in other digits is kept", []string{"Ann", "Ann (2)"}, "Ann（２）", "Ann（２） (2)"},
		{"a name that is only a number in brackets", []string{"(2)"}, "(2)", "(2) (2)"},
		{"a typed number that is free", nil, "Ann (2)", "Ann (2)"},
		{"a long name is shortened for its number", []string{long}, long, long[:2*(protocol.MaxNameLength-4)] + " (2)"},
		{"an invisible name", nil, "\u3164", "guest"},
		{"a second invisible name", []string{"guest"}, "\u2800", "guest (2)"},
	})
}

func TestGiven_marks_names_that_read_like_labels(t *testing.T) {
	testGiven(t, []givenRow{
		{"the agent", nil, "agent", "agent (guest)"},
		{"the host, in letters of other scripts", nil, "Тhe Ноst", "Тhe Ноst (guest)"},
		{"the system, in punctuation", nil, "* System:", "* System: (guest)"},
		{"a line of the agent", nil, "Agent thinks:", "Agent thinks: (guest)"},
		{"a name with the host's role", nil, "Ann (host)", "Ann (host) (guest)"},
		{"a name with the host's role in other brackets", nil, "Ann ［Ноst］", "Ann ［Ноst］ (guest)"},
		{"the host with a name", nil, "Host <Ann>", "Host <Ann> (guest)"},
		{"a name that is marked already", nil, "Ann (host) (guest)", "Ann (host) (guest)"},
		{"the second of two marked names", []string{"Agent (guest)"}, "agent", "agent (guest) (2)"},
		{"a name that contains a label is not one", nil, "Agent Smith", "Agent Smith"},
	})
}

func testGiven(t *testing.T, rows []givenRow) {
	for _, row := range rows {
		t.Run(row.about, func(t *testing.T) {
			taken := map[string]bool{}
			for _, name := range row.others {
				for _, key := range naming.Keys(name) {
					taken[key] = true
				}
			}
			require.Equal(t, row.given, naming.Given(row.want, func(key string) bool { return taken[key] }))
		})
	}
}

// names generates names that often look alike: of a few letters of several scripts,
// blanks, marks, digits and brackets.
var names = rapid.StringOfN(rapid.RuneFrom([]rune("aаαAАIl1|i mrn(2)3 \u200b\u3164\u2800\u0301\u00adß\U000e0041Оо0")), 0, protocol.MaxNameLength, -1)

func TestGiven_returns_names_that_never_look_alike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		taken := map[string]bool{}
		for i, want := range rapid.SliceOfN(names, 1, 30).Draw(t, "names") {
			isTaken := func(key string) bool { return taken[key] }
			given := naming.Given(want, isTaken)
			require.Equal(t, given, naming.Given(want, isTaken), "the result is the same again")
			require.LessOrEqual(t, utf8.RuneCountInString(given), protocol.MaxNameLength)
			require.NotEmpty(t, naming.Keys(given))
			for _, key := range naming.Keys(given) {
				require.False(t, taken[key], "%d: %q became %q, which is taken", i, want, given)
				taken[key] = true
			}
		}
	})
}

func TestKeys_do_not_depend_on_invisible_characters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := names.Draw(t, "name")
		runes := []rune(name)
		at := rapid.IntRange(0, len(runes)).Draw(t, "place")
		hidden := rapid.SampledFrom([]rune("\u200b\u00ad\u3164\u2800\U000e0041 \u00a0\u2060")).Draw(t, "hidden")
		other := string(slices.Insert(runes, at, hidden))
		require.True(t, len(naming.Keys(name)) == 0 || alike(name, other), "%q and %q", name, other)
	})
}

// The search for a free number relies on this.
func TestKeys_of_a_name_with_a_number_are_those_of_both_joined(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := names.Draw(t, "name")
		suffix := fmt.Sprintf(" (%d)", rapid.IntRange(2, 3000).Draw(t, "number"))
		both := naming.Keys(name)
		if len(both) == 0 {
			both = []string{""}
		}
		for i := range both {
			both[i] += naming.Keys(suffix)[0]
		}
		require.Equal(t, both, naming.Keys(name+suffix))
	})
}

func TestGiven_finds_the_thousandth_number(t *testing.T) {
	taken := map[string]bool{}
	given := ""
	for range 1200 {
		given = naming.Given("Ann", func(key string) bool { return taken[key] })
		for _, key := range naming.Keys(given) {
			taken[key] = true
		}
	}
	require.Equal(t, "Ann (1200)", given)
}

func BenchmarkGiven_the_thousandth_of_a_name(b *testing.B) {
	taken := map[string]bool{}
	isTaken := func(key string) bool { return taken[key] }
	for range 1000 {
		for _, key := range naming.Keys(naming.Given("Ann Lee", isTaken)) {
			taken[key] = true
		}
	}
	for b.Loop() {
		naming.Given("Ann Lee", isTaken)
	}
}

func ExampleGiven() {
	taken := map[string]bool{}
	for _, want := range []string{"Ann", "ann", "Аnn", "Agent"} {
		name := naming.Given(want, func(key string) bool { return taken[key] })
		for _, key := range naming.Keys(name) {
			taken[key] = true
		}
		fmt.Println(name)
	}
	// Output:
	// Ann
	// ann (2)
	// Аnn (3)
	// Agent (guest)
}

func TestGiven_takes_any_text(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		taken := map[string]bool{}
		isTaken := func(key string) bool { return taken[key] }
		want := rapid.StringN(0, protocol.MaxNameLength, -1).Draw(t, "name")
		for range 3 {
			given := naming.Given(want, isTaken)
			require.True(t, utf8.ValidString(given))
			require.LessOrEqual(t, utf8.RuneCountInString(given), protocol.MaxNameLength)
			require.NotEmpty(t, naming.Keys(given))
			for _, key := range naming.Keys(given) {
				require.False(t, taken[key], "%q became %q", want, given)
				taken[key] = true
			}
		}
	})
}
