package agent

import (
	"encoding/json"
	"fmt"
	"strings"

	"parley/hub/agent/wire"
	"parley/hub/rules"
)

// Versions of the Agent Client Protocol that Parley speaks. The agent chooses one of
// them in its answer to initialize.
const (
	version1 = 1
	version2 = 2
)

// dialect is what differs between the versions of the protocol after initialize. Its
// methods are called by the goroutine that reads the agent's output, except where they
// say otherwise.
type dialect interface {
	// reopenings returns the ways in which the agent can open an earlier session, by its
	// capabilities, the best one first.
	reopenings(initializeResult) []reopening
	// signInMethod returns the request that signs in. Any goroutine may call it.
	signInMethod() string
	// offers reports whether the agent offers the request session/NAME.
	offers(r initializeResult, name string) bool
	// optionType returns the type of an option's value for the agent; empty for none. Any
	// goroutine may call it.
	optionType(value json.RawMessage) string
	// decodePermission decodes the params of a permission request. The result shares no
	// memory with them.
	decodePermission(params json.RawMessage) (permission, error)
	// prompted records that a prompt is about to be sent. Any goroutine may call it.
	prompted(turn string)
	// answered takes the agent's answer to the prompt of a turn.
	answered(turn string, m wire.Message) []rules.AgentEvent
	// updating takes a session/update before it is passed on, and updated after that.
	// They return the events that the update is.
	updating(m wire.Message) []rules.AgentEvent
	updated(m wire.Message) []rules.AgentEvent
	// working reports whether there is work that can be cancelled. Any goroutine may call
	// it.
	working() bool
	// version returns the version of the protocol.
	version() int
	// progress returns what [dialect.restore] needs besides the prompt that has no answer;
	// nil for nothing.
	progress() json.RawMessage
	// restore continues where an earlier dialect was that has returned progress. turn is that
	// of the prompt that waits for an answer, or for its end; empty for none.
	restore(turn string, progress json.RawMessage)
	// stop returns the request that stops a tool call or a terminal, whichever id is not
	// empty. Any goroutine may call it.
	stop(toolCallID, terminalID string) (stopRequest, error)
}

// newDialect returns the dialect of a version that [checkVersion] accepts.
func (s *session) newDialect(version int) dialect {
	if version == version2 {
		return &dialect2{session: s}
	}
	return &dialect1{session: s}
}

// checkVersion decodes the agent's version of the protocol. It returns an error if
// Parley does not speak it, or was told not to.
func checkVersion(answered json.RawMessage, newest int) (int, error) {
	for version := version1; version <= newest; version++ {
		if string(answered) == fmt.Sprint(version) {
			return version, nil
		}
	}
	if len(answered) == 0 {
		return 0, fmt.Errorf("does not name a version of the Agent Client Protocol; Parley speaks %s", spoken(newest))
	}
	return 0, fmt.Errorf("speaks version %s of the Agent Client Protocol; Parley speaks %s",
		wire.ForPeople(string(answered), 40), spoken(newest))
}

// spoken names the versions that Parley speaks.
func spoken(newest int) string {
	if newest == version1 {
		return "version 1"
	}
	return "the versions 1 and 2"
}

// unsupportedError describes an answer that refuses the versions that Parley speaks.
func unsupportedError(answer *wire.Error, newest int) error {
	var data struct{ Supported []json.RawMessage }
	if json.Unmarshal(answer.Data, &data) != nil || len(data.Supported) == 0 {
		return answer
	}
	names := make([]string, len(data.Supported))
	for i, version := range data.Supported {
		names[i] = string(version)
	}
	return fmt.Errorf("supports only version %s of the Agent Client Protocol; Parley speaks %s",
		wire.ForPeople(strings.Join(names, ", "), 40), spoken(newest))
}
