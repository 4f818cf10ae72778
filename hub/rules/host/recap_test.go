package host_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

// says makes the agent say a text.
func says(s *rulestest.Fixture, text string) {
	s.AgentReports(rules.Notifications{fmt.Appendf(nil, `{"method":"session/update","params":{"update":`+
		`{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":%q}}}}`, text)})
}

// finishTurn makes the agent say a text and end its turn.
func finishTurn(s *rulestest.Fixture, text string) {
	says(s, text)
	s.AgentReports(rules.AgentTurnEnded{Turn: s.Agent.Turn, StopReason: "end_turn"})
	s.DeliverAll()
}

// forgetful returns a fixture whose agent cannot open an earlier session, and has had a
// turn.
func forgetful(t *testing.T) *rulestest.Fixture {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.HostState().CanLoad = false
	s.RunPrompt()
	finishTurn(s, "I have done it.")
	return s
}

func TestState_a_new_session_of_the_agent_is_given_a_recap_once(t *testing.T) {
	s := forgetful(t)
	s.AgentReports(rules.AgentExited{})
	second, third := s.Prompt(s.Owner()), s.Prompt(s.Owner())
	s.DeliverAll()
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, second, s.Agent.Turn)
	require.Contains(t, s.Agent.Recaps[second], ">> I have done it.")
	require.Equal(t, s.Agent.Recaps[second], continued(s)[0].Recap, "participants see what the agent is told")
	finishTurn(s, "Again.")
	require.Equal(t, third, s.Agent.Turn)
	require.Empty(t, s.Agent.Recaps[third], "the agent remembers its second turn")
}

func TestState_a_recap_has_only_what_the_agent_received_from_that_room(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.HostState().CanLoad = false
	guest := s.Join("ben", protocol.RoleCollaborator)
	s.SetMode(protocol.ModePromptWithApproval)
	require.NoError(t, s.Send(s.Owner(), &protocol.Chat{Text: "SECRET talk"}).Err)
	require.NoError(t, s.Send(guest, &protocol.Prompt{Prompt: "SECRET proposal"}).Err)
	require.NoError(t, s.Send(guest, &protocol.Prompt{Prompt: "SECRET rejected"}).Err)
	approvals := s.Session.Approvals()
	require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: approvals[1], Action: protocol.ActionReject}).Err)
	edited := "the approved text"
	require.NoError(t, s.Send(guest, &protocol.Prompt{Prompt: "SECRET original"}).Err)
	approvals = s.Session.Approvals()
	require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: approvals[2], Action: protocol.ActionApprove, Prompt: &edited}).Err)
	s.DeliverAll()
	says(s, "It is done.")
	require.NoError(t, s.Send(s.Owner(), &protocol.Prompt{Prompt: "SECRET cancelled before it began"}).Err)
	approvals = s.Session.Approvals()
	require.NoError(t, s.Send(s.Owner(), &protocol.Cancel{ApprovalID: approvals[3]}).Err)
	s.DeliverAll()
	finishTurn(s, "")
	says(s, "SECRET answer outside of a turn")
	s.AgentReports(rules.AgentExited{})
	next := s.Prompt(s.Owner())
	s.DeliverAll()
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Contains(t, s.Agent.Recaps[next], ">> the approved text\n> Agent:\n>> It is done.")
	require.NotContains(t, s.Agent.Recaps[next], "SECRET")
}

func TestState_each_room_gives_its_own_recap(t *testing.T) {
	n := rulestest.NewNetwork(t, rules.Settings{}, 2)
	rooms := []*rulestest.Fixture{
		{Network: n, T: t, Session: n.Shared[0], State: n.Shared[0].SharedState()},
		{Network: n, T: t, Session: n.Shared[1], State: n.Shared[1].SharedState()},
	}
	n.HostState().CanLoad = false
	for i, room := range rooms {
		room.RunPrompt()
		finishTurn(room, fmt.Sprintf("answer %d", i))
	}
	n.AgentReports(rules.AgentExited{})
	prompts := []string{rooms[0].Prompt(rooms[0].Owner()), rooms[1].Prompt(rooms[1].Owner())}
	n.DeliverAll()
	n.FinishLaunch(true)
	n.DeliverAll()
	finishTurn(rooms[0], "")
	require.Equal(t, prompts[1], n.Agent.Turn)
	for i, id := range prompts {
		require.Contains(t, n.Agent.Recaps[id], fmt.Sprintf("answer %d", i))
		require.NotContains(t, n.Agent.Recaps[id], fmt.Sprintf("answer %d", 1-i))
	}
}

func TestState_a_turn_that_is_cancelled_while_its_recap_is_wanted_holds_nothing_up(t *testing.T) {
	s := forgetful(t)
	s.AgentReports(rules.AgentExited{})
	second, third := s.Prompt(s.Owner()), s.Prompt(s.Owner())
	s.DeliverAll()
	s.FinishLaunch(true)
	require.Equal(t, second, s.HostState().RecapWanted)
	s.Do(s.Host, rules.CancelTurn{Approval: second, Failure: rules.Cancelled})
	s.DeliverAll()
	require.Equal(t, third, s.Agent.Turn)
	require.NotEmpty(t, s.Agent.Recaps[third])
}

func TestState_a_recap_that_is_lost_in_a_crash_is_asked_for_again(t *testing.T) {
	s := forgetful(t)
	s.AgentReports(rules.AgentExited{})
	second := s.Prompt(s.Owner())
	s.DeliverAll()
	s.FinishLaunch(true)
	require.Equal(t, second, s.HostState().RecapWanted)
	s.Crash()
	s.DeliverAll()
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, second, s.Agent.Turn)
	require.Contains(t, s.Agent.Recaps[second], "I have done it.")
	require.Equal(t, 1, strings.Count(s.Agent.Recaps[second], "> User:"))
}
