package agent

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/protocol"
)

func TestProgress_is_the_last_line_in_printable_form(t *testing.T) {
	for in, want := range map[string]string{
		"":                                   "",
		"one\ntwo\n\n":                       "two",
		"\x1b[33mnpm\x1b[0m warn exec x\r\n": "npm warn exec x",
		"key: sk-abcdefgh12345678":           "key: [redacted]",
	} {
		require.Equal(t, want, lastLine(in), "%q", in)
	}
	require.Less(t, len(lastLine(string(make([]byte, 4096)))), maxDetail+10)
}

func TestProgress_of_a_silent_agent_depends_on_its_command(t *testing.T) {
	s := new(session)
	require.Contains(t, s.silentDetail("/usr/bin/npx"), "npx is downloading")
	require.Contains(t, s.silentDetail("npx.cmd"), "npx is downloading")
	require.Contains(t, s.silentDetail("kestrel"), "waiting")
	s.signingIn.Store(true)
	require.Contains(t, s.silentDetail("kestrel"), "signing in")
}

func TestSink_is_called_for_one_event_at_a_time(t *testing.T) {
	calls := 0 // the race detector reports concurrent calls
	s := &session{sink: func(rules.AgentEvent) { calls++ }}
	var progress sync.WaitGroup
	progress.Go(func() {
		for range 1000 {
			s.emit(rules.AgentProgress{})
		}
	})
	for range 1000 {
		s.emitFacts(protocol.AgentFacts{})
	}
	progress.Wait()
	require.Equal(t, 2000, calls)
}
