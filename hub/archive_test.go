package hub_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

// reads begins a connection that only reads, as the same person.
func (p *person) reads() *person {
	p.t.Helper()
	return p.room.attach(&protocol.Resume{ParticipantID: p.me.ID, ParticipantToken: p.token, ReadOnly: true, Recent: 200})
}

func TestReading_a_session_that_is_closed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{IdleAfter: time.Minute})
		ben := r.join("ben")
		ben.say(&protocol.Chat{Text: "hello"}, nil)
		r.host.say(&protocol.Close{}, nil)
		require.Equal(t, protocol.CloseSessionEnded, ben.closed())
		time.Sleep(time.Hour) // it has left memory
		reader := ben.reads()
		require.True(t, reader.welcome.ReadOnly)
		require.Equal(t, protocol.StatusClosed, reader.welcome.Session.Status)
		require.Equal(t, ben.me.ID, reader.welcome.Participant.ID)
		var last struct{ Type protocol.EventType }
		require.NoError(t, json.Unmarshal(reader.welcome.Recent[len(reader.welcome.Recent)-1], &last))
		require.Equal(t, protocol.EventSessionClosed, last.Type)
		var page protocol.HistoryAnswer
		reader.say(&protocol.History{Limit: 500}, &page)
		require.Equal(t, reader.welcome.Recent, page.Events)
		require.Equal(t, protocol.CodeReadOnly, reader.refused(&protocol.Chat{Text: "anybody?"}))
		time.Sleep(time.Hour) // a reader may stay
		reader.say(&protocol.History{Limit: 1}, &page)
	})
}

func TestReading_a_session_that_has_expired(t *testing.T) {
	for name, minutes := range map[string]int64{"while it was awake": 2, "while it slept": 600} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := newRoom(t, hub.Options{})
				r.shareFor(minutes)
				ben := r.join("ben")
				ben.say(&protocol.Chat{Text: "hello"}, nil)
				ben.sub.Close()
				pass(time.Duration(minutes)*time.Minute + time.Second)
				reader := ben.reads()
				require.Equal(t, protocol.StatusExpired, reader.welcome.Session.Status)
				require.Equal(t, protocol.CodeReadOnly, reader.refused(&protocol.Chat{Text: "anybody?"}))
				credentials := hub.Credentials{ParticipantID: ben.me.ID, Token: ben.token}
				archive, err := r.hub.Archive(t.Context(), r.id, credentials, protocol.History{Limit: 500})
				require.NoError(t, err)
				require.Equal(t, reader.welcome.Recent, archive.Events)
			})
		})
	}
}

func TestReading_after_leaving_ends_with_the_session(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.say(&protocol.Leave{}, nil)
		reader := ben.reads()
		require.NotContains(t, reader.welcome.Presence, ben.me.ID, "a reader who left is not present")
		r.host.say(&protocol.Chat{Text: "live"}, nil)
		event := next[*protocol.Event](reader)
		require.Equal(t, "live", event.Payload.(*protocol.MessageCreated).Message.Text)
		r.host.say(&protocol.Close{}, nil)
		require.Equal(t, protocol.CloseSessionEnded, reader.closed())
	})
}

func TestReading_ends_at_once_with_a_removal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.say(&protocol.Leave{}, nil)
		reader := ben.reads()
		r.host.say(&protocol.Remove{ParticipantID: ben.me.ID}, nil)
		r.host.say(&protocol.Chat{Text: "a secret"}, nil)
		require.Equal(t, protocol.CloseRemoved, reader.closed())
		require.NotContains(t, reader.seen, r.host.seen[len(r.host.seen)-1])
		_, err := r.tryAttach(&protocol.Resume{ParticipantID: ben.me.ID, ParticipantToken: ben.token, ReadOnly: true})
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeParticipantRemoved})
		_, err = r.hub.Archive(t.Context(), r.id, hub.Credentials{ParticipantID: ben.me.ID, Token: ben.token}, protocol.History{Limit: 1})
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeParticipantRemoved})
	})
}

// Readers cannot keep participants out, and nothing keeps the host out.
func TestReading_takes_up_no_more_than_half_of_the_room(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxConnections: 6, MaxOwnConnections: 4})
		ben := r.join("ben")
		ben.say(&protocol.Leave{}, nil)
		ben.sub.Close()
		synctest.Wait()
		full := &protocol.Error{Code: protocol.CodeTooManyParticipants}
		read := &protocol.Resume{ParticipantID: ben.me.ID, ParticipantToken: ben.token, ReadOnly: true}
		for range 3 {
			ben.reads()
		}
		_, err := r.tryAttach(read)
		require.ErrorIs(t, err, full)
		r.join("cem")
		r.join("dot")
		_, err = r.tryAttach(&protocol.Join{InviteToken: r.invite, UserID: "eve"})
		require.ErrorIs(t, err, full)
		r.host.again()
		r.host.say(&protocol.Chat{Text: "the host finds room"}, nil)
	})
}

func TestArchive_has_every_event_in_pages_bounded_in_bytes(t *testing.T) {
	r, _ := newRoom(t, hub.Options{MaxBacklog: 16 << 20})
	ben := r.join("ben")
	long := make([]byte, 30<<10)
	for i := range long {
		long[i] = 'x'
	}
	for i := range 80 {
		ben.say(&protocol.Chat{Text: fmt.Sprint(i, string(long))}, nil)
	}
	r.host.say(&protocol.Close{}, nil)
	who := hub.Credentials{ParticipantID: ben.me.ID, Token: ben.token}
	read := func(which protocol.History) *protocol.ArchiveAnswer {
		which.Limit = 500
		a, err := r.hub.Archive(t.Context(), r.id, who, which)
		require.NoError(t, err)
		require.Equal(t, protocol.StatusClosed, a.Session.Status)
		require.Nil(t, a.Session.InviteToken)
		size := 0
		for _, e := range a.Events {
			size += len(e)
		}
		require.Less(t, size, 1<<20+len(long)+1024)
		return a
	}
	var forward, backward []json.RawMessage
	for cursor, more := "", true; more; {
		a := read(protocol.History{After: cursor})
		require.NotEmpty(t, a.Events)
		forward, cursor, more = append(forward, a.Events...), a.Cursor, a.More
	}
	for before, more := "", true; more; {
		which := protocol.History{Before: before}
		if before == "" { // the newest page
			which = protocol.History{Before: cursorAfterAll(t, forward)}
			backward = forward[len(forward)-1:]
		}
		a := read(which)
		backward = append(a.Events, backward...)
		before, more = cursorOfEvent(t, a.Events[0]), a.More
	}
	require.Equal(t, forward, backward)
	require.Contains(t, string(forward[0]), protocol.EventSharedSessionCreated)
	require.Contains(t, string(forward[len(forward)-1]), protocol.EventSessionClosed)
	end := read(protocol.History{After: cursorAfterAll(t, forward)})
	require.Empty(t, end.Events)
	require.Equal(t, cursorAfterAll(t, forward), end.Cursor, "to ask with again")
}

func cursorAfterAll(t *testing.T, events []json.RawMessage) string {
	return cursorOfEvent(t, events[len(events)-1])
}

func cursorOfEvent(t *testing.T, event json.RawMessage) string {
	var head struct{ Cursor string }
	require.NoError(t, json.Unmarshal(event, &head))
	return head.Cursor
}
