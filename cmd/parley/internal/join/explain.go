package join

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"parley/protocol"
)

// advice is what to do about errors that a person can do something about.
var advice = map[protocol.Code]string{
	protocol.CodeInvalidInviteToken:      "ask for a new link: this invite is not good any more",
	protocol.CodeInvalidParticipantToken: "this link is not good any more; join by an invite",
	protocol.CodeParticipantInactive:     "you have left this session; join again by an invite",
	protocol.CodeParticipantRemoved:      "the host has removed you from this session",
	protocol.CodeUserAlreadyJoined:       "somebody is here under this user id: use your own link, or another --user",
	protocol.CodeSessionNotFound:         "there is no such session: check the link",
	protocol.CodeSessionInactive:         "the session has ended: ask for another link",
	protocol.CodeHostRequired:            "only the host may do that",
	protocol.CodeCommentNotAllowed:       "you may not talk here: the host can change the mode or your role",
	protocol.CodePromptNotAllowed:        "you may not prompt here: the host can change the mode or your role",
}

// explain makes an error one line that says what to do.
func explain(err error) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		reason := oneLine(e.Message)
		if what, known := advice[e.Code]; known && !strings.Contains(reason, what) {
			reason = strings.TrimLeft(reason+": "+what, ": ")
		}
		return errors.New(reason)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer came within %s; see /history for whether it was done", patience)
	}
	return errors.New(oneLine(err.Error()))
}
