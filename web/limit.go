package web

import (
	"crypto/sha256"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"parley/hub"
	"parley/protocol"
)

// commandLimit is how fast one sender may send commands. It is safe for
// concurrent use.
type commandLimit struct {
	commands *rate.Limiter
	// refusals has as many to spare as commands has. Who uses them up sends
	// twice as fast as is allowed, and does not heed the answers.
	refusals *rate.Limiter
}

func newCommandLimit(perSecond float64, burst int) *commandLimit {
	limit := rate.Limit(perSecond)
	if perSecond < 0 {
		limit = rate.Inf
	}
	return &commandLimit{commands: rate.NewLimiter(limit, burst), refusals: rate.NewLimiter(limit, burst)}
}

// take counts one command in and returns nil, or a RATE_LIMITED. heeds is false
// for a sender who goes on again and again.
func (l *commandLimit) take() (err *protocol.Error, heeds bool) {
	now := time.Now()
	r := l.commands.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return nil, true
	}
	r.CancelAt(now)
	e := protocol.Errorf(protocol.CodeRateLimited, "too many commands; wait a little")
	e.RetryAfter = max(wait, time.Millisecond)
	return e, l.refusals.AllowN(now, 1)
}

// idle reports whether nothing was sent for so long that a new limit would be
// no other.
func (l *commandLimit) idle() bool {
	return l.commands.Tokens() >= float64(l.commands.Burst())
}

// maxLimitedParticipants bounds what participantLimits keeps. When it is full
// one that is idle makes room, or else any: some sender then starts afresh.
const maxLimitedParticipants = 4096

// participantLimits keeps a limit for each participant who sends over plain
// HTTP, by the credentials that are shown: under the id alone anybody could
// use up another's share.
type participantLimits struct {
	rate  float64 // immutable
	burst int     // immutable

	mu    sync.Mutex
	known map[[sha256.Size]byte]*commandLimit // guarded by mu
}

func newParticipantLimits(perSecond float64, burst int) *participantLimits {
	return &participantLimits{rate: perSecond, burst: burst, known: map[[sha256.Size]byte]*commandLimit{}}
}

// take counts one command in and returns nil or a RATE_LIMITED. Commands
// without credentials are not counted.
func (p *participantLimits) take(who hub.Credentials) error {
	if p.rate < 0 || who == (hub.Credentials{}) {
		return nil
	}
	if err, _ := p.of(who).take(); err != nil {
		return err
	}
	return nil
}

func (p *participantLimits) of(who hub.Credentials) *commandLimit {
	key := sha256.Sum256([]byte(who.ParticipantID + "\x00" + who.Token)) // no token stays in memory
	p.mu.Lock()
	defer p.mu.Unlock()
	limit, ok := p.known[key]
	if !ok {
		p.makeRoom()
		limit = newCommandLimit(p.rate, p.burst)
		p.known[key] = limit
	}
	return limit
}

// makeRoom looks at a few only, so that a flood of false credentials costs
// little.
func (p *participantLimits) makeRoom() {
	const looks = 16
	n := 0
	for key, limit := range p.known {
		if len(p.known) < maxLimitedParticipants {
			return
		}
		if n++; n == looks || limit.idle() {
			delete(p.known, key)
		}
	}
}
