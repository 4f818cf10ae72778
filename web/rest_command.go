package web

import (
	"fmt"
	"net/http"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
	"parley/web/internal/forward"
)

// The commands of participants as calls of the original REST API. A body has both the
// command and, unless the headers have them, the credentials.

func (s *Server) join(r *http.Request, body []byte) (answer protocol.JoinAnswer, err error) {
	c, err := decodeBody[protocol.Join](body)
	if err != nil {
		return answer, err
	}
	if err := c.Normalize(s.options.Limits); err != nil {
		return answer, err
	}
	req, err := newRequest(r, c)
	if err != nil {
		return answer, err
	}
	err = s.attempt(r, c, func() error {
		joined, err := s.hub.JoinOriginal(r.Context(), r.PathValue("id"), s.credentials(r, "", ""), req, s.allowsRejoin(r))
		if err != nil {
			return err
		}
		welcome, err := payloadOf[*feed.Welcome](joined)
		if err == nil {
			answer = protocol.JoinAnswer{Session: welcome.Session, Participant: welcome.Participant}
		}
		return err
	})
	return answer, err
}

// allowsRejoin reports whether a join may return a present guest who joined by this
// API, token included. By default only clients on this machine may do that: the join
// needs no more than the invite and a user id, which every participant can read.
func (s *Server) allowsRejoin(r *http.Request) bool {
	if allow := s.options.LegacyRejoin; allow != nil {
		return *allow
	}
	return !s.options.Protected && s.options.IsLocalOnly() && !forward.IsForwarded(r)
}

func (s *Server) leave(r *http.Request, body []byte) (*protocol.ParticipantAnswer, error) {
	return act[*protocol.ParticipantAnswer, protocol.Leave](s, r, body)
}

func (s *Server) chat(r *http.Request, body []byte) (*protocol.MessageAnswer, error) {
	return act[*protocol.MessageAnswer, protocol.Chat](s, r, body)
}

func (s *Server) prompt(r *http.Request, body []byte) (*protocol.PromptAnswer, error) {
	return act[*protocol.PromptAnswer, protocol.Prompt](s, r, body)
}

// The calls about an approval take its id from the path, where the command has it in its
// payload.

func (s *Server) approve(r *http.Request, body []byte) (*protocol.ApprovalAnswer, error) {
	type given struct {
		Action string  `json:"action"`
		Prompt *string `json:"prompt,omitzero"`
		Reason *string `json:"reason,omitzero"`
	}
	return actOn[*protocol.ApprovalAnswer](s, r, body, func(id string, g *given) protocol.Command {
		return &protocol.Approve{ApprovalID: id, Action: g.Action, Prompt: g.Prompt, Reason: g.Reason}
	})
}

func (s *Server) withdraw(r *http.Request, body []byte) (*protocol.CancelAnswer, error) {
	return actOn[*protocol.CancelAnswer](s, r, body, func(id string, _ *struct{}) protocol.Command {
		return &protocol.Withdraw{ApprovalID: id}
	})
}

func (s *Server) editPrompt(r *http.Request, body []byte) (*protocol.PromptAnswer, error) {
	type given struct {
		Prompt string            `json:"prompt"`
		As     protocol.PromptAs `json:"as,omitzero"`
	}
	return actOn[*protocol.PromptAnswer](s, r, body, func(id string, g *given) protocol.Command {
		return &protocol.EditPrompt{ApprovalID: id, Prompt: g.Prompt, As: g.As}
	})
}

func (s *Server) movePrompt(r *http.Request, body []byte) (*protocol.QueueAnswer, error) {
	type given struct {
		Before string `json:"before,omitzero"`
	}
	return actOn[*protocol.QueueAnswer](s, r, body, func(id string, g *given) protocol.Command {
		return &protocol.MovePrompt{ApprovalID: id, Before: g.Before}
	})
}

// configure answers when the change is recorded; its outcome is an event.
func (s *Server) configure(r *http.Request, body []byte) (struct{}, error) {
	return act[struct{}, protocol.Configure](s, r, body)
}

// signIn answers when the attempt is recorded; its outcome is an event.
func (s *Server) signIn(r *http.Request, body []byte) (struct{}, error) {
	return act[struct{}, protocol.SignIn](s, r, body)
}

// stopWork answers when the agent was asked; the agent's update or an event tells the
// outcome.
func (s *Server) stopWork(r *http.Request, body []byte) (struct{}, error) {
	return act[struct{}, protocol.StopWork](s, r, body)
}

// answer answers a request of the agent for input.
func (s *Server) answer(r *http.Request, body []byte) (*protocol.ElicitationAnswer, error) {
	return act[*protocol.ElicitationAnswer, protocol.Answer](s, r, body)
}

func (s *Server) restartAgent(r *http.Request, body []byte) (struct{}, error) {
	return act[struct{}, protocol.RestartAgent](s, r, body)
}

func (s *Server) switchAgent(r *http.Request, body []byte) (struct{}, error) {
	return act[struct{}, protocol.SwitchAgent](s, r, body)
}

// closeShared takes the credentials from the body, or from the query for clients that
// cannot send a body with DELETE.
func (s *Server) closeShared(r *http.Request, body []byte) (*protocol.CloseAnswer, error) {
	var caller hub.Credentials
	var err error
	if len(body) > 0 {
		caller, err = s.bodyCredentials(r, body)
	} else {
		caller, err = s.queryCredentials(r, r.URL.Query())
	}
	if err != nil {
		return nil, err
	}
	return do[*protocol.CloseAnswer](s, r, caller, &protocol.Close{})
}

// act decodes a command and credentials from a body and carries the command out.
func act[A, C any, P interface {
	*C
	protocol.Command
}](s *Server, r *http.Request, body []byte) (answer A, err error) {
	c, err := decodeBody[C](body)
	if err != nil {
		return answer, err
	}
	caller, err := s.bodyCredentials(r, body)
	if err != nil {
		return answer, err
	}
	return do[A](s, r, caller, P(c))
}

// actOn is act for a command about an approval. command makes it from the approval's id and
// the body.
func actOn[A, G any](s *Server, r *http.Request, body []byte, command func(id string, given *G) protocol.Command) (answer A, err error) {
	given, err := decodeBody[G](body)
	if err != nil {
		return answer, err
	}
	caller, err := s.bodyCredentials(r, body)
	if err != nil {
		return answer, err
	}
	return do[A](s, r, caller, command(r.PathValue("approvalId"), given))
}

// do normalises a decoded command and carries it out.
func do[A any](s *Server, r *http.Request, caller hub.Credentials, c protocol.Command) (answer A, err error) {
	if err := c.Normalize(s.options.Limits); err != nil {
		return answer, err
	}
	req, err := newRequest(r, c)
	if err != nil {
		return answer, err
	}
	if err := s.takeCommand(caller); err != nil {
		return answer, err
	}
	a, err := s.carryOut(r, caller, req)
	if err != nil {
		return answer, original(err)
	}
	return payloadOf[A](a)
}

// payloadOf returns the payload of an answer that has this type.
func payloadOf[A any](a feed.Answer) (A, error) {
	payload, ok := a.Payload.(A)
	if !ok {
		return payload, fmt.Errorf("the answer is a %T instead of a %T", a.Payload, payload)
	}
	return payload, nil
}

// original returns the error of the original API for err. That API does not
// distinguish a removed participant from one who has left.
func original(err error) error {
	if e, ok := asProtocol(err); ok && e.Code == protocol.CodeParticipantRemoved {
		return protocol.Errorf(protocol.CodeParticipantInactive, "%s", e.Message)
	}
	return err
}

// carryOut carries out a command that is a request of its own.
func (s *Server) carryOut(r *http.Request, caller hub.Credentials, req protocol.Request) (answer feed.Answer, err error) {
	err = s.attempt(r, req.Command, func() error {
		answer, err = s.hub.Do(r.Context(), r.PathValue("id"), caller, req)
		return err
	})
	return answer, err
}
