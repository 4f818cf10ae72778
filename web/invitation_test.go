package web_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// invitation requests what an invite is for.
func (s *session) invitation(invite string) reply {
	s.w.t.Helper()
	return s.w.call("GET", s.path("/invitation"), nil, "Authorization", "Bearer "+invite)
}

func TestInvitation(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	t.Run("describes the session to the holder of the invite", func(t *testing.T) {
		var answer protocol.InvitationAnswer
		r := s.invitation(s.Invite).ok(http.StatusOK, &answer)
		require.Equal(t, s.ID, answer.Session.ID)
		require.Equal(t, protocol.StatusActive, answer.Session.Status)
		require.Equal(t, s.Host.ID, answer.Host.ID)
		require.Equal(t, 1, answer.Present)
		require.NotContains(t, string(r.body), s.Invite)
		require.NotContains(t, string(r.body), s.Host.Token)
	})
	t.Run("names the first few of those present", func(t *testing.T) {
		for i := range protocol.MaxInvitationParticipants + 2 {
			s.join(fmt.Sprint("guest-", i), protocol.RoleViewer)
		}
		gone := s.join("gone", protocol.RoleViewer)
		s.leave(gone)
		var answer protocol.InvitationAnswer
		s.invitation(s.Invite).ok(http.StatusOK, &answer)
		require.Equal(t, protocol.MaxInvitationParticipants+3, answer.Present)
		require.Len(t, answer.Participants, protocol.MaxInvitationParticipants)
		require.Equal(t, s.Host.ID, answer.Participants[0].ID)
	})
	t.Run("tells others no more than a join does", func(t *testing.T) {
		s.invitation("guess").fails(protocol.CodeInvalidInviteToken)
		s.invitation("").fails(protocol.CodeInvalidInviteToken)
		s.invitation(s.Host.Token).fails(protocol.CodeInvalidInviteToken)
		w.call("GET", s.path("/invitation"), nil).fails(protocol.CodeUnauthorized)
		w.call("GET", s.path("/invitation?inviteToken="+s.Invite), nil).fails(protocol.CodeUnauthorized)
		for _, id := range []string{uuid.NewString(), s.Agent, "no-id", "%00"} {
			w.call("GET", sharedAPI+"/"+id+"/invitation", nil, "Authorization", "Bearer "+s.Invite).
				fails(protocol.CodeSessionNotFound)
		}
	})
	t.Run("refuses an invite that was replaced", func(t *testing.T) {
		var rotated struct{ Payload protocol.InviteAnswer }
		s.command(s.Host, "rotate_invite", object{}).ok(http.StatusOK, &rotated)
		s.invitation(s.Invite).fails(protocol.CodeInvalidInviteToken)
		s.Invite = rotated.Payload.InviteToken
		s.invitation(s.Invite).ok(http.StatusOK, nil)
	})
	t.Run("reports with the invite alone how a session has ended", func(t *testing.T) {
		s.close()
		var answer protocol.InvitationAnswer
		s.invitation(s.Invite).ok(http.StatusOK, &answer)
		require.Equal(t, protocol.StatusClosed, answer.Session.Status)
		require.Zero(t, answer.Present)
		s.invitation("guess").fails(protocol.CodeSessionInactive)
	})
}

func TestInvitation_reports_that_a_session_has_expired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		s := w.shareOn(w.startAgent(), protocol.ModeCommentOnly, object{"expiresInMinutes": 1})
		<-time.After(2 * time.Minute)
		var answer protocol.InvitationAnswer
		s.invitation(s.Invite).ok(http.StatusOK, &answer)
		require.Equal(t, protocol.StatusExpired, answer.Session.Status)
		w.stop()
	})
}

func TestInvitation_wrong_invites_count_as_wrong_credentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newRemoteBubble(t)
		s := w.share(protocol.ModeCommentOnly)
		for range 10 {
			s.invitation("guess").fails(protocol.CodeInvalidInviteToken)
		}
		r := s.invitation("guess")
		r.fails(protocol.CodeRateLimited)
		require.NotEmpty(t, r.header.Get("Retry-After"))
		for range 20 {
			s.invitation(s.Invite).ok(http.StatusOK, nil)
		}
		w.stop()
	})
}
