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

func TestStray_log_lines_are_neither_updates_nor_answers(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, end := r.turn("log")
	require.Equal(t, []string{r.note("after it")}, said)
	require.Equal(t, "end_turn", end.StopReason)
}

func TestStray_an_answer_that_is_repeated_ends_no_other_turn(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for range 3 {
		_, end := r.turn("repeat")
		require.NoError(t, end.Err)
	}
	said, _ := r.turn("hello")
	require.Equal(t, []string{r.note("hello")}, said)
}

func TestStray_what_terminals_write_may_stand_before_a_message(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	said, _ := r.turn("behind")
	require.Len(t, said, 8)
	for _, line := range said {
		require.True(t, strings.HasPrefix(strings.TrimSpace(line), `{"jsonrpc":"2.0","method":"session/update"`), line)
	}
}

func TestStray_a_launchers_question_may_stand_before_the_answer_to_initialize(t *testing.T) {
	t.Parallel()
	r := ready(t, fake("is started by a launcher"))
	said, _ := r.turn("hello")
	require.Equal(t, []string{r.note("hello")}, said)
}

func TestStray_the_hub_is_told_once_a_turn(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for range 2 {
		r.prompt("log")
		told := 0
		for ended := false; !ended; {
			switch r.next().(type) {
			case rules.AgentStrayOutput:
				told++
			case rules.AgentTurnEnded:
				ended = true
			}
		}
		require.Equal(t, 1, told)
	}
	r.prompt("hello")
	require.IsType(t, rules.AgentNotification{}, r.next(), "a turn without such lines has no such event")
}

func TestStray_beginnings_are_logged_without_secrets_and_seldom(t *testing.T) {
	t.Parallel()
	core, logged := observer.New(zapcore.InfoLevel)
	s := fake("")
	s.log = zap.New(core)
	r := ready(t, s)
	r.turn("log")
	r.turn("babble 50")
	r.stop()
	lines := logged.FilterMessageSnippet("that is no message").All()
	require.NotEmpty(t, lines)
	require.LessOrEqual(t, len(lines), 6, "it is bounded however much the agent writes")
	first := lines[0].ContextMap()["begins"].(string)
	require.Contains(t, first, `"method":"POST"`)
	for _, line := range lines {
		begins := line.ContextMap()["begins"].(string)
		require.NotContains(t, begins, "kestrel-key-1")
		require.LessOrEqual(t, len(begins), 300)
	}
}
