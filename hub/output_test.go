package hub

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
)

func TestBatch_awaited(t *testing.T) {
	event := make([]journal.Record, 1)
	by := func(participant string) shared.Command {
		return shared.Command{Sender: shared.Sender{ParticipantID: participant}}
	}
	reply := func(result) {}
	for _, test := range []struct {
		name string
		outs []out
		want []string
	}{
		{"names the participants of commands", []out{
			{in: envelope{Input: rules.Input{Body: by("ann")}, reply: reply}, records: event},
			{in: envelope{Input: rules.Input{Body: attach{command: by("ben")}}, reply: reply}, records: event},
		}, []string{"ann", "ben"}},
		{"has an empty name for a join", []out{
			{in: envelope{Input: rules.Input{Body: shared.Command{JoinAPI: shared.JoinTyped}}, reply: reply}, records: event},
		}, []string{""}},
		{"leaves out messages of an agent", []out{
			{in: unanswered(inboxReady{}), records: event},
		}, nil},
		{"leaves out refused commands", []out{
			{in: envelope{Input: rules.Input{Body: by("ann")}, reply: reply}},
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := batch{outs: test.outs}
			require.Equal(t, test.want, b.awaited())
		})
	}
}
