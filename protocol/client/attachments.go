package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"parley/protocol"
)

// Upload is a file for [Client.Upload].
type Upload struct {
	Name     string
	MimeType string // if known; the server decides by the content
	Content  io.Reader
	Size     int64 // of Content in bytes; -1 if it is not known
}

// Upload stores a file in the session. [protocol.Chat] and [protocol.Prompt] name it by its
// id, within an hour; after that, the server deletes a file that nothing names. To follow
// the progress, count what is read from Content.
//
// Upload makes a request of its own, and is not repeated. Errors: as [Client.Archive],
// among them [protocol.CodeTooLarge] and [protocol.CodeStorageFull], and those of Content.
func (c *Client) Upload(ctx context.Context, u Upload) (protocol.Content, error) {
	var answer protocol.AttachmentAnswer
	own := c.Own()
	query := url.Values{"name": {u.Name}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, own.api("attachments")+"?"+query.Encode(), u.Content)
	if err == nil {
		req.ContentLength = u.Size
		if u.MimeType != "" {
			req.Header.Set("Content-Type", u.MimeType)
		}
		err = c.request(req, http.StatusCreated, func(r *http.Response) error {
			return json.NewDecoder(io.LimitReader(r.Body, maxMessage)).Decode(&answer)
		})
	}
	if err != nil {
		return protocol.Content{}, fmt.Errorf("upload: %w", err)
	}
	return answer.Attachment, nil
}

// Download writes the content of an attachment to a writer. It makes a request of its own,
// so it works after the client has ended. Errors: as [Client.Archive], among them
// [protocol.CodeAttachmentNotFound], and those of the writer. After an error, a part may be
// written.
func (c *Client) Download(ctx context.Context, id string, to io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Own().api("attachments/"+url.PathEscape(id)), nil)
	if err == nil {
		err = c.request(req, http.StatusOK, func(r *http.Response) error {
			_, err := io.Copy(to, r.Body)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("download: %w", err)
	}
	return nil
}

// request sends a request with the participant's credentials and reads the response, if it
// has this status.
func (c *Client) request(req *http.Request, status int, read func(*http.Response) error) error {
	c.Own().authorize(req.Header)
	response, err := c.o.HTTPClient.Do(req)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != status {
		return responseError(response)
	}
	return read(response)
}
