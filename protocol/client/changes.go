package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"parley/protocol"
)

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
