package agent

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/protocol"
)

func TestProgress_is_the_last_line_for_people(t *testing.T) {
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

func TestProgress_of_an_agent_that_says_nothing(t *testing.T) {
	require.Contains(t, waitingFor("/usr/bin/npx"), "npx downloads")
	require.Contains(t, waitingFor("npx.cmd"), "npx downloads")
	require.Contains(t, waitingFor("kestrel"), "waiting")
}

func TestProgress_and_facts_come_one_at_a_time(t *testing.T) {
	calls := 0 // the race detector sees two calls at once
	s := &session{sink: func(rules.AgentEvent) { calls++ }}
	var tellers sync.WaitGroup
	tellers.Go(func() {
		for range 1000 {
			s.tell(rules.AgentProgress{})
		}
	})
	for range 1000 {
		s.known(protocol.AgentFacts{})
	}
	tellers.Wait()
	require.Equal(t, 2000, calls)
}
