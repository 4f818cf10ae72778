package shared_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// Snapshots of earlier versions do not hold the reason of a removal.
func TestState_Restore_of_a_snapshot_without_reasons(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	state := shared.New(s.Session.ID, s.Session.Settings)
	encoded := rules.RawJSON(s.State)
	old := bytes.Replace(encoded, []byte(`"Barred":{}`), []byte(`"Barred":{"ben":true}`), 1)
	require.NotEqual(t, encoded, old)
	require.NoError(t, state.Restore(old))
	require.EqualError(t, state.RequireNotBarred("ben"), protocol.Errorf(protocol.CodeParticipantRemoved, "the host has removed you").Error())
}

// Earlier versions kept all participants and their commands.
func TestState_Restore_of_a_snapshot_with_guests_who_have_left(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben, cem, dot := s.Join("ben", ""), s.Join("cem", ""), s.Join("dot", "")
	pending := s.Prompt(ben)
	wrote := map[string]json.RawMessage{}
	require.NoError(t, json.Unmarshal([]byte(s.Session.EncodedState(t)), &wrote))
	delete(wrote, "Departed")
	delete(wrote, "Left")
	early, late := s.Now.Add(-time.Hour), s.Now
	everybody := slices.Clone(s.State.People.All())
	everybody[1].LeftAt, everybody[2].LeftAt = &late, &early
	wrote["People"] = rules.RawJSON(everybody)
	var open []map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(wrote["Open"], &open))
	delete(open[0], "Author")
	delete(open[0], "Approver")
	wrote["Open"] = rules.RawJSON(open)

	state := shared.New(s.Session.ID, s.Session.Settings)
	require.NoError(t, state.Restore(rules.RawJSON(wrote)))
	require.Equal(t, []string{s.Owner().ID, dot.ID}, []string{state.People.All()[0].ID, state.People.All()[1].ID})
	require.Len(t, state.People.All(), 2)
	require.Equal(t, 2, state.LeftCount)
	require.Equal(t, "ben", state.OpenPrompt(pending).Author.UserID)
	require.Equal(t, &late, state.OpenPrompt(pending).Author.LeftAt)
	require.Len(t, recentCommands(state), 2, "the creation, and dot's join")
	require.Len(t, state.Departed.Guests, 1, "ben's, since cem left long ago")
	_, known := state.Departed.Find(shared.Joining(protocol.Participant{UserID: "cem"}), "command-4")
	require.False(t, known)
	_, err := state.Lookup(cem.ID, nil)
	require.True(t, shared.IsAbsent(err))
}

// An earlier version kept the status of every prompt.
func TestState_Restore_of_a_snapshot_with_ended_prompts(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	rejected, waits := s.Prompt(ben), s.Prompt(ben)
	require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: rejected, Action: protocol.ActionReject}).Err)
	want := s.Session.EncodedState(t)
	var snapshot map[string]any
	require.NoError(t, json.Unmarshal([]byte(want), &snapshot))
	snapshot["Approvals"] = []map[string]any{
		{"ID": rejected, "Status": "rejected", "Seq": 5, "Failed": 0}, {"ID": waits, "Status": "pending", "Seq": 4, "Failed": 0},
	}
	s.Session.State = s.Session.NewState()
	require.NoError(t, s.Session.State.Restore(rules.RawJSON(snapshot)))
	require.Equal(t, want, s.Session.EncodedState(t))
	s.State = s.Session.SharedState()
	require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.ErrorCode(s.Send(s.Owner(), approve(rejected)).Err))
	require.NoError(t, s.Send(s.Owner(), approve(waits)).Err)
}
