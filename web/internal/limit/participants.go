package limit

import "crypto/sha256"

// Participants has a [Commands] limit for each participant who sends over plain
// HTTP. The key is the id together with the token: by the id alone, any client could
// use up another participant's share.
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

// Take counts one command of a participant. It returns nil or a RATE_LIMITED error, which is
// a [Slow] for a participant who goes on in spite of refusals.
// Commands without credentials are not counted.
func (p *Participants) Take(id, token string) error {
	if p.perSecond < 0 || id == "" && token == "" {
		return nil
	}
	key := sha256.Sum256([]byte(id + "\x00" + token)) // keeps tokens out of memory
	err, excessive := p.senders.get(key).Take()
	switch {
	case excessive:
		return &Slow{err, maxDelay}
	case err != nil:
		return err
	}
	return nil
}
