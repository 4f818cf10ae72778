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
			r := open(t, bin, "valid", a)
			t.Cleanup(func() { r.logIfFailed(t) })
			for _, s := range steps {
				name, run := s.name, s.run
				if s.applies != nil && !s.applies(a) {
					name, run = "does not: "+name, s.without
				}
				if !t.Run(name, func(t *testing.T) { run(t, r) }) {
					break // the next step needs what this one has done
				}
			}
		})
	}
}

// step is something that agents do, as a predicate of which the agent is the subject. The
// steps of an agent run one after the other in one room.
type step struct {
	name    string
	applies func(realAgent) bool // nil if all agents do it
	run     func(*testing.T, *room)
	without func(*testing.T, *room) // for the agents that do not; requires what happens instead
}

var steps = []step{
	{name: "announces itself", run: announcesItself},
	{name: "runs a turn", run: runsATurn},
	{name: "changes its model", run: changesItsModel},
	{name: "runs a slash command", run: runsASlashCommand},
	{name: "sees an image", run: seesAnImage},
	{"keeps an image from a model that sees none", realAgent.knowsBlindModels, keepsAnImageFromABlindModel, sendsImagesToEveryModel},
	{"hears audio", realAgent.takesAudio, hearsAudio, refusesAudio},
	{"works in additional directories", realAgent.takesDirectories, worksInDirectories, leavesDirectoriesOut},
	{"asks a question and receives the answer", realAgent.hasElicitation, asksAQuestion, hasNoQuestions},
	{name: "asks before it runs a command", run: asksBeforeACommand},
	{"asks before it calls a tool of an MCP server", realAgent.asksBeforeMCP, asksBeforeATool, cannotAskBeforeATool},
	{name: "calls a tool of an MCP server on stdio", run: callsAToolOnStdio},
	{name: "calls a tool of an MCP server on http", run: callsAToolOnHTTP},
	{"passes on the form of an MCP server", realAgent.hasElicitation, passesOnAForm, cannotPassOnAForm},
	{name: "stops a command of a turn that is cancelled", run: stopsACommand},
	{name: "gives up a question of a turn that is cancelled", run: withdrawsItsQuestion},
	{name: "reaches clients as it writes", run: reachesClientsAsItWrites},
	{name: "remembers after a kill -9 of its process", run: remembersAfterItWasKilled},
	{name: "remembers after a kill -9 of the server", run: remembersAfterTheServerWasKilled},
	{name: "leaves nothing running", run: leavesNothingRunning},
}

// The agents start with a key that the model refuses, and each says so in its own way.
func TestRealAgents_whose_key_has_expired_need_signing_in(t *testing.T) {
	bin := installed(t)
	for _, a := range agents {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			a.requireInstalled(t, bin)
			r := open(t, bin, fakemodel.ExpiredKey, a)
			t.Cleanup(func() { r.logIfFailed(t) })
			id := r.prompt(t, "SAY: Hello.")
			r.awaitEnd(t, id)
			failed := eventsOf[*protocol.PromptDispatchFailed](r.events())
			require.Len(t, failed, 1)
			require.Equal(t, protocol.CodeAgentAuthRequired, failed[0].Code, failed[0].Error)
		})
	}
}
