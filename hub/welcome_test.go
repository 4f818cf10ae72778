package hub_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

func TestWelcome_only_the_host_receives_the_current_invite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		require.Equal(t, r.invite, *r.host.welcome.Session.InviteToken)
		ben := r.join("ben")
		require.Nil(t, ben.welcome.Session.InviteToken)
		require.Nil(t, ben.reconnect().welcome.Session.InviteToken)

		var rotated protocol.InviteAnswer
		r.host.do(&protocol.RotateInvite{}, &rotated)
		require.Equal(t, rotated.InviteToken, *r.host.reconnect().welcome.Session.InviteToken, "the current one")
		r.invite = rotated.InviteToken
		r.join("cleo")

		r.host.do(&protocol.SetMode{Mode: protocol.ModeViewOnly}, nil)
		require.Nil(t, event[*protocol.SessionUpdated](ben).Session.InviteToken, "events do not contain it")
		r.host.do(&protocol.Close{}, nil)
		closed := r.host.attachReadOnly()
		require.Nil(t, closed.welcome.Session.InviteToken, "an ended session cannot be joined")
	})
}
