package hub_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

func TestReadOnly_a_closed_session_can_be_read(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{IdleAfter: time.Minute})
		ben := r.join("ben")
		ben.do(&protocol.Chat{Text: "hello"}, nil)
		r.host.do(&protocol.Close{}, nil)
		require.Equal(t, protocol.CloseSessionEnded, ben.closeCode())
		advance(time.Hour) // the session leaves memory
		reader := ben.attachReadOnly()
		require.True(t, reader.welcome.ReadOnly)
		require.Equal(t, protocol.StatusClosed, reader.welcome.Session.Status)
		require.Equal(t, ben.me.ID, reader.welcome.Participant.ID)
		var last struct{ Type protocol.EventType }
		require.NoError(t, json.Unmarshal(reader.welcome.Recent[len(reader.welcome.Recent)-1], &last))
		require.Equal(t, protocol.EventSessionClosed, last.Type)
		var page protocol.HistoryAnswer
		reader.do(&protocol.History{Limit: 500}, &page)
		require.Equal(t, reader.welcome.Recent, page.Events)
		require.Equal(t, protocol.CodeReadOnly, reader.errorCode(&protocol.Chat{Text: "hello"}))
		advance(time.Hour) // the connection stays open
		reader.do(&protocol.History{Limit: 1}, &page)
	})
}

func TestReadOnly_an_expired_session_can_be_read(t *testing.T) {
	for name, minutes := range map[string]int64{"while it is in memory": 2, "after it has left memory": 600} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := newRoom(t, hub.Options{})
				r.shareExpiring(minutes)
				ben := r.join("ben")
				ben.do(&protocol.Chat{Text: "hello"}, nil)
				ben.sub.Close()
				advance(time.Duration(minutes)*time.Minute + time.Second)
				reader := ben.attachReadOnly()
				require.Equal(t, protocol.StatusExpired, reader.welcome.Session.Status)
				require.Equal(t, protocol.CodeReadOnly, reader.errorCode(&protocol.Chat{Text: "hello"}))
				archive, err := r.hub.Archive(t.Context(), r.id, ben.credentials(), protocol.History{Limit: 500})
				require.NoError(t, err)
				require.Equal(t, reader.welcome.Recent, archive.Events)
			})
		})
	}
}

func TestReadOnly_a_former_participant_reads_until_the_session_ends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.do(&protocol.Leave{}, nil)
		reader := ben.attachReadOnly()
		require.NotContains(t, reader.welcome.Presence, ben.me.ID, "a former participant is not present")
		r.host.do(&protocol.Chat{Text: "live"}, nil)
		event := next[*protocol.Event](reader)
		require.Equal(t, "live", event.Payload.(*protocol.MessageCreated).Message.Text)
		r.host.do(&protocol.Close{}, nil)
		require.Equal(t, protocol.CloseSessionEnded, reader.closeCode())
	})
}

func TestReadOnly_a_removal_ends_the_connection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.do(&protocol.Leave{}, nil)
		reader := ben.attachReadOnly()
		r.host.do(&protocol.Remove{ParticipantID: ben.me.ID}, nil)
		r.host.do(&protocol.Chat{Text: "a secret"}, nil)
		require.Equal(t, protocol.CloseRemoved, reader.closeCode())
		require.NotContains(t, reader.seen, r.host.seen[len(r.host.seen)-1])
		_, err := r.tryAttach(&protocol.Resume{ParticipantID: ben.me.ID, ParticipantToken: ben.token, ReadOnly: true})
		requireCode(t, protocol.CodeParticipantRemoved, err)
		_, err = r.hub.Archive(t.Context(), r.id, ben.credentials(), protocol.History{Limit: 1})
		requireCode(t, protocol.CodeParticipantRemoved, err)
	})
}

// Read-only connections leave room for participants, and the host can always connect.
func TestReadOnly_connections_use_at_most_half_of_the_limit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxConnections: 6, MaxOwnConnections: 4})
		ben := r.join("ben")
		ben.do(&protocol.Leave{}, nil)
		ben.sub.Close()
		synctest.Wait()
		for range 3 {
			ben.attachReadOnly()
		}
		_, err := r.tryAttach(&protocol.Resume{ParticipantID: ben.me.ID, ParticipantToken: ben.token, ReadOnly: true})
		requireCode(t, protocol.CodeTooManyParticipants, err)
		r.join("cem")
		r.join("dot")
		_, err = r.tryAttach(&protocol.Join{InviteToken: r.invite, UserID: "eve"})
		requireCode(t, protocol.CodeTooManyParticipants, err)
		r.host.reconnect()
	})
}

func TestArchive_returns_every_event_in_pages_of_bounded_size(t *testing.T) {
	r, _ := newRoom(t, hub.Options{MaxBacklog: 16 << 20})
	ben := r.join("ben")
	long := strings.Repeat("x", 30<<10)
	for i := range 80 {
		ben.do(&protocol.Chat{Text: fmt.Sprint(i, long)}, nil)
	}
	r.host.do(&protocol.Close{}, nil)
	read := func(which protocol.History) *protocol.ArchiveAnswer {
		which.Limit = 500
		a, err := r.hub.Archive(t.Context(), r.id, ben.credentials(), which)
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
	require.Equal(t, cursorAfterAll(t, forward), end.Cursor, "the cursor for the next request")
}

// cursorAfterAll returns the cursor of the last event.
func cursorAfterAll(t *testing.T, events []json.RawMessage) string {
	return cursorOfEvent(t, events[len(events)-1])
}

// cursorOfEvent returns the cursor of an encoded event.
func cursorOfEvent(t *testing.T, event json.RawMessage) string {
	var head struct{ Cursor string }
	require.NoError(t, json.Unmarshal(event, &head))
	return head.Cursor
}
