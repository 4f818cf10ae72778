package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/protocol"
)

// do sends a command and decodes its answer. The errors are those of [Client.Do].
func do[T any](ctx context.Context, c *Client, command protocol.Command) (T, error) {
	var into T
	ok, err := c.Do(ctx, command)
	if err == nil {
		err = json.Unmarshal(ok.Payload, &into)
	}
	if err != nil {
		return into, fmt.Errorf("%s: %w", command.CommandType(), err)
	}
	return into, nil
}

// optional returns nil for an empty text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// Chat sends a message. replyTo is the id of a message, or empty. The errors of this
// method and of the following ones are those of [Client.Do].
func (c *Client) Chat(ctx context.Context, text, replyTo string) (protocol.Message, error) {
	return c.ChatWith(ctx, protocol.Chat{Text: text, ReplyTo: replyTo})
}

// ChatWith sends a message that may have content, such as attachments.
func (c *Client) ChatWith(ctx context.Context, message protocol.Chat) (protocol.Message, error) {
	a, err := do[protocol.MessageAnswer](ctx, c, &message)
	return a.Message, err
}

// PromptWith is [Client.Prompt] for a prompt that may have content, such as attachments. If
// the agent does not take some of it, the server refuses the prompt with
// [protocol.CodeContentNotSupported].
func (c *Client) PromptWith(ctx context.Context, prompt protocol.Prompt) (protocol.Approval, error) {
	a, err := do[protocol.PromptAnswer](ctx, c, &prompt)
	return a.Approval, err
}

// Prompt proposes a prompt, or sends it to the agent if no approval is required. The
// status of the approval tells which.
func (c *Client) Prompt(ctx context.Context, prompt string) (protocol.Approval, error) {
	return c.PromptAs(ctx, prompt, "")
}

// PromptAs is [Client.Prompt] with the author's expectation of what the prompt becomes.
// If the prompt would become something else, because the mode or a role has changed
// since, the server refuses it with [protocol.CodePromptNotAsExpected].
func (c *Client) PromptAs(ctx context.Context, prompt string, as protocol.PromptAs) (protocol.Approval, error) {
	return c.PromptWith(ctx, protocol.Prompt{Prompt: prompt, As: as})
}

// Approve approves a prompt. Unless edited is empty, it replaces the text.
func (c *Client) Approve(ctx context.Context, approvalID, edited string) (protocol.Approval, error) {
	command := &protocol.Approve{ApprovalID: approvalID, Action: protocol.ActionApprove, Prompt: optional(edited)}
	a, err := do[protocol.ApprovalAnswer](ctx, c, command)
	return a.Approval, err
}

// Reject rejects a prompt. The reason may be empty.
func (c *Client) Reject(ctx context.Context, approvalID, reason string) (protocol.Approval, error) {
	command := &protocol.Approve{ApprovalID: approvalID, Action: protocol.ActionReject, Reason: optional(reason)}
	a, err := do[protocol.ApprovalAnswer](ctx, c, command)
	return a.Approval, err
}

// AnswerPermission answers a question of the agent with one of its options.
func (c *Client) AnswerPermission(ctx context.Context, requestID, optionID string) error {
	_, err := do[protocol.PermissionAnswer](ctx, c, &protocol.AnswerPermission{RequestID: requestID, OptionID: optionID})
	return err
}

// Cancel cancels a prompt or, with an empty id, the running turn. It returns the id of
// the cancelled prompt.
func (c *Client) Cancel(ctx context.Context, approvalID string) (string, error) {
	a, err := do[protocol.CancelAnswer](ctx, c, &protocol.Cancel{ApprovalID: approvalID})
	return a.ApprovalID, err
}

// Interrupt is [Client.PromptAs] for a prompt that cancels the running turn and runs next.
// It needs an approval unless the participant is the host.
func (c *Client) Interrupt(ctx context.Context, prompt string, as protocol.PromptAs) (protocol.Approval, error) {
	a, err := do[protocol.PromptAnswer](ctx, c, &protocol.Prompt{Prompt: prompt, As: as, When: protocol.WhenInterrupt})
	return a.Approval, err
}

// Withdraw ends a prompt that has not begun: one's own or, for the host, any queued one. It
// never cancels a turn, but fails with [protocol.CodeApprovalAlreadyResolved] if the prompt
// has begun.
func (c *Client) Withdraw(ctx context.Context, approvalID string) error {
	_, err := do[protocol.CancelAnswer](ctx, c, &protocol.Withdraw{ApprovalID: approvalID})
	return err
}

// EditPrompt replaces one's own prompt that has not begun, and returns the approval that
// takes its place. as is the author's expectation, as for [Client.PromptAs].
func (c *Client) EditPrompt(ctx context.Context, approvalID, prompt string, as protocol.PromptAs) (protocol.Approval, error) {
	a, err := do[protocol.PromptAnswer](ctx, c, &protocol.EditPrompt{ApprovalID: approvalID, Prompt: prompt, As: as})
	return a.Approval, err
}

// MovePrompt moves a queued prompt before another one or, with an empty id, to the end. It
// returns the new order.
func (c *Client) MovePrompt(ctx context.Context, approvalID, before string) ([]protocol.QueuedPrompt, error) {
	a, err := do[protocol.QueueAnswer](ctx, c, &protocol.MovePrompt{ApprovalID: approvalID, Before: before})
	return a.Queue, err
}

// SetMode changes what collaborators may do.
func (c *Client) SetMode(ctx context.Context, mode protocol.Mode) (protocol.Session, error) {
	a, err := do[protocol.SessionAnswer](ctx, c, &protocol.SetMode{Mode: mode})
	return a.Session, err
}

// SetRole changes the role of a participant.
func (c *Client) SetRole(ctx context.Context, participantID string, role protocol.Role) (protocol.Participant, error) {
	a, err := do[protocol.ParticipantAnswer](ctx, c, &protocol.SetRole{ParticipantID: participantID, Role: role})
	return a.Participant, err
}

// Removal is the result of [Client.Remove].
type Removal struct {
	Participant protocol.Participant
	Invite      *Link // the new invite; nil if the previous one stays valid
}

// Remove removes a participant for good and, unless KeepInvite is set, replaces the
// invite: people with the previous link need the new one to join.
func (c *Client) Remove(ctx context.Context, which protocol.Remove) (Removal, error) {
	a, err := do[protocol.RemoveAnswer](ctx, c, &which)
	r := Removal{Participant: a.Participant}
	if a.InviteToken != nil {
		r.Invite = c.inviteLink(*a.InviteToken)
	}
	return r, err
}

// RotateInvite replaces the invite and returns a link with the new one. The previous one
// is no longer valid.
func (c *Client) RotateInvite(ctx context.Context) (Link, error) {
	a, err := do[protocol.InviteAnswer](ctx, c, &protocol.RotateInvite{})
	return *c.inviteLink(a.InviteToken), err
}

// inviteLink returns a link for others, with the server's public address if it has one.
func (c *Client) inviteLink(token string) *Link {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &Link{Server: cmp.Or(c.public, c.link.Server), Session: c.link.Session, Invite: token, Certificate: c.link.Certificate}
}

// Accept fills in a form of the agent, or consents to open a page, with content nil. The
// answer has the URL of the page, for this participant alone. The values of content are
// strings, numbers, booleans and lists of strings. A value that the form does not allow is
// an INVALID_REQUEST error with the name of the field.
func (c *Client) Accept(ctx context.Context, requestID string, content map[string]any) (protocol.ElicitationAnswer, error) {
	answer := &protocol.Answer{RequestID: requestID, Action: protocol.ElicitationAccept}
	if content != nil {
		encoded, err := protocol.Marshal(content)
		if err != nil {
			return protocol.ElicitationAnswer{}, err
		}
		answer.Content = encoded
	}
	return do[protocol.ElicitationAnswer](ctx, c, answer)
}

// Decline refuses a request of the agent for input.
func (c *Client) Decline(ctx context.Context, requestID string) error {
	_, err := c.Do(ctx, &protocol.Answer{RequestID: requestID, Action: protocol.ElicitationDecline})
	return err
}

// Dismiss answers a request of the agent for input without a decision.
func (c *Client) Dismiss(ctx context.Context, requestID string) error {
	_, err := c.Do(ctx, &protocol.Answer{RequestID: requestID, Action: protocol.ElicitationCancel})
	return err
}

// Configure sets an option of the agent. The value is a string, or a boolean for a boolean
// option. It returns when the change is recorded; a [protocol.AgentConfigured] or
// [protocol.AgentConfigureFailed] tells the outcome.
func (c *Client) Configure(ctx context.Context, optionID string, value any) error {
	encoded, err := protocol.Marshal(value)
	if err != nil {
		return err
	}
	_, err = c.Do(ctx, &protocol.Configure{OptionID: optionID, Value: encoded})
	return err
}

// ForgetOption makes the server forget the value of an option, so that it no longer sets
// the option in a restarted agent. The running agent keeps the value.
func (c *Client) ForgetOption(ctx context.Context, optionID string) error {
	_, err := c.Do(ctx, &protocol.Configure{OptionID: optionID, Forget: true})
	return err
}

// SignIn signs the server's user in to the agent, in a way of the type agent. It returns
// when the attempt is recorded; a [protocol.AgentSignedIn] or [protocol.AgentSignInFailed]
// tells the outcome.
func (c *Client) SignIn(ctx context.Context, methodID string) error {
	_, err := c.Do(ctx, &protocol.SignIn{MethodID: methodID})
	return err
}

// StopWork asks the agent to stop one tool call, or one terminal, that offers it. Whichever
// id is not empty is used. The server refuses one that the agent does not offer, with
// [protocol.CodeNothingToCancel]. Later, the agent's update shows that it has stopped, or a
// [protocol.AgentStopRefused] that it has not.
func (c *Client) StopWork(ctx context.Context, toolCallID, terminalID string) error {
	_, err := c.Do(ctx, &protocol.StopWork{ToolCallID: toolCallID, TerminalID: terminalID})
	return err
}

// RestartAgent ends the agent's process, if there is one, and starts it again. Prompts that
// wait are kept.
func (c *Client) RestartAgent(ctx context.Context) error {
	_, err := c.Do(ctx, &protocol.RestartAgent{})
	return err
}

// SwitchAgent continues the session with another agent, one of the profiles of the agent's
// facts, which receives a recap of the conversation. Errors: [protocol.CodeAgentNotFound],
// and [protocol.CodeAgentInUse] while a turn runs or another session is open on the agent.
func (c *Client) SwitchAgent(ctx context.Context, agent string) error {
	_, err := c.Do(ctx, &protocol.SwitchAgent{Agent: agent})
	return err
}

// StopAgent ends the agent's process.
func (c *Client) StopAgent(ctx context.Context) error {
	_, err := c.Do(ctx, &protocol.StopAgent{})
	return err
}

// Typing reports that the participant is typing, which lapses after five seconds, or has
// stopped.
func (c *Client) Typing(ctx context.Context, active bool) error {
	_, err := c.Do(ctx, &protocol.Typing{Active: active})
	return err
}

// Leave ends the participation, and with it the client. If the answer is lost, the
// refusal of the resumed connection shows that Leave took effect.
func (c *Client) Leave(ctx context.Context) error {
	_, err := c.Do(ctx, &protocol.Leave{})
	if err != nil && !errors.Is(err, &protocol.Error{Code: protocol.CodeParticipantInactive}) {
		return err
	}
	return c.Close()
}

// CloseSession ends the session for everyone. The client receives a
// [protocol.SessionClosed] event and ends.
func (c *Client) CloseSession(ctx context.Context) error {
	_, err := c.Do(ctx, &protocol.Close{})
	if stopped, ok := errors.AsType[*StopError](err); ok && stopped.Code == protocol.CloseSessionEnded {
		return nil
	}
	return err
}
