package review

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func printed(t *testing.T, a protocol.ChangesAnswer, o Options) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, Print(&out, a, o))
	return out.String()
}

var answer = protocol.ChangesAnswer{
	Scope: "all", Since: new(time.Time), Total: 3, Additions: 1, Deletions: 1,
	Files: []protocol.ChangedFile{
		{Path: "a.go", Status: "modified", Version: "v1", Additions: 1, Deletions: 1, Patch: "@@ -1 +1 @@\n-old\x1b[2J\n+=== b.go (added)\n", Left: 7},
		{Path: "c.txt", OldPath: "b\n.txt", Status: "renamed", Mode: "100644 100755", Binary: true},
	},
	Unread: []protocol.UnreadFile{{Path: "big", Size: 1 << 30, Reason: "larger than 16 MiB"}}, UnreadMore: 2,
	Marks: []protocol.ReviewMark{{Path: "a.go", Version: "v1", Participant: protocol.Participant{UserID: "ben"}}},
}

func TestPrint_shows_patches_and_what_is_left_out(t *testing.T) {
	text := printed(t, answer, Options{})
	require.True(t, strings.HasPrefix(text, "=== a.go (modified, reviewed by ben)\n@@ -1 +1 @@\n-old⟨U+001B⟩[2J\n+=== b.go (added)\n... 7 more bytes"), text)
	require.Contains(t, text, "=== b .txt → c.txt (renamed, mode 100644 → 100755, binary)\n")
	require.Contains(t, text, "3 changed, +1 -1, since ")
	require.Contains(t, text, "1 more files have changed and are left out\n")
	require.Contains(t, text, "not compared: big (1073741824 bytes): larger than 16 MiB\nnot compared: 2 more files\n")
	require.Contains(t, printed(t, answer, Options{Colour: true}), "\x1b[31m-old⟨U+001B⟩[2J\x1b[0m\n")
}

func TestPrint_of_the_numbers_of_lines(t *testing.T) {
	text := printed(t, answer, Options{Stat: true})
	require.Contains(t, text, "    +1     -1  a.go (modified, reviewed by ben)\n")
	require.NotContains(t, text, "@@")
}

func TestFindTurn(t *testing.T) {
	turns := []protocol.ChangesOf{{ApprovalID: "first"}, {ApprovalID: "second"}}
	for text, want := range map[string]string{"1": "first", "2": "second", "-1": "second", "-2": "first", "first": "first"} {
		got, err := FindTurn(turns, text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"0", "3", "-3", "x", ""} {
		_, err := FindTurn(turns, text)
		require.ErrorContains(t, err, "there is no turn")
	}
}
