package view

import (
	"encoding/json"

	"parley/protocol"
)

// Row is a row of a timeline: a pointer to one of the types whose names end in Row.
type Row interface {
	// Common returns what all rows have.
	Common() Base
	size() int
	mark(protocol.Redaction)
}

// Base is what all rows have.
type Base struct {
	Type   string          `json:"type"`
	Key    string          `json:"key"`    // unique among the rows
	Cursor protocol.Cursor `json:"cursor"` // of the event that the row began with
	At     int64           `json:"at"`     // when it began, in milliseconds since 1970

	// Redaction says that a secret in the row is masked, or is masked for others.
	Redaction protocol.Redaction `json:"redaction,omitempty"`
}

func (b *Base) mark(r protocol.Redaction) { b.Redaction = r }

// Common implements [Row].
func (b Base) Common() Base { return b }

// ChatRow is a message of a person.
type ChatRow struct {
	Base
	During  *string              `json:"during"` // the turn that ran at the time
	Message protocol.Message     `json:"message"`
	Author  protocol.Participant `json:"author"`
}

// PromptState is what has become of a prompt.
type PromptState string

// The states of a prompt.
const (
	PromptPending    PromptState = "pending"
	PromptApproved   PromptState = "approved"
	PromptQueued     PromptState = "queued"
	PromptRunning    PromptState = "running"
	PromptCancelling PromptState = "cancelling"
	PromptDone       PromptState = "done"
	PromptCancelled  PromptState = "cancelled"
	PromptFailed     PromptState = "failed"
	PromptRejected   PromptState = "rejected"
)

// PromptRow is a prompt, from its proposal to its end.
type PromptRow struct {
	Base
	During      *string               `json:"during"`
	Approval    protocol.Approval     `json:"approval"`
	State       PromptState           `json:"state"`
	Author      *protocol.Participant `json:"author"`
	DecidedBy   *protocol.Participant `json:"decidedBy"`
	CancelledBy *protocol.Participant `json:"cancelledBy"`
	Ahead       int                   `json:"ahead"`
}

// OwnTurn stands for the id of an approval in a turn that the agent began without a prompt.
const OwnTurn = "own"

// TurnStartRow is the start of the turn of a prompt that was proposed further up, or of a
// turn that the agent began without a prompt.
type TurnStartRow struct {
	Base
	ApprovalID string `json:"approvalId"`
	Prompt     string `json:"prompt"`
}

// TurnEndRow is the end of a turn.
type TurnEndRow struct {
	Base
	ApprovalID  string                `json:"approvalId"`
	State       PromptState           `json:"state"` // done, cancelled or failed
	Detail      string                `json:"detail"`
	CancelledBy *protocol.Participant `json:"cancelledBy"`
	Took        *int64                `json:"took"`  // in milliseconds; nil if unknown
	Usage       *Usage                `json:"usage"` // what the agent reported last in the turn
}

// Usage says how much of its context an agent uses, and what the session has cost so far.
type Usage struct {
	Used float64 `json:"used"`
	Size float64 `json:"size"`
	Cost *Cost   `json:"cost"` // nil if unknown
}

// Cost is an amount in a currency, or in another unit of the agent's own.
type Cost struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"`
}

// Voice says who speaks.
type Voice string

// The voices: the agent to people, the agent to itself, and a user to the agent.
const (
	VoiceMessage Voice = "message"
	VoiceThought Voice = "thought"
	VoiceUser    Voice = "user"
)

// SayRow is something that is said: by the agent, or to it.
type SayRow struct {
	Base
	Turn      *string `json:"turn"`
	Voice     Voice   `json:"voice"`
	MessageID *string `json:"messageId"`
	Blocks    []Block `json:"blocks"`
	Until     int64   `json:"until"` // when the last part was received, in milliseconds since 1970
	Open      bool    `json:"open"`  // whether more may follow

	begun int // how often the message was replaced
}

// Added returns what was added since a former state of the row, which can be nil. replaced
// reports whether that is all of a message that was said otherwise before.
func (r *SayRow) Added(before *SayRow) (added []Block, replaced bool) {
	if before == nil || r.begun != before.begun {
		return r.Blocks, before != nil
	}
	return addedBlocks(r.Blocks, before.Blocks), false
}

// Call is what an agent says about a tool call before making it.
type Call struct {
	Title   string          `json:"title"`
	Kind    string          `json:"kind"`
	Content []ToolContent   `json:"content"`
	Places  []Place         `json:"places"`
	Input   json.RawMessage `json:"input,omitempty"`
}

// ToolRow is a tool call and its result.
type ToolRow struct {
	Base
	Call
	Turn      *string         `json:"turn"`
	ID        string          `json:"id"`
	Name      string          `json:"name"`   // of the tool in the agent's program; empty if unknown
	Status    string          `json:"status"` // as the agent tells it, or unfinished if its turn has ended without a result
	Output    json.RawMessage `json:"output,omitempty"`
	Terminals []TerminalView  `json:"terminals"`
	CanStop   bool            `json:"canStop"`  // whether people can stop it by itself
	Asked     []ToolContent   `json:"asked"`    // diffs that a question showed; later content without a diff does not replace them
	Question  *string         `json:"question"` // the id of the last question about this call
	EndedAt   *int64          `json:"endedAt"`
}

// TerminalRow is a terminal that no tool call shows.
type TerminalRow struct {
	Base
	Turn     *string      `json:"turn"`
	Terminal TerminalView `json:"terminal"`
}

// PlanEntry is a step of a plan.
type PlanEntry struct {
	Content string `json:"content"`
	Status  string `json:"status"` // pending, in_progress or completed
}

// PlanContent is the content of a plan: steps, a text of the agent, or the address of a
// file that has it.
type PlanContent struct {
	Entries []PlanEntry `json:"entries"`
	Text    *string     `json:"text"`
	URI     *string     `json:"uri"`
}

// PlanRow is a plan of the agent, as it was last in its turn.
type PlanRow struct {
	Base
	PlanContent
	Turn    *string `json:"turn"`
	PlanID  string  `json:"planId"`
	Removed bool    `json:"removed"`
}

// CompactionRow is the agent's shortening of its context.
type CompactionRow struct {
	Base
	Turn    *string `json:"turn"`
	ID      string  `json:"id"`
	Status  string  `json:"status"` // in_progress, completed, failed, cancelled, or a word of the agent's own
	Summary []Block `json:"summary"`
	Error   *string `json:"error"`
	EndedAt *int64  `json:"endedAt"`

	begun int // how often the summary was replaced
}

// Added returns what was added to the summary since a former state of the row, which can
// be nil.
func (r *CompactionRow) Added(before *CompactionRow) []Block {
	if before == nil || r.begun != before.begun {
		return r.Summary
	}
	return addedBlocks(r.Summary, before.Summary)
}

// PermissionOption is an answer that the agent offers to its question.
type PermissionOption struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// PermissionRow is a question of the agent, with its answer once there is one.
type PermissionRow struct {
	Base
	Turn      *string `json:"turn"`
	RequestID string  `json:"requestId"`
	ToolID    *string `json:"toolId"`

	// Title and Description are those of the question itself; empty if the agent sends none.
	Title       string `json:"title"`
	Description string `json:"description"`

	Call       Call                       `json:"call"` // what the question is about, as of the time when it was asked
	Options    []PermissionOption         `json:"options"`
	Cut        int                        `json:"cut"`   // always 0, since an event has the whole question
	State      string                     `json:"state"` // open, selected, cancelled or withdrawn
	OptionID   *string                    `json:"optionId"`
	Source     *protocol.PermissionSource `json:"source"`
	AnsweredBy *protocol.Participant      `json:"answeredBy"`
}

// OtherRow is a notification of a kind that this version does not know, or several of the
// same kind in succession.
type OtherRow struct {
	Base
	Turn *string           `json:"turn"`
	Name string            `json:"name"`
	Raw  []json.RawMessage `json:"raw"`
}

// NoticeRow is a notice about the session, its people or its agent.
type NoticeRow struct {
	Base
	Notice Notice  `json:"notice"`
	Turn   *string `json:"turn,omitempty"` // in which the agent has told it; nil for other notices
}

// Notice is what a notice says: one of the types whose names end in Notice.
type Notice interface{ what() string }
