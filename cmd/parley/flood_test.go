package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// floodLines are what the agent of floodingAgent writes again and again. Every kind of event
// that an agent causes by itself is among them, and what a state becomes differs from what it
// was.
func floodLines() string {
	var lines []string
	line := func(method, params string) {
		lines = append(lines, fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":{"sessionId":"s",%s}}`, method, params))
	}
	update := func(update string) { line("session/update", `"update":{"sessionUpdate":`+update+`}`) }
	for _, name := range []string{"a", "b"} {
		update(`"agent_message_chunk","content":{"type":"text","text":"hello"}`)
		update(`"mystery","value":"` + name + `"`)
		update(`"plan","entries":[{"content":"` + name + `","priority":"high","status":"pending"}]`)
		update(`"session_info_update","title":"` + name + `"`)
		update(`"current_mode_update","currentModeId":"` + name + `"`)
		update(`"available_commands_update","availableCommands":[{"name":"` + name + `","description":"d"}]`)
		update(`"config_option_update","configOptions":[{"id":"o","name":"O","type":"select","currentValue":"` + name + `","options":[{"value":"a","name":"A"},{"value":"b","name":"B"}]}]`)
		line("_vendor/thing", `"value":1`)
	}
	lines = append(lines,
		`{"jsonrpc":"2.0","id":"p","method":"session/request_permission","params":{"sessionId":"s","toolCall":{"toolCallId":"t"},"options":[{"optionId":"a","name":"A","kind":"allow_once"}]}}`,
		`{"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":"p"}}`,
		`{"jsonrpc":"2.0","id":"e","method":"elicitation/create","params":{"sessionId":"s","mode":"no such mode","message":"m"}}`,
		`{"jsonrpc":"2.0","id":"u","method":"no/such_method","params":{}}`,
		`no message`)
	return strings.Join(lines, "\n") + "\n"
}

// floodingAgent returns the command of an agent that answers no prompt, and writes
// floodLines without end instead. It exits when its input ends.
func floodingAgent(t *testing.T) string {
	dir := t.TempDir()
	lines, script := filepath.Join(dir, "lines"), filepath.Join(dir, "agent.sh")
	require.NoError(t, os.WriteFile(lines, []byte(strings.Repeat(floodLines(), 100)), 0o600))
	require.NoError(t, os.WriteFile(script, fmt.Appendf(nil, `read -r line
echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentCapabilities":{}}}'
read -r line
echo '{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s"}}'
read -r line
exec 3<&0
{ cat <&3 >/dev/null; kill $$; } &
while cat %s; do :; done
`, lines), 0o600))
	return "sh " + script
}

func TestServe_an_agent_that_floods_its_room_adds_little_to_it_and_people_can_go_on(t *testing.T) {
	t.Parallel()
	const rate = 64 << 10
	s := e2e.StartServer(t, t.TempDir(), "--agent", "flood="+floodingAgent(t), "--agent-rate", fmt.Sprint(rate))
	session := s.Share(t, s.StartAgent(t, "flood"), protocol.ModePromptDirect)
	host := e2e.Connect(t, session.HostLink(), "")
	began, start := time.Now(), session.Cursor(t)
	_, err := session.Do(t.Context(), session.Host, "p", &protocol.Prompt{Prompt: "go"})
	require.NoError(t, err)
	for i := 0; time.Since(began) < 3*time.Second; i++ {
		_, err := host.ChatWith(t.Context(), protocol.Chat{Text: fmt.Sprint(i)})
		require.NoError(t, err)
		<-time.After(100 * time.Millisecond)
	}
	spent := (128 + int(time.Since(began).Seconds()) + 1) * rate
	count, bytes := map[protocol.EventType]int{}, 0
	for _, raw := range session.MustEvents(t, session.Host, start) {
		var e struct{ Type protocol.EventType }
		require.NoError(t, json.Unmarshal(raw, &e))
		count[e.Type]++
		bytes += len(raw)
	}
	t.Logf("%d bytes: %v", bytes, count)
	const announcements, others = 10, 6 // in floodLines, for each of which there are 64 KiB
	rounds := spent/((announcements+2)*64<<10) + 1
	require.Positive(t, count[protocol.EventHostSessionUpdate])
	require.LessOrEqual(t, count[protocol.EventHostSessionUpdate], (announcements+others)*rounds)
	require.LessOrEqual(t, count[protocol.EventPermissionRequested], rounds)
	require.LessOrEqual(t, count[protocol.EventPermissionWithdrawn], rounds)
	require.LessOrEqual(t, count[protocol.EventElicitationRefused], 10)
	require.LessOrEqual(t, count[protocol.EventAgentUpdated], int(time.Since(began).Seconds())+3)
	require.LessOrEqual(t, count[protocol.EventAgentStrayOutput], 1)
	require.LessOrEqual(t, count[protocol.EventAgentSlowed], 1)
	require.Less(t, bytes, spent)
	s.Stop(t)
}
