package hub_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/feed"
	"parley/hub/hubtest"
	"parley/protocol"
)

// addGuests lets n guests join. Every third one stays, beginning with the first; the others
// leave.
func (r *room) addGuests(n int) (stayed, left []protocol.Participant) {
	r.t.Helper()
	for i := range n {
		a, err := r.do(hub.Credentials{}, protocol.Request{Command: &protocol.Join{InviteToken: r.invite, UserID: fmt.Sprint("guest-", i)}})
		require.NoError(r.t, err)
		p := a.Payload.(*feed.Welcome).Participant
		if i%3 == 0 {
			p.AccessToken = nil
			stayed = append(stayed, p)
			continue
		}
		who := hub.Credentials{ParticipantID: p.ID, Token: *p.AccessToken}
		a, err = r.do(who, protocol.Request{Command: &protocol.Leave{}})
		require.NoError(r.t, err)
		left = append(left, a.Payload.(*protocol.ParticipantAnswer).Participant)
	}
	return stayed, left
}

// ids returns the ids of participants.
func ids(people []protocol.Participant) []string {
	all := make([]string, len(people))
	for i, p := range people {
		all[i] = p.ID
	}
	return all
}

func TestDeparted_participants_are_listed_in_join_order(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &countingJournal{Journal: newJournal()}
		r := newRoomOn(t, j, hubtest.NewAgents(), hub.Options{})
		stayed, left := r.addGuests(300)
		want := map[string]protocol.Participant{}
		for _, p := range slices.Concat(stayed, left) {
			want[p.ID] = p
		}
		r.host.do(&protocol.SetRole{ParticipantID: left[7].ID, Role: protocol.RoleViewer}, nil)
		r.host.do(&protocol.Remove{ParticipantID: left[8].ID, KeepInvite: true}, nil)
		r.host.do(&protocol.Leave{}, nil)
		r.host = r.attach(&r.owner) // the host returns, and is listed once
		j.calls.Store(0)
		state := r.state()
		require.Less(t, j.calls.Load(), int64(20))
		participants, err := r.hub.Participants(t.Context(), r.id, nil)
		require.NoError(t, err)
		require.Equal(t, state.Participants, collect(t, participants))
		require.Equal(t, r.owner.ParticipantID, state.Participants[0].ID)
		guests := state.Participants[1:]
		require.Len(t, guests, len(want))
		for i, p := range guests {
			require.Equal(t, fmt.Sprint("guest-", i), p.UserID)
			if p.ID == left[7].ID {
				require.Equal(t, protocol.RoleViewer, p.Role)
				p.Role = protocol.RoleCollaborator
			}
			require.Equal(t, want[p.ID], p)
		}
	})
}

func TestDeparted_participants_are_read_in_pages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		stayed, left := r.addGuests(200)
		slices.Reverse(left)
		for _, limit := range []int{1, 50, len(left), 500} {
			var got []protocol.Participant
			page := protocol.PeopleAnswer{More: true}
			for before := ""; page.More && len(got) < 500; before = got[len(got)-1].ID {
				page = protocol.PeopleAnswer{}
				r.host.do(&protocol.People{Left: true, Before: before, Limit: limit}, &page)
				require.LessOrEqual(t, len(page.Participants), limit)
				require.NotEmpty(t, page.Participants)
				got = append(got, page.Participants...)
				if limit == 1 && len(got) == 5 {
					break
				}
			}
			require.Equal(t, left[:len(got)], got)
			require.True(t, limit == 1 || len(got) == len(left))
		}
		require.Equal(t, append([]string{r.owner.ParticipantID}, ids(stayed)...), ids(r.host.reconnect().welcome.Participants))
		require.Equal(t, protocol.CodeParticipantNotFound, r.host.errorCode(&protocol.People{Left: true, Before: "nobody", Limit: 1}))
		var page protocol.PeopleAnswer
		reader := r.host.attachReadOnly()
		reader.do(&protocol.People{Left: true, Limit: 2}, &page)
		require.Equal(t, left[:2], page.Participants)
		require.Empty(t, page.Removed)
		require.Equal(t, len(left), reader.welcome.Left)
		r.host.do(&protocol.Remove{ParticipantID: left[1].ID, Reason: new("spam")}, nil)
		reader.do(&protocol.People{Left: true, Limit: 2}, &page)
		require.Equal(t, []string{left[1].ID}, page.Removed)
		require.Equal(t, len(left), r.host.reconnect().welcome.Left)
		mend := j.BreakReads(errors.New("broken"))
		require.Equal(t, protocol.CodeJournalUnavailable, r.host.errorCode(&protocol.People{Left: true, Limit: 2}))
		mend()
	})
}

func TestDeparted_participants_receive_the_errors_of_the_catalogue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.do(&protocol.Leave{}, nil)
		other := r.join("cem")
		chat := func(id, token string) protocol.Code {
			_, err := r.do(hub.Credentials{ParticipantID: id, Token: token}, protocol.Request{Command: &protocol.Chat{Text: "hello"}})
			return protocol.AsError(err).Code
		}
		require.Equal(t, protocol.CodeParticipantInactive, chat(ben.me.ID, ben.token))
		require.Equal(t, protocol.CodeInvalidParticipantToken, chat(ben.me.ID, other.token))
		require.Equal(t, protocol.CodeParticipantNotFound, chat("nobody", ben.token))
		_, err := r.tryAttach(&protocol.Resume{ParticipantID: ben.me.ID, ParticipantToken: ben.token})
		requireCode(t, protocol.CodeParticipantInactive, err)
		_, _, err = r.hub.State(t.Context(), r.id, new(ben.credentials()))
		requireCode(t, protocol.CodeParticipantInactive, err)
		require.Equal(t, ben.me.ID, ben.attachReadOnly().welcome.Participant.ID)
		require.NotNil(t, ben.attachReadOnly().welcome.Participant.LeftAt)
		require.Equal(t, protocol.CodeParticipantNotFound, r.host.errorCode(&protocol.Remove{ParticipantID: "nobody"}))

		mend := j.BreakReads(errors.New("broken"))
		require.Equal(t, protocol.CodeJournalUnavailable, chat(ben.me.ID, ben.token), "the participant cannot be looked up")
		require.Equal(t, protocol.CodeJournalUnavailable, r.host.errorCode(&protocol.Remove{ParticipantID: ben.me.ID}))
		r.host.do(&protocol.SetRole{ParticipantID: other.me.ID, Role: protocol.RoleViewer}, nil)
		mend()

		r.host.do(&protocol.Remove{ParticipantID: ben.me.ID}, nil)
		require.Equal(t, protocol.CodeParticipantRemoved, chat(ben.me.ID, ben.token))
	})
}

func TestPeople_present_participants_are_read_in_pages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		stayed, left := r.addGuests(60)
		r.host.do(&protocol.Leave{}, nil)
		r.host = r.attach(&r.owner) // the host returns, and stays first in join order
		inside := append([]string{r.owner.ParticipantID}, ids(stayed)...)
		pages := func(p *client, after string, limit int) (got []string) {
			for page := (protocol.PeopleAnswer{More: true}); page.More && len(got) <= len(inside); after = got[len(got)-1] {
				page = protocol.PeopleAnswer{}
				p.do(&protocol.People{After: after, Limit: limit}, &page)
				require.LessOrEqual(t, len(page.Participants), limit)
				require.Empty(t, page.Removed)
				if got = append(got, ids(page.Participants)...); len(got) == 0 {
					break
				}
			}
			return got
		}
		for _, limit := range []int{1, 7, 500} {
			require.Equal(t, inside, pages(r.host, "", limit))
			require.Equal(t, inside[4:], pages(r.host, inside[3], limit))
		}
		require.Empty(t, pages(r.host, inside[len(inside)-1], 5))
		require.Equal(t, inside[1:], pages(r.host, inside[0], 500))
		behind := pages(r.host, left[2].ID, 500) // of the guests who stayed, two joined before the third who left
		require.Subset(t, behind, ids(stayed[2:]))
		require.NotContains(t, behind, r.owner.ParticipantID)
		require.Equal(t, protocol.CodeParticipantNotFound, r.host.errorCode(&protocol.People{After: "nobody", Limit: 1}))
		r.host.do(&protocol.Close{}, nil)
		reader := r.host.attachReadOnly()
		require.Equal(t, inside, pages(reader, "", 7), "the participants at the end of the session")
	})
}
