package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"parley/protocol"
)

// Ask sends a command to POST /commands and returns the payload of its ok. The error
// is a *protocol.Error if the server refuses. After any other error it is not known
// whether the command was carried out.
func (s Session) Ask(ctx context.Context, m Member, id string, c protocol.Command) ([]byte, error) {
	line, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: c})
	if err != nil {
		return nil, err
	}
	r := Request{Method: http.MethodPost, Path: s.Path("/commands"), As: m, Body: json.RawMessage(line)}
	answer, err := s.Call(ctx, r)
	if err != nil {
		return nil, err
	}
	message, err := protocol.DecodeServer(answer.Body)
	if err != nil {
		return nil, err
	}
	switch message := message.(type) {
	case *protocol.OKMessage:
		return message.Payload, nil
	case *protocol.ErrorMessage:
		return nil, message.Error.Err()
	}
	return nil, fmt.Errorf("%s was answered with %s", id, answer.Body)
}

// AskOriginal is [Session.Ask] by the calls of the original API, where it has one for
// the command.
func (s Session) AskOriginal(ctx context.Context, m Member, id string, c protocol.Command) ([]byte, error) {
	body := object{"participantId": m.ID, "participantToken": m.Token}
	var path string
	switch c := c.(type) {
	case *protocol.Chat:
		path, body["text"] = "/messages", c.Text
	case *protocol.Prompt:
		path, body["prompt"] = "/prompts", c.Prompt
	case *protocol.Approve:
		path, body["action"] = "/approvals/"+c.ApprovalID, c.Action
	default:
		return s.Ask(ctx, m, id, c)
	}
	answer, err := s.Call(ctx, Request{Method: http.MethodPost, Path: s.Path(path), Key: id, Body: body})
	if err == nil && answer.Status != http.StatusOK {
		err = protocol.Errorf(answer.Code(), "%s", answer.Body)
	}
	return answer.Body, err
}

// Welcome resumes over a socket and returns the welcome.
func (s Session) Welcome(ctx context.Context, m Member) (*protocol.Welcome, error) {
	f, err := s.open(ctx, Socket, m, protocol.Cursor{})
	if err != nil {
		return nil, err
	}
	defer f.end(true)
	defer context.AfterFunc(ctx, func() { f.end(false) })()
	lines, err := f.next()
	if err != nil {
		return nil, err
	}
	message, err := protocol.DecodeServer(lines[0].raw)
	if welcome, ok := message.(*protocol.WelcomeMessage); ok {
		return &welcome.Payload, nil
	}
	return nil, errors.Join(err, fmt.Errorf("not welcomed, but answered with %s", lines[0].raw))
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
