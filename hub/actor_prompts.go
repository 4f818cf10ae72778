package hub

import "parley/protocol"

// The prompts that a session keeps until they are done count for a budget of all
// sessions. What a command would add is taken from it before the decision, and
// after it the budget has what the state keeps: so whatever becomes of a prompt,
// also in an outage or at a restart, it counts exactly as long as it is kept.

// roomForPrompt takes what a command's prompt needs from the budget, and reports
// whether there was enough. weigh gives back what the decision does not use.
func (a *actor) roomForPrompt(in envelope) bool {
	size := promptBytes(in.body)
	if size == 0 {
		return true
	}
	if !a.hub.prompts.Take(size, mostPromptBytes(size, a.hub.options.MaxPromptBytes)) {
		return false
	}
	a.weighed += size
	return true
}

// mostPromptBytes is how much of the budget may be in use with a prompt of that
// size. The last quarter is for short ones.
func mostPromptBytes(size, budget int) int {
	if size > smallPrompt {
		return budget / 4 * 3
	}
	return budget
}

// promptBytes is the size of the prompt that an input brings; 0 for none.
func promptBytes(body any) int {
	c, _ := body.(command)
	switch c := c.request.Command.(type) {
	case *protocol.Prompt:
		return len(c.Prompt)
	case *protocol.Approve:
		return len(deref(c.Prompt))
	}
	return 0
}

// weigh has the budget count what the state keeps.
func (a *actor) weigh() { a.weighs(a.state.promptBytes()) }

func (a *actor) weighs(bytes int) {
	if bytes == a.weighed {
		return // as after most decisions: the counter is shared by all sessions
	}
	a.hub.prompts.Add(bytes - a.weighed)
	a.weighed = bytes
}
