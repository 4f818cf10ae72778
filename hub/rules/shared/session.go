package shared

import (
	"strings"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// create creates the session with the host as its first participant.
func (s *State) create(in rules.Input, c Create) rules.Decision {
	ref := &rules.CommandRef{Scope: creatorScope, ID: c.CommandID, Digest: rules.DigestOf("create", c.Body)}
	if s.Session.ID != "" {
		return s.repeatedCreate(ref)
	}
	if c.Refusal != nil {
		return rules.Decision{Err: c.Refusal}
	}
	if c.CommandID == "" {
		ref = nil
	}
	session := s.newSession(in, c)
	host := s.settings.Key.Verified(protocol.Participant{
		ID:              in.IDs[0],
		SharedSessionID: session.ID,
		UserID:          c.Body.HostUserID,
		DisplayName:     c.Body.HostDisplayName,
		Role:            protocol.RoleHost,
		JoinedAt:        in.At,
	}, c.Caller)
	session.HostUserID = host.UserID
	created := rules.Event{
		Public:  &protocol.SharedSessionCreated{Session: session},
		Private: rules.Private{Command: ref, Host: &host, Agent: c.Agent},
	}
	return recordBegin(rules.Decision{
		Events:  append([]rules.Event{created}, s.factChanges(c.Facts)...),
		Effects: []rules.Effect{rules.Send{To: hostOf(session), Message: rules.SharedOpened{Shared: s.ID}}},
		Answer:  s.createAnswer(session, host),
	}, c.Facts, session.HostSessionID)
}

// newSession returns the session that a creation asks for.
func (s *State) newSession(in rules.Input, c Create) protocol.Session {
	b := c.Body
	session := protocol.Session{
		ID:               s.ID.String(),
		WorkspaceID:      c.Workspace,
		HostUserID:       b.HostUserID,
		HostSessionID:    b.HostSessionID,
		Mode:             b.Mode,
		ApprovalRequired: b.Mode == protocol.ModePromptWithApproval,
		CreatedAt:        in.At,
		Status:           protocol.StatusActive,
		Attribution:      b.Attribution,
		Owner:            s.settings.Key.Owner(c.Caller),
	}
	if b.WorkspaceID != nil && strings.TrimSpace(*b.WorkspaceID) != "" {
		session.WorkspaceID = strings.TrimSpace(*b.WorkspaceID)
	}
	if b.ExpiresInMinutes != nil && *b.ExpiresInMinutes > 0 {
		expires := in.At.Add(time.Duration(*b.ExpiresInMinutes) * time.Minute)
		session.ExpiresAt = &expires
	}
	return session
}

// creatorScope is the scope of the command that created the session.
const creatorScope = "creator"

// hostOf returns the id of a session's host session.
func hostOf(session protocol.Session) journal.SessionID {
	id, _ := journal.ParseSessionID(session.HostSessionID) // the id was checked when the session was created
	return id
}

// repeatedCreate answers a creation of a session that exists, if it repeats the first
// one.
func (s *State) repeatedCreate(ref *rules.CommandRef) rules.Decision {
	if c, ok := s.Commands.Find(creatorScope, ref.ID); ok && c.Digest == ref.Digest {
		return rules.Decision{Answer: s.createAnswer(s.Session, s.Host()), Duplicate: true}
	}
	return rules.Refuse(protocol.CodeInvalidRequest, "this command id was used for another session")
}

// createAnswer returns the answer to a creation. It holds the first invite, also if the
// invite was replaced since.
func (s *State) createAnswer(session protocol.Session, host protocol.Participant) *protocol.CreateAnswer {
	invite := s.settings.Key.Token(rules.InviteToken, s.ID.String(), 1)
	session.InviteToken = &invite
	return &protocol.CreateAnswer{
		Session:         session,
		InviteToken:     invite,
		HostParticipant: s.withToken(host),
		PublicURL:       s.settings.PublicURL,
	}
}

// withToken returns a participant together with its access token.
func (s *State) withToken(p protocol.Participant) protocol.Participant {
	token := s.settings.Key.Token(rules.ParticipantToken, p.ID, 1)
	p.AccessToken = &token
	return p
}

// closeNormal is the close code of RFC 6455 for a normal closure.
const closeNormal = 1000

func (s *State) setMode(c *protocol.SetMode, p protocol.Participant) rules.Decision {
	next := s.Session
	next.Mode = c.Mode
	next.ApprovalRequired = c.Mode == protocol.ModePromptWithApproval
	return rules.Decision{Events: []rules.Event{rules.PrimaryEvent(&protocol.SessionUpdated{Session: next, Participant: p})}}
}

// close ends the session in one commit: prompts in flight fail, pending ones stay pending,
// and session_closed, after which all participants have left, is the last event.
func (s *State) close(status protocol.SessionStatus, failure string) rules.Decision {
	var d rules.Decision
	for _, o := range s.InFlight() {
		d.Events = append(d.Events, rules.Event{Public: &protocol.PromptDispatchFailed{ApprovalID: o.Approval.ID, Error: failure}})
		d.Effects = append(d.Effects, s.sendHost(rules.CancelTurn{Approval: o.Approval.ID, Failure: failure}))
	}
	for _, requestID := range s.Questions.IDs() {
		d.Effects = append(d.Effects, rules.Release{
			Hold: requestID,
			Err:  protocol.Errorf(protocol.CodeSessionInactive, "the session is %s", status),
		})
	}
	d.Events = append(d.Events, rules.PrimaryEvent(&protocol.SessionClosed{Status: status}))
	d.Effects = append(d.Effects,
		s.sendHost(rules.SharedClosed{Shared: s.ID}),
		RecordEnd{Connector: connectorOf(s.Facts, s.Session.HostSessionID)},
		Disconnect{Code: protocol.CloseSessionEnded, Reason: "the session is " + string(status)})
	return d
}

// expire closes the session if its time is over.
func (s *State) expire(in rules.Input) rules.Decision {
	if due := s.Due(); due.IsZero() || in.At.Before(due) {
		return rules.Decision{}
	}
	return s.close(protocol.StatusExpired, "the session expired")
}

// Due implements [rules.State].
func (s *State) Due() time.Time {
	if !s.Active() || s.Session.ExpiresAt == nil {
		return time.Time{}
	}
	return *s.Session.ExpiresAt
}

func (s *State) rightsOf(p protocol.Participant) rules.Rights {
	return rules.RightsOf(p.Role, s.Session.Mode)
}

func (s *State) chat(in rules.Input, command Command, c *protocol.Chat, p protocol.Participant) rules.Decision {
	if !s.rightsOf(p).Comment {
		return rules.Refuse(protocol.CodeCommentNotAllowed, "a %s cannot comment while the mode is %s", p.Role, s.Session.Mode)
	}
	content, err := s.content(command)
	if err != nil {
		return rules.Decision{Err: err}
	}
	m := protocol.Message{
		ID:              in.IDs[0],
		SharedSessionID: s.ID.String(),
		ParticipantID:   p.ID,
		AuthorUserID:    p.UserID,
		Kind:            protocol.MessageComment,
		Text:            protocol.NameContent(c.Text, content),
		CreatedAt:       in.At,
		Content:         content,
	}
	if c.ReplyTo != "" {
		m.ReplyTo = &c.ReplyTo
	}
	return rules.Decision{Events: []rules.Event{rules.PrimaryEvent(&protocol.MessageCreated{Message: m, Participant: p})}}
}

func (s *State) typing(c *protocol.Typing, p protocol.Participant) rules.Decision {
	if !s.rightsOf(p).Comment {
		return rules.Refuse(protocol.CodeCommentNotAllowed, "a %s cannot comment while the mode is %s", p.Role, s.Session.Mode)
	}
	return rules.Decision{Effects: []rules.Effect{TypingChanged{p.ID, c.Active}}, Answer: struct{}{}}
}
