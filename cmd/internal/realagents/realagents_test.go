package realagents

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest/fakemodel"
	"parley/protocol"
)

func TestRealAgents(t *testing.T) {
	bin := installed(t)
	for _, a := range agents {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			a.requireInstalled(t, bin)
			r := open(t, a, bin, "valid")
			t.Cleanup(func() { r.logIfFailed(t) })
			for _, s := range steps {
				if s.applies != nil && !s.applies(a) {
					continue
				}
				if !t.Run(s.name, func(t *testing.T) { s.run(t, r) }) {
					break // the next step needs what this one has done
				}
			}
		})
	}
}

// step is something that agents must do, as a predicate of which the agent is the subject. The steps of an agent run one after the other in
// one room.
type step struct {
	name    string
	applies func(realAgent) bool // nil if it applies to all agents
	run     func(*testing.T, *room)
}

var steps = []step{
	{"announces itself", nil, announcesItself},
	{"runs a turn", nil, runsATurn},
	{"changes its model", nil, changesItsModel},
	{"runs a slash command", nil, runsASlashCommand},
	{"sees an image", nil, seesAnImage},
	{"asks a question and receives the answer", realAgent.hasElicitation, asksAQuestion},
	{"asks before it runs a command", nil, asksBeforeACommand},
	{"stops a command of a turn that is cancelled", nil, stopsACommand},
	{"gives up a question of a turn that is cancelled", nil, withdrawsItsQuestion},
	{"reaches clients as it writes", nil, reachesClientsAsItWrites},
	{"remembers after a kill -9 of its process", nil, remembersAfterItWasKilled},
	{"remembers after a kill -9 of the server", nil, remembersAfterTheServerWasKilled},
	{"leaves nothing running", nil, leavesNothingRunning},
}

// The agents start with a key that the model refuses, and each says so in its own way.
func TestRealAgents_whose_key_has_expired_need_signing_in(t *testing.T) {
	bin := installed(t)
	for _, a := range agents {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			a.requireInstalled(t, bin)
			r := open(t, a, bin, fakemodel.ExpiredKey)
			t.Cleanup(func() { r.logIfFailed(t) })
			id := r.prompt(t, "SAY: Hello.")
			r.awaitEnd(t, id)
			failed := eventsOf[*protocol.PromptDispatchFailed](r.events())
			require.Len(t, failed, 1)
			require.Equal(t, protocol.CodeAgentAuthRequired, failed[0].Code, failed[0].Error)
		})
	}
}
