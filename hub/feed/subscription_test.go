package feed

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

func TestSubscription_begins_with_the_welcome_and_continues_live(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		s.commit(10)
		ben := s.join("ben")
		s.commit(10)
		require.Equal(t, []string{"welcome", "2"}, ben.shown())
		s.commit(10)
		require.Equal(t, []string{"3"}, ben.shown())
	})
}

func TestSubscription_to_events_only_has_neither_a_welcome_nor_hints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		stream := s.joinWith("ben", SubscribeOptions{EventsOnly: true})
		s.commit(10)
		require.Equal(t, []string{"1"}, stream.shown())
		s.room.SetTyping("cem", true)
		s.commit(10)
		require.Equal(t, []string{"2"}, stream.shown())
	})
}

func TestSubscription_Opening_returns_where_the_client_resumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		for range 3 {
			s.commit(10)
		}
		for _, c := range []struct {
			cursor, resume, opening string
			shown                   []string
		}{
			{"", protocol.ResumeNew, s.cursor(3), []string{}},
			{s.cursor(1), protocol.ResumeOK, s.cursor(1), []string{"2", "3"}},
			{s.cursor(3), protocol.ResumeOK, s.cursor(3), []string{}},
			{"unknown", protocol.ResumeGap, s.cursor(3), []string{}},
		} {
			stream := s.joinWith("ben", SubscribeOptions{Cursor: c.cursor, EventsOnly: true})
			at, resume, err := stream.sub.Opening(t.Context())
			require.NoError(t, err)
			require.Equal(t, c.resume, resume)
			require.Equal(t, c.opening, at.String())
			require.Equal(t, c.shown, stream.shown())
			stream.sub.Close()
		}
	})
}

// While a client reads the events that it has missed, further events and answers arrive. It
// receives every event once and in order, and every answer exactly behind the events that
// precede it.
func TestSubscription_turns_from_replay_to_live_without_a_gap_or_a_duplicate(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newFixture(t, Options{})
			s.commit(10)
			for range rapid.IntRange(0, 300).Draw(rt, "missed events") {
				s.commit(rapid.SampledFrom([]int{10, 5000}).Draw(rt, "bytes"))
			}
			ben := s.joinWith("ben", SubscribeOptions{Cursor: s.cursor(1)})
			want := []string{"welcome"}
			for seq := 2; seq <= len(s.records); seq++ {
				want = append(want, fmt.Sprint(seq))
			}
			var got []string
			for n := range rapid.IntRange(0, 30).Draw(rt, "steps") {
				switch rapid.SampledFrom([]string{"commit", "answer", "late answer", "take", "wait"}).Draw(rt, "step") {
				case "commit":
					s.commit(10)
					want = append(want, fmt.Sprint(s.head.Seq))
				case "answer":
					ben.sub.Answer(fmt.Sprint(n), Answer{Payload: struct{}{}}, nil)
					want = append(want, fmt.Sprint("ok ", n))
				case "late answer":
					ben.sub.Answer(fmt.Sprint(n), Answer{Payload: history.Page{Which: protocol.History{Limit: 1}, Head: s.head}}, nil)
					want = append(want, fmt.Sprint("ok ", n))
				case "take":
					lines, err := ben.sub.Take(t.Context())
					require.NoError(t, err)
					for _, l := range lines {
						got = append(got, describe(t, l))
					}
				case "wait":
					synctest.Wait()
				}
			}
			require.Equal(t, want, append(got, ben.shown()...))
			ben.sub.Close()
		})
	})
}

// An event that was not passed to the room, as after an outage of the journal, is read when
// the next one arrives.
func TestSubscription_reads_an_event_that_was_not_passed_on(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		ben := s.join("ben")
		s.commit(10)
		require.Equal(t, []string{"welcome", "1"}, ben.shown())
		s.append(10)
		s.commit(10)
		require.Equal(t, []string{"2", "3"}, ben.shown())
	})
}

func TestSubscription_after_a_short_disconnection_does_not_read_the_journal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		for range 5 {
			s.commit(10)
		}
		ben := s.joinWith("ben", SubscribeOptions{Cursor: s.cursor(3)})
		require.Equal(t, []string{"welcome", "4", "5"}, ben.shown())
		require.Zero(t, s.reads)
	})
}

func TestSubscription_the_welcome_has_as_many_recent_events_as_fit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		for range 5 {
			s.commit(1000)
		}
		s.invite("ben", protocol.RoleCollaborator)
		for _, c := range []struct{ events, bytes, want int }{{0, 10000, 0}, {3, 10000, 3}, {9, 10000, 5}, {5, 3000, 2}, {5, 500, 0}} {
			w := &Welcome{Head: s.head, MaxRecent: c.events, MaxRecentBytes: c.bytes}
			w.Participant = s.people[0]
			sub := s.feed.Subscribe(fixtureID, SubscribeOptions{})
			require.NoError(t, s.room.Join(sub, &client{fixture: s, sub: sub}, "join", w))
			lines, err := sub.Next(t.Context())
			require.NoError(t, err)
			m, err := protocol.DecodeServer(lines[0].Bytes)
			require.NoError(t, err)
			require.Len(t, m.(*protocol.WelcomeMessage).Payload.Recent, c.want)
			sub.Close()
		}
	})
}

// largeAnswer is a deferred answer of some 600 kB. It counts how often it is read.
type largeAnswer struct{ read *int }

func (a largeAnswer) Read(context.Context, history.Reader) (any, error) {
	*a.read++
	return strings.Repeat("x", 600_000), nil
}

func TestSubscription_large_answers_are_read_one_after_another(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		ben := s.join("ben")
		require.Equal(t, []string{"welcome"}, ben.shown())
		read := 0
		for n := range 20 {
			ben.sub.Answer(fmt.Sprint(n), Answer{Payload: largeAnswer{&read}}, nil)
		}
		synctest.Wait()
		for n := range 20 {
			lines, err := ben.sub.Take(t.Context())
			require.NoError(t, err)
			require.Len(t, lines, 1)
			require.Equal(t, fmt.Sprint("ok ", n), describe(t, lines[0]), "in the order of the requests")
			require.Equal(t, n+1, read)
		}
	})
}

func TestSubscription_answers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		ben := s.join("ben")
		ben.shown()
		ben.sub.Answer("1", Answer{Payload: struct{}{}, Duplicate: true}, nil)
		ben.sub.Answer("2", Answer{}, nil)
		ben.sub.Answer("3", Answer{}, protocol.Errorf(protocol.CodeReadOnly, "no"))
		ben.sub.Answer("4", Answer{Payload: history.Page{Which: protocol.History{Limit: 1}}}, nil)
		require.NoError(t, ben.sub.Reject(t.Context(), "5", protocol.Errorf(protocol.CodeInvalidRequest, "no")))
		require.Equal(t, []string{"ok 1", "pong 2", "error 3", "ok 4", "error 5"}, ben.shown())
	})
}

func TestSubscription_Send_submits_to_the_actor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		ben := s.join("ben")
		r := protocol.Request{ID: "1", Command: &protocol.Ping{}}
		require.NoError(t, ben.sub.Send(t.Context(), r))
		require.Equal(t, []protocol.Request{r}, ben.sent)
	})
}

func TestSubscription_that_is_closed_while_it_joins_is_not_let_in(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		s.invite("ben", protocol.RoleCollaborator)
		sub := s.feed.Subscribe(fixtureID, SubscribeOptions{})
		sub.Close()
		w := &Welcome{}
		w.Participant = s.people[0]
		err := s.room.Join(sub, &client{fixture: s, sub: sub}, "join", w)
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeInvalidRequest})
		require.False(t, s.room.Connected())
		require.Empty(t, s.room.Presence().Participants)
	})
}

func TestSubscription_that_is_closed_leaves_the_room(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		ben := s.join("ben")
		ben.sub.Close()
		ben.sub.Close()
		require.Equal(t, 2, ben.closed)
		require.False(t, s.room.Connected())
		ben.sub.Answer("1", Answer{}, nil) // of a command that was under way
		s.commit(10)
		synctest.Wait()
		require.Zero(t, s.feed.Waiting())
		require.Equal(t, journal.Seq(0), ben.sub.backlog.head)
	})
}
