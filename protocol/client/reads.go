package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

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

// Archive reads a page of the session's events: forward from the first event or from
// which.After, or backward from which.Before. A Limit of 0 means as many as the server
// allows. While the answer has More, its Cursor is the start of the next page.
// [DecodeEvents] decodes the events.
//
// Every participant who was not removed may read, also after leaving and after the
// session's end. Archive makes a request of its own, so it works after the client has
// ended.
//
// Errors: a [*protocol.Error] if the server refuses, the error of ctx, or an error that
// says that the server cannot be reached.
func (c *Client) Archive(ctx context.Context, which protocol.History) (protocol.ArchiveAnswer, error) {
	var answer protocol.ArchiveAnswer
	query := url.Values{}
	for name, value := range map[string]string{"cursor": which.After, "before": which.Before} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if which.Limit > 0 {
		query.Set("limit", strconv.Itoa(which.Limit))
	}
	body, err := c.get(ctx, "archive", query)
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	if err != nil {
		return answer, fmt.Errorf("archive: %w", err)
	}
	return answer, nil
}

// Export reads a page of an export, from the first event or from the one behind a cursor.
//
// Errors: as [Client.Archive].
func (c *Client) Export(ctx context.Context, after string) (protocol.ExportAnswer, error) {
	var answer protocol.ExportAnswer
	err := c.read(ctx, "export", map[string]string{"cursor": after}, &answer)
	return answer, err
}

// get sends a request to an endpoint of the session, with the participant's credentials.
func (c *Client) get(ctx context.Context, endpoint string, query url.Values) (body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Own().api(endpoint)+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	return body, c.request(req, http.StatusOK, func(r *http.Response) (err error) {
		body, err = readBounded(r.Body)
		return err
	})
}

// authorize sets the headers with the credentials of the link.
func (l Link) authorize(h http.Header) {
	h.Set("Authorization", "Bearer "+l.Token)
	h.Set("Parley-Participant", l.ParticipantID)
}

// Changes reads the changes of the agent's working directory. An answer without changes to
// show has a Reason. It makes a request of its own.
//
// Errors: as [Client.Archive].
func (c *Client) Changes(ctx context.Context, q protocol.ChangesQuery) (protocol.ChangesAnswer, error) {
	var answer protocol.ChangesAnswer
	err := c.read(ctx, "changes", map[string]string{"scope": q.Scope, "turn": q.Turn, "path": q.Path}, &answer)
	return answer, err
}

// Files lists files of the agent's working directory whose paths contain a text. It makes a
// request of its own.
//
// Errors: as [Client.Archive].
func (c *Client) Files(ctx context.Context, text string) (protocol.FilesAnswer, error) {
	var answer protocol.FilesAnswer
	err := c.read(ctx, "files", map[string]string{"query": text}, &answer)
	return answer, err
}

// read reads a resource of the session into answer. Empty members of the query are left
// out.
func (c *Client) read(ctx context.Context, name string, query map[string]string, answer any) error {
	values := url.Values{}
	for key, value := range query {
		if value != "" {
			values.Set(key, value)
		}
	}
	body, err := c.get(ctx, name, values)
	if err == nil {
		err = json.Unmarshal(body, answer)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// ReviewFile marks a version of a changed file as reviewed, or removes the mark.
func (c *Client) ReviewFile(ctx context.Context, path, version string, reviewed bool) error {
	_, err := c.Do(ctx, &protocol.ReviewFile{Path: path, Version: version, Reviewed: reviewed})
	return err
}
