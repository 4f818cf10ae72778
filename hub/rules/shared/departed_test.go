package shared_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// quick is a shared session on which thousands of commands are carried out, without
// the checks of a world.
type quick struct {
	*rulestest.Fixture
	made int
}

func (q *quick) do(body rules.Body) rules.Decision {
	q.T.Helper()
	q.made++
	in := rules.Input{At: q.Now, Now: q.Now, IDs: [2]string{fmt.Sprintf("%036d", q.made), ""}, Body: body}
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

func (q *quick) joins(user string) protocol.Participant {
	q.T.Helper()
	c := &protocol.Join{UserID: user, InviteToken: q.InviteToken()}
	require.NoError(q.T, q.do(shared.Command{Request: protocol.Request{ID: "join-" + user, Command: c}}).Err)
	p, here := q.State.People.PresentByUser(user)
	require.True(q.T, here)
	return p
}

func (q *quick) leaves(p protocol.Participant) rules.Decision {
	return q.do(shared.Command{Sender: q.Sender(p), Request: protocol.Request{ID: "leave", Command: &protocol.Leave{}}})
}

// visits has guests come and go.
func (q *quick) visits(n int) {
	for range n {
		p := q.joins(fmt.Sprint("user-", q.made))
		require.NoError(q.T, q.leaves(p).Err)
	}
}

func TestShared_of_those_who_left_little_is_kept(t *testing.T) {
	q := &quick{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	sizes := func() (snapshot, welcome int) {
		b, err := encodeWelcome(q.State.Welcome(shared.WelcomeFor{Participant: q.Owner().ID}, journal.Head{}))
		require.NoError(t, err)
		return len(q.Session.EncodedState(t)), len(b)
	}
	before, welcomeBefore := sizes()
	q.visits(shared.MaxDeparted)
	require.Len(t, q.State.People.All(), 1)
	require.Len(t, q.State.Commands.Lists(), 1, "the host's")
	require.Equal(t, shared.MaxDeparted, q.State.LeftCount)
	full, welcome := sizes()
	require.InDelta(t, welcomeBefore, welcome, 4, "bytes")
	require.Less(t, full-before, 160<<10, "bytes, of what is recognised for ten minutes")
	q.visits(shared.MaxDeparted)
	after, welcome := sizes()
	require.InDelta(t, welcomeBefore, welcome, 4, "bytes")
	require.InDelta(t, full, after, 8<<10, "bytes")
	require.Len(t, q.State.Departed.Guests, shared.MaxDeparted)
	require.Len(t, q.State.Departed.Known(), 2*shared.MaxDeparted)
	q.Now = q.Now.Add(shared.DepartedFor)
	q.visits(1)
	after, _ = sizes()
	require.Less(t, after-before, 1<<10, "bytes")
	q.Session.SaveSnapshot(t)
	q.Session.Reload(t, q.Now)
}

func TestShared_a_command_of_somebody_who_left_is_recognised_for_ten_minutes(t *testing.T) {
	begin := func(t *testing.T) (q *quick, ann protocol.Participant, again, joinAgain func() rules.Decision) {
		q = &quick{Fixture: rulestest.NewFixture(t, rules.Settings{})}
		ann = q.joins("ann")
		require.NoError(t, q.leaves(ann).Err)
		left := journal.Seq(len(q.Session.Journal))
		again = func() rules.Decision {
			d := q.leaves(ann)
			require.Contains(t, []journal.Seq{0, left}, d.Replay)
			require.Empty(t, d.Events)
			return d
		}
		invite := q.InviteToken()
		joinAgain = func() rules.Decision {
			c := &protocol.Join{UserID: "ann", InviteToken: invite}
			return q.do(shared.Command{Request: protocol.Request{ID: "join-ann", Command: c}})
		}
		return q, ann, again, joinAgain
	}
	t.Run("after a restart, too", func(t *testing.T) {
		q, _, again, join := begin(t)
		q.Session.SaveSnapshot(t)
		q.Session.Reload(t, q.Now)
		q.State = q.Session.SharedState()
		q.Now = q.Now.Add(shared.DepartedFor - time.Second)
		q.visits(1)
		require.NotZero(t, again().Replay)
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(join().Err), "a join brings nobody back")
	})
	t.Run("and not for longer", func(t *testing.T) {
		q, _, again, join := begin(t)
		q.Now = q.Now.Add(shared.DepartedFor)
		q.visits(1)
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(again().Err))
		require.NoError(t, join().Err)
	})
	t.Run("with another payload it is refused", func(t *testing.T) {
		q, ann, _, _ := begin(t)
		d := q.do(shared.Command{Sender: q.Sender(ann), Request: protocol.Request{ID: "leave", Command: &protocol.Chat{Text: "hello"}}})
		require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(d.Err))
	})
	t.Run("of as many people as there is room for", func(t *testing.T) {
		q, _, again, _ := begin(t)
		q.visits(shared.MaxDeparted - 1)
		require.NotZero(t, again().Replay)
		q.visits(1)
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(again().Err))
	})
	t.Run("of as many commands as there is room for", func(t *testing.T) {
		q, _, again, _ := begin(t)
		for range shared.DepartedMost / shared.RememberedCommands {
			talker := q.joins(fmt.Sprint("talker-", q.made))
			for i := range shared.RememberedCommands {
				d := q.do(shared.Command{Sender: q.Sender(talker), Request: protocol.Request{ID: fmt.Sprint(i), Command: &protocol.Chat{Text: "hello"}}})
				require.NoError(t, d.Err)
			}
			require.NoError(t, q.leaves(talker).Err)
			require.LessOrEqual(t, len(q.State.Departed.Known()), shared.DepartedMost)
		}
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(again().Err))
	})
	t.Run("a join until the invite is another", func(t *testing.T) {
		q, _, again, _ := begin(t)
		require.NoError(t, q.Send(q.Owner(), &protocol.RotateInvite{}).Err)
		require.NotZero(t, again().Replay)
		c := &protocol.Join{UserID: "ann", InviteToken: q.InviteToken()}
		require.NoError(t, q.do(shared.Command{Request: protocol.Request{ID: "join-ann", Command: c}}).Err)
	})
}

// A question is answered when the host session says so, by which time the one who
// answered it may have left.
func TestShared_an_answer_of_somebody_who_has_left_since_is_recognised(t *testing.T) {
	q := &quick{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	ann := q.joins("ann")
	require.NoError(t, q.leaves(ann).Err)
	lists := len(q.State.Commands.Lists())
	resolved := rules.Event{Public: &protocol.PermissionResolved{RequestID: "q", Participant: &ann}, Private: rules.Private{Command: &rules.CommandRef{Scope: ann.ID, ID: "answer", Digest: "d"}}}
	q.Session.Append(t, resolved, q.Now)
	require.Len(t, q.State.Commands.Lists(), lists)
	_, known := q.State.Departed.Find(ann.ID, "answer")
	require.True(t, known)
}

func TestShared_the_author_of_a_prompt_stays_known_while_it_waits(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben, cem := s.Join("ben", ""), s.Join("cem", "")
	pending := []string{s.Prompt(ben), s.Prompt(ben)}
	require.NoError(t, s.Send(ben, &protocol.Leave{}).Err)
	require.NoError(t, s.Send(cem, &protocol.Leave{}).Err)
	shown := func() map[string]*time.Time {
		b, err := encodeWelcome(s.State.Welcome(shared.WelcomeFor{Participant: s.Owner().ID}, journal.Head{}))
		require.NoError(t, err)
		m, err := protocol.DecodeServer(b)
		require.NoError(t, err)
		left := map[string]*time.Time{}
		for _, p := range m.(*protocol.WelcomeMessage).Payload.Participants {
			require.NotContains(t, left, p.UserID, "once")
			left[p.UserID] = p.LeftAt
		}
		return left
	}
	require.Equal(t, map[string]*time.Time{"ada": nil, "ben": &s.Now}, shown())
	d := s.Send(s.Owner(), approve(pending[0]))
	require.Equal(t, "ben", rulestest.MessagesOf[rules.Dispatch](d)[0].Turn.Author.UserID)
	s.Crash()
	s.State = s.Session.SharedState()
	require.Equal(t, "ben", s.State.OpenPrompt(pending[0]).Author.UserID)
	require.Equal(t, "ada", s.State.OpenPrompt(pending[0]).Approver.UserID)
	require.NoError(t, s.Send(s.Owner(), &protocol.SetRole{ParticipantID: ben.ID, Role: protocol.RoleViewer}).Err)
	require.Equal(t, protocol.RoleViewer, s.State.OpenPrompt(pending[1]).Author.Role, "as of now")
	for _, id := range pending {
		require.NoError(t, s.Send(s.Owner(), &protocol.Cancel{ApprovalID: id}).Err)
	}
	s.DeliverAll()
	require.Equal(t, map[string]*time.Time{"ada": nil}, shown())
}

func TestShared_the_end_keeps_those_who_were_there(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben, cem := s.Join("ben", ""), s.Join("cem", "")
	require.NoError(t, s.Send(ben, &protocol.Leave{}).Err)
	s.Now = s.Now.Add(time.Minute)
	require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
	s.Session.SaveSnapshot(t)
	s.Session.Reload(t, s.Now)
	s.State = s.Session.SharedState()
	_, known := s.State.People.Get(ben.ID)
	require.False(t, known)
	p, known := s.State.People.Get(cem.ID)
	require.True(t, known)
	require.Equal(t, s.Now, *p.LeftAt)
}

// Earlier versions kept everybody, and the commands of everybody.
func TestShared_a_snapshot_of_an_earlier_version(t *testing.T) {
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
	require.Len(t, state.Commands.Lists(), 2, "of the creator, and of dot's join")
	require.Len(t, state.Departed.Guests, 1, "ben; cem left long ago")
	_, known := state.Departed.Find(shared.Joining("cem"), "command-4")
	require.False(t, known)
	_, err := state.Lookup(cem.ID, nil)
	require.True(t, shared.IsAbsent(err))
}

func TestShared_restrictions_are_bounded_and_none_is_dropped(t *testing.T) {
	q := &quick{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	ann, ben := q.joins("ann"), q.joins("ben")
	gone := q.joins("gone")
	require.NoError(t, q.leaves(gone).Err)
	for i := range shared.MaxRestricted/2 - 1 {
		q.State.Barred[fmt.Sprint("barred-", i)] = shared.Bar{}
		q.State.LoweredRoles[fmt.Sprint("lowered-", i)] = protocol.RoleViewer
		q.State.LoweredRoles[fmt.Sprint("barred-", i)] = protocol.RoleViewer
	}
	byHost := func(c protocol.Command) error {
		return q.do(shared.Command{Sender: q.Sender(q.Owner()), Request: protocol.Request{Command: c}}).Err
	}
	tryJoin := func(user string) error {
		return q.do(shared.Command{Request: protocol.Request{Command: &protocol.Join{UserID: user, InviteToken: q.InviteToken()}}}).Err
	}
	t.Run("nobody joins for whom there is no place", func(t *testing.T) {
		require.Equal(t, protocol.CodeTooManyParticipants, rulestest.ErrorCode(tryJoin("new")))
	})
	t.Run("but those who have one", func(t *testing.T) {
		require.NoError(t, tryJoin("lowered-1"))
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(tryJoin("barred-1")))
	})
	t.Run("those who are not here are not added", func(t *testing.T) {
		require.Equal(t, protocol.CodeTooLarge, rulestest.ErrorCode(byHost(&protocol.Remove{ParticipantID: gone.ID})))
		require.Equal(t, protocol.CodeTooLarge, rulestest.ErrorCode(byHost(&protocol.SetRole{ParticipantID: gone.ID, Role: protocol.RoleViewer})))
	})
	t.Run("everybody who is here can be removed or lowered", func(t *testing.T) {
		require.NoError(t, byHost(&protocol.SetRole{ParticipantID: ben.ID, Role: protocol.RoleViewer}))
		require.NoError(t, byHost(&protocol.Remove{ParticipantID: ben.ID}))
		require.NoError(t, byHost(&protocol.Remove{ParticipantID: ann.ID}))
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(tryJoin("ann")))
		restricted := map[string]bool{}
		for user := range q.State.Barred {
			restricted[user] = true
		}
		for user := range q.State.LoweredRoles {
			restricted[user] = true
		}
		require.Len(t, restricted, shared.MaxRestricted)
	})
	t.Run("the host comes back all the same", func(t *testing.T) {
		require.NoError(t, byHost(&protocol.Leave{}))
		c := &protocol.Resume{ParticipantID: q.Owner().ID, ParticipantToken: q.Sender(q.Owner()).Token}
		require.NoError(t, q.do(shared.Command{Request: protocol.Request{Command: c}}).Err)
	})
	t.Run("a place becomes free when the host raises somebody", func(t *testing.T) {
		p, _ := q.State.People.PresentByUser("lowered-1")
		require.NoError(t, byHost(&protocol.SetRole{ParticipantID: p.ID, Role: protocol.RoleCollaborator}))
		require.NoError(t, q.leaves(p).Err)
		require.NoError(t, tryJoin("new"))
	})
}

func TestShared_ids_that_no_participant_can_have_are_not_looked_up(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	unknown := func(id string) {
		_, err := s.State.Lookup(id, nil)
		require.Equal(t, protocol.CodeParticipantNotFound, rulestest.ErrorCode(err))
	}
	unknown("anything, while nobody has left")
	ben := s.Join("ben", "")
	require.NoError(t, s.Send(ben, &protocol.Leave{}).Err)
	_, err := s.State.Lookup(ben.ID, nil)
	require.True(t, shared.IsAbsent(err))
	unknown("")
	unknown(strings.Repeat("x", shared.MaxSubjectID+1))
}
