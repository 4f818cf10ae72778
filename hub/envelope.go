package hub

// envelope is an input on its way to an actor, with where its answer goes.
type envelope struct {
	input
	decided func()    // called once the input is decided, unless the decision is an absentError; may be nil, must not block
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
func unanswered(body any) envelope { return envelope{input: input{body: body}} }

// sender returns the id of the participant who sent the command, or "".
func (in envelope) sender() string {
	switch body := in.body.(type) {
	case command:
		return body.who.ParticipantID
	case attach:
		return body.command.who.ParticipantID
	}
	return ""
}
