package hub

import (
	"testing"

	"parley/hub/journal"
	"parley/protocol"
)

func BenchmarkDecide(b *testing.B) {
	w := newWorld(b, settings{}, 1)
	n := w.shared[0]
	s := n.sharedState()
	who := sender{ParticipantID: s.host().ID, connected: true}
	in := input{at: w.now, moment: w.now, ids: [2]string{"a", "b"}, body: command{who: who, request: protocol.Request{ID: "c", Command: &protocol.Chat{Text: "hello"}}}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d := s.decide(in)
		if d.err != nil {
			b.Fatal(d.err)
		}
		d.events[0].private.Command = nil // else the next one is a repetition
		s.apply(d.events[0], stamp{journal.Seq(i + 2), w.now, w.now})
	}
}
