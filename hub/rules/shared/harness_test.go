package shared_test

import (
	"encoding/json"
	"fmt"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/hub/rules/shared/commands"
	"parley/protocol"
)

// bareSession carries out thousands of commands without the checks of a network, which
// would take too long.
type bareSession struct {
	*rulestest.Fixture
	inputs int
}

func (q *bareSession) do(body rules.Body) rules.Decision {
	q.T.Helper()
	q.inputs++
	in := rules.Input{At: q.Now, Now: q.Now, IDs: [2]string{fmt.Sprintf("%036d", q.inputs), ""}, Body: body}
	d := q.State.Decide(in)
	if absent, ok := d.Err.(*shared.AbsentError); ok {
		in.Body = shared.WithDeparted(in.Body, absent.ID, q.Session.Participant(q.T, absent.ID))
		d = q.State.Decide(in)
	}
	for _, e := range d.Events {
		q.Session.Append(q.T, e, q.Now)
	}
	return q.Session.CompleteAnswer(d)
}

func (q *bareSession) join(user string) protocol.Participant {
	q.T.Helper()
	c := &protocol.Join{UserID: user, InviteToken: q.InviteToken()}
	require.NoError(q.T, q.do(shared.Command{Request: protocol.Request{ID: "join-" + user, Command: c}}).Err)
	p, here := q.State.People.PresentBy(user)
	require.True(q.T, here)
	return p
}

func (q *bareSession) leave(p protocol.Participant) rules.Decision {
	return q.do(shared.Command{Sender: q.Sender(p), Request: protocol.Request{ID: "leave", Command: &protocol.Leave{}}})
}

// visits makes n guests join and leave.
func (q *bareSession) visits(n int) {
	for range n {
		p := q.join(fmt.Sprint("user-", q.inputs))
		require.NoError(q.T, q.leave(p).Err)
	}
}

// recentCommands returns the commands of present participants, by scope.
func recentCommands(s *shared.State) (byScope map[string][]commands.Done) {
	if err := json.Unmarshal(rules.RawJSON(s.Commands), &byScope); err != nil {
		panic(err)
	}
	return byScope
}

// departedCommands returns how many commands of departed guests are kept.
func departedCommands(s *shared.State) (number int) {
	for _, g := range s.Departed.Guests {
		number += len(g.Commands)
	}
	return number
}
