package client

import (
	"context"
	"errors"

	"parley/protocol"
)

// History reads events before or after a cursor, or the newest. which.Before and
// which.After cannot be used together, and which.Limit is required. [DecodeEvents]
// decodes the events.
func (c *Client) History(ctx context.Context, which protocol.History) (protocol.HistoryAnswer, error) {
	return do[protocol.HistoryAnswer](ctx, c, &which)
}

// WholeApproval reads the whole text of an unfinished prompt. A [Welcome] truncates long
// prompts, which their Truncated says. Show the whole text before a person decides on it.
func (c *Client) WholeApproval(ctx context.Context, approvalID string) (protocol.Approval, error) {
	a, err := do[protocol.ItemAnswer](ctx, c, &protocol.Item{ApprovalID: approvalID})
	if err == nil && a.Approval == nil {
		err = errors.New("item: the answer contains no approval")
	}
	if err != nil {
		return protocol.Approval{}, err
	}
	return *a.Approval, nil
}

// WholePermission is [Client.WholeApproval] for a pending question of the agent.
func (c *Client) WholePermission(ctx context.Context, requestID string) (protocol.Permission, error) {
	a, err := do[protocol.ItemAnswer](ctx, c, &protocol.Item{RequestID: requestID})
	if err == nil && a.Permission == nil {
		err = errors.New("item: the answer contains no question")
	}
	if err != nil {
		return protocol.Permission{}, err
	}
	return *a.Permission, nil
}

// WholeElicitation is [Client.WholeApproval] for a pending request of the agent for input.
func (c *Client) WholeElicitation(ctx context.Context, requestID string) (protocol.Elicitation, error) {
	a, err := do[protocol.ItemAnswer](ctx, c, &protocol.Item{RequestID: requestID})
	if err == nil && a.Elicitation == nil {
		err = errors.New("item: the answer contains no request for input")
	}
	if err != nil {
		return protocol.Elicitation{}, err
	}
	return *a.Elicitation, nil
}

// GivenAnswer reads what a request for input was answered with: the content of a form, for
// the host, or the URL of a page, for the participant who accepted. The server keeps the
// newest 32 answers.
func (c *Client) GivenAnswer(ctx context.Context, requestID string) (protocol.ElicitationAnswer, error) {
	a, err := do[protocol.ItemAnswer](ctx, c, &protocol.Item{RequestID: requestID})
	if err == nil && a.Answer == nil {
		err = errors.New("item: the request has no answer")
	}
	if err != nil {
		return protocol.ElicitationAnswer{}, err
	}
	return *a.Answer, nil
}

// People reads a page of the guests who have left, in reverse join order. which.Before is
// the id of the last participant of the previous page, if any, and which.Limit is
// required.
func (c *Client) People(ctx context.Context, which protocol.People) (protocol.PeopleAnswer, error) {
	which.Left = true
	return do[protocol.PeopleAnswer](ctx, c, &which)
}

// ParticipantsAfter reads a page of the participants in the session, in join order,
// after the one with this id. It returns the participants that a [Welcome] with a
// PeopleAfter does not list. While the answer has More, its last participant is the
// start of the next page.
func (c *Client) ParticipantsAfter(ctx context.Context, participantID string, limit int) (protocol.PeopleAnswer, error) {
	return do[protocol.PeopleAnswer](ctx, c, &protocol.People{After: participantID, Limit: limit})
}
