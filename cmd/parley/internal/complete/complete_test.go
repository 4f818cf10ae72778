package complete

import (
	"testing"

	"github.com/stretchr/testify/require"

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
	c := &Completer{}
	require.Empty(t, c.Complete("/prompt /").Candidates, "before the welcome")
	c.SetCommands(agentCommands)
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
		require.Equal(t, want, c.Complete(before), before)
	}
}
