package hub_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

func TestWelcome_tells_the_present_invite_to_the_host_alone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		require.Equal(t, r.invite, *r.host.welcome.Session.InviteToken)
		ben := r.join("ben")
		require.Nil(t, ben.welcome.Session.InviteToken)
		require.Nil(t, ben.again().welcome.Session.InviteToken)

		var made protocol.InviteAnswer
		r.host.say(&protocol.RotateInvite{}, &made)
		require.Equal(t, made.InviteToken, *r.host.again().welcome.Session.InviteToken, "the one that is good now")
		r.invite = made.InviteToken
		r.join("cleo")

		r.host.say(&protocol.SetMode{Mode: protocol.ModeViewOnly}, nil)
		require.Nil(t, event[*protocol.SessionUpdated](ben).Session.InviteToken, "it is in no event")
		r.host.say(&protocol.Close{}, nil)
		closed := r.attach(&protocol.Resume{ParticipantID: r.owner.ParticipantID, ParticipantToken: r.owner.ParticipantToken, ReadOnly: true})
		require.Nil(t, closed.welcome.Session.InviteToken, "nobody can join a session that is over")
	})
}
