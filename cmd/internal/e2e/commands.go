package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"parley/protocol"
)

// Do sends a command to POST /commands and returns the payload of its ok. The error is
// a *protocol.Error if the server refuses the command. After any other error the
// outcome is not known.
func (s Session) Do(ctx context.Context, m Member, id string, c protocol.Command) ([]byte, error) {
	line, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: c})
	if err != nil {
		return nil, err
	}
	r := Request{Method: http.MethodPost, Path: s.Path("/commands"), As: m, Body: json.RawMessage(line)}
	response, err := s.Call(ctx, r)
	if err != nil {
		return nil, err
	}
	message, err := protocol.DecodeServer(response.Body)
	if err != nil {
		return nil, err
	}
	switch message := message.(type) {
	case *protocol.OKMessage:
		return message.Payload, nil
	case *protocol.ErrorMessage:
		return nil, message.Error.Err()
	}
	return nil, fmt.Errorf("%s was answered with %s", id, response.Body)
}

// DoREST is [Session.Do] over the original REST API, for the commands that it has.
func (s Session) DoREST(ctx context.Context, m Member, id string, c protocol.Command) ([]byte, error) {
	body := jsonObject{"participantId": m.ID, "participantToken": m.Token}
	var path string
	switch c := c.(type) {
	case *protocol.Chat:
		path, body["text"] = "/messages", c.Text
	case *protocol.Prompt:
		path, body["prompt"] = "/prompts", c.Prompt
	case *protocol.Approve:
		path, body["action"] = "/approvals/"+c.ApprovalID, c.Action
	default:
		return s.Do(ctx, m, id, c)
	}
	response, err := s.Call(ctx, Request{Method: http.MethodPost, Path: s.Path(path), Key: id, Body: body})
	if err == nil && response.Status != http.StatusOK {
		err = protocol.Errorf(response.ErrorCode(), "%s", response.Body)
	}
	return response.Body, err
}

// Welcome resumes over a WebSocket and returns the welcome.
func (s Session) Welcome(ctx context.Context, m Member) (*protocol.Welcome, error) {
	f, err := s.open(ctx, WebSocket, m, protocol.Cursor{})
	if err != nil {
		return nil, err
	}
	defer f.close(true)
	defer context.AfterFunc(ctx, func() { f.close(false) })()
	lines, err := f.next()
	if err != nil {
		return nil, err
	}
	message, err := protocol.DecodeServer(lines[0].raw)
	if welcome, ok := message.(*protocol.WelcomeMessage); ok {
		return &welcome.Payload, nil
	}
	return nil, errors.Join(err, fmt.Errorf("want a welcome, got %s", lines[0].raw))
}

// Events reads all events after a cursor.
func (s Session) Events(ctx context.Context, m Member, after string) (all []json.RawMessage, err error) {
	for {
		answer, err := s.poll(ctx, m, after, 0)
		if err != nil || len(answer.Events) == 0 {
			return all, err
		}
		all = append(all, answer.Events...)
		after = answer.Cursor
	}
}
