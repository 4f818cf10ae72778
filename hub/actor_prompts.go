package hub

import (
	"parley/hub/rules/shared"
)

// The prompts that are not done count toward a budget that all sessions share. A
// command takes what its prompt needs before the decision; after it, the session
// counts what its state holds. So a prompt counts exactly as long as it is held,
// also in an outage and after a restart.

// roomForPrompt takes the size of a command's prompt from the budget, and reports
// whether there was enough. weigh returns what the decision does not use.
func (a *actor) roomForPrompt(in envelope) bool {
	c, _ := in.Body.(shared.Command)
	size := c.PromptBytes()
	if size == 0 {
		return true
	}
	if !a.hub.prompts.Take(size, mostPromptBytes(size, a.hub.options.MaxPromptBytes)) {
		return false
	}
	a.weighed += size
	return true
}

// mostPromptBytes returns how much of the budget may be in use together with a prompt
// of that size. The last quarter is for short prompts.
func mostPromptBytes(size, budget int) int {
	if size > shared.SmallPrompt {
		return budget / 4 * 3
	}
	return budget
}

// weigh counts the prompts that the state holds.
func (a *actor) weigh() { a.weighs(a.state.PromptBytes()) }

func (a *actor) weighs(bytes int) {
	if bytes == a.weighed {
		return // as after most decisions: the counter is shared by all sessions
	}
	a.hub.prompts.Add(bytes - a.weighed)
	a.weighed = bytes
}
