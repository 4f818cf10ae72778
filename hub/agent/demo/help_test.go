package demo_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/demo"
)

// shown has the scenes that show a capability of clients, by its name.
var shown = map[string][]string{
	"options":                     {"mode", "model"},
	"slash commands":              {"help", "plan"},
	"attachments":                 {"image"},
	"forms":                       {"form"},
	"pages":                       {"page"},
	"the queue":                   {"wait"},
	"memory":                      {"memory"},
	"crashes":                     {"crash", "forget"},
	"an agent that does not stop": {"hang"},
	"signing in":                  {"signout"},
	"changes of files":            {"diff"},
	"each kind of update":         {"updates", "tools", "markdown", "permission"},
	"attribution":                 {"who"},
	"redaction":                   {"secret"},
	"failures":                    {"error", "big"},
}

// shownByVersion has what only one version of the protocol can show.
var shownByVersion = map[int]map[string][]string{
	1: {"loading without resuming": {"reload"}},
	2: {
		"background work and turns without a prompt": {"watch"},
		"stopping one tool call":                     {"stop"},
		"questions about commands":                   {"command"},
		"messages that are replaced":                 {"rewrite"},
	},
}

// helpIn returns what help says in a version of the protocol.
func helpIn(t *testing.T, version int) string {
	c := serve(t, t.Context(), demo.Options{Version: version})
	c.write(`{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":%d}}`, version)
	c.until(`"id":0`)
	id := c.newSession()
	c.write(`{"jsonrpc":"2.0","id":2,"method":"session/prompt","params":{"sessionId":%q,"prompt":[{"type":"text","text":"help"}]}}`, id)
	last := map[int]string{1: `"stopReason"`, 2: `"idle"`}[version]
	var text strings.Builder
	for _, l := range c.until(last) {
		if _, rest, ok := strings.Cut(l, `"text":"`); ok && strings.Contains(l, "agent_message_chunk") {
			piece, _, _ := strings.Cut(rest, `","type":"text"`)
			text.WriteString(piece)
		}
	}
	require.NoError(t, c.in.Close())
	require.NoError(t, <-c.done)
	return text.String()
}

func TestHelp_lists_a_scene_for_each_capability_of_clients(t *testing.T) {
	t.Parallel()
	for version, own := range shownByVersion {
		help := helpIn(t, version)
		for _, parts := range []map[string][]string{shown, own} {
			for part, scenes := range parts {
				for _, name := range scenes {
					require.Contains(t, help, "- `"+name+"`: ", "version %d, %s", version, part)
				}
			}
		}
		for other, parts := range shownByVersion {
			for _, scenes := range parts {
				for _, name := range scenes {
					require.Equal(t, other == version, strings.Contains(help, "- `"+name+"`: "), "version %d, %s", version, name)
				}
			}
		}
	}
	help := helpIn(t, 1)
	require.Contains(t, help, "`demo-v2`")
	require.Contains(t, help, "The host can set my mode, my model and the option Hurry.")
	require.Contains(t, help, "with a slash and the word")
}

// tourPrompt matches a row of the table of prompts in docs/tour.md.
var tourPrompt = regexp.MustCompile("(?m)^\\| `([a-z ]+)` \\| ")

func TestTour_names_prompts_that_the_demo_agent_knows(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../docs/tour.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(raw), "| prompt | what it shows |\n")
	require.True(t, found)
	table, _, _ = strings.Cut(strings.TrimRight(table, "\n"), "\n\n")
	help := helpIn(t, 1) + helpIn(t, 2)
	var prompts []string
	for _, row := range tourPrompt.FindAllStringSubmatch(table, -1) {
		prompts = append(prompts, row[1])
	}
	require.Len(t, prompts, strings.Count(table, "\n"), "each row is a prompt") // the first line is the ruler
	require.Equal(t, "fix the failing test", prompts[0], "the story")
	for _, prompt := range prompts[1:] {
		require.Contains(t, help, "- `"+prompt+"`: ")
	}
	for _, name := range []string{"form", "page", "image", "wait", "memory", "reload", "forget", "hang", "signout", "diff", "updates", "who", "watch", "stop", "command"} {
		require.Contains(t, table, "`"+name+"`")
	}
}
