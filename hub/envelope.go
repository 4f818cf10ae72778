package hub

import (
	"parley/hub/rules"
	"parley/hub/rules/shared"
)

// envelope is an input on its way to an actor, with where its answer goes.
type envelope struct {
	rules.Input
	decided func()    // called once the input is decided, unless the decision is a [shared.AbsentError]; may be nil, must not block
	reply   replyFunc // receives the answer; nil when no answer is wanted
}

// replyFunc receives the answer to an input, once, from the actor's goroutine.
// It must not block.
type replyFunc func(result)

// result is the answer to an input.
type result struct {
	payload   any // an answer type of protocol, or a history.Deferred
	duplicate bool
	err       error
}

// unanswered wraps an input that is not answered.
func unanswered(body any) envelope { return envelope{Input: rules.Input{Body: body}} }

// sender returns the id of the participant who sent the command, or "".
func (in envelope) sender() string {
	switch body := in.Body.(type) {
	case shared.Command:
		return body.Who.ParticipantID
	case attach:
		return body.command.Who.ParticipantID
	}
	return ""
}
