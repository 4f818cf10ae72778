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
func (l *commandLimit) idle() bool { return full(l.commands) }

func full(l *rate.Limiter) bool { return l.Tokens() >= float64(l.Burst()) }

// participantLimits keeps a limit for each participant who sends over plain
// HTTP, by the credentials that are shown: under the id alone anybody could
// use up another's share.
type participantLimits struct {
	rate    float64 // immutable
	senders *senders[[sha256.Size]byte, *commandLimit]
}

func newParticipantLimits(perSecond float64, burst int) *participantLimits {
	fresh := func() *commandLimit { return newCommandLimit(perSecond, burst) }
	return &participantLimits{rate: perSecond, senders: newSenders[[sha256.Size]byte](fresh)}
}

// take counts one command in and returns nil or a RATE_LIMITED. Commands
// without credentials are not counted.
func (p *participantLimits) take(who hub.Credentials) error {
	if p.rate < 0 || who.ParticipantID == "" && who.Token == "" {
		return nil
	}
	key := sha256.Sum256([]byte(who.ParticipantID + "\x00" + who.Token)) // no token stays in memory
	if err, _ := p.senders.limit(key).take(); err != nil {
		return err
	}
	return nil
}

// maxSenders bounds what senders keep. When they are full one that is idle makes
// room, or else any: that one then starts afresh.
const maxSenders = 4096

// senders keeps a limit for each of those who send. It is safe for concurrent
// use.
type senders[K comparable, L interface{ idle() bool }] struct {
	fresh func() L // immutable

	mu    sync.Mutex
	known map[K]L // guarded by mu
}

func newSenders[K comparable, L interface{ idle() bool }](fresh func() L) *senders[K, L] {
	return &senders[K, L]{fresh: fresh, known: map[K]L{}}
}

func (s *senders[K, L]) limit(key K) L {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit, ok := s.known[key]
	if !ok {
		s.makeRoom()
		limit = s.fresh()
		s.known[key] = limit
	}
	return limit
}

// makeRoom looks at a few only, so that a flood of new senders costs little.
func (s *senders[K, L]) makeRoom() {
	const looks = 16
	n := 0
	for key, limit := range s.known {
		if len(s.known) < maxSenders {
			return
		}
		if n++; n == looks || limit.idle() {
			delete(s.known, key)
		}
	}
}
