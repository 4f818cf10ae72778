package join

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/client/clienttest"
)

// Where not all people have room in a welcome, the others are asked for.
func TestRun_lists_those_who_had_no_room_in_the_welcome(t *testing.T) {
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
	host.sees("* and others, who are being asked for")
	require.Eventually(t, func() bool {
		return strings.Contains(host.err.String()+host.out.String(), "* not everybody is known who is here: ")
	}, 20*time.Second, time.Millisecond)
	require.NotContains(t, host.out.String(), "cem (collaborator")
	s.Intercept(nil)
	require.Eventually(t, func() bool {
		host.types("/who")
		return strings.Contains(host.out.String(), "* cem (collaborator")
	}, 20*time.Second, 10*time.Millisecond)
}

func TestRoom_meets_those_who_had_no_room_in_the_welcome(t *testing.T) {
	person := func(id string) protocol.Participant { return protocol.Participant{ID: id, UserID: id} }
	r := newRoom()
	known := func() (ids []string) {
		for _, p := range r.people {
			ids = append(ids, p.ID)
		}
		return ids
	}
	r.enter(&protocol.Welcome{Participants: []protocol.Participant{person("a"), person("d")}, PeopleAfter: "a"}, newCalls(), after(0))
	r.fold(&protocol.ParticipantJoined{Participant: person("e")}, after(0))
	r.fold(&protocol.ParticipantLeft{Participant: person("c")}, after(0))
	r.meet(protocol.PeopleAnswer{Participants: []protocol.Participant{person("b"), person("c")}, More: true})
	require.Equal(t, "c", r.peopleAfter)
	r.meet(protocol.PeopleAnswer{Participants: []protocol.Participant{person("d"), person("e")}})
	require.Equal(t, []string{"a", "d", "e", "b"}, known())
	require.Empty(t, r.peopleAfter)
	r.fold(&protocol.ParticipantLeft{Participant: person("b")}, after(0))
	require.Equal(t, []string{"a", "d", "e"}, known())
}
