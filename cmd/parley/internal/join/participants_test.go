package join

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/story"
	"parley/protocol"
	"parley/protocol/client/clienttest"
)

// A welcome has no room for all participants of a large session.
func TestRun_lists_participants_that_the_welcome_had_no_room_for(t *testing.T) {
	s := clienttest.New(t)
	for _, name := range []string{"ann", "ben", "cem"} {
		start(t, s.InviteLink(), name, true).sees("* you are " + name)
	}
	s.Set(clienttest.Faults{PeopleShown: 2})
	s.Intercept(func(r protocol.Request) clienttest.Fault {
		if r.Command.CommandType() != protocol.CommandPeople {
			return clienttest.Fault{}
		}
		return clienttest.Fault{Error: protocol.Errorf(protocol.CodeInternal, "broken")}
	})
	host := start(t, s.HostLink(), "", true)
	host.sees("* and others, whose names are being fetched")
	require.Eventually(t, func() bool {
		return strings.Contains(host.err.String()+host.out.String(), "* the list of participants is incomplete: ")
	}, 20*time.Second, time.Millisecond)
	require.NotContains(t, host.out.String(), "cem (collaborator")
	s.Intercept(nil)
	require.Eventually(t, func() bool {
		host.types("/who")
		return strings.Contains(host.out.String(), "* cem (collaborator")
	}, 20*time.Second, 10*time.Millisecond)
}

func TestRoom_adds_participants_that_the_welcome_had_no_room_for(t *testing.T) {
	person := func(id string) protocol.Participant { return protocol.Participant{ID: id, UserID: id} }
	r := newRoom()
	known := func() (ids []string) {
		for _, p := range r.participants {
			ids = append(ids, p.ID)
		}
		return ids
	}
	r.reset(&protocol.Welcome{Participants: []protocol.Participant{person("a"), person("d")}, PeopleAfter: "a"}, story.New(), after(0))
	r.apply(&protocol.ParticipantJoined{Participant: person("e")}, after(0))
	r.apply(&protocol.ParticipantLeft{Participant: person("c")}, after(0))
	r.addParticipants(protocol.PeopleAnswer{Participants: []protocol.Participant{person("b"), person("c")}, More: true})
	require.Equal(t, "c", r.moreAfter)
	r.addParticipants(protocol.PeopleAnswer{Participants: []protocol.Participant{person("d"), person("e")}})
	require.Equal(t, []string{"a", "d", "e", "b"}, known())
	require.Empty(t, r.moreAfter)
	r.apply(&protocol.ParticipantLeft{Participant: person("b")}, after(0))
	require.Equal(t, []string{"a", "d", "e"}, known())
}
