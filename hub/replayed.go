package hub

import (
	"context"
	"fmt"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// replayedAnswer is the answer to a command that was carried out before. It is
// computed from the event that the command caused.
type replayedAnswer struct {
	command protocol.Command
	seq     journal.Seq // of the event
	answer  func(protocol.Command, event) any
}

// Read implements [history.Deferred].
func (a replayedAnswer) Read(ctx context.Context, r history.Reader) (any, error) {
	e, err := readEvent(ctx, r, a.seq, decodeShared)
	if err != nil {
		return nil, fmt.Errorf("answer a repeated command: %w", err)
	}
	return a.answer(a.command, e), nil
}
