package hub_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"parley/hub"
	"parley/hub/feed"
	"parley/hub/hubtest"
	"parley/hub/hubtest/cputime"
	"parley/hub/journal"
	"parley/hub/journal/memory"
	"parley/hub/journal/sqlite"
	"parley/hub/rules"
	"parley/protocol"
)

// These benchmarks measure durable chat messages, from the client's line to the answer.
// An event has about 500 bytes. Each reports the processor time of one message as well:
//
//	go test ./hub -run '^$' -bench 'Connection|Listeners|Hub' -benchtime 2s

// BenchmarkConnection measures commands of one connection, which also receives every
// event, with a number of commands in flight. The difference between the two journals is
// the cost of the disk.
func BenchmarkConnection(b *testing.B) {
	for _, inFlight := range []int{1, 32} {
		b.Run(fmt.Sprintf("journal=memory/inflight=%d", inFlight), func(b *testing.B) {
			benchmarkConnection(b, memory.New(), inFlight)
		})
		b.Run(fmt.Sprintf("journal=sqlite/inflight=%d", inFlight), func(b *testing.B) {
			benchmarkConnection(b, openSQLite(b), inFlight)
		})
	}
}

func benchmarkConnection(b *testing.B, j journal.Journal, inFlight int) {
	h, rooms := openRooms(b, j, 1)
	benchmarkTalk(b, connect(b, h, rooms[0]), inFlight)
}

// BenchmarkListeners measures the fan-out: it is [BenchmarkConnection] with 99 more
// connections, whose sinks accept every burst at once.
func BenchmarkListeners(b *testing.B) {
	h, rooms := openRooms(b, memory.New(), 1)
	for range 99 {
		listen(b, connect(b, h, rooms[0]))
	}
	benchmarkTalk(b, connect(b, h, rooms[0]), 32)
}

// listener is a sink that accepts every burst.
type listener struct{}

func (listener) Cut()                         {}
func (listener) Offer(burst *feed.Burst) bool { return len(burst.As(joined)) >= 0 }
func (listener) Wake()                        {}

// joined is a format that joins lines.
var joined = &feed.Format{Append: func(b []byte, lines []feed.Line) []byte {
	for _, l := range lines {
		b = append(b, l.Bytes...)
	}
	return b
}}

// listen sets a sink that accepts every burst, once the subscription is idle.
func listen(b *testing.B, sub *feed.Subscription) {
	sub.Push(listener{})
	for lines := []feed.Line{{}}; len(lines) > 0; {
		var err error
		if lines, err = sub.Take(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// connect opens a connection of the host and reads its welcome.
func connect(b *testing.B, h *hub.Hub, room *protocol.CreateAnswer) *feed.Subscription {
	resume := protocol.Request{ID: "resume", Command: &protocol.Resume{
		ParticipantID: room.HostParticipant.ID, ParticipantToken: *room.HostParticipant.AccessToken,
	}}
	sub, err := h.Attach(b.Context(), room.Session.ID, resume, hub.AttachOptions{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(sub.Close)
	if _, err := sub.Next(b.Context()); err != nil {
		b.Fatal(err)
	}
	return sub
}

// benchmarkTalk sends b.N chat messages, with a number of them in flight.
func benchmarkTalk(b *testing.B, sub *feed.Subscription, inFlight int) {
	b.ReportAllocs()
	b.ResetTimer()
	cpu := cputime.Start()
	for sent, lines := 0, 0; lines < 2*b.N; { // an event and an answer each
		for ; sent < b.N && sent < lines/2+inFlight; sent++ {
			r, err := protocol.DecodeRequest(chatLine(sent), protocol.DefaultLimits)
			if err == nil {
				err = sub.Send(b.Context(), r)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		got, err := sub.Next(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		lines += countLines(got)
	}
	cpu.Report(b)
}

// countLines counts the events and answers among lines.
func countLines(lines []feed.Line) int {
	n := 0
	for _, l := range lines {
		if l.Cursor != "" || bytes.HasPrefix(l.Bytes, []byte(`{"type":"ok"`)) {
			n++
		}
	}
	return n
}

// BenchmarkHub measures the throughput of several sessions. In each of them a number of
// senders wait for the answer before they send the next message.
func BenchmarkHub(b *testing.B) {
	for _, load := range []struct{ sessions, people int }{{1, 1}, {1, 32}, {16, 8}, {128, 8}} {
		b.Run(fmt.Sprintf("sessions=%d/people=%d", load.sessions, load.people), func(b *testing.B) {
			h, rooms := openRooms(b, openSQLite(b), load.sessions)
			b.ReportAllocs()
			b.ResetTimer()
			cpu := cputime.Start()
			talk(b, h, rooms, load.people, b.N)
			cpu.Report(b)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// openSQLite opens a journal in a directory of its own.
func openSQLite(b *testing.B) journal.Journal {
	j, err := sqlite.Open(b.TempDir(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return j
}

// openRooms returns a running hub with a number of shared sessions. It closes the
// journal at the end of the benchmark.
func openRooms(b *testing.B, j journal.Journal, sessions int) (*hub.Hub, []*protocol.CreateAnswer) {
	b.Cleanup(func() { _ = j.Close() })
	h := hub.New(j, hubtest.NewAgents(), rules.Key{}, hub.Options{MaxOwnConnections: 100})
	if err := h.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = h.Stop(context.Background()) })
	host, err := h.CreateHost(b.Context(), &protocol.CreateHostSession{Agent: "demo", Permissions: protocol.PermissionsAsk}, "")
	if err != nil {
		b.Fatal(err)
	}
	var rooms []*protocol.CreateAnswer
	for range sessions {
		a, err := h.CreateShared(b.Context(), &protocol.CreateSharedSession{HostSessionID: host.ID, HostUserID: "ada", Mode: protocol.ModeViewOnly}, "")
		if err != nil {
			b.Fatal(err)
		}
		rooms = append(rooms, a)
	}
	return h, rooms
}

// chatLine returns the n-th chat command as a client sends it.
func chatLine(n int) []byte {
	return fmt.Appendf(nil, `{"id":"%d","type":"chat","payload":{"text":"%s"}}`, n, chatText)
}

var chatText = strings.Repeat("hello ", 20)

// talk sends a number of chat messages, divided among so many senders in each session.
func talk(b *testing.B, h *hub.Hub, rooms []*protocol.CreateAnswer, people, times int) {
	var senders sync.WaitGroup
	for i := range people * len(rooms) {
		a := rooms[i%len(rooms)]
		who := hub.Credentials{ParticipantID: a.HostParticipant.ID, Token: *a.HostParticipant.AccessToken}
		senders.Go(func() {
			for n := i; n < times; n += people * len(rooms) {
				r, err := protocol.DecodeRequest(chatLine(n), protocol.DefaultLimits)
				if err == nil {
					_, err = h.Do(b.Context(), a.Session.ID, who, r)
				}
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	senders.Wait()
}
