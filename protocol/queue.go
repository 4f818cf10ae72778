package protocol

import (
	"slices"
	"strings"
)

// Commands about prompts that have not begun. Whether a prompt has begun is decided where
// it begins: a command that comes too late fails with APPROVAL_ALREADY_RESOLVED and changes
// nothing.
type (
	// Withdraw ends a prompt before it begins: one's own proposal or queued prompt or, for
	// the host, any queued prompt. The answer is a [CancelAnswer]. Client to server.
	Withdraw struct {
		ApprovalID string `json:"approvalId"`
	}
	// EditPrompt replaces one's own prompt before it begins. An approval stands for one
	// text, so the old one ends and a new one begins. A proposal is replaced by a proposal.
	// A queued prompt is replaced in its place if its author may prompt without an
	// approval, and else by a proposal. The answer is a [PromptAnswer]. Client to server.
	EditPrompt struct {
		ApprovalID string   `json:"approvalId"`
		Prompt     string   `json:"prompt"`
		As         PromptAs `json:"as,omitzero"` // what the author expects the new text to become; the server refuses it otherwise
	}
	// MovePrompt moves a queued prompt within the prompts of the session. The places of
	// other sessions' prompts do not change. The answer is a [QueueAnswer]. Client to
	// server.
	MovePrompt struct {
		ApprovalID string `json:"approvalId"`
		Before     string `json:"before,omitzero"` // the id of another queued prompt; to the end if missing
	}
)

// QueuedPrompt is the place of a prompt that waits for the agent. Server to client.
type QueuedPrompt struct {
	ApprovalID string `json:"approvalId"`
	Ahead      int    `json:"ahead"` // the number of turns before it, including the running one and those of other sessions
}

// QueueChanged has the session's prompts that wait for the agent, in the order in which
// they run. It replaces the known list. Server to client.
type QueueChanged struct {
	Queue       []QueuedPrompt `json:"queue"`
	Participant *Participant   `json:"participant"` // who moved a prompt; null if nobody did
}

// QueueAnswer answers [MovePrompt]. Server to client.
type QueueAnswer struct {
	Queue []QueuedPrompt `json:"queue"`
}

// Answers about the queue with whole prompts. Server to client, REST only.
type (
	// QueueItem is a prompt that the agent works on or that waits for it. Server to client,
	// REST only.
	QueueItem struct {
		Approval Approval    `json:"approval"` // with its whole texts
		Author   Participant `json:"author"`
		Approver Participant `json:"approver"`
		Ahead    int         `json:"ahead"` // as in QueuedPrompt; 0 for the running prompt
	}
	// WholeQueueAnswer has the session's prompts that are with the agent or wait for it.
	// Server to client, REST only.
	WholeQueueAnswer struct {
		Running *QueueItem  `json:"running"` // null if no prompt of this session runs
		Queue   []QueueItem `json:"queue"`   // in the order in which they run
	}
)

// CommandType implements [Command].
func (*Withdraw) CommandType() CommandType { return CommandWithdraw }

// CommandType implements [Command].
func (*EditPrompt) CommandType() CommandType { return CommandEditPrompt }

// CommandType implements [Command].
func (*MovePrompt) CommandType() CommandType { return CommandMovePrompt }

// EventType implements [Payload].
func (*QueueChanged) EventType() EventType { return EventQueueChanged }

// Normalize implements [Command].
func (*Withdraw) Normalize(Limits) error { return nil }

// Normalize implements [Command].
func (c *EditPrompt) Normalize(l Limits) error {
	c.Prompt = strings.TrimSpace(c.Prompt)
	return checkPrompt(c.Prompt, l)
}

// Normalize implements [Command].
func (c *MovePrompt) Normalize(Limits) error {
	if c.Before == c.ApprovalID {
		return Errorf(CodeInvalidRequest, "before must be the id of another prompt")
	}
	return nil
}

// FollowQueue returns the queue after an event. The list is not changed in place.
func FollowQueue(queue []QueuedPrompt, payload Payload) []QueuedPrompt {
	switch p := payload.(type) {
	case *QueueChanged:
		return p.Queue
	case *PromptQueued:
		return withPrompt(queue, QueuedPrompt{p.ApprovalID, p.Ahead})
	case *PromptDispatchStarted:
		return withoutPrompt(queue, p.ApprovalID)
	case *PromptDispatchCompleted:
		return withoutPrompt(queue, p.ApprovalID)
	case *PromptDispatchFailed:
		return withoutPrompt(queue, p.ApprovalID)
	case *SessionClosed:
		return nil
	}
	return queue
}

// withPrompt returns a copy of a queue with a prompt: in its place, or at the end.
func withPrompt(queue []QueuedPrompt, place QueuedPrompt) []QueuedPrompt {
	queue = slices.Clone(queue)
	for i := range queue {
		if queue[i].ApprovalID == place.ApprovalID {
			queue[i] = place
			return queue
		}
	}
	return append(queue, place)
}

// withoutPrompt returns a copy of a queue without a prompt.
func withoutPrompt(queue []QueuedPrompt, approvalID string) []QueuedPrompt {
	return slices.DeleteFunc(slices.Clone(queue), func(q QueuedPrompt) bool { return q.ApprovalID == approvalID })
}
