package hub

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// Reading is for everybody who took part and was not removed, whatever became
// of them and of the session; acting is not.
func TestShared_who_may_read(t *testing.T) {
	for _, closed := range []bool{false, true} {
		s := newStage(t, settings{})
		left, removed, here := s.joins("lea", ""), s.joins("rob", ""), s.joins("ben", protocol.RoleViewer)
		again := s.joins("rob2", "")
		require.NoError(t, s.by(left, &protocol.Leave{}).err)
		require.NoError(t, s.by(s.owner(), &protocol.Remove{ParticipantID: removed.ID, Reason: new("spam")}).err)
		require.NoError(t, s.by(again, &protocol.Leave{}).err)
		if closed {
			require.NoError(t, s.by(s.owner(), &protocol.Close{}).err)
		} else {
			require.NoError(t, s.by(s.owner(), &protocol.Leave{}).err)
		}
		wrong := s.credentials(here)
		wrong.ParticipantID = left.ID
		for _, row := range []struct {
			about string
			who   sender
			code  protocol.Code // "" for who may
		}{
			{"the host", s.credentials(s.owner()), ""},
			{"somebody who is here, or was at the end", s.credentials(here), ""},
			{"somebody who left", s.credentials(left), ""},
			{"somebody who was removed", s.credentials(removed), protocol.CodeParticipantRemoved},
			{"a token of somebody else", wrong, protocol.CodeInvalidParticipantToken},
			{"nobody", sender{ParticipantID: "nobody", Token: "x"}, protocol.CodeParticipantNotFound},
		} {
			t.Run(row.about, func(t *testing.T) {
				reader := row.who
				reader.ReadOnly = true
				resume := &protocol.Resume{ParticipantID: row.who.ParticipantID, ParticipantToken: row.who.Token, ReadOnly: true}
				as := func(c protocol.Command) decision {
					return s.do(s.n, command{who: reader, request: protocol.Request{ID: "1", Command: c}})
				}
				for _, d := range []decision{
					as(resume),
					as(&protocol.History{Limit: 1}),
					as(&protocol.Ping{}),
					s.do(s.n, archive{reader, protocol.History{Limit: 1}}),
				} {
					require.Equal(t, row.code, codeOf(d.err))
					require.Empty(t, d.events, "reading changes nothing, and brings nobody back")
				}
				if row.code == "" {
					row.code = protocol.CodeReadOnly
				}
				for _, c := range []protocol.Command{
					&protocol.Chat{Text: "hello"}, &protocol.Prompt{Prompt: "go"}, &protocol.Approve{}, &protocol.AnswerPermission{},
					&protocol.Cancel{}, &protocol.SetMode{}, &protocol.SetRole{}, &protocol.Remove{}, &protocol.RotateInvite{},
					&protocol.StopAgent{}, &protocol.Typing{}, &protocol.Leave{}, &protocol.Close{},
				} {
					require.Equal(t, row.code, codeOf(as(c).err), c.CommandType())
				}
			})
		}
	}
}

func TestShared_Remove_ends_reading_under_every_earlier_participant_of_the_user(t *testing.T) {
	s := newStage(t, settings{})
	before := s.joins("ben", "")
	require.NoError(t, s.by(before, &protocol.Leave{}).err)
	now := s.joins("ben", "")
	d := s.by(s.owner(), &protocol.Remove{ParticipantID: now.ID})
	require.Contains(t, d.effects, effect(cutUser{now.ID, "ben", protocol.CloseRemoved, "the host has removed you"}))
	for _, p := range []protocol.Participant{before, now} {
		require.Equal(t, protocol.CodeParticipantRemoved, codeOf(s.do(s.n, archive{s.credentials(p), protocol.History{Limit: 1}}).err))
	}
}

// A guest can have the host's user id while the host is out. Removing that guest
// is not removing the host.
func TestShared_Remove_of_a_guest_with_the_hosts_user_id_leaves_the_host_reading(t *testing.T) {
	s := newStage(t, settings{})
	require.NoError(t, s.by(s.owner(), &protocol.Leave{}).err)
	impostor := s.joins("ada", "")
	resume := &protocol.Resume{ParticipantID: s.owner().ID, ParticipantToken: s.credentials(s.owner()).Token}
	require.NoError(t, s.do(s.n, command{request: protocol.Request{Command: resume}}).err)
	require.NoError(t, s.by(s.owner(), &protocol.Remove{ParticipantID: impostor.ID}).err)
	_, err := s.state.reader(s.credentials(s.owner()))
	require.NoError(t, err)
}
