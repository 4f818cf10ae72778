package hub_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal/sqlite"
	"parley/protocol"
)

// BenchmarkHub measures chat that is durable, with 8 people talking at once in
// every session.
func BenchmarkHub(b *testing.B) {
	for _, sessions := range []int{1, 16, 128} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) { benchmarkChat(b, sessions) })
	}
}

func benchmarkChat(b *testing.B, sessions int) {
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
	b.ResetTimer()
	talk(b, h, rooms)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// talk says b.N things.
func talk(b *testing.B, h *hub.Hub, rooms []*protocol.CreateAnswer) {
	const people = 8
	var talking sync.WaitGroup
	for i := range people * len(rooms) {
		a := rooms[i%len(rooms)]
		who := hub.Credentials{ParticipantID: a.HostParticipant.ID, Token: *a.HostParticipant.AccessToken}
		talking.Go(func() {
			for n := i; n < b.N; n += people * len(rooms) {
				if _, err := h.Do(b.Context(), a.Session.ID, who, protocol.Request{Command: &protocol.Chat{Text: "hello"}}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	talking.Wait()
}
