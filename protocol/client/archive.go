package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"parley/protocol"
)

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
