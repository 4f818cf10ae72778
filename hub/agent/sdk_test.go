//go:build unix

package agent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/agenttest"
	"parley/hub/rules"
)

func TestSDKExample_runs_a_turn(t *testing.T) {
	t.Parallel()
	for option, want := range map[string]string{"allow": "updated the configuration", "reject": "skip the configuration"} {
		t.Run("with the answer "+option, func(t *testing.T) {
			t.Parallel()
			record := filepath.Join(t.TempDir(), "out")
			s := fake("")
			s.profile.Command = append([]string{"sh", "-c", `"$1" "$2" | tee "$0"`, record}, agenttest.SDKExample(t)...)
			r := s.launch(t)
			require.False(t, r.CanLoad())
			r.prompt("improve the project")
			asked, said := await[rules.AgentPermission](r)
			require.Equal(t, []rules.AgentOption{{ID: "allow", Kind: "allow_once"}, {ID: "reject", Kind: "reject_once"}}, asked.Choices)
			require.Contains(t, string(asked.ToolCall), `"toolCallId":"call_2"`)
			r.Respond(asked.RequestID, option)
			end, more := await[rules.AgentTurnEnded](r)
			require.NoError(t, end.Err)
			require.Equal(t, "end_turn", end.StopReason)
			require.Contains(t, more[len(more)-1], want)
			r.stop()
			require.Equal(t, written(t, record, r), append(said, more...))
		})
	}
}

func TestSDKExample_has_no_options(t *testing.T) {
	t.Parallel()
	s := fake("")
	s.profile.Command = agenttest.SDKExample(t)
	refusal, option := launchConfigurable(t, s).set("model", `"a"`)
	require.Contains(t, refusal, "Method not found")
	require.Nil(t, option)
}

// written returns the notifications in a record of the agent's output, with the host
// session's id in place of the agent's.
func written(t *testing.T, record string, r *running) []string {
	t.Helper()
	data, err := os.ReadFile(record)
	require.NoError(t, err)
	var lines []string
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, `"method":"session/update"`) {
			line = strings.ReplaceAll(strings.TrimSuffix(line, "\n"), r.SessionID(), r.host.String())
			lines = append(lines, line)
		}
	}
	return lines
}
