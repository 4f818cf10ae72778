package shared_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// Every participant who was not removed may read, also after leaving and after the
// session has ended, but only read.
func TestState_reading_is_for_participants_who_were_not_removed(t *testing.T) {
	for _, closed := range []bool{false, true} {
		s := rulestest.NewFixture(t, rules.Settings{})
		left, removed, here := s.Join("lea", ""), s.Join("rob", ""), s.Join("ben", protocol.RoleViewer)
		again := s.Join("rob2", "")
		require.NoError(t, s.Send(left, &protocol.Leave{}).Err)
		require.NoError(t, s.Send(s.Owner(), &protocol.Remove{ParticipantID: removed.ID, Reason: new("spam")}).Err)
		require.NoError(t, s.Send(again, &protocol.Leave{}).Err)
		if closed {
			require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
		} else {
			require.NoError(t, s.Send(s.Owner(), &protocol.Leave{}).Err)
		}
		wrong := s.Sender(here)
		wrong.ParticipantID = left.ID
		for _, row := range []struct {
			about string
			who   shared.Sender
			code  protocol.Code // empty if the sender may read
		}{
			{"the host", s.Sender(s.Owner()), ""},
			{"a participant who is present, or was at the end", s.Sender(here), ""},
			{"a participant who has left", s.Sender(left), ""},
			{"a participant who was removed", s.Sender(removed), protocol.CodeParticipantRemoved},
			{"the token of another participant", wrong, protocol.CodeInvalidParticipantToken},
			{"an unknown participant", shared.Sender{ParticipantID: "nobody", Token: "x"}, protocol.CodeParticipantNotFound},
		} {
			t.Run(row.about, func(t *testing.T) {
				reader := row.who
				reader.ReadOnly = true
				resume := &protocol.Resume{ParticipantID: row.who.ParticipantID, ParticipantToken: row.who.Token, ReadOnly: true}
				as := func(c protocol.Command) rules.Decision {
					return s.Do(s.Session, shared.Command{Sender: reader, Request: protocol.Request{ID: "1", Command: c}})
				}
				for _, d := range []rules.Decision{
					as(resume),
					as(&protocol.History{Limit: 1}),
					as(&protocol.Ping{}),
					s.Do(s.Session, shared.Archive{Sender: reader, Query: protocol.History{Limit: 1}}),
				} {
					require.Equal(t, row.code, rulestest.ErrorCode(d.Err))
					require.Empty(t, d.Events, "reading changes nothing, and brings nobody back")
				}
				if row.code == "" {
					row.code = protocol.CodeReadOnly
				}
				for _, c := range []protocol.Command{
					&protocol.Chat{Text: "hello"}, &protocol.Prompt{Prompt: "go"}, &protocol.Approve{}, &protocol.AnswerPermission{},
					&protocol.Cancel{}, &protocol.SetMode{}, &protocol.SetRole{}, &protocol.Remove{}, &protocol.RotateInvite{},
					&protocol.StopAgent{}, &protocol.Typing{}, &protocol.Leave{}, &protocol.Close{},
				} {
					require.Equal(t, row.code, rulestest.ErrorCode(as(c).Err), c.CommandType())
				}
			})
		}
	}
}

func TestState_Remove_ends_reading_under_every_earlier_participant_of_the_user(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	before := s.Join("ben", "")
	require.NoError(t, s.Send(before, &protocol.Leave{}).Err)
	now := s.Join("ben", "")
	d := s.Send(s.Owner(), &protocol.Remove{ParticipantID: now.ID})
	require.Contains(t, d.Effects, rules.Effect(shared.DisconnectPerson{Participant: now.ID, Person: "ben", Code: protocol.CloseRemoved, Reason: "the host has removed you"}))
	for _, p := range []protocol.Participant{before, now} {
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(s.Do(s.Session, shared.Archive{Sender: s.Sender(p), Query: protocol.History{Limit: 1}}).Err))
	}
}

// A guest can have the host's user id while the host is out. Removing that guest
// is not removing the host.
func TestState_Remove_of_a_guest_with_the_hosts_user_id_does_not_end_the_hosts_reading(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	require.NoError(t, s.Send(s.Owner(), &protocol.Leave{}).Err)
	impostor := s.Join("ada", "")
	resume := &protocol.Resume{ParticipantID: s.Owner().ID, ParticipantToken: s.Sender(s.Owner()).Token}
	require.NoError(t, s.Do(s.Session, shared.Command{Request: protocol.Request{Command: resume}}).Err)
	require.NoError(t, s.Send(s.Owner(), &protocol.Remove{ParticipantID: impostor.ID}).Err)
	_, err := s.State.AuthenticateReader(s.Sender(s.Owner()))
	require.NoError(t, err)
}
