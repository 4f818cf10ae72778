package limit

import (
	"crypto/sha256"

	"parley/protocol"
)

// Participants has a [Commands] limit for each participant, over all connections. The key
// is the id together with the token and the verified identity: by the id alone, any client
// could use up another participant's share.
type Participants struct {
	perSecond float64 // immutable
	senders   *table[[sha256.Size]byte, *Commands]
}

// NewParticipants returns limits of commands per second that allow a burst,
// for each participant. A negative rate means no limit.
func NewParticipants(perSecond float64, burst int) *Participants {
	create := func() *Commands { return NewCommands(perSecond, burst) }
	return &Participants{perSecond: perSecond, senders: newTable[[sha256.Size]byte](create)}
}

// Of returns the limit of a participant, whose credentials were checked if that is possible.
func (p *Participants) Of(id, token, subject string) *Commands {
	return p.senders.get(keyOf(id, token, subject))
}

// Joined returns the limit of a participant who has joined on a connection, without a token. No
// credentials of [Participants.Of] lead to it.
func (p *Participants) Joined(id string) *Commands { return p.senders.get(sha256.Sum256([]byte(id))) }

// keyOf returns a key that keeps tokens out of memory.
func keyOf(id, token, subject string) [sha256.Size]byte {
	return sha256.Sum256([]byte(id + "\x00" + token + "\x00" + subject))
}

// CheckResume returns a [Slow] if a participant who resumes has been disconnected for sending
// too many commands, and has not paused since. The caller waits, and then lets the client in.
func (p *Participants) CheckResume(c *protocol.Resume, subject string) *Slow {
	if l, known := p.senders.find(keyOf(c.ParticipantID, c.ParticipantToken, subject)); known && l.isExcessive() {
		return &Slow{Delay: maxDelay}
	}
	return nil
}

// Take counts one command of a participant. It returns nil or a RATE_LIMITED error, which is
// a [Slow] for a participant who goes on in spite of refusals. Commands without credentials are
// not counted.
func (p *Participants) Take(id, token, subject string) error {
	if p.perSecond < 0 || id == "" && token == "" {
		return nil
	}
	err, excessive := p.Of(id, token, subject).Take()
	switch {
	case excessive:
		return &Slow{err, maxDelay}
	case err != nil:
		return err
	}
	return nil
}
