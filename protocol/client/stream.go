package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/coder/websocket"

	"parley/protocol"
)

// stream is the protocol over plain HTTP: events by an event stream, each
// command by a request of its own.
type stream struct {
	link    Link
	http    *http.Client
	creds   http.Header
	query   string // of the event stream's address
	events  *eventReader
	body    io.Closer
	closing bool // session_closed has come: the end that follows is for good
}

// open makes a connection by whatever way there is.
func (c *Client) open(ctx context.Context, w *watch) (transport, *protocol.Welcome, error) {
	hello := c.hello()
	t, welcome, err := openSocket(ctx, c.link, c.o, hello, w.again)
	if _, ok := errors.AsType[*handshakeError](err); !ok || ctx.Err() != nil {
		return t, welcome, err
	}
	t, welcome, err = openStream(ctx, c.link, c.o, hello, c.Own(), w.again)
	if _, refused := errors.AsType[*refusal](err); refused || err == nil {
		return t, welcome, err
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the address, which is told already
	}
	return nil, nil, &unreachableError{c.link.Server, err}
}

// openStream says hello by a request, and then asks for the events from where
// the answer says.
func openStream(ctx context.Context, l Link, o Options, hello protocol.Request, own Link, alive func()) (transport, *protocol.Welcome, error) {
	s := &stream{link: l, http: o.HTTPClient, creds: make(http.Header)}
	if o.ReadOnly {
		s.query = "?readOnly=true"
	}
	line, err := protocol.EncodeRequest(hello)
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
	seen := ""
	if resume, ok := hello.Command.(*protocol.Resume); ok {
		seen = resume.Cursor
	}
	if err := s.begin(ctx, welcome, seen, alive); err != nil {
		s.close()
		return nil, nil, err
	}
	return s, welcome, nil
}

// begin asks for the events after the last one seen, and corrects the welcome:
// the stream alone knows whether it resumes. After a gap it begins where the
// welcome's snapshot stands, so that nothing is between the two.
func (s *stream) begin(ctx context.Context, welcome *protocol.Welcome, seen string, alive func()) error {
	if seen != "" {
		resume, err := s.listen(ctx, seen, alive)
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
		return errors.New("the journal was replaced while connecting")
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
	return nil, errNotUnderstood
}

// listen asks for the events after a cursor. It returns what the stream's first
// line says of the cursor.
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
		return "", refusedBy(response)
	}
	m, err := s.receive(ctx)
	if err != nil {
		return "", err
	}
	connected, ok := m.(*protocol.Connected)
	if !ok {
		return "", errNotUnderstood
	}
	return connected.Resume, nil
}

func refusedBy(response *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return err
	}
	if e := errorOf(body); e != nil {
		return e
	}
	return fmt.Errorf("the server answered %s", response.Status)
}

func (s *stream) kind() Transport { return EventStream }

// receive ends where the protocol over WebSocket would close: a stream that
// ends after session_closed ends for good.
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
		return nil, errors.Join(errNotUnderstood, err)
	}
	if e, ok := m.(*protocol.Event); ok {
		s.closing = e.Type == protocol.EventSessionClosed
	}
	return m, nil
}

// send posts one line and returns its answer.
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
	if e := errorOf(body); e != nil {
		return nil, e // refused before the protocol was reached
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
