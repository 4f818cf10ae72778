package join

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"parley/protocol"
)

// advice is what a person can do about an error, beside what the server says.
var advice = map[protocol.Code]string{
	protocol.CodeInvalidInviteToken:      "ask for a new link",
	protocol.CodeInvalidParticipantToken: "join by an invite",
	protocol.CodeParticipantInactive:     "join again by an invite",
	protocol.CodeUserAlreadyJoined:       "use your own link, or another --user",
	protocol.CodeSessionNotFound:         "check the link",
	protocol.CodeSessionInactive:         "ask for another link",
	protocol.CodeCommentNotAllowed:       "the host can change the mode or your role",
	protocol.CodePromptNotAllowed:        "the host can change the mode or your role",
}

// explain makes an error one line that says what to do.
func explain(err error) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		reason := cmp.Or(oneLine(e.Message), oneLine(string(e.Code)))
		if what, known := advice[e.Code]; known && !strings.Contains(reason, what) {
			reason += ": " + what
		}
		return errors.New(reason)
	}
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer came within %s; see /history for whether it was done", patience)
	}
	return errors.New(oneLine(err.Error()))
}
