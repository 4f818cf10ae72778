package rules_test

import (
	"encoding/json"
	"strings"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// checkStates checks the invariants that hold at any time.
func (r *run) checkStates(*rapid.T) {
	h := r.HostState()
	require.LessOrEqual(r.t, len(h.Queue), r.Host.Settings.MaxQueued)
	if r.Agent.Turn != "" && h.Running != nil {
		require.Equal(r.t, r.Agent.Turn, h.Running.Turn.Approval)
	}
	for _, s := range r.Shared {
		r.checkShared(s.SharedState(), s.Settings)
		if len(r.Links) == 0 && s.SharedState().Active() {
			require.Equal(r.t, waiting(h, s), shown(s), "the queue is shown as it is")
		}
		if !s.SharedState().Active() {
			require.Equal(r.t, string(protocol.EventSessionClosed), s.Journal[len(s.Journal)-1].Type, "session_closed is the last event")
		}
	}
}

// checkShared checks that the lists of a shared session are bounded, and agree with each
// other.
func (r *run) checkShared(s *shared.State, settings *rules.Settings) {
	inFlight := len(s.InFlight())
	require.LessOrEqual(r.t, inFlight, settings.MaxQueued)
	require.LessOrEqual(r.t, len(s.Open)-inFlight, settings.MaxPending+settings.MaxQueued, "queued prompts can become proposals when they are edited")
	for _, q := range s.Queue {
		require.NotNil(r.t, s.OpenPrompt(q.ApprovalID), "a prompt that waits is open")
	}
	guests := 0
	for _, p := range s.People.All() {
		if p.Role == protocol.RoleHost {
			continue
		}
		guests++
		require.Equal(r.t, s.Active(), p.LeftAt == nil, "guests are held while they are present, and after the end")
		require.NotContains(r.t, s.Barred, p.UserID, "a removed user is not present")
		if lowered, ok := s.LoweredRoles[p.UserID]; ok && s.Active() {
			require.Equal(r.t, lowered, p.Role, "a lower role applies to the user")
		}
	}
	require.LessOrEqual(r.t, guests, settings.MaxParticipants)
	for _, ids := range []map[string]bool{s.JoinedTyped, s.Deciders} {
		for id := range ids {
			_, held := s.People.Get(id)
			require.True(r.t, held, "a guest who has left leaves no mark")
		}
	}
	var snapshot struct{ Commands map[string][]json.RawMessage }
	require.NoError(r.t, json.Unmarshal(rules.RawJSON(s), &snapshot))
	for scope, commands := range snapshot.Commands {
		require.LessOrEqual(r.t, len(commands), 128)
		_, held := s.People.Get(scope)
		require.True(r.t, held || scope == "creator" || strings.HasPrefix(scope, "join:"), "a guest who has left has no commands here")
	}
}

// checkEnd checks the invariants that hold after all turns have ended and all messages have
// arrived.
func (r *run) checkEnd() {
	h := r.HostState()
	require.Nil(r.t, h.Running)
	require.Empty(r.t, h.Queue)
	require.Empty(r.t, h.Ended, "the end of every turn is confirmed")
	r.checkTexts()
	for _, s := range r.sessions() {
		s.Reload(r.t, r.Now)
		r.checkNoTokens(s)
	}
	for _, session := range r.Shared {
		r.checkPromptsEnded(session)
		s := session.SharedState()
		if !s.Active() {
			continue
		}
		for _, p := range s.Permissions {
			require.NotNil(r.t, h.OpenQuestion(p.RequestID), "the agent waits for an answer to every open request")
		}
		for _, e := range s.Elicitations {
			open := h.OpenQuestion(e.RequestID)
			require.NotNil(r.t, open, "the agent waits for every open request for input")
			require.Equal(r.t, open.Waits(), e.AcceptedBy != nil, "both know whether a page was accepted")
		}
		require.Equal(r.t, h.Agent, s.Agent)
		require.Equal(r.t, h.Detail, s.AgentDetail)
		require.Empty(r.t, s.Changes, "the outcome of every change is known")
		require.Nil(r.t, s.RefusedMode)
		require.Equal(r.t, string(rules.RawJSON(h.Session.Facts)), string(rules.RawJSON(s.Facts)))
	}
}

// checkPromptsEnded checks that every approved prompt was approved once and ended once.
func (r *run) checkPromptsEnded(s *rulestest.Session) {
	approved, ended := map[string]int{}, map[string]int{}
	for _, record := range s.Journal {
		e, err := shared.DecodeEvent(record)
		require.NoError(r.t, err)
		switch e := e.Public.(type) {
		case *protocol.PromptApproved:
			approved[e.Approval.ID]++
		case *protocol.PromptDispatchCompleted:
			ended[e.ApprovalID]++
		case *protocol.PromptDispatchFailed:
			ended[e.ApprovalID]++
		}
	}
	for id, times := range approved {
		require.Equal(r.t, 1, times, "approved once")
		require.Equal(r.t, 1, ended[id], "ended once")
	}
	require.Empty(r.t, s.SharedState().InFlight())
}

// waiting returns the prompts of a shared session that wait in the host session.
func waiting(h *host.State, s *rulestest.Session) []protocol.QueuedPrompt {
	ahead, list := 0, []protocol.QueuedPrompt{}
	if h.Running != nil {
		ahead++
	}
	for i, t := range h.Queue {
		if t.Shared == s.ID {
			list = append(list, protocol.QueuedPrompt{ApprovalID: t.Approval, Ahead: ahead + i})
		}
	}
	return list
}

// shown returns the queue of a shared session.
func shown(s *rulestest.Session) []protocol.QueuedPrompt {
	return append([]protocol.QueuedPrompt{}, s.SharedState().Queue...)
}

// checkTexts checks that the agent received only texts that were approved, and none of a
// prompt that was withdrawn or replaced in the queue.
func (r *run) checkTexts() {
	approved := map[string]string{}
	for _, s := range r.Shared {
		for _, record := range s.Journal {
			e, err := shared.DecodeEvent(record)
			require.NoError(r.t, err)
			if p, ok := e.Public.(*protocol.PromptApproved); ok {
				approved[p.Approval.ID] = p.Approval.Prompt
			}
		}
	}
	for id, text := range r.Agent.Texts {
		require.Equal(r.t, approved[id], text, "the agent receives what was approved")
	}
	for _, record := range r.Host.Journal {
		var ended struct {
			Approval string
			Edit     *rules.TurnEdit
		}
		if record.Type == "turn_over" {
			require.NoError(r.t, json.Unmarshal(record.Public, &ended))
		}
		if ended.Edit != nil {
			require.NotContains(r.t, r.Agent.Prompts, ended.Approval, "a prompt that was withdrawn does not run")
		}
	}
}

// checkNoTokens checks that neither the journal nor the state holds a token.
func (r *run) checkNoTokens(session *rulestest.Session) {
	stored := session.EncodedState(r.t)
	for _, record := range session.Journal {
		stored += string(record.Public) + string(record.Private)
	}
	for _, s := range r.Shared {
		key, state := s.Settings.Key, s.SharedState()
		for generation := 1; generation <= state.InviteGeneration; generation++ {
			require.NotContains(r.t, stored, key.Token(rules.InviteToken, s.ID.String(), generation))
		}
		for _, p := range state.People.All() {
			require.NotContains(r.t, stored, key.Token(rules.ParticipantToken, p.ID, 1))
		}
	}
}
