package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestJoin_fills_in_a_form_field_by_field(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--agent", "child=parley demo-agent --pace 1ms")
	room := s.Share(t, s.StartAgent(t, "child"), protocol.ModePromptDirect)
	ada := e2e.Start(t, e2e.Command{Args: []string{"join", room.HostLink().String()}, Stdin: true})
	ada.WriteLine(t, "/prompt form")
	ada.Stdout.Await(t, `\? #2 the agent asks for input: Where and how shall I deploy\?`)
	ada.Stdout.Await(t, `1 Europe \(sent as "eu-1"\): Frankfurt`)
	ada.WriteLine(t, "/accept #2")
	ada.Stderr.Await(t, `not every field was asked`)
	ada.WriteLine(t, "/answer #2 Not Allowed")
	ada.Stderr.Await(t, `must match the pattern`)
	ada.WriteLine(t, "/answer #2 summer")
	ada.WriteLine(t, "/answer #2 america")
	ada.WriteLine(t, "/skip #2") // copies
	ada.WriteLine(t, "/answer #2 0.50")
	ada.WriteLine(t, "/skip #2") // whom to notify
	ada.WriteLine(t, "/answer #2 2026-03-01")
	ada.WriteLine(t, "/answer #2 1, benchmarks")
	ada.WriteLine(t, "/answer #2 no")
	ada.Stdout.Await(t, `Whom to notify \(notify\): left out`)
	ada.WriteLine(t, "/accept #2")
	ada.Stdout.Await(t, `request for input #2 was answered: accept`)
	ada.Stdout.Await(t, `"name":"summer","region":"us-1","replicas":2,"share":0.50,"day":"2026-03-01","checks":\["tests","benchmarks"\],"dryRun":false`)

	ada.WriteLine(t, "/prompt page")
	ada.Stdout.Await(t, `page of this site to be opened: https://example\.com`)
	ada.WriteLine(t, "/accept #4")
	ada.Stdout.Await(t, `for you alone: https://example\.com/sign-in\?state=demo`)
	ada.Stdout.Await(t, `the page of the agent's request #4 is done`)
	ada.WriteLine(t, "/prompt form")
	ada.Stdout.Await(t, `\? #6 the agent asks for input`)
	ada.WriteLine(t, "/decline #6")
	ada.Stdout.Await(t, `request for input #6 was answered: decline`)
	ada.WriteLine(t, "/quit")
	s.Stop(t)
}

func TestServe_withdraws_a_form_when_it_is_killed(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--agent", "child=parley demo-agent --pace 1ms")
	room := s.Share(t, s.StartAgent(t, "child"), protocol.ModePromptDirect)
	host := e2e.Connect(t, room.HostLink(), "")
	sendPrompt(t, host, "form")
	asked, _ := e2e.AwaitEvent(t, host, func(*protocol.ElicitationRequested) bool { return true })
	s.Kill()

	s = s.Restart(t)
	host = e2e.Connect(t, room.HostLink(), "")
	require.Eventually(t, func() bool {
		page, err := host.History(t.Context(), protocol.History{Limit: 100})
		require.NoError(t, err)
		return slices.ContainsFunc(page.Events, func(e json.RawMessage) bool {
			return bytes.Contains(e, []byte(`"type":"elicitation_withdrawn"`)) && bytes.Contains(e, []byte(asked.RequestID))
		})
	}, time.Minute, 50*time.Millisecond)
	_, err := host.Accept(t.Context(), asked.RequestID, nil)
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeElicitationNotFound})
	s.Stop(t)
}
