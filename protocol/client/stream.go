package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/coder/websocket"

	"parley/protocol"
)

// stream is a [transport] over plain HTTP: an event stream, and a request for each
// command.
type stream struct {
	link    Link
	http    *http.Client
	creds   http.Header
	query   string // of the address of the event stream
	events  *eventReader
	body    io.Closer
	closing bool // session_closed was received, so the end of the stream is final
}

// openStream sends the first command in a request, and then opens the event stream at the
// cursor of the answer.
func openStream(ctx context.Context, l Link, o Options, first protocol.Request, own Link, alive func()) (transport, *protocol.Welcome, error) {
	s := &stream{link: l, http: o.HTTPClient, creds: make(http.Header)}
	s.query = streamQuery(o)
	line, err := protocol.EncodeRequest(first)
	if err != nil {
		return nil, nil, err
	}
	answer, err := s.send(ctx, line)
	if err != nil {
		return nil, nil, err
	}
	welcome, err := welcomeOf(answer)
	if err != nil {
		return nil, nil, err
	}
	own.ParticipantID = welcome.Participant.ID
	if welcome.Participant.AccessToken != nil {
		own.Token = *welcome.Participant.AccessToken
	}
	own.authorize(s.creds)
	received := ""
	if resume, ok := first.Command.(*protocol.Resume); ok {
		received = resume.Cursor
	}
	if err := s.begin(ctx, welcome, received, alive); err != nil {
		s.close()
		return nil, nil, err
	}
	return s, welcome, nil
}

// streamQuery returns the query of the address of the event stream.
func streamQuery(o Options) string {
	query := url.Values{}
	if o.ReadOnly {
		query.Set("readOnly", "true")
	}
	if o.MaxDelay >= 0 {
		query.Set("maxDelayMs", strconv.FormatInt(o.MaxDelay.Milliseconds(), 10))
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

// begin opens the event stream after the last event that was received, and sets the
// outcome of the resume in the welcome, since only the stream knows it. After a gap it
// opens the stream at the welcome's snapshot, so that no event is missing in between.
func (s *stream) begin(ctx context.Context, welcome *protocol.Welcome, received string, alive func()) error {
	if received != "" {
		resume, err := s.listen(ctx, received, alive)
		if err != nil {
			return err
		}
		if welcome.Resume = resume; resume == protocol.ResumeOK {
			return nil
		}
		s.close()
	}
	resume, err := s.listen(ctx, welcome.Cursor, alive)
	if err == nil && resume != protocol.ResumeOK {
		return errors.New("the server's journal was replaced while connecting")
	}
	return err
}

func welcomeOf(m protocol.ServerMessage) (*protocol.Welcome, error) {
	switch m := m.(type) {
	case *protocol.WelcomeMessage:
		return &m.Payload, nil
	case *protocol.ErrorMessage:
		return nil, &refusal{m.Error.Err(), m.Error.Retryable}
	}
	return nil, errBadMessage
}

// listen opens the event stream after a cursor. It returns the outcome of the resume from
// the first message of the stream.
func (s *stream) listen(ctx context.Context, cursor string, alive func()) (resume string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.link.api("stream")+s.query, nil)
	if err != nil {
		return "", err
	}
	req.Header = s.creds.Clone()
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Last-Event-ID", cursor)
	response, err := s.http.Do(req)
	if err != nil {
		return "", err
	}
	s.body, s.events = response.Body, newEventReader(response.Body, alive)
	if response.StatusCode != http.StatusOK {
		return "", responseError(response)
	}
	m, err := s.receive(ctx)
	if err != nil {
		return "", err
	}
	connected, ok := m.(*protocol.Connected)
	if !ok {
		return "", errBadMessage
	}
	return connected.Resume, nil
}

// responseError returns the error of a response with another status than 200.
func responseError(response *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return err
	}
	if e := refusalOf(body); e != nil {
		return e
	}
	return fmt.Errorf("the server answered %s", response.Status)
}

func (s *stream) kind() Transport { return EventStream }

// receive returns the next event. At the end of a stream after session_closed it returns
// the close code that a WebSocket would have.
func (s *stream) receive(context.Context) (protocol.ServerMessage, error) {
	data, err := s.events.next()
	if err != nil && s.closing {
		return nil, websocket.CloseError{Code: protocol.CloseSessionEnded}
	}
	if err != nil {
		return nil, err
	}
	m, err := protocol.DecodeServer(data)
	if err != nil {
		return nil, errors.Join(errBadMessage, err)
	}
	if e, ok := m.(*protocol.Event); ok {
		s.closing = e.Type == protocol.EventSessionClosed
	}
	return m, nil
}

// send posts one line and returns the answer.
func (s *stream) send(ctx context.Context, line []byte) (protocol.ServerMessage, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.link.api("commands"), bytes.NewReader(line))
	if err != nil {
		return nil, err
	}
	req.Header = s.creds.Clone()
	req.Header.Set("Content-Type", "application/json")
	response, err := s.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxMessage))
	if err != nil {
		return nil, err
	}
	if e := refusalOf(body); e != nil {
		return nil, e // refused before the command was decoded
	}
	m, err := protocol.DecodeServer(body)
	if err != nil {
		return nil, fmt.Errorf("the server answered %s", response.Status)
	}
	if _, unknown := m.(*protocol.UnknownMessage); unknown {
		return nil, fmt.Errorf("the server answered %s", response.Status)
	}
	return m, nil
}

func (s *stream) close() {
	if s.body != nil {
		_ = s.body.Close()
	}
}
