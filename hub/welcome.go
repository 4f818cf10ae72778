package hub

import (
	"context"
	"sync"
	"unicode/utf8"

	"parley/protocol"
)

// Welcome is the answer to a join or resume.
type Welcome struct {
	protocol.Welcome // without the participants; without the recent events and Resume until it is read

	people []byte // the participants, encoded
	recent int
	at     Head
}

// Encode returns the welcome as the line that answers a request.
func (w *Welcome) Encode(requestID string) ([]byte, error) { return w.append(nil, requestID) }

func (w *Welcome) append(b []byte, requestID string) ([]byte, error) {
	return protocol.AppendWelcome(b, requestID, &w.Welcome, w.people)
}

// read adds the recent events.
func (w *Welcome) read(r reader, resume string) error {
	w.Resume = resume
	if w.recent == 0 {
		return nil
	}
	from := max(w.at.Seq, Seq(w.recent)) - Seq(w.recent) + 1
	lines, err := r.newest(from, w.at.Seq+1, answerBytes)
	w.Recent = rawEvents(lines)
	return err
}

// welcomes are read, and then written again: they name everybody who ever came.
var welcomes = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptWelcome keeps the memory of a very long one from staying in use.
const maxKeptWelcome = 1 << 20

// welcome makes the line that a connection begins with, and lends it.
func (s *Subscription) welcome(ctx context.Context, requestID string, w *Welcome) (Line, error) {
	err := w.read(s.past(ctx), s.resume)
	if err != nil {
		return Line{}, err
	}
	s.lent = welcomes.Get().(*[]byte)
	*s.lent, err = w.append((*s.lent)[:0], requestID)
	return Line{Bytes: *s.lent}, err
}

// takeBack takes back what was lent.
func (s *Subscription) takeBack() {
	if s.lent != nil && cap(*s.lent) <= maxKeptWelcome {
		welcomes.Put(s.lent)
	}
	s.lent = nil
}

// welcome is the snapshot for one participant.
func (s *sharedState) welcome(a welcomeFor, at Head) *Welcome {
	p, _ := s.People.get(a.participant)
	if a.token {
		p = s.withToken(p)
	}
	w := &Welcome{people: s.People.show(), recent: a.recent, at: at}
	w.Welcome = protocol.Welcome{
		Session:     s.sessionFor(p, a.readOnly),
		Participant: p,
		Approvals:   []protocol.Approval{},
		Permissions: []protocol.Permission{},
		Agent:       protocol.Agent{Status: s.Agent, Detail: s.AgentDetail, SilentSince: s.SilentSince, AgentFacts: s.Facts},
		Cursor:      protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		Resume:      protocol.ResumeNew,
		ReadOnly:    a.readOnly,
		HeartbeatMS: protocol.Heartbeat.Milliseconds(),
		Limits:      protocol.DefaultLimits,
	}
	if !s.active() {
		w.Agent.SilentSince = nil // no event of an ended session would end the silence
	}
	for _, o := range s.Open {
		w.Approvals = append(w.Approvals, shownIn(o))
	}
	for _, q := range s.Permissions {
		w.Permissions = append(w.Permissions, q.Permission)
	}
	return w
}

// shownIn is how a welcome shows a prompt that is not done: whole while it waits
// for a decision, and cut once it is decided on.
func shownIn(o openApproval) protocol.Approval {
	a := o.Approval
	if o.Phase == phasePending {
		return a
	}
	cut := false
	if len(a.Prompt) > shownPrompt {
		a.Prompt, cut = beginning(a.Prompt, shownPrompt), true
	}
	if a.OriginalPrompt != nil && len(*a.OriginalPrompt) > shownPrompt {
		original := beginning(*a.OriginalPrompt, shownPrompt)
		a.OriginalPrompt, cut = &original, true
	}
	a.Truncated = cut
	return a
}

// shownPrompt is how many bytes a welcome shows of a prompt that was decided on.
// The prompt's event has all of it.
const shownPrompt = 4 << 10

// beginning returns at most that many bytes of a text, in whole characters.
func beginning(text string, bytes int) string {
	for bytes > 0 && !utf8.RuneStart(text[bytes]) {
		bytes--
	}
	return text[:bytes]
}

// sessionFor is the session as a participant is welcomed to it. The host, who
// could make a new invite, is told the present one instead.
func (s *sharedState) sessionFor(p protocol.Participant, readOnly bool) protocol.Session {
	session := s.Session
	if p.Role == protocol.RoleHost && s.active() && !readOnly {
		invite := s.rules.key.token(inviteToken, s.ID.String(), s.Invite)
		session.InviteToken = &invite
	}
	return session
}
