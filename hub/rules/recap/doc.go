// Package recap keeps the newest part of a conversation between a room and its agent, to
// quote it to an agent that does not remember the conversation.
//
// A [Recap] has the prompts that the agent received from one room, and the text of the
// agent's answers to them, in their order. It has neither thoughts nor tool calls. It is
// part of the room's state: it is folded from the room's events, and its size is bounded.
//
// [Recap.Text] marks every line of the conversation as quoted. Nothing in a prompt or an
// answer can look like the end of the quotation.
//
// A Recap is for one goroutine at a time. Its methods are pure: tests need no fake.
package recap
