package feed

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestRoom_limits_connections(t *testing.T) {
	full := &protocol.Error{Code: protocol.CodeTooManyParticipants}
	reads := SubscribeOptions{ReadOnly: true}
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{MaxConnections: 6, MaxOwnConnections: 2})
		s.invite("ada", protocol.RoleHost)
		reader := s.joinWith("reader", reads)
		s.joinWith("reader 1", reads)
		s.joinWith("reader 2", reads)
		_, err := s.tryJoin("reader", reads)
		require.ErrorIs(t, err, full, "readers may have half of the connections")
		reader.sub.Close()
		s.joinWith("reader", reads)
		s.ended = true
		c, err := s.tryJoin("reader", reads)
		require.NoError(t, err, "after the end of the session they may have all")
		c.sub.Close()
		s.ended = false

		s.join("ben")
		s.join("ben")
		_, err = s.tryJoin("ben", SubscribeOptions{})
		require.ErrorIs(t, err, full, "each participant has a limit")
		s.join("cem")
		_, err = s.tryJoin("dot", SubscribeOptions{})
		require.ErrorIs(t, err, full)
		s.join("ada")
		host := s.join("ada")
		_, err = s.tryJoin("ada", SubscribeOptions{})
		require.ErrorIs(t, err, full, "the host may exceed the limit by the connections of one participant")

		host.sub.Close()
		s.join("ada")
	})
}

func TestRoom_ends_connections(t *testing.T) {
	why := Closed{Code: protocol.CloseRemoved, Reason: "removed"}
	const ended = "closed 4403"
	for name, c := range map[string]struct {
		cut  func(r *Room)
		ends []string
	}{
		"of one participant":               {func(r *Room) { r.Cut("ben", why) }, []string{"ben", "ben"}},
		"of the guests with one user id":   {func(r *Room) { r.CutPerson("ben", "user of ben", why) }, []string{"ben", "ben", "twin"}},
		"all of them":                      {func(r *Room) { r.CutAll(why) }, []string{"ada", "ben", "ben", "cem", "twin"}},
		"and none of an unknown one":       {func(r *Room) { r.Cut("unknown", why) }, nil},
		"and none of an unknown user":      {func(r *Room) { r.CutPerson("unknown", "unknown", why) }, nil},
		"but not those of a host that way": {func(r *Room) { r.CutPerson("ada", "user of ada", why) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFixture(t, Options{})
				s.invite("ada", protocol.RoleHost)
				s.people = append(s.people, protocol.Participant{ID: "twin", UserID: "user of ben"})
				var all []*client
				for _, id := range []string{"ada", "ben", "ben", "cem", "twin"} {
					all = append(all, s.join(id))
				}
				s.commit(10)
				c.cut(s.room)
				s.commit(10)
				var ends []string
				for _, client := range all {
					shown := client.shown()
					if shown[len(shown)-1] == ended {
						ends = append(ends, client.sub.seat.participant)
						require.Contains(t, shown, "1")
						require.NotContains(t, shown, "2", "an event after the end")
					} else {
						require.Contains(t, shown, "2")
					}
				}
				require.Equal(t, c.ends, ends)
			})
		})
	}
}

func TestRoom_sends_changes_of_presence_together(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		ada := s.join("ada")
		require.Equal(t, []string{"welcome"}, ada.shown())
		require.Zero(t, s.room.Due(), "the only participant knows it from the welcome")
		ben := s.join("ben")
		s.join("cem")
		require.Equal(t, []string{"ada", "ben", "cem"}, s.room.Presence().Participants)
		pass(time.Until(s.room.Due()))
		s.wakeRoom()
		require.Equal(t, []string{"presence [ben cem] []"}, ada.shown())
		require.Zero(t, s.room.Due())
		ben.sub.Close()
		pass(time.Until(s.room.Due()))
		s.wakeRoom()
		require.Equal(t, []string{"presence [] [ben]"}, ada.shown())
	})
}

func TestRoom_a_presence_message_names_a_bounded_number_of_participants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{MaxConnections: 1000})
		ada := s.join("ada")
		ada.shown()
		for i := range presenceMost + 88 {
			s.join(fmt.Sprint("guest ", i))
		}
		pass(time.Until(s.room.Due()))
		s.wakeRoom()
		lines, _ := ada.takeAll()
		var named []int
		for _, l := range lines {
			m, err := protocol.DecodeServer(l.Bytes)
			require.NoError(t, err)
			named = append(named, len(m.(*protocol.PresenceMessage).Payload.Joined))
		}
		require.Equal(t, []int{presenceMost, 88}, named)
	})
}

func TestRoom_typing_lapses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		ada := s.join("ada")
		ada.shown()
		s.room.SetTyping("ada", true)
		s.room.SetTyping("ada", true)
		require.Equal(t, []string{"typing ada true"}, ada.shown())
		require.Equal(t, time.Now().Add(typingLapse), s.room.Due())
		pass(typingLapse)
		s.wakeRoom()
		require.Equal(t, []string{"typing ada false"}, ada.shown())
		require.Zero(t, s.room.Due())

		s.room.SetTyping("ada", true)
		s.join("ada").sub.Close()
		require.Equal(t, []string{"typing ada true", "typing ada false"}, ada.shown(), "closing the connection ends it as well")
	})
}

func TestRoom_a_participant_who_polls_is_present(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		s.join("ada")
		s.join("ben").sub.Close()
		present := func() []string { return s.room.Presence().Participants }
		require.Equal(t, []string{"ada"}, present())
		for range 3 {
			s.room.Polled("ben")
			pass(pollLapse - time.Second)
			s.wakeRoom()
			require.Equal(t, []string{"ada", "ben"}, present())
		}
		s.join("ben").sub.Close()
		require.Equal(t, []string{"ada", "ben"}, present(), "a connection between polls changes nothing")
		pass(time.Second)
		s.wakeRoom()
		require.Equal(t, []string{"ada"}, present())
		s.room.Polled("ben")
		s.room.Cut("ben", Closed{Code: protocol.CloseRemoved})
		require.Equal(t, []string{"ada"}, present(), "the polls of a participant whose connections were cut do not count")
	})
}

func TestRoom_a_participant_who_has_left_is_not_present(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		ada := s.join("ada")
		s.people = append(s.people, protocol.Participant{ID: "ben", LeftAt: new(time.Now())})
		sub := s.feed.Subscribe(fixtureID, SubscribeOptions{ReadOnly: true})
		w := &Welcome{}
		w.Participant = s.people[1]
		require.NoError(t, s.room.Join(sub, &client{fixture: s, sub: sub}, "resume", w))
		require.Equal(t, []string{"ada"}, s.room.Presence().Participants)
		require.Zero(t, s.room.Due(), "presence has not changed")
		require.Equal(t, []string{"welcome"}, ada.shown())
	})
}
