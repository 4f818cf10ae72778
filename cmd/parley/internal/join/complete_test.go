package join

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/command"
	"parley/protocol"
)

func TestCommand_of_the_agent_is_sent_only_as_a_prompt(t *testing.T) {
	r := newRoom()
	r.agent.AvailableCommands = []protocol.AvailableCommand{{Name: "review"}, {Name: "quit"}}
	_, err := command.Parse("/review main")
	require.ErrorContains(t, r.explainLine("/review main", err), "type /prompt /review main")
	_, err = command.Parse("/quit now")
	require.Equal(t, err, r.explainLine("/quit now", err), "the client's own command has its own error")
	_, err = command.Parse("/nothing")
	require.Equal(t, err, r.explainLine("/nothing", err))
}
