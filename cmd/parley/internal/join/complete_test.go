package join

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/console"
	"parley/protocol"
)

var agentCommands = []protocol.AvailableCommand{
	{Name: "review", Description: "Reviews the changes", Hint: "branch"},
	{Name: "quit", Description: "Is not the client's"},
	{Name: "re name", Description: "Cannot be typed"},
	{Name: "rev\u202eersed"},
	{Name: "compact"},
}

func TestCompleter_offers_commands_of_the_agent_as_prompts(t *testing.T) {
	c := &completer{}
	require.Empty(t, c.complete("/prompt /").Candidates, "before the welcome")
	c.know(agentCommands)
	review := console.Candidate{Text: "/review ", Note: "[branch]  Reviews the changes"}
	viaPrompt := console.Candidate{Text: "/prompt /review ", Note: review.Note}
	for before, want := range map[string]console.Completion{
		"/prompt /rev":     {From: len("/prompt "), Candidates: []console.Candidate{review}},
		"/prompt /REV":     {From: len("/prompt "), Candidates: []console.Candidate{review}},
		"/rev":             {Candidates: []console.Candidate{viaPrompt}},
		"/re":              {Candidates: []console.Candidate{{Text: "/reject "}, {Text: "/restart-agent "}, viaPrompt}},
		"/qui":             {Candidates: []console.Candidate{{Text: "/quit "}, {Text: "/prompt /quit ", Note: "Is not the client's"}}},
		"/comp":            {Candidates: []console.Candidate{{Text: "/prompt /compact "}}},
		"/nothing":         {},
		"//re":             {},
		"hello /re":        {},
		"":                 {},
		"/prompt re":       {},
		"/prompt /review ": {},
		"/approve /re":     {},
	} {
		require.Equal(t, want, c.complete(before), before)
	}
}

func TestCommand_of_the_agent_is_sent_only_as_a_prompt(t *testing.T) {
	r := newRoom()
	r.agent.AvailableCommands = agentCommands
	_, err := command.Parse("/review main")
	require.ErrorContains(t, r.explainLine("/review main", err), "type /prompt /review main")
	_, err = command.Parse("/quit now")
	require.Equal(t, err, r.explainLine("/quit now", err), "the client's own command has its own error")
	_, err = command.Parse("/nothing")
	require.Equal(t, err, r.explainLine("/nothing", err))
}
