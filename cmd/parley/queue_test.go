package main

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// The queue survives a killed server: every prompt runs once, in the order that was shown,
// with the text that was shown last.
func TestJoin_arranges_the_queue_which_outlives_a_killed_server(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--agent", "child=parley demo-agent --pace 1ms")
	room := s.Share(t, s.StartAgent(t, "child"), protocol.ModePromptWithApproval)
	ada := e2e.Start(t, e2e.Command{Args: []string{"join", room.HostLink().String()}, Stdin: true})
	ben := e2e.Start(t, e2e.Command{Args: []string{"join", room.InviteLink().String(), "--user", "ben"}, Stdin: true})
	host := e2e.Connect(t, room.HostLink(), "")
	types := func(p *e2e.Process, line, seen string) {
		t.Helper()
		p.WriteLine(t, line)
		p.Stdout.Await(t, seen)
	}
	types(ada, "/prompt wait", `approved: wait`)
	types(ada, "/prompt help one", `approved: help one`)
	types(ada, "/prompt help two", `approved: help two`)
	types(ada, "/prompt help three", `approved: help three`)
	ada.Stdout.Await(t, `queued behind 3 other`)
	types(ada, "/move #4 #2", `has moved a prompt; these wait now, in this order: #4 \(help three\), #2 \(help one\), #3 \(help two\)`)
	types(ada, "/edit #3 help two, edited", `approved, in place of #3: help two, edited`)
	types(ada, "/withdraw #2", `cancelled #2`)
	order := regexp.MustCompile(`1\. #4 .* prompted \(after 1 turn\): help three\n\* 2\. #5 .* prompted \(after 2 turns\): help two, edited`)
	require.True(t, e2e.Poll(50*time.Millisecond, e2e.Timeout, func() bool { // the agent's session numbers them again in the background
		ada.WriteLine(t, "/queue")
		return order.MatchString(ada.Stdout.String())
	}), "%s", ada.Stdout)
	ada.WriteLine(t, "/withdraw #1")
	ada.Stderr.Await(t, `does not wait any more`)

	ben.Stdout.Await(t, `approved, in place`)
	types(ben, "/interrupt stop it", `ben proposes, interrupting the running turn: stop it`)
	types(ben, "/edit #6 stop that", `ben replaced #6: stop it`)
	ada.Stdout.Await(t, `\? #7 ben proposes, interrupting the running turn, in place of #6: stop that`)
	ben.Stdout.Await(t, `\? #7 ben proposes`)
	types(ben, "/withdraw #7", `ben withdrew #7: stop that`)
	ben.WriteLine(t, "/move #4")
	ben.Stderr.Await(t, `only the host can do this`)
	for _, p := range []*e2e.Process{ada, ben} {
		p.WriteLine(t, "/quit")
		require.Equal(t, 1, p.ExitCode(t), "a line of each was refused")
	}
	s.Kill()

	s = s.Restart(t)
	awaitTurnEnd(t, host, sendPrompt(t, host, "help last"))
	events, _ := host.Events()
	var began []string
	texts := map[string]string{}
	for _, e := range events {
		switch p := e.Payload.(type) {
		case *protocol.PromptApproved:
			texts[p.Approval.ID] = p.Approval.Prompt
		case *protocol.PromptDispatchStarted:
			began = append(began, texts[p.ApprovalID])
		}
	}
	require.Equal(t, []string{"wait", "help three", "help two, edited", "help last"}, began)
	s.Stop(t)
}
