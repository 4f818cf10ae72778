package hub

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/protocol"
)

// quick is a shared session on which thousands of commands are carried out, without
// the checks of a world.
type quick struct {
	*stage
	made int
}

func (q *quick) do(body any) decision {
	q.t.Helper()
	q.made++
	in := input{at: q.now, moment: q.now, ids: [2]string{fmt.Sprintf("%036d", q.made), ""}, body: body}
	d := q.state.decide(in)
	if absent, ok := d.err.(*absentError); ok {
		in.body = withDeparted(in.body, absent.id, q.n.participant(q.t, absent.id))
		d = q.state.decide(in)
	}
	for _, e := range d.events {
		q.n.append(q.t, e, q.now)
	}
	return q.n.looksUp(d)
}

func (q *quick) joins(user string) protocol.Participant {
	q.t.Helper()
	c := &protocol.Join{UserID: user, InviteToken: q.inviteToken()}
	require.NoError(q.t, q.do(command{request: protocol.Request{ID: "join-" + user, Command: c}}).err)
	p, here := q.state.People.present(user)
	require.True(q.t, here)
	return p
}

func (q *quick) leaves(p protocol.Participant) decision {
	return q.do(command{who: q.credentials(p), request: protocol.Request{ID: "leave", Command: &protocol.Leave{}}})
}

// visits has guests come and go.
func (q *quick) visits(n int) {
	for range n {
		p := q.joins(fmt.Sprint("user-", q.made))
		require.NoError(q.t, q.leaves(p).err)
	}
}

func TestShared_of_those_who_left_little_is_kept(t *testing.T) {
	q := &quick{stage: newStage(t, settings{})}
	sizes := func() (snapshot, welcome int) {
		b, err := q.state.welcome(welcomeFor{participant: q.owner().ID}, journal.Head{}).encode()
		require.NoError(t, err)
		return len(q.n.encoded(t)), len(b)
	}
	before, welcomeBefore := sizes()
	q.visits(maxDeparted)
	require.Len(t, q.state.People.All(), 1)
	require.Len(t, q.state.Commands.Lists(), 1, "the host's")
	require.Equal(t, maxDeparted, q.state.Left)
	full, welcome := sizes()
	require.InDelta(t, welcomeBefore, welcome, 4, "bytes")
	require.Less(t, full-before, 160<<10, "bytes, of what is recognised for ten minutes")
	q.visits(maxDeparted)
	after, welcome := sizes()
	require.InDelta(t, welcomeBefore, welcome, 4, "bytes")
	require.InDelta(t, full, after, 8<<10, "bytes")
	require.Len(t, q.state.Departed.Guests, maxDeparted)
	require.Len(t, q.state.Departed.Known(), 2*maxDeparted)
	q.now = q.now.Add(departedFor)
	q.visits(1)
	after, _ = sizes()
	require.Less(t, after-before, 1<<10, "bytes")
	q.n.save(t)
	q.n.reload(t, q.now)
}

func TestShared_a_command_of_somebody_who_left_is_recognised_for_ten_minutes(t *testing.T) {
	begin := func(t *testing.T) (q *quick, ann protocol.Participant, again, joinAgain func() decision) {
		q = &quick{stage: newStage(t, settings{})}
		ann = q.joins("ann")
		require.NoError(t, q.leaves(ann).err)
		left := journal.Seq(len(q.n.log))
		again = func() decision {
			d := q.leaves(ann)
			require.Contains(t, []journal.Seq{0, left}, d.replay)
			require.Empty(t, d.events)
			return d
		}
		invite := q.inviteToken()
		joinAgain = func() decision {
			c := &protocol.Join{UserID: "ann", InviteToken: invite}
			return q.do(command{request: protocol.Request{ID: "join-ann", Command: c}})
		}
		return q, ann, again, joinAgain
	}
	t.Run("after a restart, too", func(t *testing.T) {
		q, _, again, join := begin(t)
		q.n.save(t)
		q.n.reload(t, q.now)
		q.state = q.n.sharedState()
		q.now = q.now.Add(departedFor - time.Second)
		q.visits(1)
		require.NotZero(t, again().replay)
		require.Equal(t, protocol.CodeParticipantInactive, codeOf(join().err), "a join brings nobody back")
	})
	t.Run("and not for longer", func(t *testing.T) {
		q, _, again, join := begin(t)
		q.now = q.now.Add(departedFor)
		q.visits(1)
		require.Equal(t, protocol.CodeParticipantInactive, codeOf(again().err))
		require.NoError(t, join().err)
	})
	t.Run("with another payload it is refused", func(t *testing.T) {
		q, ann, _, _ := begin(t)
		d := q.do(command{who: q.credentials(ann), request: protocol.Request{ID: "leave", Command: &protocol.Chat{Text: "hello"}}})
		require.Equal(t, protocol.CodeInvalidRequest, codeOf(d.err))
	})
	t.Run("of as many people as there is room for", func(t *testing.T) {
		q, _, again, _ := begin(t)
		q.visits(maxDeparted - 1)
		require.NotZero(t, again().replay)
		q.visits(1)
		require.Equal(t, protocol.CodeParticipantInactive, codeOf(again().err))
	})
	t.Run("of as many commands as there is room for", func(t *testing.T) {
		q, _, again, _ := begin(t)
		for range departedMost / rememberedCommands {
			talker := q.joins(fmt.Sprint("talker-", q.made))
			for i := range rememberedCommands {
				d := q.do(command{who: q.credentials(talker), request: protocol.Request{ID: fmt.Sprint(i), Command: &protocol.Chat{Text: "hello"}}})
				require.NoError(t, d.err)
			}
			require.NoError(t, q.leaves(talker).err)
			require.LessOrEqual(t, len(q.state.Departed.Known()), departedMost)
		}
		require.Equal(t, protocol.CodeParticipantInactive, codeOf(again().err))
	})
	t.Run("a join until the invite is another", func(t *testing.T) {
		q, _, again, _ := begin(t)
		require.NoError(t, q.by(q.owner(), &protocol.RotateInvite{}).err)
		require.NotZero(t, again().replay)
		c := &protocol.Join{UserID: "ann", InviteToken: q.inviteToken()}
		require.NoError(t, q.do(command{request: protocol.Request{ID: "join-ann", Command: c}}).err)
	})
}

// A question is answered when the host session says so, by which time the one who
// answered it may have left.
func TestShared_an_answer_of_somebody_who_has_left_since_is_recognised(t *testing.T) {
	q := &quick{stage: newStage(t, settings{})}
	ann := q.joins("ann")
	require.NoError(t, q.leaves(ann).err)
	lists := len(q.state.Commands.Lists())
	resolved := event{public: &protocol.PermissionResolved{RequestID: "q", Participant: &ann}, private: private{Command: &commandRef{By: ann.ID, ID: "answer", Digest: "d"}}}
	q.n.append(t, resolved, q.now)
	require.Len(t, q.state.Commands.Lists(), lists)
	_, known := q.state.Departed.find(ann.ID, "answer")
	require.True(t, known)
}

func TestShared_the_author_of_a_prompt_stays_known_while_it_waits(t *testing.T) {
	s := newStage(t, settings{})
	ben, cem := s.joins("ben", ""), s.joins("cem", "")
	pending := []string{s.prompts(ben), s.prompts(ben)}
	require.NoError(t, s.by(ben, &protocol.Leave{}).err)
	require.NoError(t, s.by(cem, &protocol.Leave{}).err)
	shown := func() map[string]*time.Time {
		b, err := s.state.welcome(welcomeFor{participant: s.owner().ID}, journal.Head{}).encode()
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
	require.Equal(t, map[string]*time.Time{"ada": nil, "ben": &s.now}, shown())
	d := s.by(s.owner(), approve(pending[0]))
	require.Equal(t, "ben", told[dispatch](d)[0].turn.Author.UserID)
	s.crash()
	s.state = s.n.sharedState()
	require.Equal(t, "ben", s.state.open(pending[0]).Author.UserID)
	require.Equal(t, "ada", s.state.open(pending[0]).Approver.UserID)
	require.NoError(t, s.by(s.owner(), &protocol.SetRole{ParticipantID: ben.ID, Role: protocol.RoleViewer}).err)
	require.Equal(t, protocol.RoleViewer, s.state.open(pending[1]).Author.Role, "as of now")
	for _, id := range pending {
		require.NoError(t, s.by(s.owner(), &protocol.Cancel{ApprovalID: id}).err)
	}
	s.deliverAll()
	require.Equal(t, map[string]*time.Time{"ada": nil}, shown())
}

func TestShared_the_end_keeps_those_who_were_there(t *testing.T) {
	s := newStage(t, settings{})
	ben, cem := s.joins("ben", ""), s.joins("cem", "")
	require.NoError(t, s.by(ben, &protocol.Leave{}).err)
	s.now = s.now.Add(time.Minute)
	require.NoError(t, s.by(s.owner(), &protocol.Close{}).err)
	s.n.save(t)
	s.n.reload(t, s.now)
	s.state = s.n.sharedState()
	_, known := s.state.People.get(ben.ID)
	require.False(t, known)
	p, known := s.state.People.get(cem.ID)
	require.True(t, known)
	require.Equal(t, s.now, *p.LeftAt)
}

// Earlier versions kept everybody, and the commands of everybody.
func TestShared_a_snapshot_of_an_earlier_version(t *testing.T) {
	s := newStage(t, settings{})
	ben, cem, dot := s.joins("ben", ""), s.joins("cem", ""), s.joins("dot", "")
	pending := s.prompts(ben)
	wrote := map[string]json.RawMessage{}
	require.NoError(t, json.Unmarshal([]byte(s.n.encoded(t)), &wrote))
	delete(wrote, "Departed")
	delete(wrote, "Left")
	early, late := s.now.Add(-time.Hour), s.now
	everybody := slices.Clone(s.state.People.All())
	everybody[1].LeftAt, everybody[2].LeftAt = &late, &early
	wrote["People"] = rawJSON(everybody)
	var open []map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(wrote["Open"], &open))
	delete(open[0], "Author")
	delete(open[0], "Approver")
	wrote["Open"] = rawJSON(open)

	state := newSharedState(s.n.id, s.n.settings)
	require.NoError(t, state.restore(rawJSON(wrote)))
	require.Equal(t, []string{s.owner().ID, dot.ID}, []string{state.People.All()[0].ID, state.People.All()[1].ID})
	require.Len(t, state.People.All(), 2)
	require.Equal(t, 2, state.Left)
	require.Equal(t, "ben", state.open(pending).Author.UserID)
	require.Equal(t, &late, state.open(pending).Author.LeftAt)
	require.Len(t, state.Commands.Lists(), 2, "of the creator, and of dot's join")
	require.Len(t, state.Departed.Guests, 1, "ben; cem left long ago")
	_, known := state.Departed.find(joining("cem"), "command-4")
	require.False(t, known)
	_, err := state.lookup(cem.ID, nil)
	require.True(t, isAbsent(err))
}

func TestShared_restrictions_are_bounded_and_none_is_dropped(t *testing.T) {
	q := &quick{stage: newStage(t, settings{})}
	ann, ben := q.joins("ann"), q.joins("ben")
	gone := q.joins("gone")
	require.NoError(t, q.leaves(gone).err)
	for i := range maxRestricted/2 - 1 {
		q.state.Barred[fmt.Sprint("barred-", i)] = bar{}
		q.state.Roles[fmt.Sprint("lowered-", i)] = protocol.RoleViewer
		q.state.Roles[fmt.Sprint("barred-", i)] = protocol.RoleViewer
	}
	byHost := func(c protocol.Command) error {
		return q.do(command{who: q.credentials(q.owner()), request: protocol.Request{Command: c}}).err
	}
	tryJoin := func(user string) error {
		return q.do(command{request: protocol.Request{Command: &protocol.Join{UserID: user, InviteToken: q.inviteToken()}}}).err
	}
	t.Run("nobody joins for whom there is no place", func(t *testing.T) {
		require.Equal(t, protocol.CodeTooManyParticipants, codeOf(tryJoin("new")))
	})
	t.Run("but those who have one", func(t *testing.T) {
		require.NoError(t, tryJoin("lowered-1"))
		require.Equal(t, protocol.CodeParticipantRemoved, codeOf(tryJoin("barred-1")))
	})
	t.Run("those who are not here are not added", func(t *testing.T) {
		require.Equal(t, protocol.CodeTooLarge, codeOf(byHost(&protocol.Remove{ParticipantID: gone.ID})))
		require.Equal(t, protocol.CodeTooLarge, codeOf(byHost(&protocol.SetRole{ParticipantID: gone.ID, Role: protocol.RoleViewer})))
	})
	t.Run("everybody who is here can be removed or lowered", func(t *testing.T) {
		require.NoError(t, byHost(&protocol.SetRole{ParticipantID: ben.ID, Role: protocol.RoleViewer}))
		require.NoError(t, byHost(&protocol.Remove{ParticipantID: ben.ID}))
		require.NoError(t, byHost(&protocol.Remove{ParticipantID: ann.ID}))
		require.Equal(t, protocol.CodeParticipantRemoved, codeOf(tryJoin("ann")))
		restricted := map[string]bool{}
		for user := range q.state.Barred {
			restricted[user] = true
		}
		for user := range q.state.Roles {
			restricted[user] = true
		}
		require.Len(t, restricted, maxRestricted)
	})
	t.Run("the host comes back all the same", func(t *testing.T) {
		require.NoError(t, byHost(&protocol.Leave{}))
		c := &protocol.Resume{ParticipantID: q.owner().ID, ParticipantToken: q.credentials(q.owner()).Token}
		require.NoError(t, q.do(command{request: protocol.Request{Command: c}}).err)
	})
	t.Run("a place becomes free when the host raises somebody", func(t *testing.T) {
		p, _ := q.state.People.present("lowered-1")
		require.NoError(t, byHost(&protocol.SetRole{ParticipantID: p.ID, Role: protocol.RoleCollaborator}))
		require.NoError(t, q.leaves(p).err)
		require.NoError(t, tryJoin("new"))
	})
}

func TestShared_ids_that_no_participant_can_have_are_not_looked_up(t *testing.T) {
	s := newStage(t, settings{})
	unknown := func(id string) {
		_, err := s.state.lookup(id, nil)
		require.Equal(t, protocol.CodeParticipantNotFound, codeOf(err))
	}
	unknown("anything, while nobody has left")
	ben := s.joins("ben", "")
	require.NoError(t, s.by(ben, &protocol.Leave{}).err)
	_, err := s.state.lookup(ben.ID, nil)
	require.True(t, isAbsent(err))
	unknown("")
	unknown(strings.Repeat("x", maxSubjectID+1))
}
