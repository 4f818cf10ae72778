package web

import (
	"net/http"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
)

// What participants do in a shared session. Every body is read twice from the
// same bytes: once for the command, once for the credentials.

func (s *Server) join(r *http.Request, body []byte) (any, error) {
	c := new(protocol.Join)
	if err := decode(body, c); err != nil {
		return nil, err
	}
	if err := c.Normalize(s.o.Limits); err != nil {
		return nil, err
	}
	req, err := newRequest(r, c)
	if err != nil {
		return nil, err
	}
	var answer feed.Answer
	err = s.addresses.attempt(r.Context(), r.RemoteAddr, c, func() error {
		answer, err = s.hub.JoinOriginal(r.Context(), r.PathValue("id"), req, s.rejoins(r))
		return err
	})
	if err != nil {
		return nil, err
	}
	welcome := answer.Payload.(*feed.Welcome)
	return protocol.JoinAnswer{Session: welcome.Session, Participant: welcome.Participant}, nil
}

func (s *Server) leave(r *http.Request, body []byte) (any, error) {
	return s.act(r, body, new(protocol.Leave))
}

func (s *Server) chat(r *http.Request, body []byte) (any, error) {
	return s.act(r, body, new(protocol.Chat))
}

func (s *Server) prompt(r *http.Request, body []byte) (any, error) {
	return s.act(r, body, new(protocol.Prompt))
}

// approve has the approval's id in the path, where the command has it in its
// payload.
func (s *Server) approve(r *http.Request, body []byte) (any, error) {
	var given struct {
		Action string  `json:"action"`
		Prompt *string `json:"prompt,omitzero"`
		Reason *string `json:"reason,omitzero"`
	}
	if err := decode(body, &given); err != nil {
		return nil, err
	}
	who, err := bodyCredentials(r, body)
	if err != nil {
		return nil, err
	}
	return s.do(r, who, &protocol.Approve{
		ApprovalID: r.PathValue("approvalId"),
		Action:     given.Action,
		Prompt:     given.Prompt,
		Reason:     given.Reason,
	})
}

// act reads command and credentials from the body and carries the command out.
func (s *Server) act(r *http.Request, body []byte, c protocol.Command) (any, error) {
	if err := decode(body, c); err != nil {
		return nil, err
	}
	who, err := bodyCredentials(r, body)
	if err != nil {
		return nil, err
	}
	return s.do(r, who, c)
}

// do normalises a command that has been read and carries it out.
func (s *Server) do(r *http.Request, who hub.Credentials, c protocol.Command) (any, error) {
	if err := c.Normalize(s.o.Limits); err != nil {
		return nil, err
	}
	req, err := newRequest(r, c)
	if err != nil {
		return nil, err
	}
	if err := s.limits.take(who); err != nil {
		return nil, err
	}
	answer, err := s.carryOut(r, who, req)
	if err != nil {
		return nil, original(err)
	}
	return answer.Payload, nil
}

// original maps an error to what the original API answers. That API does not tell
// a removed participant from one who has left.
func original(err error) error {
	if e, ok := asProtocol(err); ok && e.Code == protocol.CodeParticipantRemoved {
		return protocol.Errorf(protocol.CodeParticipantInactive, "%s", e.Message)
	}
	return err
}

// carryOut has the hub carry out a command that came as a request of its own.
func (s *Server) carryOut(r *http.Request, who hub.Credentials, req protocol.Request) (answer feed.Answer, err error) {
	err = s.addresses.attempt(r.Context(), r.RemoteAddr, req.Command, func() error {
		answer, err = s.hub.Do(r.Context(), r.PathValue("id"), who, req)
		return err
	})
	return answer, err
}
