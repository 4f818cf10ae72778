package shared_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/hub/rules/shared/commands"
	"parley/protocol"
)

func TestState_keeps_little_of_guests_who_have_left(t *testing.T) {
	q := &bareSession{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	sizes := func() (snapshot, welcome int) {
		b, err := encodeWelcome(q.State.Welcome(shared.WelcomeFor{Participant: q.Owner().ID}, journal.Head{}))
		require.NoError(t, err)
		return len(q.Session.EncodedState(t)), len(b)
	}
	before, welcomeBefore := sizes()
	q.visits(commands.MaxGuests)
	require.Len(t, q.State.People.All(), 1)
	require.Len(t, recentCommands(q.State), 1, "the host's")
	require.Equal(t, commands.MaxGuests, q.State.LeftCount)
	full, welcome := sizes()
	require.InDelta(t, welcomeBefore, welcome, 4, "bytes")
	require.Less(t, full-before, 160<<10, "bytes, of commands that are kept for ten minutes")
	q.visits(commands.MaxGuests)
	after, welcome := sizes()
	require.InDelta(t, welcomeBefore, welcome, 4, "bytes")
	require.InDelta(t, full, after, 8<<10, "bytes")
	require.Len(t, q.State.Departed.Guests, commands.MaxGuests)
	require.Equal(t, 2*commands.MaxGuests, departedCommands(q.State))
	q.Now = q.Now.Add(commands.Retention)
	q.visits(1)
	after, _ = sizes()
	require.Less(t, after-before, 1<<10, "bytes")
	q.Session.SaveSnapshot(t)
	q.Session.Reload(t, q.Now)
}

func TestState_keeps_the_authors_of_open_prompts(t *testing.T) {
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
			require.NotContains(t, left, p.UserID, "listed once")
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
	require.Equal(t, protocol.RoleViewer, s.State.OpenPrompt(pending[1]).Author.Role, "in the newest form")
	for _, id := range pending {
		require.NoError(t, s.Send(s.Owner(), &protocol.Cancel{ApprovalID: id}).Err)
	}
	s.DeliverAll()
	require.Equal(t, map[string]*time.Time{"ada": nil}, shown())
}

func TestState_keeps_the_guests_who_were_present_at_the_end(t *testing.T) {
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

func TestState_looks_up_possible_ids_alone(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	unknown := func(id string) {
		_, err := s.State.Lookup(id, nil)
		require.Equal(t, protocol.CodeParticipantNotFound, rulestest.ErrorCode(err))
	}
	unknown("any id, while no guest has left")
	ben := s.Join("ben", "")
	require.NoError(t, s.Send(ben, &protocol.Leave{}).Err)
	_, err := s.State.Lookup(ben.ID, nil)
	require.True(t, shared.IsAbsent(err))
	unknown("")
	unknown(strings.Repeat("x", shared.MaxSubjectID+1))
}

// departedGuest returns a session that a guest has left, the guest, and what repeats the
// guest's leave and join.
func departedGuest(t *testing.T) (q *bareSession, ann protocol.Participant, again, joinAgain func() rules.Decision) {
	q = &bareSession{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	ann = q.join("ann")
	require.NoError(t, q.leave(ann).Err)
	left := journal.Seq(len(q.Session.Journal))
	again = func() rules.Decision {
		d := q.leave(ann)
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

func TestState_recognizes_a_command_of_a_guest_who_has_left(t *testing.T) {
	t.Run("after a restart", func(t *testing.T) {
		q, _, again, join := departedGuest(t)
		q.Session.SaveSnapshot(t)
		q.Session.Reload(t, q.Now)
		q.State = q.Session.SharedState()
		q.Now = q.Now.Add(commands.Retention - time.Second)
		q.visits(1)
		require.NotZero(t, again().Replay)
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(join().Err), "a repeated join returns no guest who has left")
	})
	t.Run("for no longer than ten minutes", func(t *testing.T) {
		q, _, again, join := departedGuest(t)
		q.Now = q.Now.Add(commands.Retention)
		q.visits(1)
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(again().Err))
		require.NoError(t, join().Err)
	})
	t.Run("and refuses it with another payload", func(t *testing.T) {
		q, ann, _, _ := departedGuest(t)
		d := q.do(shared.Command{Sender: q.Sender(ann), Request: protocol.Request{ID: "leave", Command: &protocol.Chat{Text: "hello"}}})
		require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(d.Err))
	})
	t.Run("of a bounded number of guests", func(t *testing.T) {
		q, _, again, _ := departedGuest(t)
		q.visits(commands.MaxGuests - 1)
		require.NotZero(t, again().Replay)
		q.visits(1)
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(again().Err))
	})
	t.Run("among a bounded number of commands", func(t *testing.T) {
		q, _, again, _ := departedGuest(t)
		for range commands.MaxDeparted / commands.MaxRecent {
			talker := q.join(fmt.Sprint("talker-", q.inputs))
			for i := range commands.MaxRecent {
				d := q.do(shared.Command{Sender: q.Sender(talker), Request: protocol.Request{ID: fmt.Sprint(i), Command: &protocol.Chat{Text: "hello"}}})
				require.NoError(t, d.Err)
			}
			require.NoError(t, q.leave(talker).Err)
			require.LessOrEqual(t, departedCommands(q.State), commands.MaxDeparted)
		}
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(again().Err))
	})
	t.Run("a join only until the invite is replaced", func(t *testing.T) {
		q, _, again, _ := departedGuest(t)
		require.NoError(t, q.Send(q.Owner(), &protocol.RotateInvite{}).Err)
		require.NotZero(t, again().Replay)
		c := &protocol.Join{UserID: "ann", InviteToken: q.InviteToken()}
		require.NoError(t, q.do(shared.Command{Request: protocol.Request{ID: "join-ann", Command: c}}).Err)
	})
}

// The host session reports the outcome of an answer later. The guest may have left by
// then.
func TestState_recognizes_an_answer_of_a_guest_who_has_left_since(t *testing.T) {
	q := &bareSession{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	ann := q.join("ann")
	require.NoError(t, q.leave(ann).Err)
	lists := len(recentCommands(q.State))
	resolved := rules.Event{Public: &protocol.PermissionResolved{RequestID: "q", Participant: &ann}, Private: rules.Private{Command: &rules.CommandRef{Scope: ann.ID, ID: "answer", Digest: "d"}}}
	q.Session.Append(t, resolved, q.Now)
	require.Len(t, recentCommands(q.State), lists)
	_, known := q.State.Departed.Find(ann.ID, "answer")
	require.True(t, known)
}
