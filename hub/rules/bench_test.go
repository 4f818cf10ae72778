package rules_test

import (
	"testing"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

func BenchmarkDecide(b *testing.B) {
	w := rulestest.NewNetwork(b, rules.Settings{}, 1)
	n := w.Shared[0]
	s := n.SharedState()
	who := shared.Sender{ParticipantID: s.Host().ID, Connected: true}
	in := rules.Input{At: w.Now, Now: w.Now, IDs: [2]string{"a", "b"}, Body: shared.Command{Sender: who, Request: protocol.Request{ID: "c", Command: &protocol.Chat{Text: "hello"}}}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d := s.Decide(in)
		if d.Err != nil {
			b.Fatal(d.Err)
		}
		d.Events[0].Private.Command = nil // else the next one is a repetition
		s.Apply(d.Events[0], rules.Stamp{Seq: journal.Seq(i + 2), At: w.Now, Now: w.Now})
	}
}
