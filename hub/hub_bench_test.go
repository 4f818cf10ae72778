package hub_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal/sqlite"
	"parley/protocol"
)

// BenchmarkHub measures chat that is durable, from the line that a client sends
// to the answer, with so many people talking at once in each session. An event
// of it is of some 500 bytes.
func BenchmarkHub(b *testing.B) {
	for _, load := range []struct{ sessions, people int }{{1, 1}, {1, 32}, {16, 8}, {128, 8}} {
		b.Run(fmt.Sprintf("sessions=%d/people=%d", load.sessions, load.people), func(b *testing.B) {
			benchmarkChat(b, load.sessions, load.people)
		})
	}
}

func benchmarkChat(b *testing.B, sessions, people int) {
	j, err := sqlite.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	h := hub.New(j, hubtest.NewAgents(), hub.Key{}, hub.Options{})
	if err := h.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer h.Stop(context.Background())
	host, err := h.CreateHost(b.Context(), &protocol.CreateHostSession{Agent: "demo", Permissions: protocol.PermissionsAsk})
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
	b.ReportAllocs()
	b.ResetTimer()
	cpu := hubtest.StartCPU()
	talk(b, h, rooms, people)
	cpu.Report(b)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// talk says b.N things.
func talk(b *testing.B, h *hub.Hub, rooms []*protocol.CreateAnswer, people int) {
	text := strings.Repeat("hello ", 20)
	var talking sync.WaitGroup
	for i := range people * len(rooms) {
		a := rooms[i%len(rooms)]
		who := hub.Credentials{ParticipantID: a.HostParticipant.ID, Token: *a.HostParticipant.AccessToken}
		talking.Go(func() {
			for n := i; n < b.N; n += people * len(rooms) {
				line := fmt.Appendf(nil, `{"id":"%d","type":"chat","payload":{"text":"%s"}}`, n, text)
				r, err := protocol.DecodeRequest(line, protocol.DefaultLimits)
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
	talking.Wait()
}
