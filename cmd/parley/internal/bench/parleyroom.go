package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"parley/protocol"
)

// parleyRoom is a shared session.
type parleyRoom struct {
	target *parleyTarget
	id     string
	invite string
	host   protocol.Participant // of a session that was made here
}

func (r *parleyRoom) path(endpoint string) string { return "/api/shared-sessions/" + r.id + endpoint }

func newName() string { return "bench-" + uuid.NewString()[:8] }

func (r *parleyRoom) listen(ctx context.Context, t Transport, bufferBytes int) (stream, error) {
	if t == WebSocket {
		return r.join(ctx, bufferBytes, 0)
	}
	header, err := r.joinOriginal(ctx)
	if err != nil {
		return nil, err
	}
	return openEvents(ctx, endpoint{r.target.url, r.path("/stream"), header}, bufferBytes)
}

// joinOriginal joins by the original API, and returns the credentials.
func (r *parleyRoom) joinOriginal(ctx context.Context) (http.Header, error) {
	var joined protocol.JoinAnswer
	body := object{"inviteToken": r.invite, "userId": newName()}
	if err := r.target.post(ctx, r.path("/join"), body, &joined); err != nil {
		return nil, err
	}
	return http.Header{
		"Authorization":      {"Bearer " + *joined.Participant.AccessToken},
		"Parley-Participant": {joined.Participant.ID},
	}, nil
}

// join joins over a WebSocket as somebody new, who wants to see the last
// events.
func (r *parleyRoom) join(ctx context.Context, bufferBytes, recent int) (*socket, error) {
	s, err := dialSocket(ctx, r.target.url, r.path("/ws"), bufferBytes)
	if err != nil {
		return nil, err
	}
	join := &protocol.Join{InviteToken: r.invite, UserID: newName(), Recent: recent}
	if _, err := s.ask("join", join, isWelcome); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.whole = nil // a welcome names all who ever came: in a large room it is megabytes
	return s, nil
}

func isWelcome(line []byte) bool { return bytes.HasPrefix(line, []byte(`{"type":"welcome"`)) }
func isOK(line []byte) bool      { return bytes.HasPrefix(line, []byte(`{"type":"ok"`)) }
func isError(line []byte) bool   { return bytes.HasPrefix(line, []byte(`{"type":"error"`)) }

// isEvent: events alone have a cursor of their own, right behind their type.
func isEvent(line []byte) bool {
	i := bytes.IndexByte(line, ',')
	return i >= 0 && bytes.HasPrefix(line[i:], []byte(`,"cursor":`))
}

// ask sends a command and waits for a line, which is valid until the next read.
func (s *socket) ask(id string, c protocol.Command, wanted func(line []byte) bool) ([]byte, error) {
	b, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: c})
	if err != nil {
		return nil, err
	}
	if err := s.send(b); err != nil {
		return nil, err
	}
	return s.await(wanted)
}

// await waits for a line. A refusal of whatever was asked is an error.
func (s *socket) await(wanted func(line []byte) bool) ([]byte, error) {
	for {
		message, err := s.message()
		if err != nil {
			return nil, err
		}
		for line := range protocol.SplitLines(message) {
			if isError(line) {
				return nil, refusal(line)
			}
			if wanted(line) {
				return line, nil
			}
		}
	}
}

// errTooFast is the first refusal, or the end of a connection with many.
var errTooFast = errors.New("the server limits how fast one client may be: raise its --command-rate, or ask for a lower --rate")

func refusal(line []byte) error {
	var answer protocol.ErrorMessage
	if err := json.Unmarshal(line, &answer); err != nil {
		return err
	}
	e := answer.Error
	if e.Code == protocol.CodeRateLimited {
		return errors.New("the server limits how fast one client may be: raise its --command-rate and --join-rate, or ask for a lower --rate")
	}
	return fmt.Errorf("the server refused a command with %s: %s", e.Code, e.Message)
}

// visit joins with the last event in the welcome, and hangs up.
func (r *parleyRoom) visit(ctx context.Context) (first time.Time, err error) {
	s, err := r.join(ctx, 4<<10, 1)
	if err != nil {
		return first, err
	}
	return time.Now(), s.Close()
}
