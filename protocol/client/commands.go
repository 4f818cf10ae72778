package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/protocol"
)

// ask does a command and reads its answer. The errors are those of Do.
func ask[T any](ctx context.Context, c *Client, command protocol.Command) (T, error) {
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

// optional is nil for an empty text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// Chat says something. replyTo is a message's id, or empty.
func (c *Client) Chat(ctx context.Context, text, replyTo string) (protocol.Message, error) {
	a, err := ask[protocol.MessageAnswer](ctx, c, &protocol.Chat{Text: text, ReplyTo: replyTo})
	return a.Message, err
}

// Prompt proposes a prompt, or sends it to the agent where that is allowed: the
// approval's status tells which.
func (c *Client) Prompt(ctx context.Context, prompt string) (protocol.Approval, error) {
	return c.PromptAs(ctx, prompt, "")
}

// PromptAs is Prompt for what an author was shown that the prompt becomes. Where it
// would become the other, which can change while there is no connection, the error
// is a PROMPT_NOT_AS_EXPECTED, and nothing is sent.
func (c *Client) PromptAs(ctx context.Context, prompt string, as protocol.PromptAs) (protocol.Approval, error) {
	a, err := ask[protocol.PromptAnswer](ctx, c, &protocol.Prompt{Prompt: prompt, As: as})
	return a.Approval, err
}

// Approve lets a prompt go to the agent; edited replaces its text unless empty.
func (c *Client) Approve(ctx context.Context, approvalID, edited string) (protocol.Approval, error) {
	command := &protocol.Approve{ApprovalID: approvalID, Action: protocol.ActionApprove, Prompt: optional(edited)}
	a, err := ask[protocol.ApprovalAnswer](ctx, c, command)
	return a.Approval, err
}

// Reject keeps a prompt from the agent. The reason may be empty.
func (c *Client) Reject(ctx context.Context, approvalID, reason string) (protocol.Approval, error) {
	command := &protocol.Approve{ApprovalID: approvalID, Action: protocol.ActionReject, Reason: optional(reason)}
	a, err := ask[protocol.ApprovalAnswer](ctx, c, command)
	return a.Approval, err
}

// AnswerPermission chooses one of the options that the agent offers.
func (c *Client) AnswerPermission(ctx context.Context, requestID, optionID string) error {
	_, err := ask[protocol.PermissionAnswer](ctx, c, &protocol.AnswerPermission{RequestID: requestID, OptionID: optionID})
	return err
}

// Cancel ends a queued prompt or, for an empty id, the running turn. It returns
// the id of what it cancels.
func (c *Client) Cancel(ctx context.Context, approvalID string) (string, error) {
	a, err := ask[protocol.CancelAnswer](ctx, c, &protocol.Cancel{ApprovalID: approvalID})
	return a.ApprovalID, err
}

// SetMode changes what collaborators may do.
func (c *Client) SetMode(ctx context.Context, mode protocol.Mode) (protocol.Session, error) {
	a, err := ask[protocol.SessionAnswer](ctx, c, &protocol.SetMode{Mode: mode})
	return a.Session, err
}

// SetRole changes what somebody is.
func (c *Client) SetRole(ctx context.Context, participantID string, role protocol.Role) (protocol.Participant, error) {
	a, err := ask[protocol.ParticipantAnswer](ctx, c, &protocol.SetRole{ParticipantID: participantID, Role: role})
	return a.Participant, err
}

// Removal is what came of a Remove.
type Removal struct {
	Participant protocol.Participant
	Invite      *Link // the link that people join by from now on; nil where the former one stays good
}

// Remove ends a participation for good and, unless KeepInvite is set, replaces
// the invite: people with the former link need the new one to join.
func (c *Client) Remove(ctx context.Context, which protocol.Remove) (Removal, error) {
	a, err := ask[protocol.RemoveAnswer](ctx, c, &which)
	r := Removal{Participant: a.Participant}
	if a.InviteToken != nil {
		r.Invite = c.inviteLink(*a.InviteToken)
	}
	return r, err
}

// RotateInvite makes the former invite useless and returns a link with the new
// one.
func (c *Client) RotateInvite(ctx context.Context) (Link, error) {
	a, err := ask[protocol.InviteAnswer](ctx, c, &protocol.RotateInvite{})
	return *c.inviteLink(a.InviteToken), err
}

func (c *Client) inviteLink(token string) *Link {
	return &Link{Server: c.link.Server, Session: c.link.Session, Invite: token}
}

// StopAgent ends the agent's process.
func (c *Client) StopAgent(ctx context.Context) error {
	_, err := c.Do(ctx, &protocol.StopAgent{})
	return err
}

// Typing says that somebody types, which lapses after five seconds, or has
// stopped.
func (c *Client) Typing(ctx context.Context, active bool) error {
	_, err := c.Do(ctx, &protocol.Typing{Active: active})
	return err
}

// History returns events as they were live; DecodeEvents reads them. Before and
// After exclude each other, Limit is required.
func (c *Client) History(ctx context.Context, which protocol.History) (protocol.HistoryAnswer, error) {
	return ask[protocol.HistoryAnswer](ctx, c, &which)
}

// WholeApproval returns a prompt that waits or is on its way to the agent, with
// all of its text: a Welcome has the beginning of a long one alone, as Truncated
// says. Show all of it before anybody decides on it.
func (c *Client) WholeApproval(ctx context.Context, approvalID string) (protocol.Approval, error) {
	a, err := ask[protocol.ItemAnswer](ctx, c, &protocol.Item{ApprovalID: approvalID})
	if err == nil && a.Approval == nil {
		err = errors.New("item: the answer has no approval")
	}
	if err != nil {
		return protocol.Approval{}, err
	}
	return *a.Approval, nil
}

// WholePermission is WholeApproval for a question of the agent.
func (c *Client) WholePermission(ctx context.Context, requestID string) (protocol.Permission, error) {
	a, err := ask[protocol.ItemAnswer](ctx, c, &protocol.Item{RequestID: requestID})
	if err == nil && a.Permission == nil {
		err = errors.New("item: the answer has no question")
	}
	if err != nil {
		return protocol.Permission{}, err
	}
	return *a.Permission, nil
}

// People returns guests who have left, the last who joined first. With Before, the
// id of the last of one page, it returns the next; Limit is required.
func (c *Client) People(ctx context.Context, which protocol.People) (protocol.PeopleAnswer, error) {
	which.Left = true
	return ask[protocol.PeopleAnswer](ctx, c, &which)
}

// ParticipantsAfter returns those who are in the session and joined after one of
// them, in join order, at most limit of them: those whom a welcome leaves out that
// has a PeopleAfter. While there are more, ask next with the last of them.
func (c *Client) ParticipantsAfter(ctx context.Context, participantID string, limit int) (protocol.PeopleAnswer, error) {
	return ask[protocol.PeopleAnswer](ctx, c, &protocol.People{After: participantID, Limit: limit})
}

// Leave ends the participation, and with it the client. One whose answer was
// lost is known to have been carried out when nobody is let in again.
func (c *Client) Leave(ctx context.Context) error {
	_, err := c.Do(ctx, &protocol.Leave{})
	if err != nil && !errors.Is(err, &protocol.Error{Code: protocol.CodeParticipantInactive}) {
		return err
	}
	return c.Close()
}

// CloseSession ends the session for everybody. The client hears session_closed
// and ends.
func (c *Client) CloseSession(ctx context.Context) error {
	_, err := c.Do(ctx, &protocol.Close{})
	if stopped, ok := errors.AsType[*StopError](err); ok && stopped.Code == protocol.CloseSessionEnded {
		return nil
	}
	return err
}
