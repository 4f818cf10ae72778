package join

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"parley/cmd/parley/internal/display"
	"parley/protocol"
)

// advice is what a person can do about an error, by the server's code.
var advice = map[protocol.Code]string{
	protocol.CodeInvalidInviteToken:      "ask for a new link",
	protocol.CodeInvalidParticipantToken: "join with an invite link",
	protocol.CodeParticipantInactive:     "join again with an invite link",
	protocol.CodeUserAlreadyJoined:       "use your own link, or choose another --user",
	protocol.CodeSessionNotFound:         "check the link",
	protocol.CodeSessionInactive:         "ask for another link",
	protocol.CodeCommentNotAllowed:       "the host can change the mode or your role",
	protocol.CodePromptNotAllowed:        "the host can change the mode or your role",
}

// explain turns an error into one line that says what to do.
func explain(err error) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		reason := cmp.Or(display.OneLine(e.Message), display.OneLine(string(e.Code)))
		if what, known := advice[e.Code]; known && !strings.Contains(reason, what) {
			reason += ": " + what
		}
		return errors.New(reason)
	}
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("there was no answer within %s; /history shows whether the command was carried out", answerTimeout)
	}
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); unknown {
		return errors.New(display.OneLine(err.Error()) + "; if the certificate is the server's own, use a link of the server, which contains the fingerprint")
	}
	return errors.New(display.OneLine(err.Error()))
}
