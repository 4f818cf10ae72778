package feed

import (
	"encoding/json"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// payloads returns the payloads and redactions of lines, and "hidden" for hidden ones.
func payloads(t *testing.T, lines []Line) (all []string) {
	for _, l := range lines {
		var e struct {
			Type, Cursor, Redaction string
			Payload                 json.RawMessage
		}
		require.NoError(t, json.Unmarshal(l.Bytes, &e))
		require.Equal(t, l.Cursor, e.Cursor)
		require.Equal(t, l.Hidden, e.Type == protocol.TypeHidden)
		if l.Hidden {
			require.JSONEq(t, `{"type":"hidden","cursor":"`+e.Cursor+`"}`, string(l.Bytes))
			all = append(all, protocol.TypeHidden)
			continue
		}
		all = append(all, string(e.Payload)+e.Redaction)
	}
	return all
}

func (s *fixture) commitMasked(payload, masked string) {
	s.appendMasked(payload, masked)
	s.room.Committed(&s.records[len(s.records)-1])
}

func TestProjection_guests_receive_masked_events_live_queued_and_replayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		s.invite("host", protocol.RoleHost)
		events := SubscribeOptions{EventsOnly: true}
		begin := protocol.NewCursor(0, s.head.Hash).String()
		host, guest := s.joinWith("host", events), s.joinWith("guest", events)
		s.commitMasked(`"a"`, "")
		s.commitMasked(`"secret"`, `"mask"`)
		s.commitMasked(`"b"`, "")
		whole, masked := []string{`"a"`, `"secret"original`, `"b"`}, []string{`"a"`, `"mask"masked`, `"b"`}
		queued, _ := host.takeAll()
		require.Equal(t, whole, payloads(t, queued))
		queued, _ = guest.takeAll()
		require.Equal(t, masked, payloads(t, queued))
		for id, want := range map[string][]string{"host": whole, "guest": masked} {
			replayed, _ := s.joinWith(id, SubscribeOptions{EventsOnly: true, Cursor: begin}).takeAll()
			require.Equal(t, want, payloads(t, replayed))
		}
	})
}

func TestProjection_readers_of_a_class_share_one_encoding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		s.invite("host", protocol.RoleHost)
		encodings := map[string]int{}
		counted := &Format{Append: func(b []byte, lines []Line) []byte {
			for _, l := range lines {
				encodings[string(l.Bytes)]++
			}
			return b
		}}
		for _, id := range []string{"host", "ann", "ben", "cem"} {
			c := s.joinWith(id, SubscribeOptions{EventsOnly: true})
			c.sub.Push(sinkFunc(func(b *Burst) bool { b.As(counted); return true }))
			_, closed := c.takeAll()
			require.Nil(t, closed)
		}
		s.commit(3)
		synctest.Wait()
		require.Len(t, encodings, 1, "one for all, if nothing is restricted")
		for _, n := range encodings {
			require.Equal(t, 1, n)
		}
		clear(encodings)
		s.commitMasked(`"secret"`, `"mask"`)
		synctest.Wait()
		require.Len(t, encodings, 2)
		for _, n := range encodings {
			require.Equal(t, 1, n, "one for each class")
		}
	})
}

// sinkFunc is a sink that takes bursts.
type sinkFunc func(*Burst) bool

func (f sinkFunc) Offer(b *Burst) bool { return f(b) }
func (f sinkFunc) Wake()               {}
func (f sinkFunc) Cut()                {}

func TestProjection_one_who_sees_events_from_now_on_learns_only_where_the_others_end(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		begin := protocol.NewCursor(0, s.head.Hash).String()
		for range 200 {
			s.commit(1)
		}
		s.commitMasked(`"new"`, "")
		s.from = 201
		for name, cursor := range map[string]string{"from the beginning": begin, "from the middle": s.cursor(7)} {
			lines, _ := s.joinWith("late", SubscribeOptions{EventsOnly: true, Cursor: cursor}).takeAll()
			require.Equal(t, []string{protocol.TypeHidden, `"new"`}, payloads(t, lines), name)
			require.Equal(t, s.cursor(200), lines[0].Cursor, "the cursor of the last of them")
		}
		lines, _ := s.joinWith("late", SubscribeOptions{EventsOnly: true, Cursor: s.cursor(200)}).takeAll()
		require.Equal(t, []string{`"new"`}, payloads(t, lines))
	})
}

func TestCoalesced_keeps_the_last_of_hidden_neighbours(t *testing.T) {
	hidden := func(seq journal.Seq) Line { return Line{Hidden: true, seq: seq} }
	got := coalesced([]Line{hidden(1), hidden(2), {seq: 3}, hidden(4), {seq: 5}, hidden(6), hidden(7), hidden(8)})
	want := []Line{hidden(2), {seq: 3}, hidden(4), {seq: 5}, hidden(8)}
	require.Equal(t, want, got)
}

func TestBurst_an_event_for_one_participant_is_hidden_from_others(t *testing.T) {
	b := new(Burst)
	b.add(Line{Bytes: []byte("for all"), seq: 1})
	b.add(Line{seq: 2, personal: true, record: &journal.Record{Seq: 2, Type: "later version"}})
	ann := b.to(rules.Projection{Participant: "ann"})
	require.Equal(t, "for all", string(ann.Lines[0].Bytes))
	require.True(t, ann.Lines[1].Hidden, "a type that this version does not know is for the host")
	require.NotSame(t, ann, b.to(rules.Projection{Participant: "ben"}))
	require.False(t, b.to(rules.Projection{Participant: "h", Role: protocol.RoleHost}).Lines[1].Hidden)
}
