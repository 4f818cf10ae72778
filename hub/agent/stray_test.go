package agent_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"parley/hub/rules"
)

func TestStray_log_lines_are_not_messages(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, end := r.turn("log")
	require.Equal(t, []string{r.note("after it")}, said)
	require.Equal(t, "end_turn", end.StopReason)
}

func TestStray_a_repeated_answer_does_not_end_another_turn(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for range 3 {
		_, end := r.turn("repeat")
		require.NoError(t, end.Err)
	}
	said, _ := r.turn("hello")
	require.Equal(t, []string{r.note("hello")}, said)
}

func TestStray_terminal_sequences_may_precede_a_message(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, _ := r.turn("behind")
	require.Len(t, said, 8)
	for _, line := range said {
		require.True(t, strings.HasPrefix(strings.TrimSpace(line), `{"jsonrpc":"2.0","method":"session/update"`), line)
	}
}

func TestStray_a_launchers_question_may_precede_the_answer_to_initialize(t *testing.T) {
	t.Parallel()
	r := ready(t, fake("starts behind a launcher"))
	said, _ := r.turn("hello")
	require.Equal(t, []string{r.note("hello")}, said)
}

func TestStray_output_is_reported_once_a_turn(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for range 2 {
		r.prompt("log")
		reports := 0
		for ended := false; !ended; {
			switch r.next().(type) {
			case rules.AgentStrayOutput:
				reports++
			case rules.AgentTurnEnded:
				ended = true
			}
		}
		require.Equal(t, 1, reports)
	}
	r.prompt("hello")
	require.IsType(t, rules.AgentNotification{}, r.next(), "a turn without stray output has no report")
}

func TestStray_lines_are_logged_rarely_and_without_secrets(t *testing.T) {
	t.Parallel()
	core, logged := observer.New(zapcore.InfoLevel)
	s := fake("")
	s.log = zap.New(core)
	r := ready(t, s)
	r.turn("log")
	r.turn("babble 50")
	r.stop()
	lines := logged.FilterMessageSnippet("that is not a message").All()
	require.NotEmpty(t, lines)
	require.LessOrEqual(t, len(lines), 6, "the number of log lines is bounded")
	first := lines[0].ContextMap()["begins"].(string)
	require.Contains(t, first, `"method":"POST"`)
	for _, line := range lines {
		begins := line.ContextMap()["begins"].(string)
		require.NotContains(t, begins, "kestrel-key-1")
		require.LessOrEqual(t, len(begins), 300)
	}
}
