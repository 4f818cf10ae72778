package flood

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"parley/cmd/parley-bench/internal/netio"
)

// Kind is what a flood consists of.
type Kind string

// The kinds.
const (
	Commands Kind = "commands" // messages, as a participant on a WebSocket
	Frames   Kind = "frames"   // WebSocket messages of the greatest length without a command
	Posts    Kind = "posts"    // messages, as a participant over REST
	Joins    Kind = "joins"
	Tokens   Kind = "tokens" // messages with wrong tokens
	Reads    Kind = "reads"  // without credentials
)

// Kinds are all kinds.
var Kinds = []Kind{Commands, Frames, Posts, Joins, Tokens, Reads}

// connections is how many connections one client uses at a time.
const connections = 4

// address is that of the client, as a proxy names it: the limits of addresses do not apply to
// those of the server's own machine.
const address = "203.0.113.7"

// Session is the session that is flooded, and a participant.
type Session struct {
	Server      *url.URL
	ID          string
	Invite      string
	Participant string
	Token       string
}

func (s Session) path(rest string) string { return "/api/shared-sessions/" + s.ID + rest }

// Run floods a session until ctx ends. It returns how many requests or messages it has sent.
func Run(ctx context.Context, kind Kind, s Session) int64 {
	var sent atomic.Int64
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var running sync.WaitGroup
	for range connections {
		running.Go(func() {
			for ctx.Err() == nil {
				switch kind {
				case Commands:
					s.floodSocket(ctx, &sent, commands())
				case Frames:
					s.floodSocket(ctx, &sent, bytes.Repeat([]byte(" "), 1<<20))
				default:
					s.request(ctx, client, kind)
					sent.Add(1)
				}
			}
		})
	}
	running.Wait()
	return sent.Load()
}

// commands returns a hundred messages in one.
func commands() []byte {
	var all []byte
	for i := range 100 {
		all = fmt.Appendf(all, `{"id":%q,"type":"chat","payload":{"text":"flood %d"}}`+"\n", uuid.NewString(), i)
	}
	return all
}

// floodSocket sends one message again and again on a WebSocket, until the server closes it.
func (s Session) floodSocket(ctx context.Context, sent *atomic.Int64, message []byte) {
	socket, err := netio.DialWebSocket(ctx, s.Server, s.path("/ws"), 64<<10)
	if err != nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = socket.Close() })
	defer stop()
	var reading sync.WaitGroup
	defer reading.Wait()
	defer socket.Close()
	resume, _ := json.Marshal(map[string]string{"participantId": s.Participant, "participantToken": s.Token}) // two strings
	if socket.Send(fmt.Appendf(nil, `{"id":"r","type":"resume","payload":%s}`, resume)) != nil {
		return
	}
	reading.Go(func() {
		for {
			if _, err := socket.Next(); err != nil {
				_ = socket.Close() // so that Send fails
				return
			}
		}
	})
	for socket.Send(message) == nil {
		sent.Add(1)
	}
}

// request sends one request, and reads its answer.
func (s Session) request(ctx context.Context, client *http.Client, kind Kind) {
	method, path, body := http.MethodPost, s.path("/messages"), `{"text":"flood"}`
	token := s.Token
	switch kind {
	case Joins:
		path, body, token = s.path("/join"), fmt.Sprintf(`{"inviteToken":%q,"userId":%q}`, s.Invite, uuid.NewString()), ""
	case Tokens:
		token = "wrong"
	case Reads:
		method, path, body, token = http.MethodGet, s.path(""), "", ""
	}
	req, err := http.NewRequestWithContext(ctx, method, s.Server.String()+path, strings.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Forwarded-For", address)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Parley-Participant", s.Participant)
	}
	answer, err := client.Do(req)
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
}
