package feed_test

import (
	"context"
	"fmt"

	"parley/hub/feed"
	"parley/hub/journal"
	"parley/hub/journal/memory"
	"parley/protocol"
)

// ada is the only participant of the session.
var ada = protocol.Participant{ID: "ada", Role: protocol.RoleHost}

// session implements [feed.Session].
type session struct{}

func (session) Active() bool                         { return true }
func (session) Participants() []protocol.Participant { return []protocol.Participant{ada} }
func (session) IsPresent(id string) bool             { return id == ada.ID }

// actor implements [feed.Actor]. The example sends no commands.
type actor struct{ room *feed.Room }

func (a actor) Submit(context.Context, *feed.Subscription, protocol.Request) error { return nil }
func (a actor) Reject(context.Context, *feed.Subscription, string, *protocol.Error) error {
	return nil
}
func (a actor) Leave(s *feed.Subscription) { a.room.Leave(s) }

// printer is a sink that accepts every burst, and prints the beginning of each event.
type printer struct{}

func (printer) Offer(b *feed.Burst) bool {
	for _, l := range b.Lines {
		fmt.Printf("an event: %.25s\n", l.Bytes)
	}
	return true
}
func (printer) Wake() {}
func (printer) Cut()  {}

// A connection of a room receives a durable event by its sink. The goroutine of the
// example takes the place of the session's actor.
func Example() {
	store := memory.New()
	defer store.Close()
	f := feed.New(store, feed.Options{MaxConnections: 10, MaxOwnConnections: 2, MaxBacklog: 1 << 20, MaxBacklogs: 1 << 28})
	id := journal.NewSharedSessionID(journal.NewHostSessionID())
	room := f.NewRoom(session{})

	sub := f.Subscribe(id, feed.SubscribeOptions{EventsOnly: true})
	defer sub.Close()
	welcome := &feed.Welcome{Head: journal.Head{Hash: journal.ChainStart(id)}}
	welcome.Participant = ada
	if err := room.Join(sub, actor{room}, "1", welcome); err != nil {
		fmt.Println(err)
		return
	}
	sub.Push(printer{})
	if _, err := sub.Take(context.Background()); err != nil { // nothing waits: the sink is used from now on
		fmt.Println(err)
		return
	}

	event := journal.Record{Session: id, Seq: 1, Type: string(protocol.EventMessageCreated), Public: []byte(`{"message":{"text":"hello"}}`)}
	event.Seal(welcome.Head.Hash)
	room.Committed(&event)
	room.Stop(feed.Closed{Code: protocol.CloseGoingAway, Reason: "the server is stopping"}) // waits for the fan-out
	// Output: an event: {"type":"message_created"
}
