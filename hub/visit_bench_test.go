package hub_test

import (
	"errors"
	"fmt"
	"testing"

	"parley/hub"
	"parley/hub/feed"
	"parley/hub/hubtest/cputime"
	"parley/hub/journal/memory"
	"parley/protocol"
)

// BenchmarkVisit measures a join, its welcome and a leave, in a session that a number of
// guests have left before. Every iteration adds a former guest, so results compare only
// with the same -benchtime:
//
//	go test ./hub -run '^$' -bench Visit -benchtime 200x
func BenchmarkVisit(b *testing.B) {
	for _, past := range []int{10, 1000, 10000} {
		b.Run(fmt.Sprintf("past=%d", past), func(b *testing.B) {
			h, rooms := openRooms(b, memory.New(), 1)
			for i := range past {
				if err := visit(b, h, rooms[0], fmt.Sprintf("past-%d", i)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			b.ResetTimer()
			cpu := cputime.Start()
			for i := range b.N {
				if err := visit(b, h, rooms[0], fmt.Sprint(i)); err != nil {
					b.Fatal(err)
				}
			}
			cpu.Report(b)
		})
	}
}

// visit joins a session, waits for the welcome, and leaves.
func visit(b *testing.B, h *hub.Hub, room *protocol.CreateAnswer, user string) error {
	join := protocol.Request{ID: "join", Command: &protocol.Join{InviteToken: room.InviteToken, UserID: user, Recent: 1}}
	sub, err := h.Attach(b.Context(), room.Session.ID, join, hub.AttachOptions{})
	if err != nil {
		return err
	}
	defer sub.Close()
	if _, err := sub.Next(b.Context()); err != nil { // the welcome
		return err
	}
	if err := sub.Send(b.Context(), protocol.Request{ID: "leave", Command: &protocol.Leave{}}); err != nil {
		return err
	}
	for err == nil {
		_, err = sub.Next(b.Context())
	}
	if _, closed := errors.AsType[*feed.Closed](err); !closed {
		return err
	}
	return nil
}
