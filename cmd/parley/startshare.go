package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"parley/cmd/internal/cli"
	"parley/cmd/parley/internal/display"
	"parley/protocol"
	"parley/protocol/client"
)

// startAndShare starts an agent on a server, shares it, and prints the links to it. If it
// cannot be shared, it ends again.
func startAndShare(ctx context.Context, out io.Writer, server string, create protocol.CreateHostSession, shared protocol.CreateSharedSession) error {
	var host protocol.HostSessionAnswer
	if err := post(ctx, server, "/api/sessions", create, &host); err != nil {
		return err
	}
	shared.HostSessionID = host.Session.ID
	var made protocol.CreateAnswer
	if err := post(ctx, server, "/api/shared-sessions", shared, &made); err != nil {
		return errors.Join(err, call(ctx, http.MethodDelete, server, "/api/sessions/"+host.Session.ID, nil, nil))
	}
	link := client.Link{Server: strings.TrimSuffix(server, "/"), Session: made.Session.ID}
	own, invite := link, link
	own.ParticipantID, own.Token = made.HostParticipant.ID, *made.HostParticipant.AccessToken
	invite.Server, invite.Invite = cmp.Or(made.PublicURL, invite.Server), made.InviteToken
	_, err := fmt.Fprintf(out, "Your own link:\n  %s\nThe invite for others:\n  %s\n", own, invite)
	return err
}

// post posts a request to a server and decodes the answer.
func post(ctx context.Context, server, path string, body, answer any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return call(ctx, http.MethodPost, server, path, encoded, answer)
}

// call makes a request and decodes the answer into answer unless that is nil.
func call(ctx context.Context, method, server, path string, body []byte, answer any) error {
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(server, "/")+path, bytes.NewReader(body))
	if err != nil {
		return cli.Usagef("--server: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("cannot reach %s: %w; is parley serve running there?", server, cause(err))
	}
	defer response.Body.Close()
	const maxAnswer = 8 << 20
	received, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	switch {
	case err != nil:
		return err
	case response.StatusCode/100 == 2 && answer == nil:
		return nil
	case response.StatusCode/100 == 2:
		return json.Unmarshal(received, answer)
	}
	var refusal protocol.ErrorBody
	if json.Unmarshal(received, &refusal) != nil || refusal.Error == "" {
		return fmt.Errorf("the server answered %s", response.Status)
	}
	return errors.New(display.OneLine(refusal.Error))
}

// cause returns what prevented a request, without the URL that the errors of http.Client
// begin with.
func cause(err error) error {
	if e := new(url.Error); errors.As(err, &e) {
		return e.Err
	}
	return err
}
