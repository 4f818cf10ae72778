package hub

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

func TestBatch_awaited(t *testing.T) {
	event := make([]journal.Record, 1)
	by := func(participant string) command { return command{who: sender{ParticipantID: participant}} }
	reply := func(result) {}
	for _, test := range []struct {
		name string
		outs []out
		want []string
	}{
		{"names the participants of commands", []out{
			{in: envelope{input: input{body: by("ann")}, reply: reply}, records: event},
			{in: envelope{input: input{body: attach{command: by("ben")}}, reply: reply}, records: event},
		}, []string{"ann", "ben"}},
		{"has no name for one who joins", []out{
			{in: envelope{input: input{body: command{way: joinTyped}}, reply: reply}, records: event},
		}, []string{""}},
		{"leaves out what an agent says", []out{
			{in: unanswered(agentSpoke{}), records: event},
		}, nil},
		{"leaves out commands that are refused", []out{
			{in: envelope{input: input{body: by("ann")}, reply: reply}},
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := batch{outs: test.outs}
			require.Equal(t, test.want, b.awaited())
		})
	}
}
