package target

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"parley/cmd/parley-bench/internal/flood"
	"parley/cmd/parley-bench/internal/netio"
	"parley/protocol"
)

// ParleyRoom is a shared session.
type ParleyRoom struct {
	target *ParleyTarget
	id     string
	invite string
	host   protocol.Participant // zero if the session was not shared here
}

func (r *ParleyRoom) path(endpoint string) string { return "/api/shared-sessions/" + r.id + endpoint }

func newName() string { return "bench-" + uuid.NewString()[:8] }

// On returns the same session on another server, which has the same data.
func (r *ParleyRoom) On(t *ParleyTarget) *ParleyRoom {
	moved := *r
	moved.target = t
	return &moved
}

// Listen joins by WebSocket, or by the REST API for an event stream.
func (r *ParleyRoom) Listen(ctx context.Context, t Transport, bufferBytes int) (netio.Stream, error) {
	if t == WebSocket {
		return r.Join(ctx, bufferBytes, 0)
	}
	header, err := r.joinREST(ctx)
	if err != nil {
		return nil, err
	}
	return netio.OpenEventStream(ctx, r.endpoint("/stream", header), bufferBytes)
}

func (r *ParleyRoom) endpoint(path string, header http.Header) netio.Endpoint {
	return netio.Endpoint{Server: r.target.url, Path: r.path(path), Header: header}
}

// joinREST joins by the REST API and returns the headers that prove it.
func (r *ParleyRoom) joinREST(ctx context.Context) (http.Header, error) {
	var joined protocol.JoinAnswer
	body := protocol.Join{InviteToken: r.invite, UserID: newName()}
	if err := r.target.call(ctx, http.MethodPost, r.path("/join"), body, &joined); err != nil {
		return nil, err
	}
	return http.Header{
		"Authorization":      {"Bearer " + *joined.Participant.AccessToken},
		"Parley-Participant": {joined.Participant.ID},
	}, nil
}

// Join joins by WebSocket as a new participant, and waits for the welcome with
// the last recent events.
func (r *ParleyRoom) Join(ctx context.Context, bufferBytes, recent int) (*netio.Socket, error) {
	s, err := netio.DialWebSocket(ctx, r.target.url, r.path("/ws"), bufferBytes)
	if err != nil {
		return nil, err
	}
	join := &protocol.Join{InviteToken: r.invite, UserID: newName(), Recent: recent}
	if _, err := ask(s, "join", join, isWelcome); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.Release() // in a large room the welcome has megabytes
	return s, nil
}

// Visit joins with the last event in the welcome.
func (r *ParleyRoom) Visit(ctx context.Context) (first time.Time, err error) {
	s, err := r.Join(ctx, 4<<10, 1)
	if err != nil {
		return first, err
	}
	return time.Now(), s.Close()
}

// Talk joins by WebSocket. See [Room.Talk].
func (r *ParleyRoom) Talk(ctx context.Context) (Speaker, error) {
	s, err := r.Join(ctx, 64<<10, 0)
	if err != nil {
		return nil, err
	}
	return newParleySpeaker(s)
}

// Victim joins by the REST API as the participant that floods the room.
func (r *ParleyRoom) Victim(ctx context.Context) (flood.Session, error) {
	header, err := r.joinREST(ctx)
	return flood.Session{
		Server: r.target.url, ID: r.id, Invite: r.invite,
		Participant: header.Get("Parley-Participant"), Token: strings.TrimPrefix(header.Get("Authorization"), "Bearer "),
	}, err
}

// Poster joins by the REST API. See [Room.Poster].
func (r *ParleyRoom) Poster(ctx context.Context, size int) (Poster, error) {
	header, err := r.joinREST(ctx)
	if err != nil {
		return nil, err
	}
	return netio.NewHTTPPoster(ctx, r.endpoint("/messages", header), messageBody(size))
}

// Prompt sends a prompt to the agent, as the host of a session that was shared
// here.
func (r *ParleyRoom) Prompt(ctx context.Context, text string) error {
	body := struct {
		Participant string `json:"participantId"`
		Token       string `json:"participantToken"`
		Prompt      string `json:"prompt"`
	}{r.host.ID, *r.host.AccessToken, text}
	var answer protocol.PromptAnswer
	return r.target.call(ctx, http.MethodPost, r.path("/prompts"), body, &answer)
}

// Wake reads the state of the session, which makes the server load the session.
func (r *ParleyRoom) Wake(ctx context.Context) error {
	var state protocol.StateAnswer
	return r.target.call(ctx, http.MethodGet, r.path(""), nil, &state)
}
